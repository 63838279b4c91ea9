"""Changes of a model that could end a conflict: each element's own numbers, moved by x.

Each change is made on the model as written, by columns, so that it can be tried on a conflict's elements only, or on
everything. How far an instant is moved is counted in ticks, amounts in integer units.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from schedc.compilers.conflict import Block, Kind
from schedc.compilers.conflict.restrict import all_asked
from schedc.explaining.calendars import closings, downtimes
from schedc.explaining.case import Case
from schedc.explaining.words import arrow, origin_of
from schedc.models.amounts import amount_text
from schedc.models.columns import UNLIMITED, Ints
from schedc.models.model import Model
from schedc.models.source import Origin
from schedc.models.statements import Order, Relation, Resources, Stocks, Tasks

INSTANT, AMOUNT, WORK, DROP = range(4)      # `Relaxation.rank`


@dataclass(frozen=True, eq=False)
class Change:
    """One number that may move by 1 .. most; apply: the model with it moved by x (None: there is no such model).

    words: the change in the words of the file; about: the element that it is about.
    """

    rank: int
    kind: str
    origin: Origin
    member: str
    most: int
    apply: Callable[[int], Model | None]
    words: Callable[[int], str]
    about: int


def changes_of(case: Case, core: Ints) -> Iterator[Change]:
    """All changes of the elements of a conflict, those of whole clauses of families included."""
    families: set[int] = set()
    for number in core.tolist():
        block = case.elements.block(number)
        yield from _MAKERS.get(block.kind, _nothing)(case, block, number, number - block.first)
        if block.kind in (Kind.DEADLINE, Kind.RELEASE) and block.live.sum() > 1 and block.first not in families:
            families.add(block.first)
            yield _whole_clause(case, block, number)
    yield from _pausing(case, core)


def _nothing(case: Case, block: Block, number: int, row: int) -> Iterator[Change]:
    yield from ()


def _family(model: Model, k: int, changed: Tasks) -> Model:
    return replace(model, tasks=(*model.tasks[:k], changed, *model.tasks[k + 1 :]))


def _plus(column: Ints, row: int, x: int) -> Ints:
    found = column.copy()
    found[row] += x
    return found


# clauses of tasks


def _deadline(case: Case, block: Block, number: int, row: int) -> Iterator[Change]:
    model, t = case.model, case.model.tasks[block.node]
    at, axis = int(t.deadline[row]), model.axis
    name = t.family.label(row)
    yield Change(
        INSTANT, "deadline", origin_of(case.elements, number), name, model.horizon - at,
        lambda x: _family(model, block.node, replace(t, deadline=_plus(t.deadline, row, x))),
        lambda x: f"deadline of `{name}` + {axis.span_text(x)}, to {axis.tick_text(at + x)}", number,
    )


def _release(case: Case, block: Block, number: int, row: int) -> Iterator[Change]:
    model, t = case.model, case.model.tasks[block.node]
    at, axis = int(t.release[row]), model.axis
    name = t.family.label(row)
    yield Change(
        INSTANT, "release", origin_of(case.elements, number), name, at,
        lambda x: _family(model, block.node, replace(t, release=_plus(t.release, row, -x))),
        lambda x: f"release of `{name}` - {axis.span_text(x)}, to {axis.tick_text(at - x)}", number,
    )


def _whole_clause(case: Case, block: Block, number: int) -> Change:
    """The clause of all members of a family at once."""
    model, t, axis = case.model, case.model.tasks[block.node], case.model.axis
    late = block.kind is Kind.DEADLINE
    column, live = (t.deadline if late else t.release), block.live

    def apply(x: int) -> Model:
        moved = np.minimum(column + x, model.horizon) if late else np.maximum(column - x, 0)
        moved = np.where(live, moved, column)
        return _family(model, block.node, replace(t, deadline=moved) if late else replace(t, release=moved))

    most = int((model.horizon - column[live]).max()) if late else int(column[live].max())
    return Change(
        INSTANT, block.kind.value, origin_of(case.elements, number), t.family.name, most, apply,
        lambda x: f"every {block.kind.value} of `{t.family.name}` {'+' if late else '-'} {axis.span_text(x)}", number,
    )


def _within(case: Case, block: Block, number: int, row: int) -> Iterator[Change]:
    """The end of each span of a task's windows later, or its begin earlier."""
    model, t, axis = case.model, case.model.tasks[block.node], case.model.axis
    name = t.family.label(row)

    def widened(before: int, after: int) -> Model:
        clauses = []
        for w in t.within:
            if w.which[row] < 0:
                clauses.append(w)
                continue
            lo, hi = w.spans.of(int(w.which[row]))
            lo, hi = np.maximum(lo - before, 0), np.minimum(hi + after, model.horizon)
            heads = np.r_[True, lo[1:] > np.maximum.accumulate(hi)[:-1]][: len(lo)]
            ends = np.maximum.accumulate(hi)[np.r_[heads[1:], True][: len(hi)]]
            which = w.which.copy()
            which[row] = len(w.spans)
            spans = replace(
                w.spans, ptr=np.r_[w.spans.ptr, w.spans.ptr[-1] + len(ends)].astype(np.int64),
                lo=np.r_[w.spans.lo, lo[heads]], hi=np.r_[w.spans.hi, ends],
            )
            clauses.append(replace(w, which=which, spans=spans))
        return _family(model, block.node, replace(t, within=tuple(clauses)))

    origin, most = origin_of(case.elements, number), model.horizon
    yield Change(INSTANT, "within", origin, name, most, lambda x: widened(0, x),
                 lambda x: f"`within` of `{name}` ends {axis.span_text(x)} later", number)
    yield Change(INSTANT, "within", origin, name, most, lambda x: widened(x, 0),
                 lambda x: f"`within` of `{name}` begins {axis.span_text(x)} earlier", number)


def _lasts(case: Case, block: Block, number: int, row: int) -> Iterator[Change]:
    model, t, axis = case.model, case.model.tasks[block.node], case.model.axis
    name, size = t.family.label(row), int(t.shortest[row])
    if t.modes:
        return
    fixed = bool((t.shortest == t.longest)[row])

    def apply(x: int) -> Model:
        longest = _plus(t.longest, row, -x) if fixed else t.longest
        return _family(model, block.node, replace(t, shortest=_plus(t.shortest, row, -x), longest=longest))

    yield Change(WORK, "lasts", origin_of(case.elements, number), name, size - 1, apply,
                 lambda x: f"`{name}` {axis.span_text(x)} shorter, {axis.span_text(size - x)}", number)


def _uses(case: Case, block: Block, number: int, row: int) -> Iterator[Change]:
    model, t = case.model, case.model.tasks[block.node]
    u = t.uses[block.part]
    name, amount = t.family.label(int(u.row[row])), int(u.amount[row])
    family, _ = model.resource_family(int(u.resource[row]))
    resource = model.resource_name(int(u.resource[row]))

    def apply(x: int) -> Model:
        uses = replace(u, amount=_plus(u.amount, row, -x))
        return _family(model, block.node, replace(t, uses=(*t.uses[: block.part], uses, *t.uses[block.part + 1 :])))

    yield Change(
        WORK, "uses", origin_of(case.elements, number), name, amount - 1, apply,
        lambda x: f"`{name}` with {amount_text(family, x)} less of `{resource}`, {amount_text(family, amount - x)}",
        number,
    )


def _pausing(case: Case, core: Ints) -> Iterator[Change]:
    """`pausable` for a task that finds no open time in one piece."""
    model, seen = case.model, set()
    kinds = {case.elements.block(n).kind for n in core.tolist()}
    for number in core.tolist() if kinds & {Kind.OPEN, Kind.DOWNTIME} else ():
        block = case.elements.block(number)
        t = model.tasks[block.node] if block.kind is Kind.LASTS else None
        if t is None or block.node in seen or t.pausable or t.modes or t.choices:
            continue
        seen.add(block.node)
        changed = _family(model, block.node, replace(t, pausable=True))
        yield Change(WORK, "pausable", t.origin, t.family.name, 1, lambda _, m=changed: m,  # type: ignore[misc]
                     lambda _, n=t.family.name: f"`{n}` made `pausable`", number)           # type: ignore[misc]


# resources, stocks, time


def _capacity(case: Case, block: Block, number: int, row: int) -> Iterator[Change]:
    model, r = case.model, case.model.resources[block.node]
    name, has = r.family.label(row), int(r.capacity[row])
    needs = int(all_asked(model)[r.first + row])

    def apply(x: int) -> Model:
        return with_resources(model, block.node, replace(r, capacity=_plus(r.capacity, row, x)))

    yield Change(
        AMOUNT, "capacity", origin_of(case.elements, number), name, max(needs - has, 1), apply,
        lambda x: f"{amount_text(r, x)} more of `{name}`, capacity {amount_text(r, has + x)}", number,
    )


def with_resources(model: Model, k: int, changed: Resources) -> Model:
    """The model with another resource family."""
    return replace(model, resources=(*model.resources[:k], changed, *model.resources[k + 1 :]))


def _stock(case: Case, block: Block, number: int, row: int) -> Iterator[Change]:
    model, s = case.model, case.model.stocks[block.node]
    name, origin = s.family.label(row), origin_of(case.elements, number)
    reach = int(np.abs(model.stock_events.amount[model.stock_events.stock == s.first + row]).sum()) + 1

    def with_stock(changed: Stocks) -> Model:
        return replace(model, stocks=(*model.stocks[: block.node], changed, *model.stocks[block.node + 1 :]))

    def said(x: int, word: str) -> str:
        return f"{amount_text(s, x)} {word} `{name}`"

    yield Change(AMOUNT, "stock", origin, name, reach,
                 lambda x: with_stock(replace(s, starts=_plus(s.starts, row, x))),
                 lambda x: said(x, "more to begin with in"), number)
    if s.highest[row] < UNLIMITED:
        yield Change(AMOUNT, "stock", origin, name, reach,
                     lambda x: with_stock(replace(s, highest=_plus(s.highest, row, x))),
                     lambda x: said(x, "more room in"), number)


def _horizon(case: Case, block: Block, number: int, row: int) -> Iterator[Change]:
    model, longer = case.model, case.oracle.longer
    if longer is None:
        return
    axis = model.axis
    yield Change(
        INSTANT, "horizon", axis.origin, "", longer.horizon - model.horizon,
        lambda x: case.for_horizon(model.horizon + x),
        lambda x: f"the horizon + {axis.span_text(x)}, to {axis.span_text(model.horizon + x)}", number,
    )


def _open(case: Case, block: Block, number: int, row: int) -> Iterator[Change]:
    for c in closings(case, row):
        yield Change(INSTANT, "open", origin_of(case.elements, number), case.model.resource_name(row), c.most, c.apply,
                     c.words, number)


def _downtime(case: Case, block: Block, number: int, row: int) -> Iterator[Change]:
    resource = case.elements.resource(number)
    for c in downtimes(case, block.node, row):
        yield Change(INSTANT, "downtime", origin_of(case.elements, number), case.model.resource_name(resource), c.most,
                     c.apply, c.words, number)


# relations


def _order(case: Case, block: Block, number: int, row: int) -> Iterator[Change]:
    model, order = case.model, case.model.relations[block.node]
    assert isinstance(order, Order)
    axis, lo, hi = model.axis, int(order.lo[row]), int(order.hi[row])
    name, origin = arrow(model, order, row), origin_of(case.elements, number)
    if lo > 0:
        yield Change(
            INSTANT, "lag", origin, name, lo,
            lambda x: with_relation(model, block.node, replace(order, lo=_plus(order.lo, row, -x))),
            lambda x: f"the lag of `{name}` - {axis.span_text(x)}, `after {axis.span_text(lo - x)}`", number,
        )
    if hi < UNLIMITED:
        yield Change(
            INSTANT, "lag", origin, name, max(model.horizon - hi, 1),
            lambda x: with_relation(model, block.node, replace(order, hi=_plus(order.hi, row, x))),
            lambda x: f"the greatest lag of `{name}` + {axis.span_text(x)}, {axis.span_text(hi + x)}", number,
        )


def with_relation(model: Model, k: int, changed: Relation) -> Model:
    """The model with another relation."""
    return replace(model, relations=(*model.relations[:k], changed, *model.relations[k + 1 :]))


_MAKERS: dict[Kind, Callable[[Case, Block, int, int], Iterator[Change]]] = {
    Kind.DEADLINE: _deadline, Kind.RELEASE: _release, Kind.WITHIN: _within, Kind.LASTS: _lasts, Kind.USES: _uses,
    Kind.CAPACITY: _capacity, Kind.STOCK: _stock, Kind.HORIZON: _horizon, Kind.OPEN: _open, Kind.DOWNTIME: _downtime,
    Kind.ORDER: _order,
}
DROPPED = {     # what is left out as a whole, and how that is said
    Kind.WITHIN: "drop the window of `{}`", Kind.ORDER: "drop `{}`", Kind.EXCLUSIVE: "let {} overlap",
    Kind.PERMUTATION: "drop the `permutation` of {}", Kind.REQUIRE: "drop the condition{}",
    Kind.CHANGE: "let `{}` change at once", Kind.BATCH: "drop the `batch` of `{}`",
    Kind.CONTIGUOUS: "drop `contiguous` of `{}`",
    Kind.DOWNTIME: "drop the downtime of `{}`", Kind.MODE_DEADLINE: "drop the mode's deadline of `{}`",
    Kind.MODE_RELEASE: "drop the mode's release of `{}`", Kind.MODE_WITHIN: "drop the mode's window of `{}`",
}
