"""Classical job shops (ft, la, orb): the share that ends at the best value known within the time.

    python benchmarks/jobshop.py
"""

from __future__ import annotations

from functools import partial

from harness import Instance, Record, Results, arguments, instances, solve_instance, table

SETS = ("ft", "la", "orb")


def main() -> None:
    """Solve what is not solved yet, then print the figures."""
    options = arguments(__doc__ or "").parse_args()
    results = Results("jobshop", options)
    known = [instance for name in SETS for instance in instances(options.data, "jsp", name)[: options.limit]]
    if not options.summary:
        for instance in known:
            results.run(instance.name, partial(solve_instance, instance, options.time, options.workers, "jsp"))
    print(summary(known, results.records))


def summary(known: list[Instance], records: dict[str, Record]) -> str:
    """A row a set, a row for all of them, and a line for each instance that misses."""
    rows, misses = [], []
    for name in (*SETS, ""):
        part = [i for i in known if i.name.startswith(f"{name}/" if name else "") and i.name in records]
        best = [i for i in part if records[i.name].get("verified") and records[i.name].get("objective") == i.best]
        proved = [i for i in part if records[i.name].get("status") == "optimal"]
        share = len(best) / len(part) if part else 0.0
        rows.append((name or "all", len(part), len(best), f"{share:.1%}", len(proved)))
        misses += [f"missed: {i.name} (best {i.best}): {records[i.name]}" for i in part if not name and i not in best]
    heads = ("set", "instances", "at the best known", "share", "proved optimal")
    return "\n".join([table(heads, rows), *misses])


if __name__ == "__main__":
    main()
