"""The command line: one module a command, loaded when it is used."""

from __future__ import annotations

import gc

# a start makes a hundred thousand objects that stay; looking through them again and again takes a tenth of its time
gc.set_threshold(50_000, 20, 50)

from schedc.cli.entry import main  # noqa: E402

__all__ = ["main"]
