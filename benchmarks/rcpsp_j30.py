"""PSPLIB j30: is every instance proved optimal within the time, at the listed optimum, and judged correct?

    python benchmarks/rcpsp_j30.py
"""

from __future__ import annotations

from functools import partial

from harness import Instance, Record, Results, arguments, instances, solve_instance, table


def main() -> None:
    """Solve what is not solved yet, then print the figures."""
    options = arguments(__doc__ or "").parse_args()
    results = Results("rcpsp_j30", options)
    known = instances(options.data, "rcpsp", "j30")[: options.limit]
    if not options.summary:
        for instance in known:
            results.run(instance.name, partial(solve_instance, instance, options.time, options.workers, "rcpsp"))
    print(summary(known, results.records))


def summary(known: list[Instance], records: dict[str, Record]) -> str:
    """One row of figures, and a line for each instance that misses."""
    pairs = [(instance, records[instance.name]) for instance in known if instance.name in records]
    proved = [i for i, r in pairs if r.get("status") == "optimal"]
    listed = [i for i, r in pairs if r.get("objective") == i.best]
    judged = [i for i, r in pairs if r.get("verified")]
    seconds = [r.get("seconds", 0.0) for _, r in pairs]
    heads = ("instances", "proved optimal", "at the listed optimum", "judged correct", "total s", "longest s")
    row = (len(pairs), len(proved), len(listed), len(judged), round(sum(seconds)), max(seconds, default=0.0))
    misses = [f"missed: {i.name}: {r}" for i, r in pairs if i not in proved or i not in listed or i not in judged]
    return "\n".join([table(heads, [row]), *misses])


if __name__ == "__main__":
    main()
