"""`schedc fmt`: canonical layout."""

from __future__ import annotations

from pathlib import Path

import click

from schedc.cli.exits import Exit
from schedc.cli.model import FILE, show
from schedc.cli.streams import say
from schedc.models.diagnostics import Findings
from schedc.models.files import write_atomically


@click.command("fmt")
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--check", is_flag=True, help="Change nothing; exit code 1 where a file is not laid out so.")
@click.option("--quiet", is_flag=True, help="Errors only.")
def command(files: tuple[Path, ...], check: bool, quiet: bool) -> int:
    """Give the FILES the canonical layout, in place."""
    from schedc.dsl.format import format_text
    from schedc.dsl.read import read_source

    failed = False
    for path in files:
        findings = Findings()
        text = read_source(path, findings)
        formatted = None if text is None else format_text(text, str(path), findings)
        show(findings.in_order())
        if formatted is None or findings.failed:
            failed = True
        elif formatted != text:
            failed |= check
            if not check:
                write_atomically(path, formatted.encode())
            if not quiet:
                say(f"{'would change' if check else 'changed'} {path}\n")
    return Exit.ERRORS if failed else Exit.OK
