"""`schedc explain`: why there is no schedule and what would be enough, or why a task does not start earlier."""

from __future__ import annotations

import difflib
import json
import sys
from pathlib import Path

import click

from schedc.cli.exits import Exit
from schedc.cli.model import FILE, open_source, settings, show
from schedc.cli.streams import colours, columns, say
from schedc.models.diagnostics import Findings
from schedc.models.model import Model
from schedc.models.schedule import Schedule
from schedc.options import MOST_WORKERS


@click.command("explain")
@click.argument("file", type=FILE)
@settings
@click.option("--task", metavar="NAME", help="Of a feasible model: why this task does not start earlier.")
@click.option("--schedule", type=FILE, metavar="S.json", help="The schedule to speak of [a new one].")
@click.option("--solver", default="auto", metavar="auto|cpsat|milp", help="Who is asked.")
@click.option("--time", "time_", default="60s", metavar="TIME", help="Limit for all of it [60s].")
@click.option("--workers", type=click.IntRange(1, MOST_WORKERS), help="Threads.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, help="For the solver's random choices [0].")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="For people or for tools.")
@click.option("--quiet", is_flag=True, help="No warnings.")
def command(
    file: Path,
    params: tuple[str, ...],
    data: tuple[str, ...],
    task: str | None,
    schedule: Path | None,
    solver: str,
    time_: str,
    workers: int | None,
    seed: int,
    form: str,
    quiet: bool,
) -> int:
    """Why the model in FILE has no schedule, and what would be enough; with --task why a task starts no earlier."""
    from schedc.api import Problem, SolverError, check_solver
    from schedc.cli.solving import interruptible
    from schedc.models.schedule import Status
    from schedc.options import seconds_of
    from schedc.render.explanation import text, to_json

    try:
        check_solver(solver)
        seconds_of(time_)
    except (SolverError, ValueError) as problem:
        raise click.UsageError(str(problem)) from problem
    if schedule is not None and task is None:
        raise click.UsageError("--schedule is looked at together with --task")
    findings = Findings()
    source = open_source(file, params, data, findings)
    model = None if source is None else source.checked(findings)
    if model is None or not quiet:
        show(d for d in findings.in_order() if model is None or d.severity.value != "error")
    if model is None:
        return Exit.ERRORS
    wanted = None if task is None else _task(model, task)
    given = None if schedule is None else _schedule(model, schedule, quiet)
    with interruptible() as cancel:
        problem_ = Problem(model, source=source)
        found = problem_.explain(
            task=wanted, schedule=given, time=time_, solver=solver, workers=workers, seed=seed, cancel=cancel
        )
    if form == "json":
        say(json.dumps(to_json(found), ensure_ascii=False, indent=1) + "\n")
    else:
        say(text(found, model.axis, colour=colours(sys.stdout), columns=columns()))
    if cancel.is_set():
        return Exit.INTERRUPTED
    return {Status.INFEASIBLE: Exit.INFEASIBLE, Status.UNKNOWN: Exit.NO_SCHEDULE}.get(found.status, Exit.OK)


def _task(model: Model, name: str) -> str:
    """A task by name; a usage error with the nearest one where there is none."""
    if name in model.task_numbers:
        return name
    near = difflib.get_close_matches(name, model.task_numbers, n=1)
    raise click.UsageError(f"there is no task `{name}`" + (f"; did you mean `{near[0]}`" if near else ""))


def _schedule(model: Model, path: Path, quiet: bool) -> Schedule:
    """A schedule that keeps the model; leaves with exit code 5 for one that breaks it."""
    from schedc.cli.verifying import read_or_fail
    from schedc.models.verify import verify
    from schedc.reading import read_schedule
    from schedc.render.verdict import render

    reading = read_or_fail(path, model, lambda document: read_schedule(model, document))
    for note in () if quiet else reading.notes:
        say(f"warning: {path}: {note}\n", err=True)
    verdict = verify(model, reading.schedule)
    if not verdict.holds:
        say(render(model, verdict, colour=colours(sys.stderr)), err=True)
        raise click.exceptions.Exit(Exit.BROKEN)
    return reading.schedule
