"""`schedc compile`: the compiled model, for other tools, and what the planner makes of it."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import click

from schedc.cli.exits import Exit
from schedc.cli.model import FILE, read_model, settings, show
from schedc.cli.streams import colours, columns, say
from schedc.models.diagnostics import Findings
from schedc.models.files import FileError, check_writable, replacing, write_atomically
from schedc.models.model import Model

_JSON = "json"      # the model itself; every other form is some back-end's


@click.command("compile")
@click.argument("file", type=FILE)
@settings
@click.option("--to", "form", metavar="cpsat|mps|lp|json", help="For which tool.")
@click.option("--plan", "planned", is_flag=True, help="Show what a solver takes as it is, and what is rewritten how.")
@click.option("--solver", default="auto", metavar="auto|cpsat|milp", help="Whose plan or model.")
@click.option("--format", "shape", type=click.Choice(["text", "json"]), default="text", help="Of the plan.")
@click.option("-o", "--output", "out", type=FILE, metavar="FILE", help="Where to; for cpsat, .pb is binary [stdout].")
def command(
    file: Path,
    params: tuple[str, ...],
    data: tuple[str, ...],
    form: str | None,
    planned: bool,
    solver: str,
    shape: str,
    out: Path | None,
) -> int:
    """Compile the model in FILE and write what a solver would get, or show how it would be compiled."""
    _check_usage(form, planned, solver, out)
    findings = Findings()
    model = read_model(file, params, data, findings)
    show(findings.in_order())
    if model is None or findings.failed:
        return Exit.ERRORS
    if planned:
        return _show_plan(model, solver, shape, out)
    assert form is not None
    if form == _JSON:
        _write_json(model, out)
    else:
        _write_native(model, form, solver, out)
    return Exit.OK


def _check_usage(form: str | None, planned: bool, solver: str, out: Path | None) -> None:
    from schedc.api import SolverError, check_solver

    if (form is None) is not planned:
        raise click.UsageError("say either --plan or --to FORM")
    try:
        check_solver(solver)
        if form is not None and form != _JSON:
            _backend_for(form, solver)
        if out is not None:
            check_writable(out)
    except (FileError, SolverError) as problem:
        raise click.UsageError(str(problem)) from problem


def _backend_for(form: str, solver: str) -> str:
    """The name of the back-end that writes a form."""
    from schedc.compilers.registry import backends

    able = {b.name: b for b in backends() if form in b.forms}
    if solver in able:
        return solver
    if not able or solver != "auto":
        wanted = f" --solver {solver}" if solver != "auto" else ""
        known = sorted({f for b in backends() if solver in ("auto", b.name) for f in b.forms} | {_JSON})
        raise click.UsageError(f"--to {form}{wanted}: known are {', '.join(known)}")
    return next(iter(able))


def _show_plan(model: Model, solver: str, shape: str, out: Path | None) -> int:
    from schedc.compilers.backend import UnsuitableError
    from schedc.compilers.choose import offers
    from schedc.compilers.plan import plan
    from schedc.render.lowerings import plan_data, plan_text

    try:
        asked = offers(model, solver)
    except UnsuitableError as problem:
        raise click.ClickException(str(problem)) from problem
    plans = [(plan(model, backend.takes), backend, because) for backend, because in asked]
    found, backend, because = next((entry for entry in plans if not entry[0].missing), plans[0])
    if shape == "json":
        text = json.dumps(plan_data(found, backend.name, because), ensure_ascii=False, indent=1) + "\n"
    else:
        text = plan_text(found, backend.name, because, columns=columns(), colour=out is None and colours(sys.stdout))
    _put(text, out)
    return Exit.NO_SCHEDULE if found.missing else Exit.OK


def _write_json(model: Model, out: Path | None) -> None:
    from schedc.models.serial import model_to_json

    _put(json.dumps(model_to_json(model), ensure_ascii=False) + "\n", out)


def _put(text: str, out: Path | None) -> None:
    if out is None:
        say(text)
    else:
        write_atomically(out, text.encode("utf-8", "replace"))     # file names may be no text


def _write_native(model: Model, form: str, solver: str, out: Path | None) -> None:
    from schedc.api import Problem, SolverError

    try:
        compiled = Problem(model).compile(_backend_for(form, solver))
    except SolverError as problem:
        raise click.ClickException(str(problem)) from problem
    if out is None:
        with tempfile.TemporaryDirectory(prefix="schedc-") as folder:
            path = Path(folder) / f"model.{form}"
            compiled.write(path, form)
            say(path.read_text(encoding="utf-8"))
    else:
        with replacing(out) as temporary:
            compiled.write(temporary, form)
