"""The two encodings of stocks on random projects with a tank: cumulative against CP-SAT's own reservoir.

    python benchmarks/stocks.py [--tasks 40] [--seconds 10] [--seeds 6]

Half of the tasks take 1..5 at their start, the others produce as much at their end; the tank is tight on both sides.
Prints for each seed and encoding: status, makespan, bound, seconds.
"""

from __future__ import annotations

import argparse
import time
from random import Random

from schedc.compilers.backend import Limits
from schedc.compilers.cpsat.compiled import CpSat
from schedc.compilers.cpsat.encode import Encoding
from schedc.compilers.solve import solve
from schedc.dsl.load import load_text
from schedc.models.diagnostics import Findings


def text(tasks: int, seed: int) -> str:
    """One project."""
    choice = Random(seed)
    rows = []
    amounts = [choice.randint(1, 5) for _ in range(tasks // 2)]
    for word, some in (("produces", amounts), ("takes", choice.sample(amounts, len(amounts)))):
        for amount in some:
            name = f"t{len(rows)}"
            lasts, crew = choice.randint(1, 10), choice.randint(1, 4)
            rows.append(f"task {name} lasts {lasts} uses crew {crew} {word} tank {amount}")
            if len(rows) > 3 and choice.random() < 0.5:
                rows[-1] += f"\norder t{choice.randrange(len(rows) - 1)} -> {name}"
    head = f"time for {12 * tasks}\nresource crew capacity 8\nstock tank holds 0 .. 9 starts 4\n"
    return head + "\n".join(rows) + "\nminimize makespan\n"


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tasks", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--seeds", type=int, default=6)
    args = parser.parse_args()
    for seed in range(args.seeds):
        model = load_text(text(args.tasks, seed), {}, {}, Findings())
        assert model is not None
        for native in (False, True):
            begin = time.monotonic()
            way = CpSat(Encoding(reservoir=native))
            result = solve(model, backend=way, limits=Limits(seconds=args.seconds, workers=2), constructing=False)
            stage = result.stages[0] if result.stages else None
            told = (stage.value, stage.bound) if stage is not None else None
            name = "reservoir " if native else "cumulative"
            print(seed, name, result.status, told, f"{time.monotonic() - begin:.1f} s", flush=True)


if __name__ == "__main__":
    main()
