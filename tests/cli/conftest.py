"""A folder of small models to run commands in."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_runs import Shell

WORKSHOP = """\
model "Workshop"
time 15 min from 2026-01-05 08:00 zone "Europe/Paris" for 3 d
param people = 2
table jobs key id { id: text, prep: duration, mill: duration }
  rows { bracket, 1 h, 2 h;  flange, 30 min, 3 h }
calendar day Mon..Fri 08:00..12:00, Mon..Fri 13:00..17:00
resource crew capacity people
resource mill
open crew, mill during day
task prepare[j in jobs] lasts j.prep uses crew
task cut[j in jobs] lasts j.mill uses mill, crew pausable
order prepare[j] -> cut[j] for j in jobs
minimize makespan
"""
IMPOSSIBLE = """\
model "Too much"
resource saw
time for 5
task a lasts 3 uses saw
task b lasts 3 uses saw
"""
HARD = """\
model "Hard"
time for 4000
param n = 60
resource m[k in 1 .. 6]
task op[j in 1 .. n, k in 1 .. 6] lasts 1 + (j * 7 + k * 5) % 19 uses m[1 + (j * k + k) % 6]
order op[j, k] -> op[j, k + 1] for j in 1 .. n, k in 1 .. 5
minimize makespan
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a few models."""
    (tmp_path / "workshop.sched").write_text(WORKSHOP)
    (tmp_path / "impossible.sched").write_text(IMPOSSIBLE)
    (tmp_path / "hard.sched").write_text(HARD)
    (tmp_path / "wrong.sched").write_text("resource saw\ntask a lasts 3 uses sow\ntask b lasts q\n")
    return tmp_path


@pytest.fixture
def schedc(folder: Path) -> Shell:
    """Runs `schedc ARGUMENTS` in the folder."""
    return Shell(folder)
