"""Who solves a model: by bids, by what each takes, by numbers and memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from made import Maker

from schedc.compilers import choose as choosing
from schedc.compilers.backend import Bid, Limits, OnEvent, Outcome, Promise, UnsuitableError
from schedc.compilers.choose import choose, offers
from schedc.compilers.constructs import CORE, Construct
from schedc.compilers.lowering import BACKWARD, LOWERINGS, TableError, in_order
from schedc.compilers.plan import plan
from schedc.compilers.registry import backends
from schedc.compilers.solve import solve
from schedc.models.expressions import Point
from schedc.models.model import Model
from schedc.models.schedule import Schedule, Status


class Stand:
    """A back-end of the tests: what it takes, bids and weighs is given; it solves nothing."""

    promises, forms = frozenset[Any](), frozenset[str]()

    def __init__(
        self, name: str, score: int = 50, takes: frozenset[Construct] = CORE, memory: int = 0, refusal: str = "",
        absent: str | None = None,
    ) -> None:
        self.name, self.takes = name, takes
        self._score, self._memory, self._refusal, self._absent = score, memory, refusal, absent
        self.compiled: Model | None = None

    def missing(self) -> str | None:
        return self._absent

    def bid(self, model: Model) -> Bid:
        return Bid(self._score, f"{self.name} wants it")

    def memory(self, model: Model) -> int:
        return self._memory

    def compile(self, model: Model) -> Stand:
        if self._refusal:
            raise UnsuitableError(self._refusal)
        self.compiled = model
        return self

    @property
    def native(self) -> Any:
        return self.compiled

    def solve(self, limits: Limits, hint: Schedule | None, on_event: OnEvent) -> Outcome:
        return Outcome(Status.UNKNOWN, None, (), "it never tries")

    def write(self, path: Path, form: str) -> None:
        path.write_text(form)


@pytest.fixture
def stand(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Puts back-ends of the tests in the place of all others."""
    def install(*them: Stand) -> None:
        monkeypatch.setattr(choosing, "backends", lambda: them)

    return install


def model() -> Model:
    m = Maker(20)
    a, b = m.tasks_of("t", [3, 4])
    m.exclusive([a, b])
    m.goal([(Point.END, a, 1), (Point.START, b, 2)])
    return m.model()


def test_the_highest_bid_is_taken_and_says_why(stand: Any) -> None:
    stand(Stand("low", 10), Stand("high", 60), Stand("none", 0), Stand("away", 90, absent="it is not installed"))
    assert [backend.name for backend, _ in offers(model())] == ["high", "low"]
    choice = choose(model())
    assert (choice.backend, choice.because) == ("high", "high wants it")


@pytest.mark.parametrize("wanting", [
    Stand("first", 90, refusal="its numbers do not fit"),
    Stand("first", 90, memory=1 << 60),
    Stand("first", 90, takes=CORE - {Construct.EXCLUSIVE, Construct.CAPACITY, Construct.LOGIC}),
], ids=["numbers", "memory", "constructs"])
def test_who_cannot_leaves_it_to_the_next(stand: Any, wanting: Stand) -> None:
    stand(wanting, Stand("second"))
    choice = choose(model())
    assert choice.backend == "second" and choice.because.startswith("first cannot, ")
    assert choice.because.endswith("; second wants it")
    with pytest.raises(UnsuitableError):
        stand(wanting)
        choose(model())


def test_the_choice_stands_in_the_result_and_the_events(stand: Any) -> None:
    stand(Stand("only"))
    events: list[str] = []
    limits = Limits(seconds=0.5, workers=1)
    result = solve(model(), limits=limits, constructing=False, on_event=lambda e: events.append(e.text))
    assert result.chosen_because.startswith("only: only wants it")
    assert "solver only: only wants it" in events


def test_who_is_asked_for_needs_no_reason() -> None:
    choice = choose(model(), "cpsat")
    assert (choice.backend, choice.because) == ("cpsat", "")


def test_cp_sat_is_the_default_on_an_ordinary_model() -> None:
    choice = choose(model())
    assert choice.backend == "cpsat" and choice.because


def test_what_nobody_takes_is_named_with_who_would(stand: Any) -> None:
    poor = Stand("poor", takes=frozenset({Construct.TASKS, Construct.GOALS}))
    stand(poor, Stand("rich"))
    with pytest.raises(UnsuitableError, match=r"does not take exclusive in exclusive \(made.sched:2\).*; rich would"):
        choosing.compile_by(model(), poor)


def test_a_lowered_model_holds_only_what_is_taken(stand: Any) -> None:
    plain = Stand("plain", takes=frozenset({Construct.TASKS, Construct.CAPACITY, Construct.GOALS}))
    stand(plain)
    assert choose(model()).backend == "plain"
    assert plain.compiled is not None and not plain.compiled.exclusives
    assert len(plain.compiled.demands.task) == 2


def test_the_cheapest_chain_wins_and_the_loser_is_kept() -> None:
    both = plan(model(), CORE - {Construct.EXCLUSIVE})
    assert both.steps[0].chosen.lowering.name == "exclusive as a resource of one"
    assert [(o.lowering.name, o.cost) for o in both.steps[0].lost] == [("exclusive pair by pair", 3)]
    pairs = plan(model(), CORE - {Construct.EXCLUSIVE, Construct.CAPACITY})
    assert pairs.steps[0].chosen.lowering.name == "exclusive pair by pair"
    assert pairs.steps[0].lost[0].cost is None and "capacity" in pairs.steps[0].lost[0].why


def test_a_circle_in_the_table_is_an_error() -> None:
    from dataclasses import replace

    back = replace(BACKWARD, source=Construct.PRECEDENCE, targets=frozenset({Construct.MAXIMAL_LAGS}))
    with pytest.raises(TableError, match="maximal lags"):
        in_order((*LOWERINGS, back))


def test_every_back_end_keeps_to_the_protocol() -> None:
    for backend in backends():
        assert backend.takes <= frozenset(Construct)
        assert backend.takes | {lowering.source for lowering in LOWERINGS} >= CORE
        assert backend.bid(model()).score >= 0 and backend.bid(model()).because
        assert 0 <= backend.memory(model()) < 1 << 34
        assert backend.forms or not backend.promises & {Promise.PROVES_OPTIMAL, Promise.PROVES_INFEASIBLE}
