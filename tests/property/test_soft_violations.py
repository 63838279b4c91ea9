"""What the judge says of soft constraints beside what the reference says, worked out here tick by tick."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from itertools import combinations
from random import Random

import numpy as np
import pytest

from schedc.api import loads
from schedc.models.columns import ints
from schedc.models.model import Model
from schedc.models.schedule import Schedule
from schedc.models.verify import SoftFigure, verify

H, N = 12, 3
TEXT = f"""
time for {H}
resource q capacity unlimited
task a[i in 1 .. {N}] optional lasts 0 .. 3 uses q i release i else penalty 2 per 1 deadline 4 + i else penalty 3
task b[i in 1 .. {N}] lasts 0 .. 4 uses q 1 within 1 .. 4 within 6 .. 9 else penalty 5 per 2
order a[i] -> b[i] after 1 .. 2 for i in 1 .. {N} else penalty 7 per 1 as lags
order a[*] -> b[1] else penalty 1 as star
exclusive a[*], b[2] else penalty 1 per 1 as apart
permutation a[*], b[*] else penalty 1 per 1 as alike
require end(a[i]) + start(b[i]) <= 6 for i in 1 .. {N} else penalty 4 per 3 as sums
require end(b[i]) == 5 for 50 % of i in 1 .. {N} else penalty 2 per 1 as half
require start(a[i]) > 2 or start(b[i]) == 0 for 34 % of i in 1 .. {N} else penalty 9 as either
require count(b[*]) <= 1 every 4 else penalty 1 per 1 as windows
downtime q during 3 .. 6 else penalty 1 per 1 as closed
downtime q during 2 .. 8 leaving 2 else penalty 1 per 1 as short
open q during 1 .. 7 else penalty 1 per 1 as hours
minimize penalties
"""


def _schedule(rng: Random) -> Schedule:
    length = ints([rng.randint(0, 3) for _ in range(N)] + [rng.randint(0, 4) for _ in range(N)])
    start = ints([rng.randint(0, H - int(n)) for n in length])
    present = np.array([rng.random() < 0.7 for _ in range(N)] + [True] * N)
    return Schedule(start * present, (start + length) * present, length * present, present)


@cache
def _model() -> Model:
    return loads(TEXT).model


class _Told:
    """The violations of all instances that absence does not satisfy, by the reference."""

    def __init__(self, schedule: Schedule) -> None:
        s, e = schedule.start.tolist(), schedule.end.tolist()
        here = [True] * (2 * N) if schedule.present is None else schedule.present.tolist()
        self.a = {i: (s[i - 1], e[i - 1]) for i in range(1, N + 1) if here[i - 1]}
        self.b = {i: (s[N + i - 1], e[N + i - 1]) for i in range(1, N + 1)}

    def load(self, t: int) -> int:
        return sum(i for i, (s, e) in self.a.items() if s <= t < e) + sum(s <= t < e for s, e in self.b.values())

    def all(self) -> dict[str, list[int]]:
        a, b = self.a, self.b
        both = [*a.values(), b[2]]
        spans = [(1, 4), (6, 9)]
        ranks = [(i, j) for i, j in combinations(a, 2)]
        return {
            "release": [max(0, i - s) for i, (s, _) in a.items()],
            "deadline": [max(0, e - 4 - i) for i, (_, e) in a.items()],
            "within": [min(max(0, lo - s) + max(0, e - hi) for lo, hi in spans) for s, e in b.values()],
            "lags": [max(0, 1 - (b[i][0] - e), b[i][0] - e - 2) for i, (_, e) in a.items()],
            "star": [sum(max(0, e - b[1][0]) for _, e in a.values())],
            "apart": [sum(len(set(range(*x)) & set(range(*y))) for x, y in combinations(both, 2))],
            "alike": [sum(_order(a[i][0], a[j][0]) != _order(b[i][0], b[j][0]) for i, j in ranks)],
            "sums": [max(0, e + b[i][0] - 6) for i, (_, e) in a.items()],
            "half": [abs(e - 5) for _, e in b.values()],
            "either": [int(not (s > 2 or b[i][0] == 0)) for i, (s, _) in a.items()],
            "windows": [max(0, sum(t <= s < t + 4 for s, _ in b.values()) - 1) for t in range(H - 3)],
            "closed": [sum(self.load(t) for t in range(3, 6))],
            "short": [sum(max(0, self.load(t) - 2) for t in range(2, 8))],
            "hours": [sum(self.load(t) for t in range(H) if not 1 <= t < 7)],
        }


def _order(x: int, y: int) -> int:
    return (x > y) - (x < y)


PRICES = {
    "release": (2, 1), "deadline": (3, None), "within": (5, 2), "lags": (7, 1), "star": (1, None), "apart": (1, 1),
    "alike": (1, 1), "sums": (4, 3), "half": (2, 1), "either": (9, None), "windows": (1, 1), "closed": (1, 1),
    "short": (1, 1), "hours": (1, 1),
}
SHARES = {"half": Fraction(50), "either": Fraction(34)}


def _name(figure: SoftFigure) -> str:
    return figure.origin.label or figure.keyword


def _charge(name: str, violation: int) -> Fraction:
    price, per = PRICES[name]
    return Fraction(price * violation, per) if per else Fraction(price * (violation > 0))


@pytest.mark.parametrize("seed", range(60))
def test_violations_and_penalties_are_those_of_the_reference(seed: int) -> None:
    model = _model()
    schedule = _schedule(Random(seed))
    verdict, told = verify(model, schedule), _Told(schedule).all()
    total = Fraction(0)
    assert {_name(f) for f in verdict.soft} == set(told)
    for figure in verdict.soft:
        name = _name(figure)
        found = told[name]
        if name in SHARES:
            rank = -(-SHARES[name] * len(found) // 100)
            worst = sorted(found)[int(rank) - 1] if found else 0
            violation, penalty = worst, _charge(name, worst)
        else:
            violation, penalty = sum(found), sum((_charge(name, v) for v in found), Fraction(0))
        assert (name, figure.violation, figure.penalty) == (name, violation, penalty)
        assert figure.broken == sum(v > 0 for v in found)
        total += penalty
    assert verdict.objectives[0] * model.objective[0].scale == total
