"""`schedc solve`: check, compile, solve, verify, show, write."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from schedc.cli.exits import Exit
from schedc.cli.model import FILE, open_source, settings, show
from schedc.cli.streams import colours, columns, plain, say
from schedc.models.diagnostics import Findings, Severity
from schedc.models.model import Model
from schedc.options import MOST_WORKERS

if TYPE_CHECKING:
    from schedc.api import Problem
    from schedc.dsl.load import Source
    from schedc.models.schedule import Schedule
    from schedc.plan import Plan


@dataclass(frozen=True)
class Run:
    """How to solve, as given on the command line."""

    solver: str
    formulation: str | None
    time: str
    gap: str
    workers: int | None
    seed: int
    deterministic: bool
    events: Path | None
    quiet: bool
    checkpoint: Path | None = None
    resume: Path | None = None


_OUTPUT = "Write the schedule, as .json, .csv, .svg or .html by suffix; repeatable."


@click.command("solve")
@click.argument("file", type=FILE)
@settings
@click.option("--solver", default="auto", metavar="auto|cpsat|milp|evolve|portfolio", help="Who solves it.")
@click.option("--formulation", metavar="time|disjunctive|events", help="How milp writes the model [by its size].")
@click.option("--time", default="60s", metavar="TIME", help="Limit, as in 60s or `2 min` [60s].")
@click.option("--gap", default="0%", metavar="GAP", help="Stop at this distance from the bound, as in 1%.")
@click.option("--workers", type=click.IntRange(1, MOST_WORKERS), help="Threads [all cores].")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, help="For the solver's random choices [0].")
@click.option("--deterministic", is_flag=True, help="The same answer on every run: one worker, no clock in decisions.")
@click.option("--hint", type=FILE, metavar="OLD.json",
              help="An earlier schedule to begin from; what it started before `now` stays.")
@click.option("--checkpoint", type=FILE, metavar="FILE", help="Keep what the run knows there, to go on from it.")
@click.option("--resume", type=FILE, metavar="FILE", help="Go on from the checkpoint of an earlier run.")
@click.option("--events", type=FILE, metavar="FILE.jsonl", help="What happens, line by line, while it runs.")
@click.option("-o", "--output", "outputs", multiple=True, type=FILE, metavar="FILE", help=_OUTPUT)
@click.option("--gantt", type=click.Choice(["auto", "task", "resource", "none"]), default="auto", help="The drawing.")
@click.option("--quiet", is_flag=True, help="Errors only.")
def command(
    file: Path,
    params: tuple[str, ...],
    data: tuple[str, ...],
    hint: Path | None,
    outputs: tuple[Path, ...],
    gantt: str,
    **how: object,
) -> int:
    """Solve the model in FILE, verify the schedule, and show it."""
    from schedc.api import Problem
    from schedc.models.files import FileError

    run = Run(**how)  # type: ignore[arg-type]
    check_usage(run, outputs)
    findings = Findings()
    source = open_source(file, params, data, findings)
    model = None if source is None else source.checked(findings)
    if not run.quiet or findings.failed:
        show(findings.in_order())
    if model is None:
        return Exit.ERRORS
    problem = Problem(model, source=source)
    if findings.failed:
        return _answer(impossible(model, findings, source), outputs, run.quiet, gantt, file)
    begin = _hint(model, hint, run.quiet)
    with interruptible() as cancel:
        problem = problem if begin is None else problem.continued(begin)
        show(problem.refutation)
        try:
            plan = solved(problem, run, begin, cancel)
        except FileError as error:
            say(f"error: {error}\n", err=True)
            return Exit.ERRORS
        return _answer(plan, outputs, run.quiet, gantt, file)


def _answer(plan: Plan, outputs: tuple[Path, ...], quiet: bool, gantt: str, file: Path) -> int:
    from schedc.models.schedule import Status

    written = write_all(plan, outputs, quiet)
    if not quiet:
        _show(plan, gantt)
        if plan.status is Status.INFEASIBLE:
            words = "shows which statements cannot be kept together, and what would be enough"
            say(f"note: `schedc explain {file}` {words}\n", err=True)
    return code_of(plan) if written else Exit.ERRORS


def impossible(model: Model, findings: Findings, source: Source | None = None) -> Plan:
    """The answer for a model with a statement that no schedule can keep."""
    from schedc.api import Problem

    first = next(d for d in findings.in_order() if d.severity is Severity.ERROR)
    return Problem(model, source=source).refuted(first.message)


def check_usage(run: Run, outputs: tuple[Path, ...]) -> None:
    """Everything that can be refused before any work is done."""
    from schedc.api import SolverError, check_solver
    from schedc.models.files import FileError, check_writable
    from schedc.options import ratio_of, seconds_of
    from schedc.output import OutputError, check_output

    try:
        check_solver(run.solver, run.formulation)
        seconds_of(run.time)
        ratio_of(run.gap)
        for path in outputs:
            check_output(path)
        for file in (run.events, run.checkpoint):
            if file is not None:
                check_writable(file)
        if len({p.absolute() for p in outputs}) < len(outputs):
            raise OutputError("the same output file is named twice")
    except (SolverError, FileError, OutputError, ValueError) as problem:
        raise click.UsageError(str(problem)) from problem


def _hint(model: Model, path: Path | None, quiet: bool) -> Schedule | None:
    from schedc.cli.verifying import read_or_fail
    from schedc.reading import read_hint

    if path is None:
        return None
    schedule, notes = read_or_fail(path, model, lambda document: read_hint(model, document))
    for note in notes if not quiet else ():
        say(f"note: {path}: {note}\n", err=True)
    return schedule


@contextlib.contextmanager
def interruptible() -> Iterator[threading.Event]:
    """Gives an event that the first Ctrl-C or SIGTERM sets; a second one leaves at once."""
    import os
    import signal

    from schedc.models.files import forget_temporary

    cancel = threading.Event()

    def stop(number: int, frame: object) -> None:
        if cancel.is_set():
            forget_temporary()
            os.write(2, b"\x1b[?25h\n" if sys.stderr.isatty() else b"")     # a live line hides the cursor
            os._exit(Exit.INTERRUPTED)
        cancel.set()

    known = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, stop) for number in known]
    try:
        yield cancel
    finally:
        for number, handler in zip(known, before):
            signal.signal(number, handler)


def solved(problem: Problem, run: Run, begin: Schedule | None, cancel: threading.Event) -> Plan:
    """Solve as the command line says, with events and progress shown."""
    from schedc.cli.events import EventLog
    from schedc.compilers.backend import Event
    from schedc.render.progress import progress

    with progress(problem.model, sys.stderr, run.quiet) as shown, EventLog(run.events) as log:

        def on_event(event: Event) -> None:
            log(event)
            shown(event)

        return problem.solve(
            time=run.time, gap=run.gap, workers=run.workers, seed=run.seed, solver=run.solver,
            formulation=run.formulation, deterministic=run.deterministic, hint=begin, checkpoint=run.checkpoint,
            resume=run.resume, on_event=on_event, cancel=cancel,
        )


def write_all(plan: Plan, outputs: tuple[Path, ...], quiet: bool) -> bool:
    """Write every output; one that fails is saved elsewhere if it can be, and the others are still written."""
    from schedc.models.files import FileError, rescue
    from schedc.output import NEEDS_SCHEDULE, content, suffix_of, write

    written = True
    for path in outputs:
        if plan.result.schedule is None and suffix_of(path) in NEEDS_SCHEDULE:
            say(f"note: {path} is not written, there is no schedule\n", err=True)
            continue
        try:
            write(path, plan.model, plan.result)
        except FileError as problem:
            written = False
            saved = rescue(path.name, content(path, plan.model, plan.result))
            kept = f"; what it was to hold is in {saved}" if saved else ""
            say(f"error: {problem}{kept}\n", err=True)
        else:
            say("" if quiet else f"wrote {path}\n", err=True)
    return written


def _show(plan: Plan, gantt: str) -> None:
    from schedc.render.gantt import text_gantt
    from schedc.render.summary import summary

    colour = colours(sys.stdout)
    say(summary(plan.model, plan.result, colour=colour))
    if plan.result.schedule is not None:
        drawing = text_gantt(
            plan.model, plan.result.schedule, by=gantt, columns=columns(), colour=colour, plain=plain(sys.stdout)  # type: ignore[arg-type]
        )
        say(f"\n{drawing}" if drawing else "")


def code_of(plan: Plan) -> int:
    """The exit code that a plan ends with."""
    from schedc.models.schedule import Status

    if plan.interrupted:
        return Exit.INTERRUPTED
    return {Status.INFEASIBLE: Exit.INFEASIBLE, Status.UNKNOWN: Exit.NO_SCHEDULE}.get(plan.status, Exit.OK)
