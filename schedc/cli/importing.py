"""`schedc import`: a foreign instance as a model."""

from __future__ import annotations

from pathlib import Path

import click

from schedc.cli.exits import Exit
from schedc.cli.model import FILE, show
from schedc.cli.streams import say
from schedc.models.diagnostics import Findings


@click.command("import")
@click.argument("file", type=FILE)
@click.option("-o", "--output", "out", type=FILE, required=True, metavar="DIR", help="The folder to write to.")
@click.option("--format", "form", metavar="FORMAT", help="The instance's format, where its name does not tell.")
@click.option("--variant", metavar="VARIANT", help="The problem that it states, where there are several.")
@click.option("--quiet", is_flag=True, help="Errors only.")
def command(file: Path, out: Path, form: str | None, variant: str | None, quiet: bool) -> int:
    """Write the foreign instance in FILE as DIR/model.sched, with tables beside it."""
    from schedc.dsl.importers import import_file

    findings = Findings()
    model = import_file(file, out, format=form, variant=variant, findings=findings)
    if not quiet or findings.failed:
        show(findings.in_order())
    if model is None or findings.failed:
        return Exit.ERRORS
    say("" if quiet else f"wrote {model}\n")
    return Exit.OK
