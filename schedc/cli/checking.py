"""`schedc check`: every diagnostic, no solving."""

from __future__ import annotations

import json
from pathlib import Path

import click

from schedc.cli.exits import Exit
from schedc.cli.model import FILE, read_model, settings, show
from schedc.cli.streams import say
from schedc.models.diagnostics import Diagnostic, Findings
from schedc.models.model import Model
from schedc.render.cells import clean, plural
from schedc.render.diagnostics import to_json


@click.command("check")
@click.argument("files", nargs=-1, required=True, type=FILE)
@settings
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="For people or for tools.")
@click.option("--quiet", is_flag=True, help="Say nothing of files that are right.")
def command(files: tuple[Path, ...], params: tuple[str, ...], data: tuple[str, ...], form: str, quiet: bool) -> int:
    """Every error and warning of the FILES, without solving."""
    from schedc.dsl.check import refute

    found: list[Diagnostic] = []
    good: list[str] = []
    failed = False
    for path in files:
        findings = Findings()
        model = read_model(path, params, data, findings)
        if model is not None and not findings.failed:
            refute(model, findings)
        found += findings.in_order()
        failed |= findings.failed
        if model is not None and not findings.failed:
            good.append(_described(path, model))
    if form == "json":
        say(json.dumps(to_json(found), ensure_ascii=False, indent=1) + "\n")
    else:
        show(found)
        say("" if quiet else "".join(good))
    return Exit.ERRORS if failed else Exit.OK


def _described(path: Path, model: Model) -> str:
    axis = model.axis
    horizon = axis.span_text(model.horizon)
    if axis.resolution_ns is None:
        horizon += " tick" if model.horizon == 1 else " ticks"
    size = f"{plural(model.task_count, 'task')}, {plural(model.resource_count, 'resource')}"
    return f"{clean(str(path))}: {size}, horizon {horizon}{' (derived)' if axis.derived else ''}: no errors\n"
