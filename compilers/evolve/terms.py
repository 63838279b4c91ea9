"""Goals and conditions as one flat program over the points of a schedule.

Every node of an expression is computed as a whole column, children first. Of integer nodes the value of each row is
kept, of truth nodes two distances: by how much it fails to hold and by how much it fails to be false, one of them 0.
For left <= 0 these are max(0, left) and max(0, 1 - left); `and` adds the first and takes the least of the second, `or`
the other way round, `not` exchanges them. What all conditions fail to hold by in all is a penalty with a slope.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

import numpy as np

from schedc.compilers.backend import UnsuitableError
from schedc.models.columns import UNLIMITED, Ints
from schedc.models.expressions import (
    Absolute,
    Compare,
    Extreme,
    Guarded,
    Indicator,
    Junction,
    Known,
    Linear,
    Makespan,
    Not,
    Operator,
    SetupTime,
)
from schedc.models.model import Model
from schedc.models.walk import Node, post_order


class Op(IntEnum):
    """What a node does. The comparisons are those of a sum with zero."""

    LINEAR = 0
    GREATEST = 1
    LEAST = 2
    GUARDED = 3
    ABSOLUTE = 4
    INDICATOR = 5
    MAKESPAN = 6
    SETUP_TIME = 7
    KNOWN = 8
    NOT = 9
    AND = 10
    OR = 11
    EQ = 12
    NE = 13
    LE = 14
    GE = 15
    LT = 16
    GT = 17


_COMPARE = {
    Operator.EQ: Op.EQ, Operator.NE: Op.NE, Operator.LE: Op.LE, Operator.GE: Op.GE, Operator.LT: Op.LT,
    Operator.GT: Op.GT,
}


# head of a program's block: how many there are of each, and where they begin
NODES, NODE, TERM, EDGE, MUSTS, MUST, GOALS, GOAL, EVENTS, EVENT, STOCKS, STOCK = range(12)
CONST, ROWS, PLAIN, OPTIONS, MEMBERS = range(12, 17)
POINTS, VALUE, FAILS, TIMES, SIZE = range(17, 22)       # where the parts of the working block begin, and its size
HEAD = 24
NODE_WIDTH, TERM_WIDTH, EVENT_WIDTH, STOCK_WIDTH, GOAL_WIDTH = 9, 3, 6, 3, 2


class _Writer:
    """Writes nodes, each once."""

    def __init__(self, model: Model) -> None:
        count, options = model.task_count, len(model.options.task)
        self.base = np.array([0, count, 2 * count, 3 * count, 4 * count, 4 * count + options], dtype=np.int64)
        self.nodes: list[tuple[int, ...]] = []
        self.const: list[Ints] = []
        self.terms: list[Ints] = []
        self.edges: list[Ints] = []
        self.rows = self.term_count = self.edge_count = 0
        self._known: dict[int, tuple[Node, int]] = {}

    def number(self, root: Node) -> int:
        """The number of a node, written with all below it."""
        for node in post_order(root):
            if id(node) not in self._known:
                self._write(node)
                self._known[id(node)] = node, len(self.nodes) - 1
        return self._known[id(root)][1]

    def place(self, root: Node) -> int:
        """The first row of a node."""
        return self.nodes[self.number(root)][1]

    def _at(self, node: Node) -> int:
        return self.nodes[self._known[id(node)][1]][1]

    def _add(
        self, op: int, rows: int, terms: Ints | None = None, edges: Sequence[Ints] = (), child: int = 0, when: int = -1,
        const: Ints | None = None,
    ) -> None:
        first, t, e = self.rows, self.term_count, self.edge_count
        own = np.zeros((0, 3), dtype=np.int64) if terms is None else terms
        own[:, 0] += first
        joined = np.concatenate([np.zeros((0, 3), dtype=np.int64), *edges])
        joined[:, 0] += first
        self.terms.append(own)
        self.edges.append(joined)
        self.const.append(np.zeros(rows, dtype=np.int64) if const is None else const.astype(np.int64))
        self.rows, self.term_count, self.edge_count = first + rows, t + len(own), e + len(joined)
        self.nodes.append((op, first, self.rows, t, self.term_count, e, self.edge_count, child, when))

    def _write(self, node: Node) -> None:
        match node:
            case Linear():
                terms = np.stack([node.row, self.base[node.point] + node.task, node.coef], axis=1)
                edges = [np.stack([p.row, self._at(p.child) + p.child_row, p.coef], axis=1) for p in node.parts]
                self._add(Op.LINEAR, node.rows, terms, edges, const=node.const)
            case Extreme():
                when = -np.ones(len(node.row), dtype=np.int64)
                if node.when is not None:
                    when = self._at(node.when) + np.arange(len(node.row))
                edge = np.stack([node.row, self._at(node.child) + node.child_row, when], axis=1)
                self._add(Op.GREATEST if node.op == "max" else Op.LEAST, node.rows, edges=[edge])
            case Guarded():
                self._add(Op.GUARDED, node.rows, child=self._at(node.child), when=self._at(node.when))
            case Absolute():
                self._add(Op.ABSOLUTE, node.rows, child=self._at(node.child))
            case Indicator():
                self._add(Op.INDICATOR, node.rows, child=self._at(node.child))
            case Makespan():
                self._add(Op.MAKESPAN, 1)
            case SetupTime():
                self._add(Op.SETUP_TIME, 1)
            case Known():
                self._add(Op.KNOWN, node.rows, const=node.value.astype(np.int64))
            case Not():
                self._add(Op.NOT, node.rows, child=self._at(node.child))
            case Compare():
                self._add(_COMPARE[node.op], node.rows, child=self._at(node.left))
            case Junction():
                edges = [
                    np.stack([m.row, self._at(m.child) + m.child_row, np.zeros_like(m.row)], axis=1)
                    for m in node.members
                ]
                self._add(Op.AND if node.op == "and" else Op.OR, node.rows, edges=edges)
            case _:
                raise UnsuitableError(f"the evolutionary search does not know {type(node).__name__.lower()} nodes")


def program_of(model: Model) -> Ints:
    """The program of a model's goals and conditions as one block of integers.

    Nodes are rows (op, first row, last row, first term, last term, first edge, last edge, child's first row,
    condition's first row), children before parents; rows of all nodes are numbered through, CONST has a number for
    each. Terms are rows (row, point, coefficient), with points numbered as starts, ends, lengths, presences, options,
    members;
    edges are rows (row, child's row, coefficient, or row of a condition, -1 for none). MUST are the nodes that have to
    hold; GOAL rows (row, 1 or -1). EVENT rows are (stock, task, option, 1 for ends, shift, amount), sorted by stock;
    STOCK rows (starts, lowest, highest), of those that are more than budgets. PLAIN is 1 where the one goal is the
    makespan and nothing else is asked. Raises UnsuitableError for nodes that are not known here.
    """
    writer = _Writer(model)
    must = [writer.number(r.condition) for r in model.requires]
    goal = [(writer.place(s.value), 1 if s.sense == "minimize" else -1) for s in model.objective]
    event, stock = _stocks(model)
    plain = len(goal) == 1 and isinstance(model.objective[0].value, Makespan) and goal[0][1] == 1
    head = np.zeros(HEAD, dtype=np.int64)
    parts = [head]

    def add(column: Ints, size: int = -1, place: int = -1) -> int:
        if size >= 0:
            head[size] = len(column)
        at = sum(map(len, parts))
        head[place] = at
        parts.append(np.ascontiguousarray(column, dtype=np.int64).reshape(-1))
        return at

    none = np.zeros((0, 3), dtype=np.int64)
    term = add(np.concatenate([none, *writer.terms]), place=TERM)
    edge = add(np.concatenate([none, *writer.edges]), place=EDGE)
    node = np.array(writer.nodes, dtype=np.int64).reshape(-1, NODE_WIDTH)
    node[:, 3:5] = term + TERM_WIDTH * node[:, 3:5]
    node[:, 5:7] = edge + TERM_WIDTH * node[:, 5:7]
    at = add(node, NODES, NODE)
    add(at + NODE_WIDTH * np.array(must, dtype=np.int64), MUSTS, MUST)
    add(np.array(goal, dtype=np.int64).reshape(-1, 2), GOALS, GOAL)
    add(event, EVENTS, EVENT)
    add(stock, STOCKS, STOCK)
    add(np.concatenate([none[:, 0], *writer.const]), ROWS, CONST)
    head[PLAIN] = int(plain and not must and not len(stock))
    head[OPTIONS], head[MEMBERS] = len(model.options.task), len(model.picks.resource)
    points = 4 * model.task_count + int(head[OPTIONS] + head[MEMBERS])
    most = int(np.bincount(event[:, 0]).max()) if len(event) else 0
    head[[POINTS, VALUE, FAILS]] = 0, points, points + head[ROWS]
    head[TIMES] = points + 2 * head[ROWS]
    head[SIZE] = head[TIMES] + 2 * most
    return np.concatenate(parts)


def _stocks(model: Model) -> tuple[Ints, Ints]:
    """Events and limits of the stocks that are more than budgets: something is added, or there is an upper limit."""
    from schedc.models.stocks import monotone

    none = np.zeros((0, 6), dtype=np.int64)
    if not model.stock_count:
        return none, none[:, :3]
    starts, lowest, highest = (
        np.concatenate([getattr(s, name) for s in model.stocks]) for name in ("starts", "lowest", "highest")
    )
    e = model.stock_events
    odd = np.zeros(model.stock_count, dtype=np.bool_)       # events that may fall outside of 0 .. H
    odd[e.stock[e.shift != 0]] = True
    keep = ~monotone(model)[0] | (highest < UNLIMITED) & (starts > highest) | odd
    number = np.cumsum(keep) - 1
    rows = np.stack([number[e.stock], e.task, e.option, e.point, e.shift, e.amount], axis=1)[keep[e.stock]]
    return rows, np.stack([starts, lowest, highest], axis=1)[keep]
