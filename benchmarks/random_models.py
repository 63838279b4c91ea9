"""Random tiny models through brute force over the judge and through CP-SAT and MILP by three ways; all must agree.

    python benchmarks/random_models.py --cases 2000 [--seed S] [--of KIND] [--shrink]

models: the language core; presence: absent tasks, jobs and due dates; choices: modes, members and lags by choice;
everything: constructs of all kinds beside each other.
Prints each disagreement with its text and a summary line; exits with 1 if there was any. With --shrink it also looks
for a short text that shows each disagreement. Case k of seed S is always the same text.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from cross_check import Disagreement, cross_check
from random_choices import random_choices
from random_everything import random_everything
from random_models import random_text
from random_presence import random_optional

MADE: dict[str, Callable[[int], str]] = {
    "models": random_text, "presence": random_optional,
    "choices": lambda seed: random_choices(seed, optional=seed % 2 > 0),
    "everything": random_everything,
}


def run(cases: int, seed: int, shrinking: bool, kind: str = "models") -> Counter[str]:
    """How often each outcome came up; "disagreement" is one."""
    outcomes: Counter[str] = Counter()
    for k in range(cases):
        text = MADE[kind](seed * 1_000_000 + k)
        outcome, told = ask(text)
        outcomes[outcome] += 1
        if outcome == "disagreement":
            print(f"---- case {k} of seed {seed}: {ask(shrunk(text))[1] if shrinking else told}", flush=True)
    return outcomes


def ask(text: str) -> tuple[str, str]:
    """The outcome, and what is told of a disagreement."""
    try:
        return cross_check(text), ""
    except Disagreement as found:
        return "disagreement", str(found)


def shrunk(text: str) -> str:
    """The text without the lines that the same kind of disagreement does not need."""
    kind = _kind(ask(text)[1])
    lines = text.splitlines()
    at = len(lines) - 1
    while at >= 0:
        fewer = lines[:at] + lines[at + 1 :]
        if _kind(ask("\n".join(fewer) + "\n")[1]) == kind:
            lines, at = fewer, len(fewer)
        at -= 1
    return "\n".join(lines) + "\n"


def _kind(told: str) -> str:
    return " ".join(told.split()[:3])


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--of", choices=MADE, default="models")
    parser.add_argument("--shrink", action="store_true")
    args = parser.parse_args()
    began = time.perf_counter()
    outcomes = run(args.cases, args.seed, args.shrink, args.of)
    told = ", ".join(f"{count} {name}" for name, count in outcomes.most_common())
    print(f"{sum(outcomes.values())} of {args.of} (seed {args.seed}) in {time.perf_counter() - began:.0f} s: {told}")
    return 1 if outcomes["disagreement"] else 0


if __name__ == "__main__":
    sys.exit(main())
