"""`schedc new`: a model to begin with."""

from __future__ import annotations

import re
from pathlib import Path

import click

from schedc.cli.exits import Exit
from schedc.cli.streams import say
from schedc.models.files import FileError, check_writable, write_atomically

_STARTER = """\
# A first model: three jobs, each prepared by the crew and then milled on the one mill.
# Check it with `schedc check {file}`, solve it with `schedc solve {file}`.
model "{title}"
time 15 min from 2026-01-05 08:00 zone "UTC" for 7 d

param people = 2

table jobs key id {{ id: text, prep: duration, mill: duration, due: instant }}
  rows {{
    bracket, 1 h,    2 h,    2026-01-05 18:00;
    flange,  30 min, 3 h,    2026-01-06;
    shaft,   2 h,    90 min, 2026-01-07
  }}

calendar day Mon..Fri 08:00..12:00, Mon..Fri 13:00..17:00

resource crew  capacity people
resource mill
open crew, mill  during day
downtime mill  during 2026-01-06 08:00 .. 2026-01-06 10:00  as service

task prepare[j in jobs]  lasts j.prep  uses crew
task cut[j in jobs]      lasts j.mill  uses mill, crew  pausable  deadline j.due

order prepare[j] -> cut[j]  for j in jobs

minimize makespan
"""


@click.command("new")
@click.argument("name")
@click.option("--quiet", is_flag=True, help="Errors only.")
def command(name: str, quiet: bool) -> int:
    """Write a starter model to NAME.sched."""
    if not name.strip(" ./"):
        raise click.UsageError(f"`{name}` is no name for a model")
    path = Path(name if name.endswith(".sched") else f"{name}.sched")
    if path.exists() or path.is_symlink():
        raise click.UsageError(f"{path} exists already")
    try:
        check_writable(path)
    except FileError as problem:
        raise click.UsageError(str(problem)) from problem
    title = re.sub(r'[^\w .-]', " ", path.stem).strip() or "Model"
    write_atomically(path, _STARTER.format(title=title, file=path.name).encode())
    say("" if quiet else f"wrote {path}; solve it with `schedc solve {path}`\n")
    return Exit.OK
