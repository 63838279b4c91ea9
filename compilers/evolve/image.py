"""The columns of a model in one block of integers, as compiled code reads them.

Functions that take many arrays compile slowly, so all of them share one block: a head, then a row a task, a row a way,
and what these point to. A place is an index into the block; those of two rows in turn enclose what is the first one's.
"""

from __future__ import annotations

import numpy as np

from schedc.compilers.evolve.arrays import Arrays
from schedc.compilers.evolve.ways import Ways
from schedc.models.columns import Ints

# head
COUNT, HORIZON, GUARD, SPACE, DENSE, RESOURCES, RESOURCE, SETUPS, SETUP, BUDGETS, LEFT, WAYS, SORTED = range(13)
HINT, KNOWN, STATES, WORDS, WORK = range(13, 18)        # where the parts of the working block begin, and its size
WAITS = 18      # of a hundred changes, those that make a task wait
SLACK = 19      # in the working block: what is left of budgets
TASKS = 20      # where the rows of tasks begin

# rows of tasks
TASK = 11
RELEASE, LATEST, DECIDER, ALONE, RANK, PAUSE, PAUSE_END, WAY_OF, INTO, OVER, AFTER = range(TASK)

# rows of ways
WAY = 12
LENGTH, LONGEST, OPENS, CLOSES, STRETCH, STRETCH_END, NEED, STAY, WORD, OPTION, MEMBER, BUDGET = range(WAY)

ARC, HELD, SPAN, STEP, STAYS, PROFILE, CHANGE = 4, 5, 3, 2, 2, 4, 2      # widths of the other rows


class _Block:
    def __init__(self) -> None:
        self.parts: list[Ints] = []
        self.size = 0

    def add(self, column: Ints) -> int:
        """Where a column begins."""
        at = self.size
        self.parts.append(np.ascontiguousarray(column, dtype=np.int64).reshape(-1))
        self.size += len(self.parts[-1])
        return at


def block_of(a: Arrays, ways: Ways, waits: int = 0) -> Ints:
    """The block of a model's columns; waits: of a hundred changes, those that make a task wait."""
    block = _Block()
    count, resources = len(a.release), len(a.step_ptr) - 1
    head, task, way = np.zeros(TASKS, dtype=np.int64), np.zeros((count + 1, TASK), dtype=np.int64), _ways(a)
    block.add(head)
    block.add(task)
    way_at = block.add(way)
    span, step = block.add(a.span), block.add(a.step)

    def spans(which: Ints) -> tuple[Ints, Ints]:
        some, place = which >= 0, np.maximum(which, 0)
        ptr = np.r_[a.span_ptr, a.span_ptr[-1:]]
        return np.where(some, span + SPAN * ptr[place], -1), np.where(some, span + SPAN * ptr[place + 1], -1)

    need = np.stack([a.need[:, 0], a.need[:, 1], *spans(a.need[:, 2]), a.need[:, 3]], axis=1)
    way[:-1, STRETCH], way[:-1, STRETCH_END] = spans(a.way[:, 4])
    way[:, NEED] = block.add(need) + HELD * a.need_ptr
    way[:, STAY] = block.add(a.stay) + STAYS * a.stay_ptr
    way[:-1, OPTION], way[:, MEMBER] = ways.option, block.add(ways.member) + ways.member_ptr
    way[:, BUDGET] = block.add(a.budget) + a.budget.shape[1] * np.arange(len(way))
    task[:-1, RELEASE], task[:-1, LATEST], task[:-1, DECIDER] = a.release, a.latest, a.decider
    task[:-1, ALONE], task[:-1, RANK] = a.alone, a.rank
    task[:-1, PAUSE], task[:-1, PAUSE_END] = spans(a.calendar)
    task[:, WAY_OF] = way_at + WAY * a.way_ptr
    task[:, INTO] = block.add(a.into) + ARC * a.into_ptr
    task[:, OVER] = block.add(a.over) + ARC * a.over_ptr
    sorted_ = block.add(np.argsort(a.rank))
    base, width, hints = _buckets(a)
    profile = np.stack([step + STEP * a.step_ptr[:-1], step + STEP * a.step_ptr[1:], base, width], axis=1)
    setup = a.setup.copy()
    setup[:, 0] += block.add(a.gap)
    known = int(a.need[:, 3].max(initial=-1)) + 1
    head[[COUNT, HORIZON, GUARD, SPACE]] = count, a.horizon[0], a.guard[0], len(a.dense)
    head[[RESOURCES, SETUPS, BUDGETS, WAYS, SORTED]] = resources, len(setup), len(a.left), way_at, sorted_
    head[[DENSE, RESOURCE, SETUP, LEFT]] = block.add(a.dense), block.add(profile), block.add(setup), block.add(a.left)
    head[[HINT, KNOWN, STATES, WORDS]] = 0, hints, hints + known, hints + known + 3 * len(setup)
    head[WAITS], head[SLACK] = waits, head[WORDS]
    head[WORDS] += len(a.left)
    head[WORK] = head[WORDS] + len(a.dense)
    block.parts[:3] = [head, task.reshape(-1), way.reshape(-1)]
    return np.concatenate(block.parts)


def _ways(a: Arrays) -> Ints:
    way = np.zeros((len(a.way) + 1, WAY), dtype=np.int64)
    way[:-1, LENGTH], way[:-1, LONGEST], way[:-1, OPENS], way[:-1, CLOSES] = a.way[:, :4].T
    way[:-1, WORD] = a.word
    return way


def _buckets(a: Arrays) -> tuple[Ints, Ints, int]:
    """By resource the first of its buckets and the ticks of one, about two uses a bucket; how many there are."""
    resources, horizon = len(a.step_ptr) - 1, int(a.horizon[0])
    if len(a.dense):
        return np.zeros(resources, dtype=np.int64), np.ones(resources, dtype=np.int64), 0
    users = np.bincount(a.need[:, 0], minlength=resources)
    width = horizon // np.maximum(1, users // 2) + 1
    base = np.r_[0, np.cumsum(horizon // width + 2)]
    return base[:-1], width, int(base[-1])


def arena(a: Arrays, times: int) -> int:
    """Segments that the profiles may have in all; times: as many times what tasks without pauses make of them."""
    if len(a.dense):
        return 1
    held, count = np.diff(a.need_ptr), len(a.release)
    most = np.maximum.reduceat(held, a.way_ptr[:-1]) if count else held
    return times * (len(a.step) + 2 * int(most.sum()) + 128)
