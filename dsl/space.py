"""Row spaces: the instances of a statement, with its binders as columns; and finding rows by key."""

from __future__ import annotations

from dataclasses import field

import numpy as np

from schedc.dsl.faults import Fault
from schedc.dsl.values import Value, spread
from schedc.models.columns import Flags, Ints, distinct
from schedc.models.expressions import Truth
from schedc.models.records import dataclass
from schedc.models.source import Span

MOST_MEMBERS = 5_000_000      # they cost 200 to 400 bytes each, so that one statement takes 2 GB at most


@dataclass(eq=False)
class Scope:
    """What the instances of a statement, or the terms of an aggregate, speak of that may be absent: see `absence`.

    pairs: (instance, the task that decides); truths: (instance, what must hold, row by row).
    """

    rows: int
    pairs: list[tuple[Ints, Ints]] = field(default_factory=list)
    truths: list[tuple[Ints, Truth]] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Space:
    """`rows` instances; columns[name] is a binder's value in each, spans[name] where the binder stands.

    The space without binders has one row. scope: what notes names of tasks; group: each row's instance in it.
    """

    rows: int = 1
    columns: dict[str, Value] = field(default_factory=dict)
    spans: dict[str, Span] = field(default_factory=dict)
    scope: Scope | None = None
    group: Ints | None = None

    def take(self, index: Ints) -> Space:
        """The instances `index`, in that order."""
        group = None if self.group is None else self.group[index]
        return Space(len(index), {n: v.take(index) for n, v in self.columns.items()}, self.spans, self.scope, group)

    def bind(self, name: str, value: Value, at: Span) -> Space:
        """The same instances with one more binder."""
        return Space(self.rows, {**self.columns, name: value}, {**self.spans, name: at}, self.scope, self.group)


PLAIN = Space()


def guard_size(size: int, what: str, at: Span) -> None:
    """Fault E255 before anything of an absurd size is allocated."""
    if size > MOST_MEMBERS:
        raise Fault("E255", f"{what} would have {size} members, more than {MOST_MEMBERS}", at)


@dataclass(frozen=True, eq=False)
class Ragged:
    """Rows of an expansion: entry k belongs to row parent[k] (sorted) of what was expanded."""

    parent: Ints
    child: Ints


def repeated(counts: Ints) -> Ragged:
    """For each row its number `counts` times, and the place within the row."""
    parent = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    starts = np.cumsum(counts) - counts
    return Ragged(parent, np.arange(len(parent), dtype=np.int64) - starts[parent])


def all_pairs(first: Ints, second: Ints, rows: int, at: Span) -> tuple[Ints, Ints, Ints]:
    """All pairs of what two expansions give an instance, by the instances of both (sorted): (instance, left, right).

    Fault E255 before more than there may be are made.
    """
    counts = np.bincount(second, minlength=rows).astype(np.int64)
    starts = np.cumsum(counts) - counts
    sizes = counts[first]
    guard_size(int(sizes.sum(dtype=np.float64)), "the arrows", at)
    each = repeated(sizes)
    instance = first[each.parent]
    return instance, np.asarray(each.parent), starts[instance] + each.child


class Index:
    """Finds rows by key. A key is one integer a column; keys are compared column by column.

    Keys are packed into one integer by mixed radix. Where the packed keys are dense a table answers, else bisection.
    """

    def __init__(self, columns: tuple[Ints, ...], rows: int) -> None:
        self.rows = rows
        self._columns = columns
        self._lows = [int(c.min()) if rows else 0 for c in columns]
        self._sizes = [int(c.max()) - low + 1 if rows else 1 for c, low in zip(columns, self._lows)]
        self._dense: list[Ints | None] = [None] * len(columns)
        span = self._span()
        if span >= 1 << 62:
            self._squeeze()
            span = self._span()
        codes = spread(self._pack(columns)[0], rows)
        self._identity = span == rows and bool(np.array_equal(codes, np.arange(rows)))
        self._table: Ints | None = None
        self._order: Ints | None = None
        self._codes = codes
        if self._identity:
            return
        if span <= 4 * rows + 1024:
            self._table = np.full(span, -1, dtype=np.int64)
            self._table[codes[::-1]] = np.arange(rows, dtype=np.int64)[::-1]    # the first of equal keys wins
        else:
            self._order = np.argsort(codes, kind="stable")
            self._codes = codes[self._order]

    def _span(self) -> int:
        size = 1
        for s in self._sizes:
            size *= s
        return size

    def _squeeze(self) -> None:
        """Replace each column by the ranks of its values, so that packing fits 64 bits."""
        for k, c in enumerate(self._columns):
            values = distinct(c)
            self._dense[k], self._lows[k], self._sizes[k] = values, 0, len(values)

    def _pack(self, keys: tuple[Ints, ...]) -> tuple[Ints, Flags]:
        """Packed keys, and which of them are in reach at all."""
        code: Ints = np.zeros((), dtype=np.int64)
        known: Flags = np.ones((), dtype=np.bool_)
        for key, low, size, values in zip(keys, self._lows, self._sizes, self._dense):
            if values is not None:
                rank = np.minimum(np.searchsorted(values, key), len(values) - 1)
                known = known & (values[rank] == key)
                key = rank
            inside = (key >= low) & (key <= low + size - 1)
            known = known & inside
            code = code * size + np.where(inside, key - low, 0)
        return code, known

    def find(self, keys: tuple[Ints, ...]) -> Ints:
        """The first row of each key, -1 where there is none; keys broadcast against each other."""
        code, known = self._pack(keys)
        if not self.rows:
            return np.full(code.shape, -1, dtype=np.int64)
        if self._identity:
            return np.where(known, code, -1)
        if self._table is not None:
            return np.where(known, self._table[code], -1)
        assert self._order is not None
        place = np.minimum(np.searchsorted(self._codes, code), self.rows - 1)
        return np.where(known & (self._codes[place] == code), self._order[place], -1)

    def doubled(self) -> tuple[int, int] | None:
        """Two rows with the same key, the later one second; None if all keys differ."""
        found = self.find(self._columns)
        rows = np.arange(self.rows)
        again = np.flatnonzero(found != rows)
        return (int(found[again[0]]), int(again[0])) if len(again) else None

    def repeats(self) -> Ints:
        """All rows whose key an earlier row has."""
        return np.flatnonzero(self.find(self._columns) != np.arange(self.rows))

    def find_all(self, keys: tuple[Ints, ...], rows: int, what: str, at: Span) -> Ragged:
        """All rows of each of `rows` keys, in order: the join of queries with this index.

        Fault E255, before it is built, where `what` at `at` would become too large.
        """
        code, known = self._pack(keys)
        code, known = spread(code, rows), spread(known, rows)
        codes, order = (self._codes, self._order) if self._order is not None else self._sorted()
        lo = np.searchsorted(codes, code, side="left")
        hi = np.searchsorted(codes, code, side="right")
        counts = np.where(known, hi - lo, 0).astype(np.int64)
        guard_size(int(counts.sum()), what, at)
        expansion = repeated(counts)
        return Ragged(expansion.parent, order[lo[expansion.parent] + expansion.child])

    def _sorted(self) -> tuple[Ints, Ints]:
        order = np.argsort(self._codes, kind="stable")
        return self._codes[order], order
