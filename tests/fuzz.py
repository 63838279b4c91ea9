"""Mutations of real texts: whatever comes of them, there is a diagnostic or a model, and never an exception.

As a program: ``python tests/fuzz.py [COUNT] [SEED]`` tries COUNT mutations and prints what went wrong with the seed of
each; with a seed alone behind ``--show`` it prints that mutation.
"""

from __future__ import annotations

import random
import re
import sys
import time
import traceback
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from schedc.compilers.backend import Limits
from schedc.compilers.solve import solve
from schedc.dsl.check import refute
from schedc.dsl.codes import IMPOSSIBLE
from schedc.dsl.format import format_text
from schedc.dsl.load import load_text
from schedc.models.diagnostics import Findings
from schedc.models.model import Model
from schedc.render.diagnostics import Sources, render

ROOT = Path(__file__).resolve().parent.parent
SLOW = 20.0             # seconds after which a text counts as a way to hang the program
_TOKEN = re.compile(
    r'#[^\n]*|"[^"\n]*"|\s+|[A-Za-z_]\w*|\d{4}-\d\d-\d\d(?: \d\d:\d\d)?|\d\d:\d\d|\d+(?:\.\d+)?|->|\.\.|[<>=!]=|.'
)
_ODD = (
    "0", "1", "-1", "99999999999999999999", "1000000000000", "0.3", "none", "unlimited", "makespan", "[*]", "(", ")",
    "{", "}", "[", "]", ",", ";", "->", "..", "where", "for", "then", "h", "GB", "2026-03-29 02:30", "25:61", '"', "`",
    "\u00e9", "\x00", "#", "*", "/", "%", "not", "if",
)


@cache
def texts() -> tuple[str, ...]:
    """All models that stand in the documents, the examples and the tests."""
    found: list[str] = []
    for page in ("language.md", "guide.md", "errors.md"):
        found += re.findall(r"^```sched.*\n((?s:.*?))^```$", (ROOT / "docs" / page).read_text(), re.MULTILINE)
    for folder in ("examples", "tests/conformance", "tests/golden/wrong"):
        found += [path.read_text() for path in sorted((ROOT / folder).rglob("*.sched"))]
    return tuple(text for text in found if len(text) < 5_000)


def mutated(seed: int) -> str:
    """A text with one to four of its tokens left out, doubled, swapped or replaced."""
    chance = random.Random(seed)
    tokens = _TOKEN.findall(chance.choice(texts()))
    for _ in range(chance.choice((1, 1, 2, 4))):
        _mutate(tokens, chance)
    return "".join(tokens)


def _mutate(tokens: list[str], chance: random.Random) -> None:
    i, j = chance.randrange(len(tokens) + 1), chance.randrange(len(tokens) + 1)
    match chance.choice(("drop", "drop", "double", "swap", "odd", "other", "insert", "cut", "move")):
        case "drop":
            del tokens[i : i + chance.choice((1, 1, 2, 5))]
        case "double":
            tokens[j:j] = tokens[i : i + chance.choice((1, 3, 9))]
        case "swap" if max(i, j) < len(tokens):
            tokens[i], tokens[j] = tokens[j], tokens[i]
        case "odd":
            tokens[i : i + 1] = [chance.choice(_ODD)]
        case "other":
            tokens[i : i + 1] = [chance.choice(_TOKEN.findall(chance.choice(texts())))]
        case "insert":
            tokens[i:i] = [" ", chance.choice(_ODD), " "]
        case "cut":
            del tokens[i:]
        case _:
            tokens[j:j] = [tokens.pop(min(i, len(tokens) - 1))] if tokens else []
    tokens[:] = tokens or [" "]


def try_text(text: str, solving: bool = False) -> None:
    """Load, show, lay out and perhaps solve a text. Raises where anything of it fails."""
    findings = Findings()
    model = load_text(text, {}, {}, findings, folder=ROOT / "tests" / "golden")
    assert (model is None) == (not findings.errors <= IMPOSSIBLE)
    if model is not None and not findings.failed:
        refute(model, findings)
    lines = text.split("\n")
    for d in findings.items:
        assert d.message and 1 <= d.primary.span.line <= len(lines) and d.primary.span.column >= 1, d
    render(findings.in_order(), Sources({"<text>": text}))
    _lay_out(text)
    if solving and model is not None and model.task_count <= 200:
        _solved(model)


def _lay_out(text: str) -> None:
    once = format_text(text, "<text>", Findings())
    if once is not None:
        assert format_text(once, "<text>", Findings()) == once


def _solved(model: Model) -> None:
    from schedc.compilers.backend import UnsuitableError

    try:
        result = solve(model, limits=Limits(seconds=2, workers=1))
    except UnsuitableError:
        return
    assert result.schedule is None or (result.verdict is not None and result.verdict.holds)


def failures(seeds: range) -> Iterator[tuple[int, str]]:
    """What goes wrong, by seed; every eighth model is solved, too."""
    for seed in seeds:
        begin = time.monotonic()
        try:
            try_text(mutated(seed), solving=seed % 8 == 0)
        except Exception:
            yield seed, traceback.format_exc()
        if time.monotonic() - begin > SLOW:
            yield seed, f"took {time.monotonic() - begin:.0f} s"


def main(arguments: list[str]) -> int:
    """Try many, or show one."""
    if arguments[:1] == ["--show"]:
        print(mutated(int(arguments[1])))
        return 0
    count = int(arguments[0]) if arguments else 2000
    first = int(arguments[1]) if len(arguments) > 1 else 0
    bad = 0
    for seed, story in failures(range(first, first + count)):
        bad += 1
        print(f"seed {seed}: {story}", flush=True)
    print(f"{count} mutations, {bad} failures")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
