"""`schedc challenge`: made feasibility problems of rising difficulty, and the scores of their answers."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from schedc.cli.exits import Exit
from schedc.cli.model import FILE
from schedc.cli.streams import colours, say
from schedc.models.files import FileError, reason, write_atomically

if TYPE_CHECKING:
    from schedc.challenge import Challenge

_PHASES = ("precedence", "downtime", "windows", "disjunctive", "migration")
_MOST = 10_000      # challenges in one run
_SUITE = "suite.json"


@click.command("challenge")
@click.argument("folder", type=FILE)
@click.option("--phase", "phases", type=click.Choice(_PHASES), multiple=True, help="Repeatable [all].")
@click.option("--levels", default="10,20,30,40,50,60", metavar="K,K,…", help="Precedence edges [10,20,…,60].")
@click.option("--tasks", type=click.IntRange(2, 500), default=30, help="Tasks of each [30].")
@click.option("--count", type=click.IntRange(1, 1000), default=1, help="Problems of each phase and level [1].")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, help="Same seed, same problems [0].")
@click.option("--twins", is_flag=True, help="Beside each problem one that was made infeasible.")
@click.option("--score", "answers", type=FILE, metavar="ANSWERS", help="Score a folder of answers instead.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="Of the scores.")
def command(
    folder: Path, phases: tuple[str, ...], levels: str, tasks: int, count: int, seed: int, twins: bool,
    answers: Path | None, form: str,
) -> int:
    """Write problems to FOLDER, each with its model, a prompt, the schema of an answer and a hidden witness.

    With --score, judge the answers in a folder, one file a problem, named after it with any suffix.
    """
    if answers is not None:
        return _score(folder, answers, form)
    wanted = _levels(levels)
    kinds = phases or _PHASES
    if len(wanted) * len(kinds) * count > _MOST:
        raise click.UsageError(f"more than {_MOST} problems in one run")
    made = _write(folder, kinds, wanted, tasks, count, seed, twins)
    say(f"wrote {made} problems to {folder}\n", err=True)
    return Exit.OK


def _levels(text: str) -> list[int]:
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() and 0 < len(part) < 6 for part in parts):
        raise click.UsageError(f"--levels {text}: expected numbers with commas between them, such as 10,20,30")
    return sorted({int(part) for part in parts})


def _write(
    folder: Path, kinds: tuple[str, ...], levels: list[int], tasks: int, count: int, seed: int, twins: bool
) -> int:
    from schedc.challenge import Phase, Recipe, challenge

    rows = []
    recipe = Recipe(tasks=tasks, levels=max(levels))
    for kind in kinds:
        for level in levels:
            for k in range(count):
                made = challenge(recipe, Phase[kind.upper()], level, seed + k)
                name = f"{kind}-{level}-{seed + k}"
                rows.append(_write_one(folder, name, made))
                if twins and made.edges:
                    rows.append(_write_one(folder, f"{name}-twin", made.twin(seed)))
    _save(folder / _SUITE, json.dumps(rows, indent=1) + "\n")
    return len(rows)


def _write_one(folder: Path, name: str, made: Challenge) -> dict[str, object]:
    from schedc.challenge import answer_schema, model_text, prompt_text, witness_document

    place = folder / name
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise FileError(f"cannot write {place}: {reason(problem)}") from problem
    _save(place / "model.sched", model_text(made))
    _save(place / "prompt.txt", prompt_text(made))
    _save(place / "schema.json", json.dumps(answer_schema(made), indent=1) + "\n")
    witness = witness_document(made)
    if witness is not None:
        _save(place / "witness.json", json.dumps(witness, indent=1) + "\n")
    return {"name": name, "phase": made.phase.name.lower(), "level": made.level, "feasible": witness is not None}


def _save(path: Path, text: str) -> None:
    write_atomically(path, text.encode())


def _score(folder: Path, answers: Path, form: str) -> int:
    from schedc.api import load
    from schedc.challenge import Graded, curve
    from schedc.loose import read_answer
    from schedc.reading import ScheduleError, load_text
    from schedc.scoring import scored

    graded, rows = [], []
    for entry in _suite(folder):
        model = load(folder / entry["name"] / "model.sched").model
        found = sorted(answers.glob(f"{entry['name']}.*"))
        text = ""
        if found:
            try:
                text = load_text(found[0], model.task_count)
            except ScheduleError:
                text = ""       # scored as an answer that cannot be read
        score = scored(model, read_answer(model, text))
        graded.append(Graded(entry["level"], score))
        rows.append({**entry, "answered": bool(found), **score.to_json()})
    shape = curve(graded)
    if form == "json":
        document = {"levels": shape.levels, "feasible": shape.feasible, "weighted": shape.weighted, "answers": rows}
        say(json.dumps(document, ensure_ascii=False, indent=1) + "\n")
    else:
        from schedc.render.curve import curve_text

        shares = dict(zip(shape.levels, shape.feasible))
        say(curve_text(rows, shares, shape.weighted, colour=colours(sys.stdout)))
    return Exit.OK if all(g.score.feasible for g in graded) else Exit.BROKEN


def _suite(folder: Path) -> list[dict[str, Any]]:
    """The problems of a folder that have a schedule."""
    try:
        rows = json.loads((folder / _SUITE).read_text(encoding="utf-8"))
        known = [r for r in rows if isinstance(r["name"], str) and isinstance(r["level"], int) and r["feasible"]]
    except OSError as problem:
        raise FileError(f"cannot read {folder / _SUITE}: {reason(problem)}") from problem
    except (ValueError, TypeError, KeyError) as problem:
        raise FileError(f"{folder / _SUITE} is no list of problems, as `schedc challenge` writes it") from problem
    if any("/" in r["name"] or r["name"].startswith(".") for r in known):
        raise FileError(f"{folder / _SUITE} names a problem outside its folder")
    return known
