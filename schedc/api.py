"""The Python interface: load a model, solve it, judge schedules. Nothing here is global."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from schedc.models.axis import MAX_TICKS
from schedc.models.diagnostics import Diagnostic, Findings
from schedc.models.model import Model
from schedc.models.schedule import Schedule
from schedc.options import MOST_WORKERS, ratio_of, seconds_of

if TYPE_CHECKING:
    from schedc.compilers.backend import Backend, Compiled, Event, Limits
    from schedc.compilers.result import Result
    from schedc.dsl.load import Source
    from schedc.explaining import Explanation
    from schedc.front import Front
    from schedc.models.verify import Verdict
    from schedc.plan import Plan
    from schedc.repair import Repaired
    from schedc.simulation import Simulation

OnEvent = Callable[["Event"], None]
Path_ = str | PathLike[str]
_Found = TypeVar("_Found")
_CONFLICT = 3.0             # seconds at most, for the conflict of an infeasible model
_CONFLICT_SHARE = 0.05      # of the time limit
_CONFLICT_TASKS = 50_000    # beyond which that would not be enough


class SolverError(ValueError):
    """A solver that does not exist, or cannot take the model."""


def load(
    path: Path_, /, *, data: Mapping[str, object] | None = None, scenario: str | None = None, **params: object
) -> Problem:
    """Read, check and build the model of a file.

    data: other rows for the model's tables, by table name: paths, data frames (Polars, pandas, Arrow), dictionaries of
    columns; scenario: the one of its scenarios that is meant; params: values for its parameters.
    Raises SchedcError with every diagnostic where the model or its data has errors.
    """
    from schedc.dsl.load import open_path

    findings = Findings()
    source = open_path(Path(path), params, _tables(data), findings, scenario)
    return _problem(source, findings)


def loads(
    text: str, /, *, data: Mapping[str, object] | None = None, scenario: str | None = None, **params: object
) -> Problem:
    """Check and build the model of a text; its files are looked for in the current folder. As `load` otherwise."""
    from schedc.dsl.load import Source

    return _problem(Source(text, "<text>", None, "model", params, _tables(data), scenario), Findings())


def _tables(data: Mapping[str, object] | None) -> dict[str, object]:
    return {name: Path(rows) if isinstance(rows, (str, PathLike)) else rows for name, rows in (data or {}).items()}


def _problem(source: Source | None, findings: Findings, impossible: bool = False) -> Problem:
    """The problem of a source; impossible: also one with a statement that no schedule can keep."""
    model = None if source is None else source.checked(findings)
    if not (impossible and model is not None):
        findings.check()
    assert model is not None, "no model and no error"
    return Problem(model, findings.in_order(), source)


def explain(
    model: Problem | Path_,
    /,
    *,
    data: Mapping[str, object] | None = None,
    scenario: str | None = None,
    task: str | None = None,
    schedule: Plan | Schedule | Mapping[str, Any] | Path_ | None = None,
    time: float | str | timedelta | None = 60,
    solver: str = "auto",
    workers: int | None = None,
    seed: int = 0,
    **params: object,
) -> Explanation:
    """Explain the model of a file, or one at hand: see `Problem.explain`.

    Other than `load` this takes a file with statements that no schedule can keep: they are what is explained.
    Raises SchedcError where the file has other errors.
    """
    from schedc.dsl.load import open_path

    if isinstance(model, Problem):
        problem = model
    else:
        findings = Findings()
        problem = _problem(open_path(Path(model), params, _tables(data), findings, scenario), findings, impossible=True)
    return problem.explain(task=task, schedule=schedule, time=time, solver=solver, workers=workers, seed=seed)


@dataclass(frozen=True, eq=False)
class Problem:
    """A model that stands: its statements as columns, and the warnings found on the way."""

    model: Model
    warnings: tuple[Diagnostic, ...] = ()
    source: Source | None = None

    @cached_property
    def refutation(self) -> tuple[Diagnostic, ...]:
        """Why the statements cannot be kept together, as far as that shows without a search; mostly empty."""
        from schedc.dsl.check import refute

        findings = Findings()
        refute(self.model, findings)
        return findings.in_order()

    @property
    def name(self) -> str:
        """The model's name."""
        return self.model.name

    def check(self) -> tuple[Diagnostic, ...]:
        """Every finding of the model: its warnings, and what proves it infeasible where that shows at once."""
        return (*self.warnings, *self.refutation)

    def solve(
        self,
        *,
        time: float | str | timedelta | None = 60,
        gap: float | str = 0.0,
        workers: int | None = None,
        seed: int = 0,
        solver: str = "auto",
        formulation: str | None = None,
        deterministic: bool = False,
        hint: Plan | Schedule | Mapping[str, Any] | Path_ | None = None,
        checkpoint: Path_ | None = None,
        resume: Path_ | None = None,
        on_event: OnEvent | None = None,
        cancel: threading.Event | None = None,
    ) -> Plan:
        """Solve, judge the answer, and return it.

        time: a limit in seconds or as text (``"2 min"``), None for none; gap: stop at this relative gap (``"1%"``);
        workers: threads (None: all cores); hint: an earlier schedule to begin from, of which what it started before
        the model's `now` stays as it is; checkpoint: a file that is kept up to date with the best schedule and what
        the searches remember; resume: such a file of an earlier run, to go on from; on_event: called for every
        incumbent, bound and phase, from a thread of the solver; cancel: set it from anywhere to stop with the best
        schedule so far. formulation: how milp writes the model (``"time"``, ``"disjunctive"``, ``"events"``; None: by
        its size). An exception in on_event, and Ctrl-C, stop the run and are raised here.
        Raises SolverError for an unknown solver, ValueError for a wrong limit or hint, FileError where there is no
        checkpoint of this model to resume from, or none can be written.
        """
        from schedc.compilers.solve import refuted, solve
        from schedc.plan import Plan

        backend = _backend(solver, formulation)
        limits = _limits(time, gap, workers, seed, deterministic, cancel)
        begin = self._schedule(hint) if hint is not None else None
        problem = self if begin is None else self._continued(begin)
        model = problem.model
        kept = _checkpoints(model, checkpoint, resume)

        def run(listen: OnEvent) -> Result:
            if problem.refutation:
                return refuted(model, problem.refutation[0].message, limits, listen)
            return solve(model, backend=backend, limits=limits, hint=begin, on_event=listen, **kept)

        return Plan(model, problem._with_conflict(_in_thread(run, on_event, limits.cancel), limits))

    def refuted(self, reason: str) -> Plan:
        """The answer for a model that is known to have no schedule, for a reason that was found while it was read."""
        from schedc.compilers.backend import Limits
        from schedc.compilers.solve import refuted
        from schedc.plan import Plan

        limits = Limits()
        return Plan(self.model, self._with_conflict(refuted(self.model, reason, limits), limits))

    def _with_conflict(self, result: Result, limits: Limits) -> Result:
        """For an infeasible model, with a minimal conflict where a small share of the time is enough to find it.

        Deterministic runs go without, for they may not look at a clock.
        """
        from dataclasses import replace

        from schedc.models.schedule import Status

        if result.status is not Status.INFEASIBLE or result.interrupted or limits.deterministic:
            return result
        if self.model.task_count > _CONFLICT_TASKS:
            return result
        from schedc.explaining import conflict_of

        seconds = _CONFLICT if limits.seconds is None else min(_CONFLICT, _CONFLICT_SHARE * limits.seconds)
        return replace(result, conflict=conflict_of(self.model, self.source, replace(limits, seconds=seconds)))

    def continued(self, old: Plan | Schedule | Mapping[str, Any] | Path_) -> Problem:
        """The problem in which what an earlier schedule started before `now` stays as it is; see `past.with_past`.

        Raises ValueError where `old` is no schedule.
        """
        schedule = self._schedule(old)
        return self if schedule is None else self._continued(schedule)

    def _continued(self, old: Schedule) -> Problem:
        from dataclasses import replace

        from schedc.models.past import begun, with_past

        return replace(self, model=with_past(self.model, old), source=None) if begun(self.model, old).any() else self

    def explain(
        self,
        *,
        task: str | None = None,
        schedule: Plan | Schedule | Mapping[str, Any] | Path_ | None = None,
        time: float | str | timedelta | None = 60,
        solver: str = "auto",
        workers: int | None = None,
        seed: int = 0,
        cancel: threading.Event | None = None,
    ) -> Explanation:
        """Why there is no schedule: minimal conflicts with every place in the text, and changes that would be enough,
        each confirmed by a run. Of a model that has one, with `task`: why the task does not start earlier.

        schedule: one that keeps the model, to speak of; time: a limit for all of it.
        Raises SolverError for an unknown solver, KeyError for an unknown task, ValueError for a schedule that breaks
        the model.
        """
        from schedc.explaining import explain
        from schedc.render.figures import shown_value

        backend, limits = _backend(solver, None), _limits(time, 0.0, workers, seed, False, cancel)
        number = None if task is None else self.model.task_numbers[task]
        given = None if schedule is None else self._schedule(schedule)
        if given is not None and not self.verify(given).holds:
            raise ValueError("the schedule breaks the model")
        axis = self.model.axis
        return explain(
            self.model, self.source, backend=backend, limits=limits, task=number, schedule=given,
            shown=lambda stage, value: shown_value(stage, value, axis),
        )

    def pareto(
        self,
        *,
        time: float | str | timedelta | None = 60,
        workers: int | None = None,
        seed: int = 0,
        solver: str = "cpsat",
        on_point: Callable[[int], None] | None = None,
        cancel: threading.Event | None = None,
    ) -> Front:
        """The Pareto front of a model with `pareto`: complete if that is proved in time, every point judged.

        on_point hears how many points there are after each one. Raises SolverError for an unknown solver, ValueError
        for a wrong limit or a model without `pareto`.
        """
        from schedc.compilers.pareto import front
        from schedc.front import Front

        backend = _backend(solver, None)
        limits = _limits(time, 0.0, workers, seed, False, cancel)
        return Front(self.model, _in_thread(
            lambda _: front(self.model, backend=backend, limits=limits, on_point=on_point), None, limits.cancel
        ))

    def compile(self, backend: str = "cpsat", *, formulation: str | None = None) -> Compiled:
        """The model in a solver's own terms: `.native` may be added to, `.solve` runs it, `.write` writes it.

        What the solver does not take as it is has been lowered; `.solve` answers in the model's own terms. Nobody has
        judged what that answers: give its schedule to `verify`.
        Raises SolverError for an unknown solver, and for a model that the solver cannot take.
        """
        from schedc.compilers.backend import UnsuitableError
        from schedc.compilers.solve import compile_model

        chosen = _backend(backend, formulation)
        try:
            return compile_model(self.model, chosen)
        except UnsuitableError as problem:
            raise SolverError(str(problem)) from problem

    def repair(
        self,
        old: Plan | Mapping[str, Any] | Path_,
        *,
        prefer: str = "fewest",
        weights: Mapping[str, int] | None = None,
        now: str | int | None = None,
        **how: Any,
    ) -> Repaired:
        """A schedule that keeps as much of an earlier one as it can; the model may have changed since.

        prefer: ``"fewest"`` changed tasks first, ``"smallest"`` shifts, or the model's own ``"goals"``; weights: what a
        change of a task or family costs (1 where nothing is said); now: a tick or instant, what `old` started before
        it stays; how: as for `solve`.
        Raises ValueError where `old` is no schedule or a weight names no task, SolverError as `solve`.
        """
        from dataclasses import replace

        from schedc.models.nearby import Prefer
        from schedc.plan import Plan
        from schedc.reading import ScheduleError
        from schedc.repair import RepairError, repaired

        document = old.to_dict() if isinstance(old, Plan) else _document(old, self.model.task_count)
        try:
            return repaired(
                self.model, document, lambda near, hint: replace(self, model=near).solve(hint=hint, **how),
                prefer=Prefer(prefer), weights=weights, now=now,
            )
        except ScheduleError as problem:
            raise RepairError(str(problem)) from problem

    def verify(self, schedule: Plan | Schedule | Mapping[str, Any] | Path_) -> Verdict:
        """Judge any schedule: a plan, columns, parsed schedule.json, its text, or a path to it.

        Raises `reading.ScheduleError` where it is no schedule of this model, `files.FileError` for an unreadable file.
        """
        from dataclasses import replace

        from schedc.models.verify import verify
        from schedc.plan import Plan
        from schedc.reading import read_schedule

        if isinstance(schedule, Schedule):
            return verify(self.model, schedule)
        if isinstance(schedule, Plan):
            return verify(self.model, schedule.schedule)
        reading = read_schedule(self.model, _document(schedule, self.model.task_count))
        verdict = verify(self.model, reading.schedule)
        return replace(verdict, violations=(*verdict.violations, *reading.claims))

    def simulate(
        self,
        schedule: Plan | Schedule | Mapping[str, Any] | Path_,
        *,
        runs: int = 10_000,
        noise: float | str = 0.0,
        seed: int = 0,
        judged: int = 20,
        hold: bool = False,
    ) -> Simulation:
        """Carry out a schedule many times: its order and assignments stay, tasks start as early as they then can.

        Lengths vary as `about` says; all others by noise: max(round(N(d, (noise d)^2)), 1) for a length d, noise as
        ``0.2`` or ``"20%"``. hold: none starts before the schedule says. The judge looks at the first `judged` runs
        in full. The same seed gives the same figures.
        Raises ValueError for a wrong number, a schedule that breaks the model, or one with tasks in several pieces.
        """
        from schedc.compilers.simulation import simulate
        from schedc.options import noise_of
        from schedc.simulation import Simulation

        share, plan = noise_of(noise), self._exactly(schedule)
        if runs < 1 or seed < 0 or judged < 0:
            raise ValueError("there is at least one run, and seed and judged are no less than 0")
        if not self.verify(plan).holds:
            raise ValueError("the schedule breaks the model")
        model = self._with_room()
        return Simulation(model, simulate(model, plan, runs=runs, noise=share, seed=seed, judged=judged, hold=hold))

    def _exactly(self, schedule: Plan | Schedule | Mapping[str, Any] | Path_) -> Schedule:
        from schedc.plan import Plan
        from schedc.reading import read_schedule

        if isinstance(schedule, (Plan, Schedule)):
            return schedule.schedule if isinstance(schedule, Plan) else schedule
        return read_schedule(self.model, _document(schedule, self.model.task_count)).schedule

    def _with_room(self) -> Model:
        """The model for a horizon that runs do not reach, where the text leaves it open."""
        axis = self.model.axis
        if self.source is None or not axis.derived:
            return self.model
        longer = self.source.model(Findings(), horizon=min(8 * axis.horizon, MAX_TICKS))
        return self.model if longer is None else longer

    def _schedule(self, hint: Plan | Schedule | Mapping[str, Any] | Path_) -> Schedule | None:
        from schedc.plan import Plan
        from schedc.reading import read_hint

        if isinstance(hint, Schedule):
            return hint
        if isinstance(hint, Plan) and hint.model is self.model:
            return hint.schedule
        document = hint.to_dict() if isinstance(hint, Plan) else _document(hint, self.model.task_count)
        return read_hint(self.model, document)[0]

    def to_json(self) -> dict[str, Any]:
        """The model as plain data."""
        from schedc.models.serial import model_to_json

        return model_to_json(self.model)

    def __repr__(self) -> str:
        return f"<Problem {self.name!r}, {self.model.task_count} tasks, {self.model.resource_count} resources>"


def solvers() -> tuple[str, ...]:
    """The names of all solvers, and ``auto``, which lets those that suit the model work together."""
    from schedc.compilers.choose import AUTO, PORTFOLIO
    from schedc.compilers.registry import backend_names

    return (AUTO, *sorted((*backend_names(), PORTFOLIO)))


def check_solver(name: str, formulation: str | None = None) -> None:
    """Raise SolverError where there is no such solver, or where it has no such formulation."""
    known = solvers()
    if name not in known:
        raise SolverError(f"there is no solver `{name}`; there is {', '.join(known[:-1])} and {known[-1]}")
    if formulation is not None:
        _check_formulation(name, formulation)


def _check_formulation(name: str, formulation: str) -> None:
    from schedc.compilers.milp import Formulation

    if name != "milp":
        raise SolverError("a formulation can be chosen for the solver `milp` alone")
    if formulation not in list(Formulation):
        raise SolverError(f"there is no formulation `{formulation}`; there is {', '.join(Formulation)}")


def _backend(name: str, formulation: str | None) -> str | Backend:
    """A solver by name, or milp with a formulation of the caller's choice. Raises SolverError."""
    check_solver(name, formulation)
    if formulation is None:
        return name
    from schedc.compilers.milp import Milp

    return Milp(formulation)


def _document(source: Mapping[str, Any] | Path_, tasks: int) -> Any:
    from schedc.reading import load_document, parse_document

    if isinstance(source, Mapping):
        return source
    if isinstance(source, str) and source.lstrip().startswith("{"):
        return parse_document(source)
    return load_document(Path(source), tasks)


def _checkpoints(model: Model, checkpoint: Path_ | None, resume: Path_ | None) -> dict[str, Any]:
    """The file to write and what an earlier one holds, as `solve` takes them. Raises FileError."""
    from schedc.compilers.checkpoint import load as load_checkpoint
    from schedc.models.files import check_writable

    if checkpoint is not None:
        check_writable(Path(checkpoint))
    return {
        "checkpoint": None if checkpoint is None else Path(checkpoint),
        "resume": None if resume is None else load_checkpoint(Path(resume), model),
    }


def _limits(
    time: float | str | timedelta | None,
    gap: float | str,
    workers: int | None,
    seed: int,
    deterministic: bool,
    cancel: threading.Event | None,
) -> Limits:
    from schedc.compilers.backend import Limits

    if workers is not None and not 1 <= workers <= MOST_WORKERS:
        raise ValueError(f"workers must lie in 1 .. {MOST_WORKERS}, not {workers}")
    if not 0 <= seed < 2**31:
        raise ValueError(f"the seed must lie in 0 .. 2147483647, not {seed}")
    return Limits(seconds_of(time), ratio_of(gap), workers, seed, deterministic, cancel or threading.Event())


def _in_thread(run: Callable[[OnEvent], _Found], on_event: OnEvent | None, cancel: threading.Event) -> _Found:
    """Run in a thread of its own: while a solver's C++ runs, this one stays free for signals.

    What on_event raises ends the run and is raised here.
    """
    results: list[_Found] = []
    failures: list[BaseException] = []

    def listen(event: Event) -> None:
        if on_event is None or failures:
            return
        try:
            on_event(event)
        except BaseException as problem:
            failures.append(problem)
            cancel.set()

    def work() -> None:
        try:
            results.append(run(listen))
        except BaseException as problem:
            failures.append(problem)

    thread = threading.Thread(target=work, name="schedc-solve", daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            thread.join(0.2)
    except BaseException:
        cancel.set()
        thread.join()
        raise
    if failures:
        raise failures[0]
    return results[0]
