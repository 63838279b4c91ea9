"""Memory allocation: does `schedc solve` fit the buffers of each instance into its capacity, and how soon?

    python benchmarks/memory.py --time 30
"""

from __future__ import annotations

from functools import partial

from harness import Results, arguments, instances, solve_instance, table


def main() -> None:
    """Solve what is not solved yet, then print a line for each."""
    options = arguments(__doc__ or "", 30.0).parse_args()
    results = Results("memory", options)
    known = instances(options.data, "memory_allocation", "minimalloc")[: options.limit]
    if not options.summary:
        for instance in known:
            solve = partial(solve_instance, instance, options.time, options.workers, "memory_allocation", "fit")
            results.run(instance.name, solve)
    rows = [
        (i.name, r.get("status"), r.get("verified"), r.get("seconds")) for i in known
        if (r := results.records.get(i.name)) is not None
    ]
    print(table(("instance", "status", "judged", "seconds"), rows))


if __name__ == "__main__":
    main()
