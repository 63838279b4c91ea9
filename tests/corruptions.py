"""Right answers to made problems, spoilt in one known way: what the judge then has to say."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable
from dataclasses import dataclass

from schedc.challenge import Challenge, Phase, Recipe, challenge, witness_document
from schedc.challenge.text import assets, names
from schedc.loose import Flaw

RECIPE = Recipe(tasks=16, layers=4, resources=2, levels=30)
Starts = dict[str, int]


@dataclass(frozen=True)
class Spoilt:
    """An answer, and what must be found: a flaw of a task, or a violation of a kind, at a member, of an amount.

    statement: a word of the broken statement; amount: None where it is not foretold.
    """

    kind: str
    challenge: Challenge
    answer: str
    flaw: Flaw | None = None
    task: str = ""
    violation: str = ""
    member: str = ""
    statement: str = ""
    amount: int | None = None


def spoilt(seed: int) -> Spoilt:
    """A case; the kinds take turns."""
    rng = random.Random(seed)
    made = challenge(RECIPE, Phase.DISJUNCTIVE, rng.randint(8, 30), rng.randrange(200))
    right = witness_document(made)
    assert right is not None
    kinds = list(KINDS)
    for offset in range(len(kinds)):    # a problem may have no exclusive pair, say: then the next kind
        kind = kinds[(seed + offset) % len(kinds)]
        found = KINDS[kind](made, dict(right), rng)
        if found is not None:
            return found
    raise AssertionError("nothing can be spoilt")


def _missing(c: Challenge, right: Starts, rng: random.Random) -> Spoilt:
    name = rng.choice(names(c))
    del right[name]
    return Spoilt("missing", c, json.dumps(right), flaw=Flaw.MISSING, task=name)


def _unknown(c: Challenge, right: Starts, rng: random.Random) -> Spoilt:
    name = f"{rng.choice(names(c))}x"
    return Spoilt("unknown", c, json.dumps({**right, name: 3}), flaw=Flaw.UNKNOWN, task=name)


def _duplicate(c: Challenge, right: Starts, rng: random.Random) -> Spoilt:
    name = rng.choice(names(c))
    text = json.dumps(right)[:-1] + f', "{name}": {right[name]}}}'
    return Spoilt("duplicate", c, text, flaw=Flaw.DUPLICATE, task=name)


def _fraction(c: Challenge, right: Starts, rng: random.Random) -> Spoilt:
    name = rng.choice(names(c))
    return Spoilt("fraction", c, json.dumps({**right, name: right[name] + 0.5}), flaw=Flaw.NOT_INTEGER, task=name)


def _negative(c: Challenge, right: Starts, rng: random.Random) -> Spoilt:
    name, by = rng.choice(names(c)), rng.randint(1, 9)
    return Spoilt("negative", c, json.dumps({**right, name: -by}), flaw=Flaw.NEGATIVE, task=name,
                  violation="horizon", member=name, amount=by)


def _precedence(c: Challenge, right: Starts, rng: random.Random) -> Spoilt | None:
    name = names(c)
    i, j = rng.choice(c.edges)
    end = right[name[i]] + c.lasts[i]
    by = rng.randint(1, min(5, end))
    right[name[j]] = end - by
    return Spoilt("precedence", c, json.dumps(right), violation="order", member=f"{name[i]} -> {name[j]}",
                  statement="order", amount=by)


def _window(c: Challenge, right: Starts, rng: random.Random) -> Spoilt | None:
    rows = [k for k, w in enumerate(c.window) if w is not None and w[1] < c.horizon - 4]
    if not rows:
        return None
    k, by = rng.choice(rows), rng.randint(1, 4)
    window = c.window[k]
    assert window is not None
    right[names(c)[k]] = window[1] - c.lasts[k] + by
    return Spoilt("deadline", c, json.dumps(right), violation="deadline", member=names(c)[k], statement="deadline",
                  amount=by)


def _release(c: Challenge, right: Starts, rng: random.Random) -> Spoilt | None:
    rows = [k for k, w in enumerate(c.window) if w is not None and w[0] >= 1]
    if not rows:
        return None
    k = rng.choice(rows)
    window = c.window[k]
    assert window is not None
    by = rng.randint(1, window[0])
    right[names(c)[k]] = window[0] - by
    return Spoilt("release", c, json.dumps(right), violation="release", member=names(c)[k], statement="release",
                  amount=by)


def _downtime(c: Challenge, right: Starts, rng: random.Random) -> Spoilt | None:
    rows = [(k, r, lo, hi) for r, lo, hi in c.closed for k in range(len(c.lasts)) if c.demand[k][r] and lo > 0]
    if not rows:
        return None
    k, r, lo, _ = rng.choice(rows)
    right[names(c)[k]] = lo
    return Spoilt("downtime", c, json.dumps(right), violation="capacity", member=assets(c)[r], statement="downtime")


def _capacity(c: Challenge, right: Starts, rng: random.Random) -> Spoilt | None:
    """All tasks of a resource that never closes begin together. Amounts are in units of what all of them divide by."""
    opened = sorted(set(range(len(c.capacity))) - {r for r, _, _ in c.closed})
    if not opened:
        return None
    r = rng.choice(opened)
    rows = [k for k in range(len(c.lasts)) if c.demand[k][r]]
    total = sum(c.demand[k][r] for k in rows)
    if total <= c.capacity[r]:
        return None
    for k in rows:
        right[names(c)[k]] = 0
    unit = math.gcd(c.capacity[r], *(c.demand[k][r] for k in rows))
    return Spoilt("capacity", c, json.dumps(right), violation="capacity", member=assets(c)[r], statement="resource",
                  amount=(total - c.capacity[r]) // unit)


def _disjunctive(c: Challenge, right: Starts, rng: random.Random) -> Spoilt | None:
    if not c.apart:
        return None
    name = names(c)
    i, j = rng.choice(c.apart)
    right[name[j]] = right[name[i]]
    return Spoilt("disjunctive", c, json.dumps(right), violation="exclusive", statement="exclusive")


KINDS: dict[str, Callable[[Challenge, Starts, random.Random], Spoilt | None]] = {
    "missing": _missing, "unknown": _unknown, "duplicate": _duplicate, "fraction": _fraction, "negative": _negative,
    "precedence": _precedence, "deadline": _window, "release": _release, "downtime": _downtime,
    "capacity": _capacity, "disjunctive": _disjunctive,
}
