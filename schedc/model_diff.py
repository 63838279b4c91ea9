"""What is different between two models: what they mean, not how or where they are written.

Members are set against members by their addresses, availability by the capacity that it leaves, arrows by the tasks
that they join; every other statement by its content with names in place of numbers, so that a new task elsewhere in
the text changes nothing here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np

from schedc.models.columns import UNLIMITED, SpanSets
from schedc.models.expressions import Linear, Point
from schedc.models.model import Model
from schedc.models.options import option_names
from schedc.models.profile import capacity_profiles
from schedc.models.source import Origin
from schedc.models.statements import Exclusive, Modes, Permutation, Stage, Tasks, Uses
from schedc.render.figures import decimal

Facts: TypeAlias = dict[str, str]

_PLACE = "at"       # where a statement without a name stands: to call it by, not part of what it says


class Step(StrEnum):
    """What became of a piece of a model."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class ModelChange:
    """One piece of the model that is not as it was.

    kind: ``task``, ``resource``, ``order``, ``require`` …; name: its address; facts: what is said otherwise, before and
    after ("" where nothing was said).
    """

    kind: str
    name: str
    step: Step
    facts: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class ModelDiff:
    """All changes, kind after kind."""

    changes: tuple[ModelChange, ...]

    @property
    def same(self) -> bool:
        """Whether both say the same."""
        return not self.changes

    def to_json(self) -> dict[str, Any]:
        """Plain data (schema ``schedc.model-diff/1``)."""
        return {
            "schema": "schedc.model-diff/1",
            "same": self.same,
            "changes": [
                {"kind": c.kind, "name": c.name, "step": c.step.value,
                 "facts": [{"what": what, "before": old, "after": new} for what, old, new in c.facts]}
                for c in self.changes
            ],
        }


def differences(before: Model, after: Model) -> ModelDiff:
    """What the later model says otherwise."""
    found: list[ModelChange] = []
    for kind in _KINDS:
        found += _between(kind, _KINDS[kind](before), _KINDS[kind](after))
    return ModelDiff(tuple(found))


def _between(kind: str, old: Mapping[str, Facts], new: Mapping[str, Facts]) -> Iterator[ModelChange]:
    for name in dict.fromkeys((*old, *new)):
        first, second = old.get(name), new.get(name)
        step = Step.REMOVED if second is None else Step.ADDED if first is None else Step.CHANGED
        said, says = first or {}, second or {}
        facts = tuple(
            (what, said.get(what, ""), says.get(what, ""))
            for what in dict.fromkeys((*said, *says)) if what != _PLACE and said.get(what) != says.get(what)
        )
        if facts or step is not Step.CHANGED:
            yield ModelChange(kind, (says or said).get(_PLACE, name), step, facts)


# ---- what each piece says ----


def _frame(model: Model) -> dict[str, Facts]:
    axis = model.axis
    return {"time": _said({
        "resolution": "ticks" if axis.resolution_ns is None else axis.span_text(1), "origin": axis.start or "",
        "zone": axis.zone, "horizon": "" if axis.derived else axis.span_text(axis.horizon),
        "now": axis.tick_text(axis.now) if axis.now else "",
    })}


def _resources(model: Model) -> dict[str, Facts]:
    profiles = capacity_profiles(model)
    found: dict[str, Facts] = {}
    for r in model.resources:
        change = "" if r.change is None else _content(model, r.change)
        for row, name in enumerate(r.family.labels()):
            facts = {"capacity": _amount(int(r.capacity[row]), r.scale, r.unit), "batch": "yes" if r.batch else "",
                     "change": change}
            steps = profiles.get(r.first + row)
            if steps is not None:
                at = [model.axis.tick_text(int(t)) for t in steps.at]
                facts["over time"] = ", ".join(
                    f"{_amount(int(c), r.scale, r.unit)} from {t}" for t, c in zip(at, steps.capacity)
                )
            found[name] = _said(facts)
    return found


def _stocks(model: Model) -> dict[str, Facts]:
    return {
        name: _said({
            "holds": f"{_limit(int(s.lowest[k]), s.scale, s.unit)} .. {_limit(int(s.highest[k]), s.scale, s.unit)}",
            "starts": _amount(int(s.starts[k]), s.scale, s.unit),
        })
        for s in model.stocks for k, name in enumerate(s.family.labels())
    }


def _tasks(model: Model) -> dict[str, Facts]:
    found: dict[str, Facts] = {}
    for t in model.tasks:
        rows = [dict[str, list[str]]() for _ in range(t.size)]
        _clauses(model, t, rows)
        for m in t.modes:
            _mode_clauses(model, m, rows)
        for row, name in enumerate(t.family.labels()):
            facts = {
                "lasts": "" if t.modes else _range(model, int(t.shortest[row]), int(t.longest[row])),
                "release": model.axis.tick_text(int(t.release[row])) if t.release[row] else "",
                "deadline": model.axis.tick_text(int(t.deadline[row])) if t.deadline[row] < model.horizon else "",
                "pausable": "yes" if t.pausable else "", "optional": "yes" if t.optional else "",
            }
            facts |= {clause: ", ".join(sorted(texts)) for clause, texts in rows[row].items()}
            found[name] = _said(facts)
    return found


def _clauses(model: Model, t: Tasks, rows: list[dict[str, list[str]]]) -> None:
    """What the clauses that may be repeated say, by row."""
    for use in t.uses:
        _note_uses(model, use, [rows[r] for r in use.row.tolist()], "uses")
    for w in t.within:
        for row, which in zip(rows, w.which.tolist()):
            if which >= 0:
                row.setdefault("within", []).append(_spans(model, w.spans, which))
    for clause, nodes in (("chooses", t.choices), ("parts", t.parts), ("events", t.events)):
        for node in nodes:
            for k, r in enumerate(node.row.tolist()):
                rows[r].setdefault(clause, []).append(_row_text(model, node, k))


def _mode_clauses(model: Model, m: Modes, rows: list[dict[str, list[str]]]) -> None:
    """What each option says, under the option's name."""
    options = [dict[str, list[str]]() for _ in range(m.size)]
    for use in m.uses:
        _note_uses(model, use, [options[k] for k in use.row.tolist()], "uses")
    for clause, nodes in (("chooses", m.choices), ("parts", m.parts), ("events", m.events)):
        for node in nodes:
            for k, r in enumerate(node.row.tolist()):
                options[r].setdefault(clause, []).append(_row_text(model, node, k))
    for k, r in enumerate(m.row.tolist()):
        words = [f"lasts {_range(model, int(m.shortest[k]), int(m.longest[k]))}"]
        words += [f"{clause} {', '.join(sorted(texts))}" for clause, texts in options[k].items()]
        rows[r].setdefault(f"mode {m.family.label(k)}", []).append(" ".join(words))


def _note_uses(model: Model, use: Uses, rows: list[dict[str, list[str]]], clause: str) -> None:
    for k, (row, resource, amount) in enumerate(zip(rows, use.resource.tolist(), use.amount.tolist())):
        family, _ = model.resource_family(resource)
        state = "" if use.state is None else f" at {int(use.state[k])}"
        text = f"{model.resource_name(resource)} {_amount(amount, family.scale, family.unit)}{state}"
        row.setdefault(clause, []).append(text)


def _row_text(model: Model, node: Any, k: int) -> str:
    """One row of a node of columns as text."""
    words = []
    for f in fields(node):
        value = getattr(node, f.name)
        if f.name in ("origin", "row", "first", "ptr"):
            continue
        if f.name == "resource" and hasattr(node, "ptr"):
            members = value[node.ptr[k] : node.ptr[k + 1]].tolist()
            words.append(" or ".join(model.resource_name(r) for r in members))
        elif f.name == "resource":
            words.append(model.resource_name(int(value[k])))
        elif f.name == "stock":
            words.append(model.stock_name(int(value[k])))
        elif isinstance(value, np.ndarray):
            words.append(f"{f.name} {value[k]}")
        elif value is not None:
            words.append(f"{f.name} {getattr(value, 'name', value)}".lower())
    return " ".join(words)


def _orders(model: Model) -> dict[str, Facts]:
    lags: dict[str, list[str]] = {}
    names = [name for t in model.tasks for name in t.family.labels()]
    for order in model.orders:
        points = order.first_point.name.lower(), order.second_point.name.lower()
        extra = "" if order.extra is None else f" and by choice {_content(model, order.extra)}"
        for a, b, lo, hi in zip(*(c.tolist() for c in (order.first, order.second, order.lo, order.hi))):
            first = names[a] if points[0] == "end" else f"{points[0]}({names[a]})"
            second = names[b] if points[1] == "start" else f"{points[1]}({names[b]})"
            lags.setdefault(f"{first} -> {second}", []).append(_range(model, lo, hi) + extra)
    return {name: {"after": ", ".join(sorted(texts))} for name, texts in lags.items()}


def _exclusives(model: Model) -> dict[str, Facts]:
    found: dict[str, Facts] = {}
    for x in model.exclusives:
        for k in range(len(x.ptr) - 1):
            members = x.task[x.ptr[k] : x.ptr[k + 1]].tolist()
            found[", ".join(sorted(model.task_name(t) for t in members))] = {}
    return found


def _requires(model: Model) -> dict[str, Facts]:
    return _statements(model, [*model.requires, *model.permutations])


def _softs(model: Model) -> dict[str, Facts]:
    return _statements(model, model.soft)


def _measures(model: Model) -> dict[str, Facts]:
    return {m.family.name: {"says": _content(model, m)} for m in model.qos}


def _goals(model: Model) -> dict[str, Facts]:
    return {
        f"{s.sense} {s.name}": {"place": str(k + 1), "says": _content(model, s.value)}
        for k, s in enumerate(model.objective)
    }


def _statements(model: Model, nodes: Any) -> dict[str, Facts]:
    """Statements by label, or else by what they say (those that say the same are counted), with their place."""
    found: dict[str, Facts] = {}
    counts: Counter[str] = Counter()
    for node in nodes:
        said = _content(model, node)
        label = node.origin.label
        if label is not None:
            found[label] = {"says": said}
            continue
        counts[said] += 1
        again = f" ({counts[said]})" if counts[said] > 1 else ""
        found[f"{said}{again}"] = {"says": said, _PLACE: node.origin.address}
    return found


_KINDS = {
    "time": _frame, "resource": _resources, "stock": _stocks, "task": _tasks, "order": _orders,
    "exclusive": _exclusives, "require": _requires, "soft": _softs, "qos": _measures, "goal": _goals,
}


# ---- texts ----


def _said(facts: Facts) -> Facts:
    return {what: text for what, text in facts.items() if text}


def _amount(amount: int, scale: Fraction, unit: str) -> str:
    return f"{decimal(amount * scale)} {unit}".rstrip()


def _limit(amount: int, scale: Fraction, unit: str) -> str:
    return "unlimited" if abs(amount) >= UNLIMITED else _amount(amount, scale, unit)


def _range(model: Model, lo: int, hi: int) -> str:
    span = model.axis.span_text
    if lo == hi:
        return span(lo)
    low = "-unlimited" if lo <= -UNLIMITED else span(lo)
    return f"{low} .. {'unlimited' if hi >= UNLIMITED else span(hi)}"


def _spans(model: Model, spans: SpanSets, which: int) -> str:
    lo, hi = spans.of(which)
    texts = [f"{model.axis.tick_text(int(a))}..{model.axis.tick_text(int(b))}" for a, b in zip(lo, hi)]
    return " or ".join(texts)


# ---- content by names ----


def _content(model: Model, node: object) -> str:
    """A short digest of what a node says, with names for numbers: equal for equal meaning in the same words."""
    from hashlib import sha256

    return sha256(repr(_named(model, node)).encode()).hexdigest()[:16]


def _named(model: Model, node: object) -> object:
    """A node as nested tuples, with the names of what it speaks of."""
    if isinstance(node, Linear):
        return ("linear", node.const.tolist(), node.row.tolist(), _points(model, node), node.coef.tolist(),
                _named(model, node.parts))
    if isinstance(node, Exclusive | Permutation):
        columns = (node.task,) if isinstance(node, Exclusive) else (node.first, node.second)
        return (type(node).__name__, node.ptr.tolist(), [[model.task_name(t) for t in c.tolist()] for c in columns])
    if isinstance(node, np.ndarray):
        return tuple(node.tolist())
    if isinstance(node, Origin):
        return None
    if is_dataclass(node) and not isinstance(node, type):
        left_out = ("origin", "name") if isinstance(node, Stage) else ("origin",)
        return (type(node).__name__,
                *(_named(model, getattr(node, f.name)) for f in fields(node) if f.name not in left_out))
    if isinstance(node, list | tuple):
        return tuple(_named(model, v) for v in node)
    return str(node) if not isinstance(node, str | int | type(None)) else node


def _points(model: Model, node: Linear) -> list[str]:
    """What each term speaks of."""
    modes = option_names(model) if (node.point == Point.MODE).any() else []
    owner = model.options.task if modes else None
    picks = model.picks if (node.point == Point.MEMBER).any() else None
    found = []
    for point, number in zip(node.point.tolist(), node.task.tolist()):
        if point == Point.MODE and owner is not None:
            whose = f"{model.task_name(int(owner[number]))}.{modes[number]}"
        elif point == Point.MEMBER and picks is not None:
            instance = int(picks.owner[number])
            whose = f"{model.task_name(int(picks.task[instance]))}.{model.resource_name(int(picks.resource[number]))}"
        else:
            whose = model.task_name(number) if point <= Point.PRESENT else str(number)
        found.append(f"{Point(point).name} {whose}")
    return found
