"""What statements have in common: their tails, labels, single clauses, and clause values with empty cells."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from schedc.dsl import tree
from schedc.dsl.evaluate import evaluate
from schedc.dsl.families import Expansion, expand
from schedc.dsl.faults import Fault
from schedc.dsl.space import PLAIN, Space
from schedc.dsl.values import NONE, Value, spread
from schedc.dsl.world import World
from schedc.models.columns import Flags
from schedc.models.diagnostics import Label
from schedc.models.source import Origin, Span


def tail_space(world: World, tail: tree.Tail) -> Space:
    """The instances that a statement's `for` makes; what its share and penalty mean is for the statement to say."""
    if len(tail.each) > 1:
        raise Fault("E163", "`for` stands twice", tail.each[1].span, Label(tail.each[0].span, "first here"))
    return expand(world, PLAIN, replace(tail.each[0], share=None)).space if tail.each else PLAIN


def is_loose(tail: tree.Tail) -> bool:
    """Whether a statement has a share or a penalty."""
    return bool(tail.soft) or bool(tail.each and tail.each[0].share is not None)


def label_of(world: World, labels: Iterable[tree.AsLabel]) -> str | None:
    """The author's label; Fault for a second one or one that another statement has."""
    given = list(labels)
    if len(given) > 1:
        raise Fault("E163", "a statement has one label", given[1].span, Label(given[0].span, "first here"))
    if not given:
        return None
    label, first = given[0], world.labels.setdefault(given[0].text, given[0].span)
    if first != label.span:
        raise Fault("E150", f"the label `{label.text}` stands twice", label.span, Label(first, "first here"))
    return label.text


def single(clauses: Iterable[tree.Clause]) -> dict[str, tree.Clause]:
    """Single clauses by keyword; Fault E163 for one that is said twice."""
    found: dict[str, tree.Clause] = {}
    for c in clauses:
        if c.keyword in found:
            raise Fault("E163", f"`{c.keyword}` stands twice", c.span, Label(found[c.keyword].span, "first here"))
        found[c.keyword] = c
    return found


def each_space(world: World, space: Space, each: tree.Each | None) -> Expansion:
    """The instances of a clause's own `for` within a statement's space."""
    if each is None:
        return Expansion(space, np.arange(space.rows, dtype=np.int64))
    return expand(world, space, each)


def said(value: Value, rows: int) -> Flags:
    """In which rows a clause's value is there at all."""
    if value.type == NONE:
        return np.zeros(rows, dtype=np.bool_)
    if value.empty is None:
        return np.ones(rows, dtype=np.bool_)
    return ~spread(value.empty, rows)


def given_value(world: World, expr: tree.Expr, space: Space) -> tuple[Value, Flags]:
    """A clause's value, and in which rows it is said; unsaid rows hold 0."""
    value = evaluate(world, expr, space)
    where = said(value, space.rows)
    if value.empty is None:
        return value, where
    return Value(value.type, np.where(where, value.num, 0), np.where(where, value.den, 1)), where


def expression(value: tree.Expr | tree.Range | tree.Map | None, at: Span) -> tree.Expr:
    """A clause's plain expression; a range of one expression is one."""
    if isinstance(value, tree.Range) and value.hi is None:
        return value.lo
    if value is None or isinstance(value, (tree.Range, tree.Map)):
        raise Fault("E264", "one value is needed here", at)
    return value


def origin_of(at: Span, what: str, label: str | None = None) -> Origin:
    """The address of a statement or clause."""
    return Origin(at, what, label)
