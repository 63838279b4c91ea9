"""Random tiny texts with soft constraints, shares and percentiles."""

from __future__ import annotations

from random import Random


def soft_text(rng: Random) -> str:
    """A text of two to four tasks, most of whose constraints have a price or a share."""
    n, m = rng.randint(1, 2), rng.randint(1, 2)
    horizon = rng.randint(5, 7)
    lines = [f"time for {horizon}", f"resource r capacity {rng.randint(1, 2)}"]
    optional = " optional" if rng.random() < 0.5 else ""
    for name, size in (("a", n), ("b", m)):
        clauses = [f"release {rng.randint(0, 3)}{_price(rng)}"] if rng.random() < 0.3 else []
        clauses += [f"deadline {rng.randint(1, 5)}{_price(rng)}"] if rng.random() < 0.5 else []
        clauses += [f"within {k} .. {k + 3}{_price(rng)}" for k in [rng.randint(0, 4)] if rng.random() < 0.3]
        loose = optional if name == "a" else ""
        length = f"lasts {rng.randint(1, 2)}" if rng.random() < 0.8 else f"lasts {rng.randint(0, 1)} .. 2"
        if rng.random() < 0.2:
            quick = f"mode x {{ lasts 1 deadline {rng.randint(1, 3)} else penalty 2 per 1 }}"
            modes = quick + " mode y { lasts 2 uses r }"
            lines.append(f"task {name}[i in 1 .. {size}]{loose} {modes} {' '.join(clauses)}")
        else:
            lines.append(f"task {name}[i in 1 .. {size}] {length} uses r{loose} {' '.join(clauses)}")
    statements = [_order, _exclusive, _require, _percentile, _share, _window, _downtime]
    lines += [make(rng, n, m) for make in rng.sample(statements, rng.randint(1, 3))]
    goals = ["percentile({p}, end(b[i]) for i in 1 .. {m})", "makespan", "penalties",
             "max(end(b[i]) for i in 1 .. {m})"]
    chosen = rng.sample(goals, rng.randint(1, 2))
    stated = " then ".join(g.format(p=rng.choice((25, 50, 90)), m=m) for g in chosen)
    lines.append(f"minimize {stated}" + (f" then maximize count(present(a[i]) for i in 1 .. {n})" if optional else ""))
    text = "\n".join(lines)
    return text if "else" in text else text.replace("penalties", "start(b[1])")


def _price(rng: Random, per: bool = True) -> str:
    each = rng.choice((" per 1", " per 2", "")) if per else ""
    return f" else penalty {rng.randint(1, 4)}{each}"


def _order(rng: Random, n: int, m: int) -> str:
    lag = rng.choice(("", " after 1", " after 0 .. 1", " after -1 .. 2"))
    left, right = rng.choice((("a", "b"), ("end(a", "end(b"), ("start(a", "b")))
    close = ")" if "(" in left else ""
    shut = ")" if "(" in right else ""
    k = min(n, m)
    share = f"{rng.choice((50, 100))} % of " if rng.random() < 0.4 else ""
    each = f" for {share}i in 1 .. {k}"
    price = _price(rng) if not share or rng.random() < 0.5 else ""
    return f"order {left}[i]{close} -> {right}[i]{shut}{lag}{each}{price}"


def _exclusive(rng: Random, n: int, m: int) -> str:
    return f"exclusive a[*], b[*]{_price(rng)}"


def _require(rng: Random, n: int, m: int) -> str:
    forms = ("end(a[i]) <= {k}", "start(a[i]) >= {k}", "end(a[i]) == {k}", "abs(start(a[i]) - start(b[1])) <= {k}",
             "end(a[i]) < {k} or start(b[1]) == 0", "end(a[i]) * 2 - start(b[1]) <= {k}")
    chosen = rng.choice(forms)
    return f"require {chosen.format(k=rng.randint(0, 5))} for i in 1 .. {n}{_price(rng, ' or ' not in chosen)}"


def _share(rng: Random, n: int, m: int) -> str:
    condition = rng.choice(("end(a[i]) <= {k}", "start(a[i]) >= {k}", "end(a[i]) <= {k} or start(b[1]) == 0"))
    price = _price(rng, " or " not in condition) if rng.random() < 0.6 else ""
    p = rng.choice((1, 33, 50, 51, 99, 100, 12.5))
    return f"require {condition.format(k=rng.randint(0, 5))} for {p} % of i in 1 .. {n}{price}"


def _percentile(rng: Random, n: int, m: int) -> str:
    p, op, k = rng.choice((1, 34, 50, 75, 100)), rng.choice(("<=", ">=", "==")), rng.randint(0, 5)
    price = _price(rng) if rng.random() < 0.7 else ""
    return f"require percentile({p}, end(a[i]) - start(b[1]) for i in 1 .. {n}) {op} {k}{price}"


def _window(rng: Random, n: int, m: int) -> str:
    return f"require count(b[*]) {rng.choice(('<=', '>='))} 1 every {rng.randint(2, 4)}{_price(rng)}"


def _downtime(rng: Random, n: int, m: int) -> str:
    if rng.random() < 0.3:
        return f"open r during {rng.randint(0, 2)} .. {rng.randint(3, 5)}{_price(rng)}"
    left = f" leaving {rng.randint(0, 1)}" if rng.random() < 0.5 else ""
    return f"downtime r during {rng.randint(0, 2)} .. {rng.randint(3, 5)}{left}{_price(rng)}"
