"""Does fuzzy fitness pay? Satellite-ground scheduling, the same search with and without guesses at equal time.

    python benchmarks/fuzzy_fitness.py --time 10

Passes are made: a satellite's request is an optional task, done in one of a few windows at one of four antennas (a
mode each, the antenna's slew as its set-up), short or long with more profit; an antenna serves one at a time. Time is
the processor's, seeds are paired; what is counted is the profit, the individuals considered a second, the share that
was guessed, and the rank error.
"""

from __future__ import annotations

import time
from statistics import fmean

import numpy as np
from harness import Record, Results, arguments, table

import schedc
from schedc.compilers.evolve.improver import Evolve

SIZES = (100, 300, 1_000, 3_000)
SEEDS = 10


def main() -> None:
    """Run all sizes and seeds with and without guesses."""
    parser = arguments(__doc__ or "", seconds=10.0)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    options = parser.parse_args()
    results = Results("fuzzy_fitness", options)
    for size in SIZES[: options.limit]:
        for seed in range(0 if options.summary else options.seeds):
            for fuzzy in (True, False):
                case = f"{size} requests, seed {seed}, {'fuzzy' if fuzzy else 'real'}"
                results.run(case, lambda s=size, k=seed, f=fuzzy: searched(s, k, f, options.time))  # type: ignore[misc]
    print(summary(list(results.records.values())))


def searched(size: int, seed: int, fuzzy: bool, seconds: float) -> Record:
    """One search."""
    from schedc.compilers.evolve.population import USED, WINDOWS

    search = Evolve(schedc.loads(passes(size)).model, seed, True)
    search._run(1)
    if not fuzzy:
        search._q.note[WINDOWS], search._q.note[USED] = 1 << 40, 0
    began = time.process_time()
    while time.process_time() - began < seconds:
        if not fuzzy:
            search._q.note[WINDOWS], search._q.note[USED] = 1 << 40, 0
        search._run(200_000)
    share, error = search.fuzzy
    return {
        "size": size, "seed": seed, "fuzzy": fuzzy, "profit": -search.cost[1], "penalty": search.cost[0],
        "considered": search.children / (time.process_time() - began), "guessed": share, "rank error": error,
    }


def summary(records: list[Record]) -> str:
    """Paired by size and seed."""
    rows = []
    for size in SIZES:
        both = [{r["seed"]: r for r in records if r["size"] == size and r["fuzzy"] is kind} for kind in (True, False)]
        seeds = sorted(both[0].keys() & both[1].keys())
        if not seeds:
            continue
        with_, without = ([side[k] for k in seeds] for side in both)
        better = sum(a["profit"] > b["profit"] for a, b in zip(with_, without))
        worse = sum(a["profit"] < b["profit"] for a, b in zip(with_, without))
        rows.append((
            size, len(seeds), fmean(r["profit"] for r in with_), fmean(r["profit"] for r in without), better, worse,
            fmean(a["considered"] / b["considered"] for a, b in zip(with_, without)),
            fmean(r["guessed"] for r in with_), fmean(r["rank error"] for r in with_),
        ))
    heads = ("requests", "seeds", "fuzzy", "real", "better", "worse", "times considered", "guessed", "rank error")
    return table(heads, rows)


def passes(size: int) -> str:
    """The text of one made instance, the same one every time."""
    chance = np.random.default_rng(size)
    antennas, horizon = 4, 15 * size
    lines = [f"time for {horizon}", f"resource antenna[k in 1 .. {antennas}] change 3"]
    goals = []
    for request in range(size):
        short = int(chance.integers(20, 60))
        profit = int(chance.integers(1, 10))
        options = []
        for k in range(int(chance.integers(2, 5))):
            at = int(chance.integers(0, horizon - 4 * short))
            name, length = f"w{k}", short + int(chance.integers(0, 2)) * short // 2
            options.append(
                f"mode {name} {{ lasts {length} uses antenna[{int(chance.integers(1, antennas + 1))}] "
                f"within {at} .. {at + length + int(chance.integers(0, 2 * short))} with gain = {profit * length} }}"
            )
        lines.append(f"task t{request} optional {' '.join(options)}")
        goals.append(f"t{request}.gain")
    return "\n".join([*lines, f"maximize {' + '.join(goals)}", ""])


if __name__ == "__main__":
    main()
