"""`idle` and `load` over a calendar against counts tick by tick, and the back-ends with them against brute force."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from brute import TooBigError, brute_force
from cross_check import cross_check
from naive_judge import NaiveJudge

from schedc.dsl.load import load_text
from schedc.models.diagnostics import Findings
from schedc.models.model import Model
from schedc.models.schedule import Schedule
from schedc.models.verify import verify


class Writer:
    """One text of up to four tasks on three resources, two of which are closed now and then."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.h = self.random.randint(4, 6)

    def span(self) -> str:
        """Some ticks of the horizon."""
        a, b = sorted(self.random.sample(range(self.h + 1), 2))
        return f"{a} .. {b}"

    def use(self) -> str:
        """A demand."""
        return self.random.choice(["uses saw", "uses r[1]", "uses r[1] 2, r[2]", "uses 1 of r", "uses r[2] 0, saw"])

    def task(self, k: int) -> str:
        """A task."""
        parts = [f"task t{k}"] + ["optional"] * (self.random.random() < 0.3)
        kind, lo = self.random.choice(["plain", "plain", "modes", "pausable"]), self.random.randint(0, 2)
        if kind == "modes":
            parts += [f"mode {m} {{ lasts {self.random.randint(0, 2)} {self.use()} }}" for m in "ab"]
        elif kind == "pausable":
            parts.append(f"lasts {lo + 1} uses {self.random.choice(['saw', 'r[1], saw', 'r[2] 2'])} pausable")
        else:
            parts.append(f"lasts {lo} .. {lo + self.random.randint(0, 1)} {self.use()}")
        return "  ".join(parts)

    def write(self) -> str:
        """The text without goals."""
        lines = [f"time for {self.h}", "resource saw", "resource r[k in 1 .. 2] capacity 3",
                 f"calendar rush {self.span()}, {self.span()}"]
        for name in ("saw", "r[1]", "r[2]"):
            if self.random.random() < 0.4:
                lines.append(f"downtime {name} during {self.span()} leaving {self.random.choice([0, 0, 1])}")
            if self.random.random() < 0.3:
                lines += [f"open {name} during {self.span()}"] * self.random.randint(1, 2)
        return "\n".join([*lines, *(self.task(k) for k in range(self.random.randint(1, 3)))]) + "\n"


def loaded(text: str) -> Model:
    """The model of a text that has no errors."""
    findings = Findings()
    model = load_text(text, {}, {}, findings)
    assert model is not None, [d.message for d in findings.items]
    return model


def ticks_idle(model: Model, schedule: Schedule, r: int) -> int:
    """Open ticks between the first and the last use at which nobody is under way."""
    naive = NaiveJudge(model, schedule)
    there = [i for i in range(len(naive.names)) if naive.present[i] and naive.length[i]]
    users = [i for i in there if naive.demand[i].get(r, 0) > 0]
    under_way = {t for i in users for t in range(naive.start[i], naive.end[i])}
    if not under_way:
        return 0
    return sum(naive.capacity[r][t] > 0 and t not in under_way for t in range(min(under_way), max(under_way) + 1))


@pytest.mark.parametrize("batch", range(3))
def test_idle_is_a_count_of_ticks(batch: int) -> None:
    compared = positive = 0
    for seed in range(15 * batch, 15 * batch + 15):
        text = Writer(seed).write()
        try:
            answer = brute_force(loaded(text), 60_000)
        except TooBigError:
            continue
        model = loaded(f"{text}minimize idle(saw) then idle(r[1]) then idle(r[2]) then idle then makespan\n")
        choice = Random(seed)
        for k in [choice.randrange(answer.count) for _ in range(20)] if answer.count else []:
            schedule = answer.choices.schedule(answer.kept[:, k])
            counts = [ticks_idle(model, schedule, r) for r in range(3)]
            found = verify(model, schedule).objectives[:4]
            assert found == (*counts, sum(counts)), f"{schedule}\n{text}"
            compared += 1
            positive += sum(counts) > 0
    assert compared > 50 and positive > 1


@pytest.mark.parametrize("batch", range(3))
def test_the_back_ends_agree_with_brute_force(batch: int) -> None:
    outcomes: Counter[str] = Counter()
    for seed in range(5 * batch, 5 * batch + 5):
        writer = Writer(2000 + seed)
        text = writer.write()
        name, other = (writer.random.choice(["idle(saw)", "idle(r[1])", "idle", "idle(r[2])"]) for _ in range(2))
        text += f"require {name} {writer.random.choice(['<=', '>='])} {writer.random.randint(0, 2)}\n"
        sense = writer.random.choice(["minimize", "maximize"])
        outcomes[cross_check(f"{text}{sense} {other} then minimize makespan\n")] += 1
    assert set(outcomes) <= {"optimal", "infeasible", "refused", "too big"}
    assert outcomes["optimal"]


@pytest.mark.parametrize("seed", range(40))
def test_load_over_a_calendar_is_the_sum_over_its_spans(seed: int) -> None:
    writer = Writer(seed)
    text = writer.write().replace("pausable", "")
    plain = loaded(text)
    try:
        answer = brute_force(plain, 60_000)
    except TooBigError:
        return
    spans = next(line.split("rush ")[1] for line in text.splitlines() if line.startswith("calendar")).split(", ")
    inside = {t for a, b in (s.split(" .. ") for s in spans) for t in range(int(a), int(b))}
    model = loaded(f"{text}minimize load(r[1], rush) then makespan\n")
    for k in range(0, answer.count, max(1, answer.count // 20)):
        schedule = answer.choices.schedule(answer.kept[:, k])
        naive = NaiveJudge(model, schedule)
        held = sum(naive.demand[i].get(1, 0) for i in range(len(naive.names)) for t in inside if naive.holds(i, 1, t))
        (stage, *_), found = model.objective, verify(model, schedule).objectives[0]
        assert found * stage.scale == held * model.resources[1].scale, text
