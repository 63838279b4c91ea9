"""The back-end's two faces: `Milp` compiles, `CompiledMilp` solves and shows the native model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from schedc.compilers.backend import Bid, Event, Limits, OnEvent, Outcome, Promise
from schedc.compilers.constructs import CORE, Construct
from schedc.compilers.measure import costs
from schedc.compilers.milp.choose import MOST_TERMS, Formulation, choose, refuse_early
from schedc.compilers.milp.encode import Encoded, encode
from schedc.compilers.milp.search import Search
from schedc.compilers.windows import Windows, windows
from schedc.models.expressions import Makespan, Point
from schedc.models.model import Model
from schedc.models.schedule import Schedule, Status

_BYTES_A_TERM = 400         # what was seen at the peak, by nonzero
_BYTES_A_TASK = 40_000      # and by task and demand, where those are few
_PYOMO_FORMS = {"mps": "mps", "lp": "cpxlp"}     # by Pyomo's names


class Milp:
    """Mixed integer programming: Pyomo's models, HiGHS's branch and cut."""

    name = "milp"
    takes = CORE - {
        Construct.MAXIMAL_LAGS, Construct.EXCLUSIVE, Construct.UNEQUAL, Construct.NEGATION, Construct.ABSOLUTE,
    } | {Construct.OPTIONAL, Construct.GUARDED, Construct.PERCENTILE}
    promises = frozenset({Promise.PROVES_OPTIMAL, Promise.PROVES_INFEASIBLE, Promise.WARM_START})
    forms = frozenset({"mps", "lp"})

    def __init__(self, formulation: Formulation | str | None = None) -> None:
        self._formulation = None if formulation is None else Formulation(formulation)

    def missing(self) -> str | None:
        """Why it cannot run here, or None."""
        from importlib.util import find_spec

        absent = [name for name in ("highspy", "pyomo") if find_spec(name) is None]
        return f"the package {absent[0]} is not installed" if absent else None

    def bid(self, model: Model) -> Bid:
        """Behind CP-SAT on what the core of the language can say: starts and resources."""
        return Bid(20, "it counts in linear rows, which say little of resources")

    def memory(self, model: Model) -> int:
        """About how many bytes a run takes at its peak."""
        return min(_BYTES_A_TERM * MOST_TERMS, _BYTES_A_TASK * (model.task_count + len(model.demands.task)))

    def compile(self, model: Model, bounds: Windows | None = None) -> CompiledMilp:
        """The model as a mixed integer program; `bounds` may be given where they are known already.

        Raises UnsuitableError where it would be too large, before it is written, or its numbers do not fit.
        """
        if bounds is None:
            refuse_early(model)
        known = bounds or windows(model)
        return CompiledMilp(model, known, choose(model, known, self._formulation), self._formulation)


def _ignore(_: Event) -> None:
    pass


class CompiledMilp:
    """A compiled model. `start`, `end`, `length` give Pyomo expressions by task name.

    What is added to `native` binds every later `solve`; its objective is the model's first stage and is set anew by
    `solve`. As long as nobody has asked for `native`, the program goes to HiGHS without Pyomo, and where a schedule to
    begin from is known it is written for those that end no later. Several threads may solve at once.
    """

    def __init__(
        self, model: Model, bounds: Windows, chosen: Formulation, wanted: Formulation | None = None
    ) -> None:
        self._model, self._bounds = model, bounds
        self._wanted = wanted
        self.formulation = chosen
        self._native: Any = None
        self.start: Mapping[str, Any] = Expressions(self, Point.START)
        self.end: Mapping[str, Any] = Expressions(self, Point.END)
        self.length: Mapping[str, Any] = Expressions(self, Point.LENGTH)

    @property
    def model(self) -> Model:
        """What was compiled."""
        return self._model

    @cached_property
    def encoded(self) -> Encoded:
        """The whole program as numbers, with a variable for each start, end and length."""
        return encode(self._model, self._bounds, self.formulation, every_point=True)

    @property
    def native(self) -> Any:
        """The Pyomo ConcreteModel."""
        if self._native is None:
            from schedc.compilers.milp.native import concrete

            found, goals = self.encoded, self.encoded.goals
            turned = bool(goals) and self._model.objective[0].sense == "maximize"
            self._native = concrete(
                self._model.name, found.program, goals[0] if goals else None, turned, found.impossible is not None
            )
        return self._native

    def write(self, path: Path, form: str) -> None:
        """Write the native model as MPS or LP."""
        self.native.write(str(path), format=_PYOMO_FORMS[form], io_options={"symbolic_solver_labels": True})

    def solve(self, limits: Limits, hint: Schedule | None = None, on_event: OnEvent = _ignore) -> Outcome:
        """Solve within the limits. Events come in this thread.

        Stages are solved one after another, each but the last within three quarters of the time left. In deterministic
        mode there is one worker and `seconds` counts nodes, `engine.NODES` a second, for every stage anew.
        """
        from schedc.compilers.milp.engine import load
        from schedc.compilers.milp.native import load_native

        own = self._native is None
        if own and self._bounds.conflict is not None:
            return Outcome(Status.INFEASIBLE, None, (None,) * len(self._model.objective), self._bounds.conflict)
        encoded = self._for_hint(hint) if own else self.encoded
        if encoded.impossible is not None and own:
            return Outcome(Status.INFEASIBLE, None, (None,) * len(self._model.objective), encoded.impossible)
        loaded = load(encoded.program) if own else load_native(self._native, encoded.program)
        return Search(self._model, encoded, loaded, own, limits, on_event).run(hint)

    def _for_hint(self, hint: Schedule | None) -> Encoded:
        """The program for schedules that are no longer than the one to begin from, if the makespan counts first."""
        from schedc.models.verify import verify

        bounds, goals = self._bounds, self._model.objective
        shorter = bool(goals) and isinstance(goals[0].value, Makespan) and goals[0].sense == "minimize"
        if hint is not None and shorter and verify(self._model, hint).holds:
            bounds = windows(self._model, costs(self._model, hint)[0])
        return encode(self._model, bounds, choose(self._model, bounds, self._wanted))


class Expressions(Mapping[str, Any]):
    """Pyomo expressions of one kind of point, by task name."""

    def __init__(self, owner: CompiledMilp, point: Point) -> None:
        self._owner = owner
        self._point = point

    def __getitem__(self, name: str) -> Any:
        task = self._owner.model.task_numbers[name]
        native = self._owner.native
        variable, constant = self._owner.encoded.places.point(self._point, task)
        return constant if variable < 0 else native.x[variable] + constant

    def __iter__(self) -> Iterator[str]:
        return iter(self._owner.model.task_numbers)

    def __len__(self) -> int:
        return self._owner.model.task_count
