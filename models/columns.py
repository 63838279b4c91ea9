"""The small column types that every node is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeAlias, overload

import numpy as np
from numpy.typing import NDArray

from schedc.models.records import dataclass

Ints: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]

UNLIMITED = 1 << 62     # an upper limit that does not limit; -UNLIMITED is a lower one


def ints(values: Iterable[int] | Ints) -> Ints:
    """An int64 column."""
    return np.asarray(values if isinstance(values, np.ndarray) else list(values), dtype=np.int64)


def distinct(values: Ints) -> Ints:
    """The different values of a column, ascending.

    By sorting: `np.unique` no longer sorts, is much slower on columns, and loads masked arrays for its first answer.
    """
    ordered = np.sort(values, axis=None, kind="stable")    # quick on runs in order, as columns mostly are
    new = np.ones(len(ordered), dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    return ordered[new]


def ragged(lo: Ints, hi: Ints) -> Ints:
    """All the numbers of the ranges [lo, hi), one range after the other."""
    count = hi - lo
    return np.repeat(hi - np.cumsum(count), count) + np.arange(int(count.sum()))


class Names(Sequence[str]):
    """`size` texts, each made when it is asked for: names of a million instances cost nothing until one is shown."""

    def __init__(self, size: int, make: Callable[[int], str]) -> None:
        self._size, self._make = size, make

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[str]:
        return (self._make(row) for row in range(self._size))

    @overload
    def __getitem__(self, row: int) -> str: ...

    @overload
    def __getitem__(self, row: slice) -> Sequence[str]: ...

    def __getitem__(self, row: int | slice) -> str | Sequence[str]:
        if isinstance(row, slice):
            return [self._make(k) for k in range(*row.indices(self._size))]
        if not -self._size <= row < self._size:
            raise IndexError(row)
        return self._make(row % self._size)


@dataclass(frozen=True, eq=False)
class Family:
    """The members of a declared name, in order.

    index: one column a dimension, each of length `size`, of int64 or of Python strings (object dtype);
    empty for a single, unindexed name (then size is 1).
    parts, widths: for a name inside others (``J.cut``) the names of all levels, and the number of dimensions of each.
    """

    name: str
    size: int
    index: tuple[NDArray[Any], ...] = ()
    parts: tuple[str, ...] = ()
    widths: tuple[int, ...] = ()

    def label(self, row: int) -> str:
        """The address of one member: ``cut``, ``move[r1]``, ``op[3,2]``, ``J[4].cut``."""
        if not self.index:
            return self.name
        return self._pattern % tuple([column[row] for column in self.index])

    def labels(self) -> list[str]:
        """All members' addresses, in order."""
        if not self.index:
            return [self.name]
        pattern = self._pattern
        return [pattern % key for key in zip(*[column.tolist() for column in self.index])]

    @property
    def _pattern(self) -> str:
        levels = zip(self.parts, self.widths) if self.parts else [(self.name, len(self.index))]
        return ".".join([_level(name.replace("%", "%%"), width) for name, width in levels])


def _level(name: str, width: int) -> str:
    return f"{name}[{','.join(['%s'] * width)}]" if width else name


@dataclass(frozen=True, eq=False)
class SpanSets:
    """Sets of half-open spans of ticks: set k holds [lo[i], hi[i]) for ptr[k] <= i < ptr[k+1].

    Within one set spans are sorted, none is empty, and they neither overlap nor touch.
    """

    ptr: Ints
    lo: Ints
    hi: Ints

    def __len__(self) -> int:
        return len(self.ptr) - 1

    def of(self, which: int) -> tuple[Ints, Ints]:
        """The spans of one set as (lo, hi)."""
        part = slice(int(self.ptr[which]), int(self.ptr[which + 1]))
        return self.lo[part], self.hi[part]
