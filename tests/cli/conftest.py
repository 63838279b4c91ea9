"""A folder of small models to run commands in."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_runs import Shell
from small_models import IMPOSSIBLE, WORKSHOP, WRONG, hard


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a few models."""
    (tmp_path / "workshop.sched").write_text(WORKSHOP)
    (tmp_path / "impossible.sched").write_text(IMPOSSIBLE)
    (tmp_path / "hard.sched").write_text(hard())
    (tmp_path / "wrong.sched").write_text(WRONG)
    return tmp_path


@pytest.fixture
def schedc(folder: Path) -> Shell:
    """Runs `schedc ARGUMENTS` in the folder."""
    return Shell(folder)
