"""Tree to model. Everything is evaluated once, without a horizon; then `assemble` makes the model for one.

Only calendars, windows and default deadlines depend on the horizon, so that a derived one may be tried several times.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from pathlib import Path
from typing import TypeVar

import numpy as np

from schedc.dsl import tree
from schedc.dsl.availability import AvailabilityDraft, availability_node, draft_availability
from schedc.dsl.calendars import read_calendar
from schedc.dsl.clauses import is_loose, tail_space
from schedc.dsl.conditions import require
from schedc.dsl.declare import evaluate_all, refuse_unknown
from schedc.dsl.faults import Fault, later, recorded
from schedc.dsl.job_clauses import JobDraft, draft_job, draft_spans, inherit, span_statements
from schedc.dsl.jobs import flatten
from schedc.dsl.modes import draft_modes, modes_node, number_candidates, own_states
from schedc.dsl.names import declare, evaluation_order, kind_of, references, refuse_later
from schedc.dsl.objectives import objective
from schedc.dsl.permutations import permutation
from schedc.dsl.pieces import settle_pieces
from schedc.dsl.presence import settle
from schedc.dsl.rates import refute_rates
from schedc.dsl.relations import exclusive, orders, sides_of
from schedc.dsl.resources import ResourceDraft, draft_resource, resources_node, scale
from schedc.dsl.services import declare_services, measures
from schedc.dsl.soft_clauses import lower_clauses
from schedc.dsl.soft_relations import (
    loose_availability,
    loose_exclusive,
    loose_order,
    loose_permutation,
)
from schedc.dsl.states import check_changes
from schedc.dsl.stocks import draft_stock, scale_stock, stocks_node
from schedc.dsl.tasks import TaskDraft, draft_task, task_rows, tasks_node
from schedc.dsl.timing import TimeFrame, frame, set_clock
from schedc.dsl.world import World
from schedc.models.axis import TimeAxis
from schedc.models.diagnostics import Findings, Label
from schedc.models.model import Model
from schedc.models.records import dataclass
from schedc.models.source import NO_ORIGIN, NOWHERE, Span
from schedc.models.statements import Measure, Relation, Stage, Tasks


@dataclass
class Drafts:
    """All statements of a model, evaluated."""

    name: str
    digest: str
    frame: TimeFrame
    resources: list[ResourceDraft] = field(default_factory=list)
    tasks: list[TaskDraft] = field(default_factory=list)
    jobs: list[JobDraft] = field(default_factory=list)
    availability: list[AvailabilityDraft] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    objective: tuple[Stage, ...] = ()
    qos: tuple[Measure, ...] = ()
    front: int = 0


def build(
    file: tree.File,
    *,
    name: str,
    folder: Path | None,
    params: Mapping[str, object],
    data: Mapping[str, object],
    digest: str,
    findings: Findings,
    horizon: int | None = None,
) -> Model | None:
    """The model of a parsed file, or None with errors in `findings`. Never raises for what a text may say.

    horizon: lay the model out for this one in place of the written or derived one; how often tasks repeat, and windows
    that slide over the horizon, stay as they were.
    """
    top = file.statements[0].span if file.statements else NOWHERE
    try:
        return _build(file, name, World(findings, {}, folder, params, data), digest, horizon)
    except Fault as f:
        findings.error(f.code, f.message, f.at, *f.others, fix=f.fix, note=f.note)
    except RecursionError:
        findings.error("E108", "nested too deeply", top)
    except MemoryError:
        findings.error("E255", "the model does not fit the memory", top)
    return None


def values_of(
    file: tree.File, folder: Path | None, params: Mapping[str, object], data: Mapping[str, object], findings: Findings
) -> World:
    """The world of a parsed file with the values of its params and lets; what is wrong with it goes to the findings."""
    world = World(findings, {}, folder, params, data)
    statements, world.groups = flatten(file.statements, findings)
    world.refused = refuse_later(statements, findings)
    world.declared = declare(statements, findings)
    _time(world, _only(replace(file, statements=statements), tree.Time, "`time` stands twice", findings))
    return world


def _build(file: tree.File, name: str, world: World, digest: str, horizon: int | None) -> Model | None:
    findings = world.findings
    statements, world.groups = flatten(file.statements, findings)
    file = replace(file, statements=statements)
    world.refused = refuse_later(file.statements, findings)
    world.declared = declare(file.statements, findings)
    refuse_unknown(world, file.statements[0].span if file.statements else NOWHERE)
    titles = _only(file, tree.ModelName, "`model` stands twice", findings)
    time = _only(file, tree.Time, "`time` stands twice", findings)
    drafts = Drafts(titles.title.value if titles is not None else name, digest, TimeFrame(None, NO_ORIGIN))
    drafts.frame = _time(world, time)
    world.horizon = drafts.frame.horizon
    world.reach = horizon if world.horizon is not None and horizon is not None else world.horizon
    _declarations(world, drafts)
    _statements(world, file, drafts)
    check_changes(world, [r.change for r in drafts.resources if r.change is not None])
    if findings.failed:
        return None
    for draft in drafts.resources:
        scale(world, draft)
    for stock in world.stocks.values():
        scale_stock(world, stock)
    _warn_unused(world)
    model = _assembled(world, drafts, file, horizon)
    if model is not None:
        refute_rates(world, model, findings)
    return model


T = TypeVar("T", bound=tree.ModelName | tree.Time | tree.Objective | tree.Pareto)


def _only(file: tree.File, kind: type[T], message: str, findings: Findings, fix: str | None = None) -> T | None:
    """The one statement of a kind; further ones are errors."""
    found = [s for s in file.statements if isinstance(s, kind)]
    for s in found[1:]:
        findings.error("E163", message, s.span, Label(found[0].span, "first here"), fix=fix)
    return found[0] if found else None


def _time(world: World, time: tree.Time | None) -> TimeFrame:
    """Clock and horizon. Params are evaluated twice: the resolution may be one, and gives all others their meaning."""
    order = evaluation_order(world.declared, world.findings)
    if time is not None and time.resolution is not None and references(time.resolution):
        trial = World(Findings(), world.declared, world.folder, world.params, world.data, tick_ns=1)
        evaluate_all(trial, order)
        trial.findings = world.findings
        set_clock(trial, time)
        world.clock, world.tick_ns = trial.clock, trial.tick_ns
        world.used |= references(time.resolution)
    else:
        set_clock(world, time)
    evaluate_all(world, order)
    with recorded(world.findings):
        return frame(world, time)
    return TimeFrame(None, NO_ORIGIN)


def _declarations(world: World, drafts: Drafts) -> None:
    """Families first, so that statements may stand in any order; then resources, calendars, tasks."""
    findings, first = world.findings, 0
    for s in world.declared.values():
        if isinstance(s, tree.Resource):
            with recorded(findings):
                resource = draft_resource(world, s, first)
                world.families[s.name.text] = resource.rows
                drafts.resources.append(resource)
                first += resource.rows.space.rows
    _stocks(world)
    for s in world.declared.values():
        if isinstance(s, tree.Task):
            with recorded(findings):
                world.families[s.name.text] = task_rows(world, s)
        elif isinstance(s, tree.Job):
            with recorded(findings):
                drafts.jobs.append(draft_job(world, s))
    for name in world.declared:
        read_calendar(world, name)
    resources, first, numbers = {r.rows.name: r for r in drafts.resources}, 0, Numbers()
    world.resources = resources
    world.resource_first = {name: r.first for name, r in resources.items()}
    for job in drafts.jobs:
        draft_spans(world, job)
    jobs = {job.rows.name: job for job in drafts.jobs}
    for s in world.declared.values():
        if isinstance(s, tree.Task) and s.name.text in world.families:
            with recorded(findings):
                drafts.tasks.append(draft_task(world, s, first, resources))
                inherit(world, drafts.tasks[-1], jobs)
                _choices(world, s, drafts.tasks[-1], resources, numbers)
            first += world.families[s.name.text].space.rows
    with recorded(findings):
        drafts.relations += settle(world, drafts.tasks, drafts.jobs)


def _stocks(world: World) -> None:
    first = 0
    for s in world.declared.values():
        if isinstance(s, tree.Stock):
            with recorded(world.findings):
                stock = world.stocks[s.name.text] = draft_stock(world, s, first)
                first += stock.rows.space.rows


@dataclass
class Numbers:
    """How many options and candidates there are so far."""

    options: int = 0
    candidates: int = 0


def _choices(
    world: World, task: tree.Task, draft: TaskDraft, resources: dict[str, ResourceDraft], numbers: Numbers
) -> None:
    """The modes of a task, and numbers for all that it can choose."""
    draft.modes = draft_modes(world, task, draft, resources, numbers.options)
    numbers.options += sum(len(m.row) for m in draft.modes)
    numbers.candidates = number_candidates(draft, draft.modes, numbers.candidates)
    own_states(draft)
    if draft.split is not None:
        draft.pieces = settle_pieces(world, draft, draft.split, resources)
    if draft.pausable and (draft.choices or draft.modes):
        what = "modes" if draft.modes else "`n of r`"
        raise later(f"{what} on a task that is `pausable`", draft.clauses["pausable"].span)
    world.drafts[task.name.text] = draft


def _statements(world: World, file: tree.File, drafts: Drafts) -> None:
    resources = {r.rows.name: r for r in drafts.resources}
    declare_services(world, file.statements)
    lower_clauses(world)
    # the steps in which addresses are counted follow from all amounts, those that downtimes leave included
    for s in sorted(file.statements, key=lambda s: (not isinstance(s, tree.Availability), _speaks_of_penalties(s))):
        with recorded(world.findings):
            if isinstance(s, tree.Availability):
                _availability(world, s, drafts, resources)
            elif isinstance(s, (tree.Order, tree.Together, tree.Require)):
                drafts.relations += _relation(world, s)


    drafts.qos = measures(world)
    _goals(world, file, drafts)


def _speaks_of_penalties(statement: tree.Statement) -> bool:
    """Whether a condition stands after all others, since it is on what these may cost."""
    return isinstance(statement, tree.Require) and "penalties" in references(statement)


def _availability(
    world: World, statement: tree.Availability, drafts: Drafts, resources: dict[str, ResourceDraft]
) -> None:
    draft = draft_availability(world, statement, resources)
    if is_loose(statement.tail):
        space = tail_space(world, statement.tail)
        drafts.relations += loose_availability(world, draft, statement.tail, space)
    else:
        drafts.availability.append(draft)
        world.availability.append(draft)


def _relation(world: World, s: tree.Order | tree.Together | tree.Require) -> Sequence[Relation]:
    """What a constraint becomes."""
    if isinstance(s, tree.Require):
        return require(world, s)
    if isinstance(s, tree.Order):
        return loose_order(world, s, sides_of(s)) if is_loose(s.tail) else orders(world, s)
    if s.keyword == "exclusive":
        return loose_exclusive(world, s) if is_loose(s.tail) else exclusive(world, s)
    nodes = permutation(world, s)
    return loose_permutation(world, s.tail, nodes, tail_space(world, s.tail)) if is_loose(s.tail) else nodes


def _goals(world: World, file: tree.File, drafts: Drafts) -> None:
    """The objective, once everything that may cost something is known."""
    findings = world.findings
    goal = _only(file, tree.Objective, "a model has one objective", findings, "join the goals with `then`")
    front = _only(file, tree.Pareto, "a model has one front", findings, "write all its sides in one")
    if goal is not None and front is not None:
        findings.error("E163", "a model has an objective or a front, not both", front.span,
                       Label(goal.span, "the objective"))
    stated = goal or front
    with recorded(findings):
        drafts.objective = objective(world, stated)
    drafts.front = 0 if front is None else len(front.goals)


# assembly


def _assembled(world: World, drafts: Drafts, file: tree.File, wanted: int | None) -> Model | None:
    findings, horizon = world.findings, wanted or drafts.frame.horizon
    if horizon is not None:
        with recorded(findings):
            written = assemble(world, drafts, horizon, None if wanted else findings)
            return None if findings.failed else written
        return None
    from schedc.dsl.horizon import derive

    goal = next((s for s in file.statements if isinstance(s, tree.Objective)), None)
    at = goal.span if goal is not None else _top(file)
    if drafts.frame.origin is not NO_ORIGIN:
        at = drafts.frame.origin.span
    model: Model | None = None
    with recorded(findings):
        model = derive(lambda h: assemble(world, drafts, h, None), findings, at)
    return None if findings.failed else model


def _top(file: tree.File) -> Span:
    return file.statements[0].span if file.statements else NOWHERE


def assemble(world: World, drafts: Drafts, horizon: int, cut: Findings | None) -> Model:
    """The model with one horizon; where `cut` is given, what lies beyond it is warned about. Fault from calendars."""
    axis = TimeAxis(
        horizon, world.tick_ns, world.clock.start_iso, world.clock.zone, drafts.frame.horizon is None,
        drafts.frame.origin, min(drafts.frame.now, horizon),
    )
    return Model(
        drafts.name, axis,
        tuple(resources_node(world, r) for r in drafts.resources),
        tuple(availability_node(a, horizon) for a in drafts.availability),
        tuple(_task(world, t, horizon, cut, drafts.frame) for t in drafts.tasks),
        (*drafts.relations, *span_statements(world, drafts.jobs, horizon)),
        drafts.objective, world.digest(drafts.digest), tuple(stocks_node(world, s) for s in world.stocks.values()),
        tuple(s.node for s in world.soft), drafts.qos, drafts.front,
    )


def _task(world: World, draft: TaskDraft, horizon: int, cut: Findings | None, frame: TimeFrame) -> Tasks:
    node = tasks_node(world, draft, horizon, cut)
    if frame.past is not None:      # without an earlier schedule nothing starts before `now`
        release = np.maximum(node.release, min(frame.now, horizon))
        node = replace(node, release=release, clauses={"release": frame.past, **node.clauses})
    return replace(node, modes=tuple(modes_node(world, m, horizon, cut) for m in draft.modes)) if draft.modes else node


def _warn_unused(world: World) -> None:
    """Warn about resources, stocks, params and tables that nothing refers to."""
    codes = {tree.Resource: "W403", tree.Stock: "W403", tree.Param: "W404", tree.Table: "W405"}
    for name, s in world.declared.items():
        code = codes.get(type(s))
        if code is not None and name not in world.used:
            world.findings.warning(code, f"{kind_of(s)} `{name}` is never used", s.name.span)
