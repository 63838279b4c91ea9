"""The back-end's two faces: `CpSat` compiles, `CompiledCpSat` solves and shows the native model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from schedc.compilers.backend import Bid, Event, Limits, OnEvent, Outcome, Promise
from schedc.compilers.constructs import CORE, Construct
from schedc.compilers.cpsat.encode import Encoded, Encoding, encode
from schedc.compilers.cpsat.search import Search
from schedc.compilers.cpsat.sheet import Affine
from schedc.compilers.windows import Windows, windows
from schedc.models.model import Model
from schedc.models.schedule import Schedule, Status

_BYTES_A_TASK = 40_000      # what was seen at the peak, by task and by demand


class CpSat:
    """OR-Tools CP-SAT: exact, with bounds and proofs."""

    name = "cpsat"
    takes = CORE | {
        Construct.OPTIONAL, Construct.GUARDED, Construct.MODES, Construct.MEMBERS, Construct.CHOICE_LAGS,
        Construct.STOCKS, Construct.CHANGES, Construct.SETUP_TIME, Construct.PERMUTATION, Construct.BATCHES,
        Construct.PARTS, Construct.CONTIGUOUS, Construct.PERCENTILE, Construct.PRODUCT,
    }
    promises = frozenset({Promise.PROVES_OPTIMAL, Promise.PROVES_INFEASIBLE, Promise.WARM_START})
    forms = frozenset({"cpsat"})

    def __init__(self, encoding: Encoding | None = None) -> None:
        self._encoding = encoding or Encoding()

    def missing(self) -> str | None:
        """Why it cannot run here, or None."""
        from importlib.util import find_spec

        return None if find_spec("ortools") else "the package ortools is not installed"

    def bid(self, model: Model) -> Bid:
        """The default wherever nobody else has an advantage."""
        return Bid(50, "it takes the whole language as it is")

    def memory(self, model: Model) -> int:
        """About how many bytes a run takes at its peak."""
        return _BYTES_A_TASK * (model.task_count + len(model.demands.task))

    def compile(self, model: Model, bounds: Windows | None = None) -> CompiledCpSat:
        """The model in CP-SAT's terms; `bounds` may be given where they are known already.

        Raises UnsuitableError where numbers do not fit the solver's 64 bits.
        """
        encoded = encode(model, bounds or windows(model), self._encoding)
        return CompiledCpSat(model, encoded)


def _ignore(_: Event) -> None:
    pass


class CompiledCpSat:
    """A compiled model. `start`, `end`, `length` give CP-SAT expressions by task name.

    Constraints that are added to `native` bind every later `solve`; its objective is the model's first stage and is
    set anew by `solve`. Several threads may solve at once: each works on a copy.
    """

    def __init__(self, model: Model, encoded: Encoded) -> None:
        self._model = model
        self._encoded = encoded
        goal, *_ = encoded.goals or (None,)
        self._native = encoded.sheet.native(goal, goal is not None and model.objective[0].sense == "maximize")
        self._sizes = self._count()
        self.start: Mapping[str, Any] = Expressions(self, encoded.places.start)
        self.end: Mapping[str, Any] = Expressions(self, encoded.places.end)
        self.length: Mapping[str, Any] = Expressions(self, encoded.places.length)

    @property
    def model(self) -> Model:
        """What was compiled."""
        return self._model

    @property
    def encoded(self) -> Encoded:
        """What was written, with the variables of every task."""
        return self._encoded

    @property
    def native(self) -> Any:
        """The CpModel."""
        return self._native

    def solve(self, limits: Limits, hint: Schedule | None = None, on_event: OnEvent = _ignore) -> Outcome:
        """Solve within the limits. Events come in this thread.

        Stages are solved one after another, each but the last within three quarters of the time left. In deterministic
        mode `seconds` counts the solver's deterministic time, for every stage anew.
        """
        impossible = self._encoded.sheet.impossible
        if impossible is not None:
            return Outcome(Status.INFEASIBLE, None, (None,) * len(self._model.objective), impossible)
        proto = type(self._native.proto)()
        proto.copy_from(self._native.proto)
        trusted = self._sizes == self._count()
        return Search(self._model, self._encoded, proto, trusted, limits, on_event).run(hint)

    def write(self, path: Path, form: str) -> None:
        """Write the proto: as text, or binary where the path ends in ``.pb``."""
        if path.suffix == ".pb":
            self._native.export_to_file(str(path))
        else:
            path.write_text(str(self._native.proto), encoding="utf-8")

    def _count(self) -> tuple[int, int]:
        return len(self._native.proto.variables), len(self._native.proto.constraints)


class Expressions(Mapping[str, Any]):
    """CP-SAT expressions of one kind of point, by task name."""

    def __init__(self, owner: CompiledCpSat, points: list[Affine]) -> None:
        self._owner = owner
        self._points = points

    def __getitem__(self, name: str) -> Any:
        variable, constant = self._points[self._owner.model.task_numbers[name]]
        if variable < 0:
            return constant
        return self._owner.native.get_int_var_from_proto_index(variable) + constant

    def __iter__(self) -> Iterator[str]:
        return iter(self._owner.model.task_numbers)

    def __len__(self) -> int:
        return len(self._points)
