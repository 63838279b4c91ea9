"""Kill ``schedc solve … -o out.json`` at random moments: the file must be absent, or whole and verified, never torn.

    python benchmarks/kill.py

Half of the runs begin with an older schedule at the same place, which must then be there unharmed or replaced. Half of
all moments lie in the last fifth of a run, where files are written.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import tempfile
from functools import partial
from pathlib import Path

from harness import ROOT, Record, Results, arguments, measure, schedc, table

from schedc import Problem, load


def main() -> None:
    """Kill, look, judge."""
    parser = arguments(__doc__ or "", seconds=3.0)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--model", type=Path, default=ROOT / "examples" / "migration" / "model.sched")
    options = parser.parse_args()
    results = Results("kill", options)
    if not options.summary:
        with tempfile.TemporaryDirectory() as folder:
            whole = Path(folder) / "whole.json"
            full = measure(solve(options, whole))
            if full.code:
                raise SystemExit(f"the model is not solved at all: {full.err[-500:]}")
            problem = load(options.model)
            for number in range(options.count):
                work = partial(kill_once, number, full.seconds, whole, problem, options)
                results.run(f"seed {options.seed}, run {number}", work)
    print(summary(results.records))


def solve(options: argparse.Namespace, out: Path) -> list[str]:
    """The command that is killed."""
    words = ("--time", f"{options.time}s", "--workers", options.workers, "--seed", options.seed)
    return schedc("solve", options.model, *words, "-o", out, "--quiet")


def kill_once(number: int, full: float, whole: Path, problem: Problem, options: argparse.Namespace) -> Record:
    """One run killed; what is left in its folder."""
    rng = random.Random(1000 * options.seed + number)
    moment = rng.uniform(0.8, 1.05) * full if number % 2 else rng.uniform(0, full)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.json"
        older = number % 4 >= 2
        if older:
            shutil.copy(whole, out)
        run = measure(solve(options, out), seconds=moment)
        left = sorted(path.name for path in out.parent.iterdir() if path != out)
        record = {"moment": round(moment, 3), "code": run.code, "older": older, "left": left}
        return record | {"found": found(problem, out, older)}


def found(problem: Problem, out: Path, older: bool) -> str:
    """``absent``, ``whole`` or what is wrong with the file, judged in this process: another one would cost as much
    again as the run that was killed.
    """
    if not out.exists():
        return "lost" if older else "absent"
    try:
        verified = json.loads(out.read_text())["verified"]
    except (ValueError, KeyError):
        return "torn"
    judged = problem.verify(out)
    return "whole" if verified is True and judged.holds else "not verified"


def summary(records: dict[str, Record]) -> str:
    """How often each thing was found."""
    kinds = [str(record["found"]) for record in records.values()]
    killed = sum(record["code"] == -9 for record in records.values())
    rows = [(kind, kinds.count(kind)) for kind in sorted(set(kinds))]
    return table(("what stood at out.json", "times"), [*rows, ("all runs", len(kinds)), ("of them killed", killed)])


if __name__ == "__main__":
    main()
