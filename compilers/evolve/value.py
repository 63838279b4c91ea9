"""What a placed schedule costs, in machine code: penalty first, then every goal with less being better."""

from __future__ import annotations

from schedc.compilers.evolve.bench import DONE, END, LONG, SETUP_TIME, START, THERE, Bench
from schedc.compilers.evolve.compiled import compiled
from schedc.compilers.evolve.image import BUDGET, BUDGETS, COUNT, HORIZON, LEFT, MEMBER, OPTION, WAY
from schedc.compilers.evolve.terms import (
    CONST,
    EVENT,
    EVENT_WIDTH,
    EVENTS,
    FAILS,
    GOAL,
    GOALS,
    MEMBERS,
    MUST,
    MUSTS,
    NODE,
    NODE_WIDTH,
    NODES,
    OPTIONS,
    PLAIN,
    ROWS,
    STOCK,
    STOCK_WIDTH,
    STOCKS,
    TIMES,
    VALUE,
)
from schedc.models.columns import Ints

FAR = 1 << 56       # a distance that nothing makes up for; sums of many still fit


@compiled
def appraised(m: Ints, b: Bench, p: Ints, v: Ints, penalty: int, out: Ints) -> None:
    """out[0]: the penalty with what budgets, stocks and conditions add; out[1 + k]: goal k."""
    if p[PLAIN] == 1:
        out[1] = latest_end(m, b.placed)
    else:
        spread_points(m, b.placed, p, v)
        evaluate(m, b, p, v)
        for k in range(p[GOALS]):
            out[1 + k] = v[p[VALUE] + p[p[GOAL] + 2 * k]] * p[p[GOAL] + 2 * k + 1]
        for k in range(p[MUSTS]):
            node = p[p[MUST] + k]
            for row in range(p[node + 1], p[node + 2]):
                penalty = min(FAR, penalty + v[p[VALUE] + row])
        penalty = min(FAR, penalty + unstocked(m, b.placed, p, v))
    out[0] = penalty + overdrawn(m, b.placed)


@compiled
def latest_end(m: Ints, placed: Ints) -> int:
    """The makespan."""
    found = 0
    for task in range(m[COUNT]):
        found = max(found, placed[task, END])
    return found


@compiled
def overdrawn(m: Ints, placed: Ints) -> int:
    """By how much budgets are exceeded."""
    total = 0
    for k in range(m[BUDGETS]):
        left = m[m[LEFT] + k]
        for task in range(m[COUNT]):
            if placed[task, DONE] >= 0:
                left -= m[m[placed[task, DONE] + BUDGET] + k]
        total += max(0, -left)
    return total


@compiled
def spread_points(m: Ints, placed: Ints, p: Ints, v: Ints) -> None:
    """All points of a schedule side by side."""
    count = m[COUNT]
    options, members = 4 * count, 4 * count + p[OPTIONS]
    for k in range(options, members + p[MEMBERS]):
        v[k] = 0
    chosen = p[OPTIONS] + p[MEMBERS] > 0
    for task in range(count):
        v[task], v[count + task] = placed[task, START], placed[task, END]
        v[2 * count + task], v[3 * count + task] = placed[task, LONG], placed[task, THERE]
        way = placed[task, DONE]
        if chosen and way >= 0:
            if m[way + OPTION] >= 0:
                v[options + m[way + OPTION]] = 1
            for k in range(m[way + MEMBER], m[way + WAY + MEMBER]):
                v[members + m[k]] = 1


@compiled
def evaluate(m: Ints, b: Bench, p: Ints, v: Ints) -> None:
    """The value of every row, and of truths by how much they fail to hold and to be false."""
    value, fails = p[VALUE], p[FAILS]
    for row in range(p[ROWS]):
        v[value + row] = p[p[CONST] + row]
    for k in range(p[NODES]):
        node = p[NODE] + NODE_WIDTH * k
        op, first, size = p[node], p[node + 1], p[node + 2] - p[node + 1]
        child, when = value + p[node + 7], value + p[node + 8]
        at = value + first
        if op == 0:
            linear(p, v, node)
        elif op <= 2:
            extreme(p, v, node)
        elif op <= 5:
            for i in range(size):
                if op == 3:
                    v[at + i] = v[child + i] if v[when + i] == 0 else 0
                elif op == 4:
                    v[at + i] = abs(v[child + i])
                else:
                    v[at + i] = 1 if v[child + i] == 0 else 0
        elif op == 6:
            v[at] = latest_end(m, b.placed)
        elif op == 7:
            v[at] = b.note[SETUP_TIME]
        elif op <= 9:
            for i in range(size):
                if op == 8:
                    v[fails + first + i], v[at + i] = v[at + i] * FAR, (1 - v[at + i]) * FAR
                else:
                    v[at + i], v[fails + first + i] = v[fails + p[node + 7] + i], v[child + i]
        elif op <= 11:
            junction(p, v, node)
        else:
            for i in range(size):
                v[at + i], v[fails + first + i] = distances(op, v[child + i])


@compiled
def linear(p: Ints, v: Ints, node: int) -> None:
    """Sums of points and of other rows."""
    value, k = p[VALUE], p[node + 3]
    while k < p[node + 4]:
        v[value + p[k]] += p[k + 2] * v[p[k + 1]]
        k += 3
    k = p[node + 5]
    while k < p[node + 6]:
        v[value + p[k]] += p[k + 2] * v[value + p[k + 1]]
        k += 3


@compiled
def extreme(p: Ints, v: Ints, node: int) -> None:
    """The greatest or least of what counts in each row, 0 over nothing."""
    value, seen, most = p[VALUE], p[FAILS], p[node] == 1
    for row in range(p[node + 1], p[node + 2]):
        v[seen + row] = 0
    k = p[node + 5]
    while k < p[node + 6]:
        row, when = p[k], p[k + 2]
        if when < 0 or v[value + when] == 0:
            found = v[value + p[k + 1]]
            if v[seen + row] == 0 or (found > v[value + row]) == most:
                v[value + row] = found
            v[seen + row] = 1
        k += 3


@compiled
def junction(p: Ints, v: Ints, node: int) -> None:
    """Distances of `and` and `or`."""
    value, fails = p[VALUE], p[FAILS]
    less, more = (value, fails) if p[node] == 10 else (fails, value)
    for row in range(p[node + 1], p[node + 2]):
        v[less + row], v[more + row] = 0, FAR
    k = p[node + 5]
    while k < p[node + 6]:
        row, child = p[k], p[k + 1]
        v[less + row] = min(FAR, v[less + row] + v[less + child])
        v[more + row] = min(v[more + row], v[more + child])
        k += 3


@compiled
def distances(op: int, left: int) -> tuple[int, int]:
    """By how much a comparison with zero fails to hold, and to be false."""
    if op == 12:
        return abs(left), 1 if left == 0 else 0
    if op == 13:
        return 1 if left == 0 else 0, abs(left)
    if op == 14:
        return max(0, left), max(0, 1 - left)
    if op == 15:
        return max(0, -left), max(0, left + 1)
    if op == 16:
        return max(0, left + 1), max(0, -left)
    return max(0, 1 - left), max(0, left)


@compiled
def unstocked(m: Ints, placed: Ints, p: Ints, v: Ints) -> int:
    """By how much the levels of stocks leave their limits, at all ticks at which something happens."""
    total, k, times = 0, p[EVENT], p[TIMES]
    chosen, last = 4 * m[COUNT], p[EVENT] + EVENT_WIDTH * p[EVENTS]
    for stock in range(p[STOCKS]):
        count, row = 0, p[STOCK] + STOCK_WIDTH * stock
        while k < last and p[k] == stock:
            task = p[k + 1]
            if placed[task, THERE] == 1 and (p[k + 2] < 0 or v[chosen + p[k + 2]] == 1):
                tick = (placed[task, START] if p[k + 3] == 0 else placed[task, END]) + p[k + 4]
                total += max(0, -tick) + max(0, tick - m[HORIZON])
                v[times + 2 * count], v[times + 2 * count + 1] = tick, p[k + 5]
                count += 1
            k += EVENT_WIDTH
        in_time(v, times, count)
        level, i = p[row], 0
        while i < count:
            tick = v[times + 2 * i]
            while i < count and v[times + 2 * i] == tick:
                level += v[times + 2 * i + 1]
                i += 1
            total += max(0, p[row + 1] - level) + max(0, level - p[row + 2])
    return total


@compiled
def in_time(v: Ints, at: int, count: int) -> None:
    """Sort so many rows (tick, amount) by tick (Shell 1959, with Knuth's gaps)."""
    gap = 1
    while gap < count // 3:
        gap = 3 * gap + 1
    while gap > 0:
        for i in range(gap, count):
            tick, amount, j = v[at + 2 * i], v[at + 2 * i + 1], i
            while j >= gap and v[at + 2 * (j - gap)] > tick:
                v[at + 2 * j], v[at + 2 * j + 1] = v[at + 2 * (j - gap)], v[at + 2 * (j - gap) + 1]
                j -= gap
            v[at + 2 * j], v[at + 2 * j + 1] = tick, amount
        gap //= 3
