"""From genes to a schedule, in machine code: tasks in the order of a list, each at the first place where it fits.

Serial generation (Kelley 1963) with ways: where the genes leave a task's way open it takes the one that ends first.
Arcs back to tasks that stand already are looked at when the later one is placed: where it comes too late, the earlier
one's release is raised by what is missing and the generation begins anew. What remains broken counts as penalty, in
ticks, and a task that fits nowhere counts a whole horizon. An optional task without a place is left out.
The cost of a generation grows with the tasks, their demands and the segments that these make, not with the horizon.
"""

from __future__ import annotations

from schedc.compilers.evolve.bench import (
    CHOICE,
    DONE,
    EARLY,
    END,
    FULL,
    LIST,
    LONG,
    MORE,
    PLACEMENTS,
    RESTARTED,
    SETUP_TIME,
    SINCE,
    START,
    THERE,
    TRIED,
    WISH,
    Bench,
)
from schedc.compilers.evolve.budgets import count_budgets, spend, too_dear
from schedc.compilers.evolve.compiled import compiled
from schedc.compilers.evolve.image import (
    ALONE,
    ARC,
    BUDGETS,
    CLOSES,
    COUNT,
    DECIDER,
    DENSE,
    GUARD,
    HELD,
    HINT,
    HORIZON,
    INTO,
    KNOWN,
    LATEST,
    LENGTH,
    LONGEST,
    NEED,
    OPENS,
    OVER,
    PAUSE,
    PAUSE_END,
    PROFILE,
    RELEASE,
    RESOURCE,
    RESOURCES,
    SETUPS,
    SPACE,
    SPAN,
    STATES,
    STEP,
    STRETCH,
    STRETCH_END,
    TASK,
    TASKS,
    WAITS,
    WAY,
    WAY_OF,
    WORD,
    WORDS,
)
from schedc.compilers.evolve.profile import (
    AT,
    BEFORE,
    FREE,
    NEVER,
    NEXT,
    SIZE,
    clash,
    find,
    fit_segments,
    fit_words,
    take,
)
from schedc.compilers.evolve.setups import changed, occupy
from schedc.compilers.evolve.spans import above, finish, instant, opening, worked
from schedc.models.columns import Ints

RESTARTS = 60       # generations begun anew at most (ours)


@compiled
def decode(m: Ints, b: Bench, genes: Ints, least: int) -> int:
    """Place all tasks by the genes, none before `least`; the penalty, 0 where all they look after is kept."""
    placed = b.placed
    for task in range(m[COUNT]):
        wait = genes[task, EARLY] if m[WAITS] > 0 else 0
        placed[task, SINCE] = max(least, wait, m[TASKS + TASK * task + RELEASE])
        placed[task, TRIED] = genes[task, WISH]
    for restart in range(RESTARTS + 1):
        b.note[RESTARTED] = restart
        penalty = generate(m, b, genes, restart < RESTARTS)
        if penalty >= 0:
            return penalty
    return NEVER


@compiled
def generate(m: Ints, b: Bench, genes: Ints, again: bool) -> int:
    """One generation; -1 where it has to begin anew, and may."""
    clear(m, b)
    if m[BUDGETS] > 0:
        count_budgets(m, b.work, genes)
    penalty, placed, note = 0, b.placed, b.note
    for place in range(m[COUNT]):
        task = genes[place, LIST]
        row = TASKS + TASK * task
        note[PLACEMENTS] += 1
        decider = m[row + DECIDER]
        if decider >= 0 and placed[decider, TRIED] == 0:
            leave_out(placed, task)
            continue
        missing = settle(m, b, task, genes[task, CHOICE], genes[task, MORE])
        if missing > 0 and decider >= 0:
            if m[row + ALONE] == 1:
                leave_out(placed, task)
                continue
            placed[decider, TRIED] = 0
            if again:
                return -1
        penalty += missing
        if missing < m[HORIZON]:
            hold(m, b, task)
            if note[FULL] == 1:
                return NEVER
        if m[row + OVER] < m[row + TASK + OVER]:
            late = look_back(m, placed, task, again)
            if late < 0:
                return -1
            penalty += late
    return penalty


@compiled
def clear(m: Ints, b: Bench) -> None:
    """Nothing is placed."""
    work, segment, space = b.work, b.segment, m[SPACE]
    for task in range(m[COUNT]):
        b.placed[task, END] = -1
    b.note[SETUP_TIME], b.note[SIZE] = 0, 0
    for k in range(m[HINT], m[KNOWN]):
        work[k] = -1
    for k in range(m[KNOWN], m[STATES]):
        work[k] = 0
    for k in range(m[SETUPS]):
        work[m[STATES] + 3 * k] = -1
    for k in range(space):
        work[m[WORDS] + k] = m[m[DENSE] + k]
    if space > 0:
        return
    new = 0
    for r in range(m[RESOURCES]):
        row = m[RESOURCE] + PROFILE * r
        work[m[row + 2]] = new
        size = (m[row + 1] - m[row]) // STEP
        for k in range(size):
            at = m[row] + STEP * k
            segment[new, AT], segment[new, FREE] = m[at], m[at + 1]
            segment[new, NEXT], segment[new, BEFORE] = (new + 1 if k + 1 < size else -1), (new - 1 if k > 0 else -1)
            new += 1
    b.note[SIZE] = new


@compiled
def leave_out(placed: Ints, task: int) -> None:
    """An absent task."""
    for column in range(START, DONE):
        placed[task, column] = 0
    placed[task, DONE] = -1


@compiled
def settle(m: Ints, b: Bench, task: int, gene: int, more: int) -> int:
    """Find the task's place; what is missing for it to be a right one."""
    row, placed, horizon = TASKS + TASK * task, b.placed, m[HORIZON]
    begin, close = earliest(m, placed, task)
    first, last = m[row + WAY_OF], m[row + TASK + WAY_OF]
    if gene >= 0:
        first = min(first + WAY * gene, last - WAY)
        last = first + WAY
    found, best, length, done = NEVER, first, 0, NEVER
    way = first
    while way < last:
        long = min(m[way + LENGTH] + more, m[way + LONGEST])
        start, end = fit(m, b, row, way, long, begin, close)
        if end > m[way + CLOSES] and end < NEVER:
            end += 2 * horizon        # only where nothing else is left
        dear = too_dear(m, b.work, way) if last - first > WAY else 0
        if dear > 0 and end < NEVER:
            end += 4 * horizon * dear
        if end < done or (end == done and long < length):
            found, done, best, length = start, end, way, long
        way += WAY
    placed[task, THERE], placed[task, DONE], placed[task, LONG] = 1, best, length
    if found >= NEVER:
        placed[task, LONG] = m[best + LENGTH]
        placed[task, START], placed[task, END] = begin, begin + m[best + LENGTH]
        return horizon + max(0, begin + m[best + LENGTH] - horizon)
    if last - first > WAY:
        spend(m, b.work, best)
        done = found + length       # who has a choice does not pause
    elif done > m[best + CLOSES]:
        done -= 2 * horizon
    placed[task, START], placed[task, END] = found, done
    return max(0, done - min(m[row + LATEST], m[best + CLOSES]))


@compiled
def earliest(m: Ints, placed: Ints, task: int) -> tuple[int, int]:
    """The least start and the least end that the placed tasks allow."""
    begin, close = placed[task, SINCE], 0
    row = TASKS + TASK * task
    k, last = m[row + INTO], m[row + TASK + INTO]
    while k < last:
        other = m[k]
        if placed[other, END] >= 0 and placed[other, THERE] == 1:
            bound = (placed[other, END] if m[k + 1] == 1 else placed[other, START]) + m[k + 3]
            if m[k + 2] == 1:
                close = max(close, bound)
            elif bound > begin:
                begin = bound
        k += ARC
    return begin, close


@compiled
def fit(m: Ints, b: Bench, row: int, way: int, length: int, begin: int, close: int) -> tuple[int, int]:
    """The first start and the end of a task done in a way; NEVER where it fits nowhere."""
    begin = max(begin, m[way + OPENS])
    if m[SETUPS] > 0:
        begin = changed(m, b.work, way, begin)
    if m[row + PAUSE] >= 0:
        return fit_pausing(m, b, row, way, length, begin, close)
    begin = max(begin, close - length)
    stretch, last = m[way + STRETCH], m[way + STRETCH_END]
    while begin < NEVER:
        if stretch >= 0:
            k = above(m, stretch, last, 1, begin + length - 1)
            while k < last and max(begin, m[k]) + length > m[k + 1]:
                k += SPAN
            if k == last:
                break
            begin = max(begin, m[k])
        tried = begin
        if length > 0:
            if m[SPACE] > 0:
                begin = fit_words(b.work, m[WORDS], m[GUARD], begin, length, m[way + WORD])
            else:
                begin = free_from(m, b, way, length, begin)
        if begin == tried or stretch < 0:
            return begin, min(begin + length, NEVER)
    return NEVER, NEVER


@compiled
def free_from(m: Ints, b: Bench, way: int, length: int, begin: int) -> int:
    """The first start at which all that a way needs is free."""
    first, last, segment, work = m[way + NEED], m[way + WAY + NEED], b.segment, b.work
    fits, k = 0, first
    while fits < last - first:
        profile, known = m[RESOURCE] + PROFILE * m[k], m[KNOWN] + m[k + 4]
        usual = length == m[way + LENGTH] and begin <= work[known]      # what is free shrinks: first places move later
        since = work[known] if usual else begin
        if since > m[HORIZON]:
            return NEVER
        found = fit_segments(
            segment, find(segment, work, m[profile + 2], m[profile + 3], since), since, length, m[k + 1]
        )
        if usual:
            work[known] = found
        if found > m[HORIZON]:
            return NEVER
        fits = fits + HELD if found == begin else HELD
        begin = max(begin, found)
        k = k + HELD if k + HELD < last else first
    return begin


@compiled
def fit_pausing(m: Ints, b: Bench, row: int, way: int, length: int, begin: int, close: int) -> tuple[int, int]:
    """The first start and the end of a task that pauses."""
    lo, hi = m[row + PAUSE], m[row + PAUSE_END]
    if close > 0:       # the last tick is worked and not before close - 1
        begin = max(begin, instant(m, lo, hi, max(0, worked(m, lo, hi, close - 1) - length + 1)))
    stretch, last = m[way + STRETCH], m[way + STRETCH_END]
    while True:
        begin = opening(m, lo, hi, begin)
        end = finish(m, lo, hi, begin, length)
        if end > m[HORIZON]:
            return NEVER, NEVER
        if stretch >= 0:
            k = above(m, stretch, last, 1, end - 1)
            if k == last:
                return NEVER, NEVER
            if m[k] > begin:
                begin = m[k]
                continue
        later, k = -1, m[way + NEED]
        while k < m[way + WAY + NEED]:
            later = max(later, blocked(m, b, k, begin, end))
            k += HELD
        if later < 0:
            return begin, end
        begin = later


@compiled
def hold(m: Ints, b: Bench, task: int) -> None:
    """Take what a placed task holds."""
    way, begin, end = b.placed[task, DONE], b.placed[task, START], b.placed[task, END]
    if end <= begin:
        return
    if m[SPACE] > 0:
        work, word, words = b.work, m[way + WORD], m[WORDS]
        for tick in range(words + begin, min(words + end, len(work))):
            work[tick] -= word
        return
    if m[SETUPS] > 0:
        occupy(m, b, way, end)
    pausing = m[TASKS + TASK * task + PAUSE] >= 0
    k = m[way + NEED]
    while k < m[way + WAY + NEED]:
        profile, at, gap, last = m[RESOURCE] + PROFILE * m[k], begin, m[k + 2], m[k + 3]
        gap, last = (above(m, gap, last, 1, begin), last) if pausing and gap >= 0 else (0, 0)
        while at < end:
            stop = end if gap >= last else min(end, m[gap])
            if b.note[SIZE] + 4 > len(b.segment):
                b.note[FULL] = 1
                return
            if stop > at:
                first = find(b.segment, b.work, m[profile + 2], m[profile + 3], at)
                take(b.segment, first, at, stop, m[k + 1], b.note)
            at = end if gap >= last else max(stop, m[gap + 1])
            gap += SPAN
        k += HELD


@compiled
def look_back(m: Ints, placed: Ints, task: int, again: bool) -> int:
    """By how much this task comes too late for ones that stand; -1 where the generation begins anew for it."""
    total, row = 0, TASKS + TASK * task
    k, last = m[row + OVER], m[row + TASK + OVER]
    while k < last:
        other = m[k]
        if placed[other, END] >= 0 and placed[other, THERE] == 1:
            least = (placed[task, END] if m[k + 2] == 1 else placed[task, START]) + m[k + 3]
            missing = least - (placed[other, END] if m[k + 1] == 1 else placed[other, START])
            if missing > 0:
                if again and placed[other, START] + missing <= m[TASKS + TASK * other + LATEST]:
                    placed[other, SINCE] = placed[other, START] + missing
                    return -1
                total += missing
        k += ARC
    return total


@compiled
def blocked(m: Ints, b: Bench, k: int, begin: int, end: int) -> int:
    """A start before which a need does not fit on [begin, end) outside its pauses; -1 where it fits."""
    profile, at, found = m[RESOURCE] + PROFILE * m[k], begin, -1
    gap, last = m[k + 2], m[k + 3]
    if gap >= 0:
        gap = above(m, gap, last, 1, begin)
    while at < end:
        stop = end if gap >= last else min(end, m[gap])
        if stop > at:
            first = find(b.segment, b.work, m[profile + 2], m[profile + 3], at)
            found = max(found, clash(b.segment, first, stop, m[k + 1]))
        at = end if gap >= last else max(stop, m[gap + 1])
        gap += SPAN
    return found
