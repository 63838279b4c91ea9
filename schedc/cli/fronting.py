"""`schedc pareto`: the front of a `pareto` objective, as a table and a plot."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from schedc.cli.exits import Exit
from schedc.cli.model import FILE, read_model, settings, show
from schedc.cli.solving import interruptible
from schedc.cli.streams import say
from schedc.models.diagnostics import Findings
from schedc.options import MOST_WORKERS

if TYPE_CHECKING:
    from schedc.front import Front

_OUTPUT = "Write the front, as .json, .csv, .svg or .png by suffix; repeatable."


@click.command("pareto")
@click.argument("file", type=FILE)
@settings
@click.option("--solver", default="cpsat", metavar="auto|cpsat|milp", help="Who solves it [cpsat].")
@click.option("--time", default="60s", metavar="TIME", help="Limit for the whole front, as in 60s or `2 min` [60s].")
@click.option("--workers", type=click.IntRange(1, MOST_WORKERS), help="Threads [all cores].")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, help="For the solver's random choices [0].")
@click.option("-o", "--output", "outputs", multiple=True, type=FILE, metavar="FILE", help=_OUTPUT)
@click.option("--quiet", is_flag=True, help="Errors only.")
def command(
    file: Path, params: tuple[str, ...], data: tuple[str, ...], outputs: tuple[Path, ...], quiet: bool, solver: str,
    time: str, workers: int | None, seed: int,
) -> int:
    """Find the front of the `pareto` goals in FILE: every point judged, complete where that can be proved in time."""
    from schedc.api import Problem

    _check_usage(solver, time, outputs)
    findings = Findings()
    model = read_model(file, params, data, findings)
    if not quiet or findings.failed:
        show(findings.in_order())
    if model is None:
        return Exit.ERRORS
    if findings.failed:
        return Exit.INFEASIBLE
    if not model.front:
        say("error: the model has no `pareto`: write `pareto minimize A, minimize B`\n", err=True)
        return Exit.ERRORS
    problem = Problem(model)
    if problem.refutation:
        show(problem.refutation)
        return Exit.INFEASIBLE
    with interruptible() as cancel:
        tell = _teller(quiet)
        front = problem.pareto(time=time, workers=workers, seed=seed, solver=solver, on_point=tell, cancel=cancel)
    if not quiet:
        say(front.table())
    return _code(front) if _write(front, outputs, quiet) else Exit.ERRORS


def _check_usage(solver: str, time: str, outputs: tuple[Path, ...]) -> None:
    from schedc.api import SolverError, check_solver
    from schedc.front import check_output
    from schedc.models.files import FileError
    from schedc.options import seconds_of
    from schedc.output import OutputError

    try:
        check_solver(solver)
        seconds_of(time)
        for path in outputs:
            check_output(path)
    except (SolverError, FileError, OutputError, ValueError) as problem:
        raise click.UsageError(str(problem)) from problem


def _teller(quiet: bool) -> Callable[[int], None]:
    """Says how many points there are, on a terminal."""
    live = sys.stderr.isatty() and not quiet

    def tell(count: int) -> None:
        if live:
            say(f"\r{count} points", err=True)

    return tell


def _write(front: Front, outputs: tuple[Path, ...], quiet: bool) -> bool:
    from schedc.models.files import FileError
    from schedc.output import OutputError

    written = True
    for path in outputs:
        try:
            front.save(path)
        except (FileError, OutputError) as problem:
            written = False
            say(f"error: {problem}\n", err=True)
        else:
            say("" if quiet else f"wrote {path}\n", err=True)
    return written


def _code(front: Front) -> int:
    from schedc.models.schedule import Status

    if front.found.interrupted:
        return Exit.INTERRUPTED
    return {Status.INFEASIBLE: Exit.INFEASIBLE, Status.UNKNOWN: Exit.NO_SCHEDULE}.get(front.status, Exit.OK)
