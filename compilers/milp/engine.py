"""HiGHS itself: loading a program, and one run in a thread of its own.

The program is handed over by columns. Incumbents and bounds reach the caller through a queue and are handed on in the
caller's thread; `Limits.cancel` is looked at there, and HiGHS asks between nodes whether to stop.
HiGHS keeps a pool of threads for each thread that calls it, which is given back before that thread ends.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any, Literal

import numpy as np

from schedc.compilers.backend import Limits
from schedc.compilers.conditions import Terms
from schedc.compilers.milp.numbers import ABSOLUTE_GAP
from schedc.compilers.milp.sheet import FREE, Program
from schedc.models.columns import Ints
from schedc.models.schedule import Status

NODES = 50          # that stand for a second in deterministic mode, where no clock counts
_POLL = 0.03        # seconds between looks at `Limits.cancel`


@dataclass(frozen=True, eq=False)
class News:
    """An incumbent (values of the sheet's variables, not yet rounded) or a lower bound, while a run goes on."""

    kind: Literal["solution", "bound"]
    values: Any = None
    bound: float = 0.0


@dataclass(frozen=True, eq=False)
class Answer:
    """How a run ended. bound: of the objective's terms, -inf where nothing was proved."""

    status: Status
    values: Any = None
    bound: float = -np.inf
    reason: str = ""
    cancelled: bool = False


@dataclass
class Loaded:
    """A program inside a HiGHS object. columns: where the sheet's variables stand in it."""

    highs: Any
    columns: Ints
    low: Ints
    high: Ints
    _costs: Terms = field(default_factory=dict)

    def narrow(self, low: Ints, high: Ints) -> None:
        """Set all variables' bounds."""
        changed = np.flatnonzero((low != self.low) | (high != self.high))
        if len(changed):
            self.highs.changeColsBounds(
                len(changed), self.columns[changed].astype(np.int32), low[changed].astype(float),
                high[changed].astype(float),
            )
            self.low, self.high = low, high

    def minimize(self, terms: Terms) -> None:
        """Set the objective, without its constant."""
        import highspy

        count = self.highs.getNumCol()
        costs = np.zeros(count)
        costs[self.columns[list(terms)]] = list(terms.values())
        self.highs.changeObjectiveSense(highspy.ObjSense.kMinimize)
        self.highs.changeObjectiveOffset(0.0)
        self.highs.changeColsCost(count, np.arange(count, dtype=np.int32), costs)
        self._costs = terms

    def at_most(self, terms: Terms, most: int) -> None:
        """A further row: the terms sum to at most this."""
        import highspy

        index = self.columns[list(terms)].astype(np.int32)
        coefficients = np.array(list(terms.values()), dtype=float)
        self.highs.addRow(-highspy.kHighsInf, float(most), len(terms), index, coefficients)

    def suggest(self, variables: Ints, values: Ints) -> None:
        """Values to begin from; HiGHS completes them where it can."""
        if len(variables):
            index = self.columns[variables].astype(np.int32)
            self.highs.setSolution(len(index), index, values.astype(float))


def load(program: Program) -> Loaded:
    """A program in a new HiGHS object."""
    import highspy

    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = program.columns, program.rows
    lp.col_cost_ = np.zeros(program.columns)
    lp.col_lower_, lp.col_upper_ = program.low.astype(float), program.high.astype(float)
    lp.row_lower_ = np.where(program.lo <= -FREE, -highspy.kHighsInf, program.lo.astype(float))
    lp.row_upper_ = np.where(program.hi >= FREE, highspy.kHighsInf, program.hi.astype(float))
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = program.ptr.astype(np.int32)
    lp.a_matrix_.index_ = program.index.astype(np.int32)
    lp.a_matrix_.value_ = program.coef.astype(float)
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    lp.integrality_ = [kinds[w] for w in program.whole.tolist()]
    highs = quiet()
    highs.passModel(lp)
    return Loaded(highs, np.arange(program.columns), program.low, program.high)


def quiet() -> Any:
    """A new HiGHS object that prints nothing."""
    import highspy

    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    return highs


def run(loaded: Loaded, limits: Limits, seconds: float | None, listen: Callable[[News], None]) -> Answer:
    """Solve. Whatever `listen` raises is raised here, after the search was stopped."""
    if not loaded.highs.getNumCol():        # everything was decided while the program was written
        return Answer(Status.OPTIMAL, np.zeros(0), 0.0)
    highs, queue, stop = loaded.highs, SimpleQueue[News | None](), threading.Event()
    _watch(loaded, queue, stop)
    errors: list[BaseException] = []

    def work() -> None:
        try:
            highs.run()
        except BaseException as error:      # handed to the caller's thread
            errors.append(error)
        finally:
            highs.resetGlobalScheduler(False)
            queue.put(None)

    _set_options(highs, limits, seconds)
    thread = threading.Thread(target=work, name="highs", daemon=True)
    thread.start()
    try:
        cancelled = _attend(thread, queue, stop, limits, listen)
    finally:
        highs.clearCallbacks()
    if errors:
        raise errors[0]
    return _answer(loaded, cancelled)


def workers(limits: Limits) -> int:
    """Threads of one run."""
    if limits.deterministic:
        return 1
    if limits.workers:
        return limits.workers
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _set_options(highs: Any, limits: Limits, seconds: float | None) -> None:
    import highspy

    counted = limits.deterministic and seconds is not None
    values: dict[str, Any] = {
        "output_flag": False, "random_seed": limits.seed, "mip_rel_gap": limits.gap, "mip_abs_gap": ABSOLUTE_GAP,
        "threads": workers(limits),
        "time_limit": highspy.kHighsInf if seconds is None or limits.deterministic else highs.getRunTime() + seconds,
        "mip_max_nodes": int((seconds or 0) * NODES) + 1 if counted else highspy.kHighsIInf,
    }
    for name, value in values.items():
        highs.setOptionValue(name, value)


def _watch(loaded: Loaded, queue: SimpleQueue[News | None], stop: threading.Event) -> None:
    highs, columns = loaded.highs, loaded.columns
    best = -np.inf

    def solution(event: Any) -> None:
        queue.put(News("solution", np.array(event.data_out.mip_solution)[columns]))

    def between(event: Any) -> None:
        nonlocal best
        bound = event.data_out.mip_dual_bound
        if bound > best:
            best = bound
            queue.put(News("bound", bound=bound))
        halt(event)

    def halt(event: Any) -> None:
        if stop.is_set():
            event.interrupt()

    highs.cbMipImprovingSolution += solution
    highs.cbMipInterrupt += between
    highs.cbSimplexInterrupt += halt


def _attend(
    thread: threading.Thread, queue: SimpleQueue[News | None], stop: threading.Event, limits: Limits,
    listen: Callable[[News], None],
) -> bool:
    """Hand on the news until the run ends; whether it was cancelled."""
    try:
        while thread.is_alive():
            if limits.cancel.is_set():
                stop.set()
            _hand_on(queue, listen, _POLL)
            thread.join(0)
        while not queue.empty():
            _hand_on(queue, listen, 0)
    except BaseException:
        stop.set()
        thread.join()
        raise
    return stop.is_set()


def _hand_on(queue: SimpleQueue[News | None], listen: Callable[[News], None], wait: float) -> None:
    try:
        news = queue.get(timeout=wait) if wait else queue.get_nowait()
    except Empty:
        return
    if news is not None:        # None: the run has ended
        listen(news)


def _answer(loaded: Loaded, cancelled: bool) -> Answer:
    import highspy

    highs, kinds = loaded.highs, highspy.HighsModelStatus
    ended = highs.getModelStatus()
    if ended == kinds.kInfeasible:
        return Answer(Status.INFEASIBLE, cancelled=cancelled)
    solution, info = highs.getSolution(), highs.getInfo()
    values = np.array(solution.col_value)[loaded.columns] if solution.value_valid else None
    bound = info.mip_dual_bound if info.mip_node_count >= 0 else -np.inf
    if ended == kinds.kOptimal:
        bound = bound if info.mip_node_count >= 0 else info.objective_function_value
        return Answer(Status.OPTIMAL, values, bound, cancelled=cancelled)
    limit = ended in (kinds.kTimeLimit, kinds.kInterrupt)
    reason = "" if limit else f"HiGHS ended with: {highs.modelStatusToString(ended).lower()}"
    return Answer(Status.FEASIBLE if values is not None else Status.UNKNOWN, values, bound, reason, cancelled)
