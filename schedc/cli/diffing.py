"""`schedc diff`: what is different between two schedules, or between two models."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from schedc.cli.exits import Exit
from schedc.cli.model import FILE, read_model, settings, show
from schedc.cli.streams import colours, say
from schedc.models.diagnostics import Findings
from schedc.models.files import FileError


@click.command("diff")
@click.argument("before", type=FILE)
@click.argument("after", type=FILE)
@settings
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="For people or for tools.")
@click.option("--most", type=click.IntRange(1), default=100, help="Changes that are listed [100].")
def command(
    before: Path, after: Path, params: tuple[str, ...], data: tuple[str, ...], form: str, most: int
) -> int:
    """What changed between two schedules (.json) or two models (.sched): what they mean, not how they are written.

    Ends with 0 where nothing did, and 1 where something did or a file cannot be read. `--set`, `--data` and
    `--scenario` count for the later model.
    """
    if (before.suffix.lower() == ".sched") is not (after.suffix.lower() == ".sched"):
        raise click.UsageError("compare two schedules or two models (.sched), not one of each")
    if before.suffix.lower() == ".sched":
        return _models(before, after, params, data, form, most)
    return _schedules(before, after, form, most)


def _schedules(before: Path, after: Path, form: str, most: int) -> int:
    from schedc.comparison import ComparisonError, compare
    from schedc.render.comparison import comparison_text

    try:
        comparison = compare(_document(before), _document(after))
    except ComparisonError as problem:
        raise FileError(str(problem)) from problem
    if form == "json":
        say(json.dumps(comparison.to_json(), ensure_ascii=False, indent=1) + "\n")
    else:
        say(comparison_text(comparison, most=most, colour=colours(sys.stdout)))
    return Exit.OK if comparison.same else Exit.ERRORS


def _document(path: Path) -> Any:
    from schedc.reading import ScheduleError, load_document

    try:
        return load_document(path, _MOST_TASKS)
    except ScheduleError as problem:
        raise FileError(f"{path}: {problem}") from problem


_MOST_TASKS = 1_000_000     # two files without a model: nobody says how many tasks they may have


def _models(before: Path, after: Path, params: tuple[str, ...], data: tuple[str, ...], form: str, most: int) -> int:
    from schedc.dsl.load import open_path
    from schedc.model_diff import differences
    from schedc.render.model_diff import model_diff_text

    findings = Findings()
    source = open_path(before, {}, {}, findings)
    first, second = None if source is None else source.checked(findings), read_model(after, params, data, findings)
    if first is None or second is None:
        show(findings.in_order())
        return Exit.ERRORS
    found = differences(first, second)
    if form == "json":
        say(json.dumps(found.to_json(), ensure_ascii=False, indent=1) + "\n")
    else:
        say(model_diff_text(found, most=most, colour=colours(sys.stdout)))
    return Exit.OK if found.same else Exit.ERRORS
