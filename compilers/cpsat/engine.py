"""One run of the CP-SAT library: in a thread of its own, so that the caller stays free to listen and to stop it.

Solutions and bounds come through a queue and are handed on in the caller's thread: a callback that raises cannot reach
the library, and nothing here is shared between two runs. The library's own handling of Ctrl-C is off; an interrupt of
the waiting thread stops the search and is raised again when it has ended.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any, Literal

from schedc.compilers.backend import Limits
from schedc.models.schedule import Status

_POLL = 0.03        # seconds between looks at `Limits.cancel`
_EXACT = 1 << 50    # beyond this a float bound no longer tells neighbouring integers apart


@dataclass(frozen=True)
class News:
    """A solution (values of all variables) or a proven bound, while a run goes on."""

    kind: Literal["solution", "bound"]
    values: list[int] = field(default_factory=list)
    bound: int | None = None


@dataclass(frozen=True)
class Answer:
    """How a run ended. bound: of the objective's terms, None where nothing was proved."""

    status: Status
    values: list[int] | None
    bound: int | None
    reason: str = ""
    cancelled: bool = False


def run(proto: Any, parameters: dict[str, Any], limits: Limits, listen: Callable[[News], None]) -> Answer:
    """Solve a model proto. Whatever `listen` raises is raised here, after the search was stopped."""
    from ortools.sat.python import cp_model

    solver = cp_model.CpSolver()
    for name, value in parameters.items():
        if isinstance(value, list):
            getattr(solver.parameters, name).extend(value)
        else:
            setattr(solver.parameters, name, value)
    queue: SimpleQueue[News] = SimpleQueue()
    has_objective = proto.has_objective()
    if has_objective and not limits.deterministic:      # which bounds it is told of depends on the clock
        solver.best_bound_callback = lambda bound: queue.put(News("bound", bound=safe_bound(bound)))
    errors: list[BaseException] = []

    def work() -> None:
        try:
            solver.solve(cp_model.CpModel(proto), _callback(queue))
        except BaseException as error:      # handed to the caller's thread
            errors.append(error)

    thread = threading.Thread(target=work, name="cp-sat", daemon=True)
    thread.start()
    cancelled = _attend(thread, solver, queue, limits, listen)
    if errors:
        raise errors[0]
    return _answer(solver, has_objective, cancelled)


def _callback(queue: SimpleQueue[News]) -> Any:
    from ortools.sat.python import cp_model

    class Watch(cp_model.CpSolverSolutionCallback):     # type: ignore[misc]
        def on_solution_callback(self) -> None:
            queue.put(News("solution", values=list(self.response_proto.solution)))

    return Watch()


def _attend(
    thread: threading.Thread, solver: Any, queue: SimpleQueue[News], limits: Limits, listen: Callable[[News], None]
) -> bool:
    """Hand on the news until the run ends; whether it was cancelled."""
    cancelled = False
    try:
        while thread.is_alive():
            if limits.cancel.is_set():      # again and again: a stop before the search has begun is lost
                cancelled = True
                solver.stop_search()
            _hand_on(queue, listen, _POLL)
            thread.join(0)
        while not queue.empty():
            _hand_on(queue, listen, 0)
    except BaseException:
        while thread.is_alive():
            solver.stop_search()
            thread.join(_POLL)
        raise
    return cancelled


def _hand_on(queue: SimpleQueue[News], listen: Callable[[News], None], wait: float) -> None:
    try:
        news = queue.get(timeout=wait) if wait else queue.get_nowait()
    except Empty:
        return
    listen(news)


def _answer(solver: Any, has_objective: bool, cancelled: bool) -> Answer:
    response = solver.response_proto
    name = solver.status_name(response.status)
    status = {
        "OPTIMAL": Status.OPTIMAL, "FEASIBLE": Status.FEASIBLE, "INFEASIBLE": Status.INFEASIBLE,
    }.get(name, Status.UNKNOWN)
    found = status in (Status.OPTIMAL, Status.FEASIBLE)
    bound = safe_bound(response.best_objective_bound) if found and has_objective else None
    reason = f"CP-SAT refuses the model: {response.solution_info}" if name == "MODEL_INVALID" else ""
    return Answer(status, list(response.solution) if found else None, bound, reason, cancelled)


def safe_bound(bound: float) -> int | None:
    """The integer bound that a float lower bound proves: rounded up where that is safe, else down by its error."""
    if not math.isfinite(bound):
        return None
    if abs(bound) < _EXACT:
        return math.ceil(bound - 1e-6)
    return math.floor(bound - abs(bound) * 2**-50)
