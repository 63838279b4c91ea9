"""All texts of one build by number, so that text columns are columns of integers.

A column from a file may hold a million different texts. They are numbered by their 64-bit hashes in open addressing
over NumPy columns; then every cell is compared with the text of its number, so that a collision costs time (texts are
numbered one by one from then on) and never a wrong answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from schedc.models.columns import Ints

if TYPE_CHECKING:
    import polars as pl

    Hashes = NDArray[np.uint64]

_FEW = 4096     # cells up to which going one by one is as quick
_BLOCK = 1 << 17


class Texts:
    """The texts by number, and the numbers of texts: 0, 1, … as they come."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self._codes: dict[str, int] = {}        # of the words that were numbered one by one
        self._many: _Many | None = None         # of words[:len(self._many)]; None while nothing large was read
        self._collided = False

    def code(self, word: str) -> int:
        """The number of a text."""
        found = self.known(word)
        if found is None:
            found = self._codes[word] = len(self.words)
            self.words.append(word)
        return found

    def known(self, word: str) -> int | None:
        """The number of a text that has one."""
        found = self._codes.get(word)
        if found is None and self._many is not None:
            found = self._many.find(word)
        return found

    def codes(self, words: Iterable[str]) -> Ints:
        """The numbers of a column of texts."""
        return np.asarray([self.code(w) for w in words], dtype=np.int64)

    def column(self, cells: pl.Series) -> Ints:
        """The numbers of a column of texts without empty cells."""
        if len(cells) > _FEW and not self._collided:
            found = self._by_hash(cells)
            if found is not None:
                return found
            self._collided, self._many = True, None
            self._codes = {word: code for code, word in enumerate(self.words)}
        return self.codes(cells.to_list())

    def _by_hash(self, cells: pl.Series) -> Ints | None:
        """`column` by hashes; None where two different texts have one hash."""
        if self._many is None:
            self._many = _Many()
        before = len(self._many)
        if not self._many.extend(self.words[before:]):
            return None
        for word in self.words[before:]:
            self._codes.pop(word, None)
        found = self._many.numbers(cells)
        if found is not None:
            self.words += self._many.pool[len(self.words):].to_list()
        return found

    def decoded(self, codes: Ints) -> NDArray[Any]:
        """The texts of a column of numbers, as an object column."""
        pool = np.empty(len(self.words), dtype=object)
        pool[:] = self.words
        return pool[codes]

    def ranks(self) -> Ints:
        """The place of every text in alphabetical order."""
        order = sorted(range(len(self.words)), key=self.words.__getitem__)
        ranks = np.empty(len(order), dtype=np.int64)
        ranks[order] = np.arange(len(order))
        return ranks


class _Many:
    """Many texts by number: the texts as one column, and their hashes."""

    def __init__(self) -> None:
        import polars as pl

        self.pool = pl.Series([], dtype=pl.String)
        self._index = HashIndex()

    def __len__(self) -> int:
        return len(self.pool)

    def find(self, word: str) -> int | None:
        """The number of one text."""
        import polars as pl

        try:
            number = int(self._index.find(pl.Series([word]).hash().to_numpy())[0])
        except UnicodeEncodeError:      # half a character, which no file holds
            return None
        return number if number >= 0 and self.pool[number] == word else None

    def extend(self, words: list[str]) -> bool:
        """Give the next numbers to texts, all new; False where that cannot be done."""
        import polars as pl

        if not words:
            return True
        first = len(self)
        try:
            cells = pl.Series(words, dtype=pl.String)
        except UnicodeEncodeError:
            return False
        found = self._index.numbers(cells.hash().to_numpy())
        self.pool = pl.concat([self.pool, cells])
        return bool(np.array_equal(found, np.arange(first, first + len(words))))

    def numbers(self, cells: pl.Series) -> Ints | None:
        """The numbers of texts, new ones for those that have none; None where two different ones have one hash."""
        import polars as pl

        first = len(self)
        found = self._index.numbers(cells.hash().to_numpy())
        at = first_rows(found, first, self._index.size)
        self.pool = pl.concat([self.pool, cells.gather(at).alias(self.pool.name)], rechunk=True)
        same = self.pool.gather(found).eq_missing(cells.alias(self.pool.name))
        return found if bool(same.all()) else None


def first_rows(numbers: Ints, low: int, high: int) -> Ints:
    """For each number in low .. high - 1 the first row that has it; every one of them stands in some row."""
    rows = np.flatnonzero(numbers >= low)
    found = np.empty(high - low, dtype=np.int64)
    found[numbers[rows[::-1]] - low] = rows[::-1]     # the first row is written last
    return found


class HashIndex:
    """Numbers for 64-bit hashes, 0, 1, … in order of first appearance: open addressing, a column at a time."""

    def __init__(self) -> None:
        self.size = 0
        self._hashes: Hashes = np.zeros(16, dtype=np.uint64)
        self._clear(16)

    def _clear(self, bits: int) -> None:
        self._bits = bits
        self._table = np.full(1 << bits, -1, dtype=np.int32)

    def _slots(self, hashes: Hashes) -> Ints:
        return (hashes >> np.uint64(64 - self._bits)).astype(np.int64)

    def numbers(self, hashes: Hashes) -> Ints:
        """The number of each hash; those that have none get the next ones."""
        found = np.empty(len(hashes), dtype=np.int64)
        for lo in range(0, len(hashes), _BLOCK):
            block = hashes[lo:lo + _BLOCK]
            part = self.find(block)
            new = np.flatnonzero(part < 0)
            if len(new):
                part[new] = self._add(block[new])
            if lo == 0 and 2 * len(new) > _BLOCK:       # so are the others, probably
                self._grow(self.size + len(hashes))
            found[lo:lo + _BLOCK] = part
        return found

    def find(self, hashes: Hashes) -> Ints:
        """The number of each hash; -1 for those that have none."""
        slot = self._slots(hashes)
        found = np.full(len(hashes), -1, dtype=np.int64)
        rest: Ints = np.arange(len(hashes))
        while len(rest):
            there = self._table[slot[rest]]
            same = (there >= 0) & (self._hashes[there] == hashes[rest])
            found[rest[same]] = there[same]
            rest = rest[(there >= 0) & ~same]
            slot[rest] = (slot[rest] + 1) & (len(self._table) - 1)
        return found

    def _add(self, hashes: Hashes) -> Ints:
        """Numbers for hashes that have none, which may stand several times."""
        self._grow(self.size + len(hashes))
        base = self.size
        self._hashes[base:base + len(hashes)] = hashes
        leader, slot = self._place(np.arange(base, base + len(hashes)))
        first = leader == np.arange(base, base + len(hashes))
        rank = np.cumsum(first) - 1 + base
        self._table[slot[first]] = rank[first]
        self._hashes[base:base + int(first.sum())] = hashes[first]
        self.size = base + int(first.sum())
        found: Ints = rank[leader - base]
        return found

    def _place(self, items: Ints) -> tuple[Ints, Ints]:
        """Put items (places in `_hashes`) into the table: for each the first one of its hash, and its slot."""
        slot, leader = self._slots(self._hashes[items]), np.empty(len(items), dtype=np.int64)
        rest: Ints = np.arange(len(items))
        while len(rest):
            free = rest[self._table[slot[rest]] < 0][::-1]
            self._table[slot[free]] = items[free]       # of several for one slot the first is written last
            there = self._table[slot[rest]]
            same = self._hashes[there] == self._hashes[items[rest]]
            leader[rest[same]] = there[same]
            rest = rest[~same]
            slot[rest] = (slot[rest] + 1) & (len(self._table) - 1)
        return leader, slot

    def _grow(self, most: int) -> None:
        if most > len(self._hashes):
            self._hashes = np.concatenate([self._hashes, np.zeros(max(most, len(self._hashes)), dtype=np.uint64)])
        if 2 * most > len(self._table):
            self._clear((4 * most).bit_length())
            self._place(np.arange(self.size))
