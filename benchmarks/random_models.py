"""Random tiny models through brute force over the judge and through CP-SAT by three ways; all must agree.

    python benchmarks/random_models.py --cases 2000 [--seed S] [--shrink]

Prints each disagreement with its text and a summary line; exits with 1 if there was any. With --shrink it stops at the
first one and looks for the smallest text that shows it.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from cross_check import Disagreement, cross_check
from random_models import texts


def run(cases: int, number: int, shrink: bool) -> Counter[str]:
    """How often each outcome came up; "disagreement" is one."""
    outcomes: Counter[str] = Counter()

    @seed(number)
    @settings(
        max_examples=cases, deadline=None, database=None, suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink] if shrink else [Phase.generate],
    )
    @given(texts())
    def one(text: str) -> None:
        try:
            outcomes[cross_check(text)] += 1
        except Disagreement as found:
            outcomes["disagreement"] += 1
            if shrink:
                raise
            print(f"---- disagreement\n{found}", flush=True)

    one()
    return outcomes


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--shrink", action="store_true")
    args = parser.parse_args()
    began = time.perf_counter()
    outcomes = run(args.cases, args.seed, args.shrink)
    told = ", ".join(f"{count} {name}" for name, count in outcomes.most_common())
    print(f"{sum(outcomes.values())} models (seed {args.seed}) in {time.perf_counter() - began:.0f} s: {told}")
    return 1 if outcomes["disagreement"] else 0


if __name__ == "__main__":
    sys.exit(main())
