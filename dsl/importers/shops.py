"""Hybrid flow shops, open shops and unrelated parallel machines: plain grids of durations."""

from __future__ import annotations

from schedc.dsl.importers.draft import Draft, Sheet
from schedc.dsl.importers.grid import durations, size, work_table
from schedc.dsl.importers.numbers import Numbers
from schedc.models.columns import ints


def hybrid_draft(title: str, file: str, text: str) -> Draft:
    """Hybrid flow shop: `n`, `m` stages, identical machines of each stage, n lines of m durations. MalformedError.

    S_{j,k+1} >= S_jk + p_jk; stage k works on at most M_k jobs at a time; minimise the makespan.
    """
    numbers = Numbers(file, text)
    n, m = size(numbers, "stages")
    numbers.room(m + n * m, f"the machines of {m} stages and the durations of {n} jobs")
    machines = numbers.many(m, "the number of machines of a stage", 1)
    work = durations(numbers, n, m)
    alike = len(set(machines.tolist())) == 1
    sheets = () if alike else (Sheet("stages", {"k": ints(range(1, m + 1)), "machines": machines}, ("k",)),)
    pools = f"k in 1 .. {m}] capacity {machines[0]}" if alike else "k in stages] capacity k.machines"
    statements = [
        f"resource machine[{pools}",
        f"task op[j in 1 .. {n}, k in 1 .. {m}] lasts work[j, k].dur uses machine[k]",
        *([f"order op[j, k] -> op[j, k + 1] for j in 1 .. {n}, k in 1 .. {m - 1}"] if m > 1 else []),
        "minimize makespan",
    ]
    remark = (
        f"{n} jobs, {m} stages, {n * m} operations, {machines.sum()} machines\n"
        "op[j, k] is that of job j in stage k, machine[k] the pool of identical machines there"
    )
    return Draft(title, remark, (*sheets, work_table(work)), tuple(statements))


def openshop_draft(title: str, file: str, text: str) -> Draft:
    """Open shop: `n m`, n lines of m durations. Raises MalformedError.

    Neither the operations of one job nor those of one machine overlap; minimise the makespan.
    """
    numbers = Numbers(file, text)
    n, m = size(numbers)
    statements = [
        f"resource machine[k in 1 .. {m}]",
        f"task op[j in 1 .. {n}, k in 1 .. {m}] lasts work[j, k].dur uses machine[k]",
        *([f"exclusive op[j, *] for j in 1 .. {n}"] if m > 1 else []),
        "minimize makespan",
    ]
    remark = f"{n} jobs, {m} machines, {n * m} operations; op[j, k] is that of job j on machine k, in any order"
    return Draft(title, remark, (work_table(durations(numbers, n, m)),), tuple(statements))


def parallel_draft(title: str, file: str, text: str) -> Draft:
    """Unrelated parallel machines, R||Cmax: `n m`, n lines of m durations. Raises MalformedError.

    Each job runs on one machine i, for p_ji; jobs of one machine do not overlap; minimise the makespan.
    """
    numbers = Numbers(file, text)
    n, m = size(numbers)
    statements = (
        f"resource machine[i in 1 .. {m}]",
        f"task `job`[j in 1 .. {n}] mode place[i in 1 .. {m}] {{ lasts work[j, i].dur uses machine[i] }}",
        "minimize makespan",
    )
    remark = f"{n} jobs, each on one of {m} machines; work[j, i] is what job j takes on machine i"
    return Draft(title, remark, (work_table(durations(numbers, n, m), "i"),), statements)
