"""`schedc compile`: the compiled model, for other tools."""

from __future__ import annotations

import json
from pathlib import Path

import click

from schedc.cli.exits import Exit
from schedc.cli.model import FILE, read_model, settings, show
from schedc.cli.streams import say
from schedc.models.files import FileError, check_writable, replacing, write_atomically
from schedc.models.diagnostics import Findings
from schedc.models.model import Model

_FORMS = ("cpsat", "json")
_LATER = ("mps", "lp")


@click.command("compile")
@click.argument("file", type=FILE)
@settings
@click.option("--to", "form", required=True, metavar="cpsat|json|mps|lp", help="For which tool.")
@click.option("-o", "--output", "out", type=FILE, metavar="FILE", help="Where to; for cpsat, .pb is binary [stdout].")
def command(file: Path, params: tuple[str, ...], data: tuple[str, ...], form: str, out: Path | None) -> int:
    """Compile the model in FILE and write what a solver would get."""
    if form in _LATER:
        raise click.UsageError(f"--to {form} is not implemented yet; there is {' and '.join(_FORMS)}")
    if form not in _FORMS:
        raise click.UsageError(f"--to {form}: known are {', '.join(_FORMS)}")
    if out is not None:
        try:
            check_writable(out)
        except FileError as problem:
            raise click.UsageError(str(problem)) from problem
    findings = Findings()
    model = read_model(file, params, data, findings)
    show(findings.in_order())
    if model is None or findings.failed:
        return Exit.ERRORS
    (_write_json if form == "json" else _write_cpsat)(model, out)
    return Exit.OK


def _write_json(model: Model, out: Path | None) -> None:
    from schedc.models.serial import model_to_json

    text = json.dumps(model_to_json(model), ensure_ascii=False) + "\n"
    if out is None:
        say(text)
    else:
        write_atomically(out, text.encode("utf-8", "replace"))     # file names may be no text


def _write_cpsat(model: Model, out: Path | None) -> None:
    from schedc.api import Problem, SolverError

    try:
        native = Problem(model).compile("cpsat").native
    except SolverError as problem:
        raise click.ClickException(str(problem)) from problem
    if out is None:
        say(str(native.Proto()))
        return
    with replacing(out) as temporary:
        # the solver's own writer is binary unless the name ends in "txt"
        if out.suffix == ".pb":
            native.export_to_file(str(temporary))
        else:
            temporary.write_text(str(native.Proto()), encoding="utf-8")
