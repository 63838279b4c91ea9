"""The command line: one module a command, loaded when it is used."""

from __future__ import annotations

from schedc.cli.entry import main

__all__ = ["main"]
