"""`load`, `peak` and `level` against sums tick by tick, and the back-end with them against brute force."""

from __future__ import annotations

from collections import Counter
from random import Random

import numpy as np
import pytest
from cross_check import cross_check
from naive_judge import NaiveJudge

from schedc.dsl.load import load_text
from schedc.models.columns import ints
from schedc.models.diagnostics import Findings
from schedc.models.model import Model
from schedc.models.schedule import Schedule
from schedc.models.verify import verify


class Writer:
    """One text of up to four tasks on a family of resources and a stock."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.h = self.random.randint(4, 7)

    def use(self) -> str:
        """A demand."""
        return self.random.choice([
            f"uses r[{self.random.randint(1, 2)}] {self.random.randint(0, 2)}", "uses 1 of r",
            "uses r[1] 1 uses r[2] 2",
            f"takes s {self.random.randint(0, 2)}", f"produces s {self.random.randint(0, 2)} at start",
        ])

    def task(self, k: int) -> str:
        """A task."""
        parts = [f"task t{k}"] + ["optional"] * (self.random.random() < 0.3)
        if self.random.random() < 0.4:
            parts += [f"mode {m} {{ lasts {self.random.randint(0, 2)} {self.use()} }}" for m in "ab"]
        else:
            lo = self.random.randint(0, 2)
            parts.append(f"lasts {lo} .. {lo + self.random.randint(0, 1)}")
        return "  ".join([*parts, self.use()])

    def measure(self, names: list[str]) -> str:
        """One measure."""
        a, b = (self.random.randint(-1, self.h + 1) for _ in range(2))
        point = self.random.choice([str(a), f"start({self.random.choice(names)})"])
        return self.random.choice([f"load(r[1], {point})", f"load(r[2], {a}, {b})", "peak(r[1])", f"level(s, {a})"])

    def write(self) -> tuple[str, list[str]]:
        """The text without its goals, and the names of the tasks."""
        names = [f"t{k}" for k in range(self.random.randint(1, 3))]
        head = [f"time for {self.h}", "resource r[k in 1 .. 2] capacity 4", "stock s holds -9 .. 9 starts 1"]
        return "\n".join([*head, *(self.task(k) for k in range(len(names)))]) + "\n", names


def loaded(text: str) -> Model:
    """The model of a text that has no errors."""
    findings = Findings()
    model = load_text(text, {}, {}, findings)
    assert model is not None, [d.message for d in findings.items]
    return model


def any_schedule(model: Model, choice: Random) -> Schedule:
    """Any starts within the horizon, any options and members."""
    n = model.task_count
    length = [choice.randint(int(a), int(b)) for a, b in zip(model.shortest, model.longest)]
    present = np.array([not t.optional or choice.random() < 0.6 for t in model.tasks for _ in range(t.size)])
    start = ints([choice.randint(0, model.horizon - d) if p else 0 for d, p in zip(length, present)])
    lasts = np.where(present, ints(length), 0)
    options = [np.flatnonzero(model.options.task == t).tolist() for t in range(n)]
    mode = ints([choice.choice(k) if k and p else -1 for k, p in zip(options, present)])
    picks = model.picks
    member = np.zeros(len(picks.resource), dtype=np.bool_)
    for k, (task, option) in enumerate(zip(picks.task.tolist(), picks.option.tolist())):
        if present[task] and (option < 0 or mode[task] == option):
            member[choice.randrange(int(picks.ptr[k]), int(picks.ptr[k + 1]))] = True
    return Schedule(start, start + lasts, lasts, present, mode if len(model.options.task) else None,
                    member if len(member) else None)


@pytest.mark.parametrize("seed", range(150))
def test_measures_are_sums_over_ticks(seed: int) -> None:
    text, names = Writer(seed).write()
    model = loaded(text)
    schedule = any_schedule(model, Random(seed))
    naive = NaiveJudge(model, schedule)
    ticks = range(-3, model.horizon + 4)

    def load(r: int, t: int) -> int:
        held = sum(naive.demand[i][r] for i in range(len(names)) if naive.holds(i, r, t))
        return int(held * model.resources[0].scale)

    a, b = Random(seed).randint(-1, 4), Random(seed + 1).randint(0, 8)
    happened = [(at, amount) for i in range(len(names)) for _, _, at, amount in naive.happened(i)]
    expected = {
        f"load(r[1], {a})": load(0, a), f"load(r[2], {a}, {b})": sum(load(1, t) for t in range(a, b)),
        "peak(r[1])": max(load(0, t) for t in ticks), "peak(r[2])": max(load(1, t) for t in ticks),
        f"level(s, {a})": 1 + sum(amount for at, amount in happened if at <= a) * model.stocks[0].scale,
    }
    for measure, value in expected.items():
        asked = loaded(f"{text}minimize {measure}")
        (stage,) = asked.objective
        found = verify(asked, schedule).objectives[0] * stage.scale
        assert found == value, f"{measure} in {text}"


@pytest.mark.parametrize("batch", range(8))
def test_the_back_end_agrees_with_brute_force(batch: int) -> None:
    outcomes: Counter[str] = Counter()
    for seed in range(12 * batch, 12 * batch + 12):
        writer = Writer(1000 + seed)
        text, names = writer.write()
        bound = writer.random.randint(0, 4)
        sense = writer.random.choice(["minimize", "maximize"])
        text += f"require {writer.measure(names)} {writer.random.choice(['<=', '>='])} {bound}\n"
        outcomes[cross_check(f"{text}{sense} {writer.measure(names)} then minimize makespan\n")] += 1
    assert set(outcomes) <= {"optimal", "infeasible", "refused", "too big"}
    assert outcomes["optimal"]
