"""`schedc verify`: judge any schedule, whoever made it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from schedc.cli.exits import Exit
from schedc.cli.model import FILE, read_model, settings, show
from schedc.cli.streams import colours, say
from schedc.models.diagnostics import Findings
from schedc.models.model import Model

if TYPE_CHECKING:
    from schedc.reading import ScheduleError

_Read = TypeVar("_Read")


@click.command("verify")
@click.argument("file", type=FILE)
@click.argument("schedule", type=FILE)
@settings
@click.option("--hint", type=FILE, metavar="OLD.json",
              help="The earlier schedule, of which stays what it started before `now`.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="For people or for tools.")
@click.option("--near", is_flag=True, help="Look for the nearest schedule that keeps the model (not schedule.json).")
@click.option("--time", "time_", default="20s", metavar="TIME", help="Limit for --near, as in 60s or `2 min` [20s].")
@click.option("--quiet", is_flag=True, help="Errors and violations only.")
def command(
    file: Path, schedule: Path, params: tuple[str, ...], data: tuple[str, ...], hint: Path | None, form: str,
    quiet: bool, near: bool, time_: str,
) -> int:
    """Judge the SCHEDULE against the model in FILE: every violation, where, by how much.

    It may be schedule.json, or anything that says when tasks start: other JSON, CSV, lines of text, clock times. Then
    what cannot be read is listed too, and the whole is scored by kind of constraint.
    """
    from schedc.models.verify import verify
    from schedc.reading import is_schedule, read_schedule
    from schedc.render.verdict import render, to_json

    findings = Findings()
    model = read_model(file, params, data, findings)
    if not quiet or findings.failed:
        show(findings.in_order())
    if model is None or findings.failed:
        return Exit.ERRORS
    model = _continued(model, hint)
    text = _text(schedule, model)
    if not is_schedule(text):
        return _judge_answer(model, schedule, text, form, quiet, near, time_)
    document, reading = read_or_fail(schedule, model, lambda document: (document, read_schedule(model, document)))
    verdict = verify(model, reading.schedule)
    verdict = replace(verdict, violations=(*verdict.violations, *reading.claims))
    for note in (*reading.notes, *_wrong_claims(model, document, verdict.objectives)):
        say(f"warning: {schedule}: {note}\n", err=True)
    if form == "json":
        say(json.dumps(to_json(model, verdict), ensure_ascii=False, indent=1) + "\n")
    elif not quiet or not verdict.holds:
        say(render(model, verdict, colour=colours(sys.stdout)))
    return Exit.OK if verdict.holds else Exit.BROKEN


def _text(path: Path, model: Model) -> str:
    from schedc.reading import ScheduleError, load_text

    try:
        return load_text(path, model.task_count)
    except ScheduleError as error:
        _fail(path, error)


def _judge_answer(
    model: Model, path: Path, text: str, form: str, quiet: bool, near: bool, time: str
) -> int:
    """A schedule in any other form: what can be read of it is judged and scored."""
    from schedc.api import Problem
    from schedc.loose import read_answer
    from schedc.options import seconds_of
    from schedc.reading import ScheduleError, parse_document, read_schedule
    from schedc.render.score import score_text
    from schedc.scoring import distance, scored

    try:
        limit = seconds_of(time)
    except ValueError as problem:
        raise click.UsageError(str(problem)) from problem
    answer = read_answer(model, text)
    if not answer.parsable:
        try:
            read_schedule(model, parse_document(text))      # what a strict reader would say of it
        except ScheduleError as error:
            _fail(path, error)
        _fail(path, ScheduleError([answer.remarks[0].message]))
    score = scored(model, answer)
    if near and not score.feasible:
        far = distance(model, answer, lambda m, hint: Problem(m).solve(hint=hint, time=limit))
        score = replace(score, distance=far)
    if form == "json":
        from schedc.render.verdict import to_json

        document = {**to_json(model, score.verdict), "score": score.to_json()}
        say(json.dumps(document, ensure_ascii=False, indent=1) + "\n")
    elif not quiet or not score.feasible:
        say(score_text(model, score, colour=colours(sys.stdout)))
    return Exit.OK if score.feasible else Exit.BROKEN


def _fail(path: Path, error: ScheduleError) -> NoReturn:
    for problem in error.problems:
        say(f"error: {path}: {problem}\n", err=True)
    raise click.exceptions.Exit(Exit.ERRORS) from None


def _continued(model: Model, path: Path | None) -> Model:
    from schedc.models.past import with_past
    from schedc.reading import read_hint

    if path is None:
        return model
    old, _ = read_or_fail(path, model, lambda document: read_hint(model, document))
    return model if old is None else with_past(model, old)


def read_or_fail(path: Path, model: Model, read: Callable[[Any], _Read]) -> _Read:
    """Read the file of a model's schedule; leaves with all that is wrong with it where it is none."""
    from schedc.reading import ScheduleError, load_document

    try:
        return read(load_document(path, model.task_count))
    except ScheduleError as error:
        _fail(path, error)


def _wrong_claims(model: Model, document: dict[str, Any], values: tuple[int, ...]) -> list[str]:
    """Objective values that the document states and the schedule does not have."""
    from schedc.render.figures import number

    said = document.get("objectives")
    stated = {o["name"]: o.get("value") for o in said if _names(o)} if isinstance(said, list) else {}
    true = {stage.name: number(value * stage.scale) for stage, value in zip(model.objective, values)}
    return [
        f"the file states {name} = {json.dumps(stated[name])}, but it is {value}"
        for name, value in true.items()
        if stated.get(name) is not None and stated[name] != value
    ]


def _names(objective: object) -> bool:
    return isinstance(objective, dict) and isinstance(objective.get("name"), str)
