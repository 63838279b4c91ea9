"""Flow shops: n jobs pass m machines in the same order of machines; p_jk is the duration of job j on machine k.

S_{j,k+1} >= S_jk + p_jk, and the operations of one machine do not overlap. Permutation (PFSP): every machine takes the
jobs in one order. No-wait: S_{j,k+1} = S_jk + p_jk, from which one order follows where all durations are above 0.

A job passes a machine on which its duration is 0 in turn: it waits there until its predecessors have left. As an
operation of length 0 meets no other, and need not differ from others in its start, such shops say the order in full.

Set-ups: between consecutive jobs i, j machine k takes s_kij, before j is there or after it is (anticipatory).
"""

from __future__ import annotations

from schedc.dsl.importers.draft import Draft, Sheet
from schedc.dsl.importers.grid import durations, setups_table, size, work_table
from schedc.dsl.importers.numbers import Numbers
from schedc.models.columns import Ints, ints

VARIANTS = ("PFSP", "NPFSP", "NW-PFSP", "TCT-PFSP")
_ORDERS = {
    "PFSP": "all machines take the jobs in one order",
    "NPFSP": "each machine takes the jobs in an order of its own",
    "NW-PFSP": "a job never waits between two machines",
    "TCT-PFSP": "all machines take the jobs in one order",
}


def flowshop_draft(title: str, file: str, text: str, variant: str) -> Draft:
    """The model of `n m` and n lines of m durations, for one of `VARIANTS`. Raises MalformedError."""
    numbers = Numbers(file, text)
    n, m = size(numbers)
    work = durations(numbers, n, m)
    jobs = f"1 .. {n}"
    statements = [f"resource machine[k in 1 .. {m}]", *_flow(jobs, m, waits=variant != "NW-PFSP")]
    if variant == "NW-PFSP":
        statements += _in_full(n, m) if not work.all() else []
    elif variant != "NPFSP":
        statements += _one_order(work)
    completion = variant == "TCT-PFSP"
    statements.append(f"minimize sum(end(op[j, {m}]) for j in {jobs})" if completion else "minimize makespan")
    return Draft(title, _remark(n, m, _ORDERS[variant]), (work_table(work),), tuple(statements))


def tardiness_draft(title: str, file: str, text: str) -> Draft:
    """The model of `n m`, n due dates and n lines of m durations: permutation, total tardiness. MalformedError."""
    numbers = Numbers(file, text)
    n, m = size(numbers)
    numbers.room(n + n * m, f"the due dates and durations of {n} jobs on {m} machines")
    due = numbers.many(n, "a due date")
    work = durations(numbers, n, m)
    jobs = Sheet("jobs", {"j": ints(range(1, n + 1)), "due": due}, ("j",))
    statements = (
        f"resource machine[k in 1 .. {m}]",
        *_flow("jobs", m),
        *_one_order(work),
        f"minimize sum(max(0, end(op[j, {m}]) - j.due) for j in jobs)",
    )
    return Draft(title, _remark(n, m, _ORDERS["PFSP"]), (jobs, work_table(work, types={"j": "jobs"})), statements)


def setups_draft(title: str, file: str, text: str) -> Draft:
    """The model of `n m`, n lines of m durations and m blocks of n x n set-ups: permutation. Raises MalformedError."""
    numbers = Numbers(file, text)
    n, m = size(numbers)
    numbers.room(n * m + m * n * n, f"the durations and set-ups of {n} jobs on {m} machines")
    work = numbers.many(n * m, "a duration", 1).reshape(n, m)
    setup = numbers.many(m * n * n, "a set-up").reshape(m, n, n)
    numbers.done(f"the set-ups of {n} jobs on {m} machines")
    statements = (
        f"resource machine[k in 1 .. {m}] change setup[k, *, *].time",
        *_flow(f"1 .. {n}", m, state=" at j"),
        *_one_order(work),
        "minimize makespan",
    )
    remark = _remark(n, m, _ORDERS["PFSP"]) + "\nsetup[k, a, b] is what machine k needs between job a and job b"
    return Draft(title, remark, (work_table(work), setups_table(setup, ("k", "a", "b"))), statements)


def _remark(n: int, m: int, order: str) -> str:
    return f"{n} jobs, {m} machines, {n * m} operations; op[j, k] is that of job j on machine k\n{order}"


def _flow(jobs: str, m: int, *, waits: bool = True, state: str = "") -> list[str]:
    """The operations, and the arrows from each to the next of its job."""
    task = f"task op[j in {jobs}, k in 1 .. {m}] lasts work[j, k].dur uses machine[k]{state}"
    lag = "" if waits else " after 0 .. 0"
    return [task, *([f"order op[j, k] -> op[j, k + 1]{lag} for j in {jobs}, k in 1 .. {m - 1}"] if m > 1 else [])]


def _one_order(work: Ints) -> list[str]:
    n, m = work.shape
    if not work.all():
        return _in_full(n, m)
    return [f"permutation op[*, k], op[*, k + 1] for k in 1 .. {m - 1}"] if m > 1 and n > 1 else []


def _in_full(n: int, m: int) -> list[str]:
    """Of two jobs one is first on all machines. One job after the other keeps it, hence the horizon."""
    if n == 1:
        return []
    first, second = (f"all(end(op[{a}, k]) <= start(op[{b}, k]) for k in 1 .. {m})" for a, b in ("ij", "ji"))
    order = f'require {first} or {second} for i, j in 1 .. {n} where i < j as "one order"'
    return [order, "let total = sum(w.dur for w in work)", "time for total"]
