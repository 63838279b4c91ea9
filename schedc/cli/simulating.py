"""`schedc simulate`: what becomes of a schedule when its tasks last longer or shorter."""

from __future__ import annotations

import json
from pathlib import Path

import click

from schedc.cli.exits import Exit
from schedc.cli.model import FILE, open_source, settings, show
from schedc.cli.streams import say
from schedc.cli.verifying import read_or_fail
from schedc.models.diagnostics import Findings

MOST_RUNS = 10_000_000


@click.command("simulate")
@click.argument("file", type=FILE)
@click.argument("schedule", type=FILE)
@settings
@click.option("--runs", type=click.IntRange(1, MOST_RUNS), default=10_000, help="How many runs [10000].")
@click.option("--noise", default="0%", metavar="P%",
              help="Deviation of the lengths that no `about` varies, as a share of each [0%].")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, help="For the random lengths [0].")
@click.option("--judge", "judged", type=click.IntRange(0, 1_000_000), default=20,
              help="How many of the runs the judge looks at in full [20].")
@click.option("--hold", is_flag=True, help="No task starts before the schedule says.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="For people or for tools.")
@click.option("-o", "--output", "outputs", multiple=True, type=FILE, metavar="FILE",
              help="Write the figures, as .json, .svg or .png by suffix; repeatable.")
@click.option("--quiet", is_flag=True, help="Errors only.")
def command(
    file: Path, schedule: Path, params: tuple[str, ...], data: tuple[str, ...], runs: int, noise: str, seed: int,
    judged: int, hold: bool, form: str, outputs: tuple[Path, ...], quiet: bool,
) -> int:
    """Carry out the SCHEDULE of the model in FILE many times: in its order, with its assignments, as early as tasks
    can start when others last longer or shorter.

    Lengths vary as `lasts about lo .. likely .. hi` says, and by --noise.
    """
    from schedc.api import Problem
    from schedc.models.files import FileError
    from schedc.output import OutputError
    from schedc.reading import read_schedule

    _check_usage(noise, outputs)
    findings = Findings()
    source = open_source(file, params, data, findings)
    model = None if source is None else source.checked(findings)
    if not quiet or findings.failed:
        show(findings.in_order())
    if model is None or findings.failed:
        return Exit.ERRORS
    plan = read_or_fail(schedule, model, lambda document: read_schedule(model, document)).schedule
    problem = Problem(model, source=source)
    if not problem.verify(plan).holds:
        say(f"error: {schedule}: the schedule breaks the model; `schedc verify` says where\n", err=True)
        return Exit.BROKEN
    try:
        made = problem.simulate(plan, runs=runs, noise=noise, seed=seed, judged=judged, hold=hold)
    except ValueError as wrong:
        say(f"error: {wrong}\n", err=True)
        return Exit.ERRORS
    if form == "json":
        say(json.dumps(made.to_dict(), ensure_ascii=False, indent=1) + "\n")
    elif not quiet:
        say(made.text())
    for path in outputs:
        try:
            made.save(path)
        except (FileError, OutputError) as wrong:
            say(f"error: {wrong}\n", err=True)
            return Exit.ERRORS
        say("" if quiet else f"wrote {path}\n", err=True)
    return Exit.OK


def _check_usage(noise: str, outputs: tuple[Path, ...]) -> None:
    from schedc.models.files import FileError
    from schedc.options import noise_of
    from schedc.output import OutputError
    from schedc.simulation import check_output

    try:
        noise_of(noise)
        for path in outputs:
            check_output(path)
    except (FileError, OutputError, ValueError) as problem:
        raise click.UsageError(str(problem)) from problem
