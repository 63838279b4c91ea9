"""`schedc repair`: a new schedule that keeps as much of an earlier one as it can."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from schedc.cli.exits import Exit
from schedc.cli.model import FILE, pairs, read_model, settings, show
from schedc.cli.solving import Run, check_usage, code_of, impossible, interruptible, solved, write_all
from schedc.cli.streams import colours, say
from schedc.cli.verifying import read_or_fail
from schedc.models.diagnostics import Findings
from schedc.models.model import Model
from schedc.models.nearby import Prefer
from schedc.options import MOST_WORKERS

if TYPE_CHECKING:
    from schedc.models.schedule import Schedule
    from schedc.plan import Plan
    from schedc.repair import Repaired

_PREFER = "Fewest changed tasks first [fewest], or smallest shifts, or the model's own goals."


@click.command("repair")
@click.argument("file", type=FILE)
@click.argument("old", type=FILE)
@settings
@click.option("--now", metavar="INSTANT|TICK", help="What OLD started before it stays as it is.")
@click.option("--prefer", type=click.Choice([p.value for p in Prefer]), default="fewest", help=_PREFER)
@click.option("--weight", "weights", multiple=True, metavar="TASK=N", help="What changing a task (family) costs [1].")
@click.option("--solver", default="auto", metavar="auto|cpsat|milp|evolve|portfolio", help="Who solves it.")
@click.option("--time", default="60s", metavar="TIME", help="Limit, as in 60s or `2 min` [60s].")
@click.option("--gap", default="0%", metavar="GAP", help="Stop at this distance from the bound, as in 1%.")
@click.option("--workers", type=click.IntRange(1, MOST_WORKERS), help="Threads [all cores].")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, help="For the solver's random choices [0].")
@click.option("--deterministic", is_flag=True, help="The same answer on every run: one worker, no clock in decisions.")
@click.option("-o", "--output", "outputs", multiple=True, type=FILE, metavar="FILE", help="As for solve; repeatable.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="Of the list of changes.")
@click.option("--quiet", is_flag=True, help="Errors only.")
def command(
    file: Path, old: Path, params: tuple[str, ...], data: tuple[str, ...], now: str | None, prefer: str,
    weights: tuple[str, ...], outputs: tuple[Path, ...], form: str, quiet: bool, **how: object,
) -> int:
    """Mend the schedule in OLD after the model in FILE has changed: the fewest or smallest changes, and a list of them.

    A disruption is a changed model: an edited file, or `--set` and `--data`.
    """
    run = Run(formulation=None, events=None, quiet=quiet, **how)  # type: ignore[arg-type]
    check_usage(run, outputs)
    cost = _weights(weights)
    findings = Findings()
    model = read_model(file, params, data, findings)
    if not quiet or findings.failed:
        show(findings.in_order())
    if model is None:
        return Exit.ERRORS
    if findings.failed:
        plan = impossible(model, findings)
        return code_of(plan) if write_all(plan, outputs, quiet) else Exit.ERRORS
    return _repair(model, old, now, run, prefer, cost, outputs, form)


def _repair(
    model: Model, old: Path, now: str | None, run: Run, prefer: str, weights: dict[str, int], outputs: tuple[Path, ...],
    form: str,
) -> int:
    from schedc.api import Problem
    from schedc.repair import RepairError, repaired

    with interruptible() as cancel:

        def solve(near: Model, hint: Schedule) -> Plan:
            problem = Problem(near)
            show(problem.refutation)
            return solved(problem, run, hint, cancel)

        def mend(document: Any) -> Repaired:
            return repaired(model, document, solve, prefer=Prefer(prefer), weights=weights, now=now)

        try:
            done = read_or_fail(old, model, mend)
        except RepairError as problem:
            say(f"error: {old}: {problem}\n", err=True)
            return Exit.ERRORS
        written = write_all(done.plan, outputs, run.quiet)
    _show(done, form, run.quiet)
    return code_of(done.plan) if written else Exit.ERRORS


def _show(done: Repaired, form: str, quiet: bool) -> None:
    from schedc.render.comparison import comparison_text
    from schedc.render.summary import summary

    for note in () if quiet else done.notes:
        say(f"note: {note}\n", err=True)
    if form == "json":
        document = None if done.comparison is None else done.comparison.to_json()
        say(json.dumps(document, ensure_ascii=False, indent=1) + "\n")
    elif not quiet:
        say(summary(done.plan.model, done.plan.result, colour=colours(sys.stdout)))
        if done.comparison is not None:
            say("\n" + comparison_text(done.comparison, colour=colours(sys.stdout)))


def _weights(given: tuple[str, ...]) -> dict[str, int]:
    found = {}
    for name, value in pairs("--weight", given).items():
        if not value.isdecimal() or len(value) > 9:
            raise click.UsageError(f"--weight {name}={value}: expected a whole number")
        found[name] = int(value)
    return found
