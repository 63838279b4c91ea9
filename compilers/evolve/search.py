"""The search: a population of lists with modes, members, presences and lengths; all of it runs in machine code.

A child is crossed from two parents, or is one parent changed near one place; which of these is drawn by what each
brought lately. It is decoded, and where the makespan is what counts pushed to the right and to the left again as long
as that helps (double justification, Valls, Ballestín and Quintanilla 2005). Its genes are then read off the schedule.
It takes the place of the worst individual if it is better and nobody has its schedule. Each individual carries its
own rate of mutation, which a child inherits a little changed (Bäck 1992). Where nothing has improved for long the
population is made anew beside the best, twice as large each time (Auger and Hansen 2005). All numbers here are ours.
"""

from __future__ import annotations

from typing import NamedTuple

from schedc.compilers.evolve.bench import (
    CHOICE,
    DONE,
    EARLY,
    END,
    FULL,
    MORE,
    OPEN,
    PLACED,
    PLACEMENTS,
    START,
    THERE,
    WISH,
    Bench,
)
from schedc.compilers.evolve.compiled import Chance, compiled, draw, entry, share
from schedc.compilers.evolve.decode import decode
from schedc.compilers.evolve.fuzzy import (
    begin_guessing,
    compare,
    doubted,
    guess,
    guessed,
    learn_drift,
    learn_rank,
    replace,
)
from schedc.compilers.evolve.image import (
    BUDGET,
    BUDGETS,
    COUNT,
    HORIZON,
    LEFT,
    LENGTH,
    LONGEST,
    TASK,
    TASKS,
    WAY,
    WAY_OF,
)
from schedc.compilers.evolve.lists import KEY, copy, cross, disturb, mutate, sort_by_key
from schedc.compilers.evolve.population import (
    ANEW,
    BEST,
    CHANGING,
    CHILDREN,
    CROSSING,
    GUEST,
    HASH,
    MADE,
    RATE,
    RULES,
    SIZE,
    STALE,
    WANTED,
    Population,
    less,
    pick,
)
from schedc.compilers.evolve.terms import PLAIN
from schedc.compilers.evolve.value import appraised, latest_end
from schedc.models.columns import Ints

PUSHES = 8          # times that a schedule is pushed both ways at most
PATIENCE = 60       # children for each individual without any entering, after which a population is given up

class Problem(NamedTuple):
    """What is searched: blocks of the columns, of their image and of the goals; rules for first lists, forward and of
    the image."""

    m: Ints
    image: Ints
    p: Ints
    rules: Ints
    image_rules: Ints


class Scratch(NamedTuple):
    """Memory that means nothing between children: benches of the original and the image, values, keys, counts."""

    b: Bench
    c: Bench
    v: Ints
    keys: Ints
    counts: Ints


@entry
def run(t: Problem, s: Scratch, q: Population, chance: Chance, until: int) -> None:
    """Make individuals until so many tasks were placed in all."""
    last = len(q.genes) - 1
    while s.b.note[PLACEMENTS] + s.c.note[PLACEMENTS] < until and s.b.note[FULL] + s.c.note[FULL] == 0:
        backward, kind, place = False, RULES, q.note[SIZE]
        if q.note[GUEST] == 1:
            q.note[GUEST] = 0
            kind = CHANGING if q.note[SIZE] == q.note[WANTED] else RULES
        elif q.note[SIZE] < q.note[WANTED]:
            backward = rule_made(t, s, q, chance)
        else:
            place = doubted(q, chance)
            kind = RULES if place >= 0 else bred(t, s, q, chance)
            if kind != RULES and guessed(q):
                continue
        expected = q.cost[last, 1] if q.cost.shape[1] > 1 else 0
        appraise(t, s, q, last, backward)
        if kind == RULES:
            learn_rank(q, place, expected)
            enter(s, q, place)
            q.note[SIZE] = max(q.note[SIZE], place + 1)
        else:
            learn_drift(q, expected)
            settle_account(q, kind, survive(t, s, q), s.b.note[PLACEMENTS] + s.c.note[PLACEMENTS])


@compiled
def settle_account(q: Population, kind: int, won: bool, placements: int) -> None:
    """Credit of an operator, and of judging fuzzily; a population from which nothing comes is given up."""
    q.note[kind] = max(100, q.note[kind] + (8 if won else 0) - q.note[kind] // 250)
    q.note[STALE] = 0 if won else q.note[STALE] + 1
    compare(q, won, placements)
    if q.note[STALE] > PATIENCE * q.note[SIZE]:
        start_anew(q)


@compiled
def rule_made(t: Problem, s: Scratch, q: Population, chance: Chance) -> bool:
    """A child for the first population: a rule, disturbed more and more; whether it is one of the image."""
    last, made, rules = len(q.genes) - 1, q.note[MADE], len(t.rules)
    q.note[MADE] += 1
    backward = made % 2 == 1
    block, rule = (t.image, t.image_rules) if backward else (t.m, t.rules)
    noise = 0.0 if made < 2 * rules else 0.02 * (1 << draw(chance, 6))
    begin_genes(t.m, q.genes[last], chance, made, s.counts)
    disturb(block, chance, rule[made // 2 % rules], noise, s.keys)
    sort_by_key(block, s.keys, s.counts, q.genes[last])
    q.traits[last, RATE] = 500 + draw(chance, 4000)
    return backward


@compiled
def begin_genes(m: Ints, child: Ints, chance: Chance, made: int, counts: Ints) -> None:
    """Ways left open or drawn, everybody wanted, the least lengths or any."""
    for task in range(m[COUNT]):
        row = TASKS + TASK * task
        way = m[row + WAY_OF]
        ways, longer = (m[row + TASK + WAY_OF] - way) // WAY, m[way + LONGEST] - m[way + LENGTH]
        child[task, CHOICE] = OPEN if ways == 1 or (made % 4 < 2 and m[BUDGETS] == 0) else draw(chance, ways)
        child[task, WISH] = 1
        child[task, EARLY] = 0
        child[task, MORE] = 0 if longer == 0 or made % 2 == 0 else draw(chance, longer + 1)
    if m[BUDGETS] > 0:
        save(m, child, chance, counts)


@compiled
def save(m: Ints, child: Ints, chance: Chance, left: Ints) -> int:
    """Change ways at random where that lessens what budgets are exceeded by; how many were changed."""
    count, kinds, changes, over = m[COUNT], m[BUDGETS], 0, 0
    for k in range(kinds):
        left[k] = m[m[LEFT] + k]
        for task in range(count):
            left[k] -= m[m[m[TASKS + TASK * task + WAY_OF] + WAY * max(0, child[task, CHOICE]) + BUDGET] + k]
        over += max(0, -left[k])
    for _ in range(4 * count):
        if over == 0:
            break
        task = draw(chance, count)
        row = TASKS + TASK * task
        way = draw(chance, (m[row + TASK + WAY_OF] - m[row + WAY_OF]) // WAY)
        old = m[m[row + WAY_OF] + WAY * max(0, child[task, CHOICE]) + BUDGET]
        new, then = m[m[row + WAY_OF] + WAY * way + BUDGET], 0
        for k in range(kinds):
            then += max(0, m[new + k] - m[old + k] - left[k])
        if then <= over and old != new:
            for k in range(kinds):
                left[k] += m[old + k] - m[new + k]
            child[task, CHOICE], over = way, then
            changes += 1
    return changes


@compiled
def appraise(t: Problem, s: Scratch, q: Population, i: int, backward: bool) -> None:
    """Decode an individual, push it both ways while that helps, and read its genes off the schedule.

    backward: its list is one of the image, which is decoded first.
    """
    m, child, spare = t.m, q.genes[i], len(q.genes) - 2
    pushed = q.genes[spare]
    copy(child, pushed)
    tries, least = 0, 0
    now = m[COUNT] * 0      # a literal would make another copy of all that is compiled
    while True:
        if tries > 0 or backward:
            if tries > 0:
                least = m[HORIZON] - latest_end(m, s.b.placed)
                for task in range(m[COUNT]):
                    s.keys[task, KEY] = max(0, m[HORIZON] - least - s.b.placed[task, END])
                sort_by_key(t.image, s.keys, s.counts, pushed)
            decode(t.image, s.c, pushed, least)
            from_image(t, s, pushed)
        for k in range(q.cost.shape[1]):
            q.cost[spare, k] = 0
        appraised(m, s.b, t.p, s.v, decode(m, s.b, pushed, now), q.cost[spare])
        if tries > 0 and less(q.cost, i, spare):    # only where pushing is not exact
            decode(m, s.b, child, now)
            return
        better = tries == 0 or less(q.cost, spare, i)
        read_off(m, s, pushed)
        copy(pushed, child)
        for k in range(q.cost.shape[1]):
            q.cost[i, k] = q.cost[spare, k]
        tries += 1
        if not better or tries > PUSHES or t.p[PLAIN] == 0 or q.cost[i, 0] >= m[HORIZON]:
            return


@compiled
def from_image(t: Problem, s: Scratch, child: Ints) -> None:
    """The list of a schedule of the image, by start in the original, and its ways."""
    placed = s.c.placed
    top = latest_end(t.image, placed)
    for task in range(t.m[COUNT]):
        s.keys[task, KEY] = top - placed[task, END]
        if placed[task, DONE] >= 0:
            child[task, CHOICE] = (placed[task, DONE] - t.image[TASKS + TASK * task + WAY_OF]) // WAY
    sort_by_key(t.m, s.keys, s.counts, child)


@compiled
def read_off(m: Ints, s: Scratch, child: Ints) -> None:
    """The genes of the schedule on the bench: the list by start; what is absent keeps its place and its wish."""
    latest, placed = 0, s.b.placed
    for place in range(m[COUNT]):
        task = child[place, 0]
        if placed[task, THERE] == 1:
            latest = max(latest, placed[task, START])
            s.keys[task, KEY] = max(0, placed[task, START])
            child[task, CHOICE] = (placed[task, DONE] - m[TASKS + TASK * task + WAY_OF]) // WAY
            if child[task, EARLY] > 0:
                child[task, EARLY] = max(0, placed[task, START])
        else:
            s.keys[task, KEY] = latest
    sort_by_key(m, s.keys, s.counts, child)


@compiled
def signature(m: Ints, placed: Ints) -> int:
    """A number that tells schedules apart."""
    found = 0
    for task in range(m[COUNT]):
        found = (found ^ (placed[task, START] * 31 + placed[task, DONE])) * 1099511628211
    return found


@compiled
def enter(s: Scratch, q: Population, place: int) -> None:
    """The child in the last row, which is on the bench, becomes an individual."""
    replace(q, place, len(q.genes) - 1)
    if place == q.note[BEST] or less(q.cost, place, q.note[BEST]):
        q.note[BEST] = place
        for task in range(len(q.best)):
            for column in range(PLACED):
                q.best[task, column] = s.b.placed[task, column]


@compiled
def bred(t: Problem, s: Scratch, q: Population, chance: Chance) -> int:
    """A child of two parents or of one; by which operator."""
    last, count = len(q.genes) - 1, t.m[COUNT]
    child, one, two = q.genes[last], pick(q, chance), pick(q, chance)
    crossing = draw(chance, q.note[CROSSING] + q.note[CHANGING]) < q.note[CROSSING] and one != two
    rate = q.traits[one, RATE] if not crossing else (q.traits[one, RATE] + q.traits[two, RATE]) // 2
    rate = max(100, min(20000, int(rate * (0.7 + 0.72 * share(chance)))))
    q.traits[last, RATE] = rate
    q.note[CHILDREN] += 1
    times, moved, part = int(rate / 1000 + share(chance)), 0, 0
    if crossing:
        width = max(1, count // 4 + draw(chance, max(1, count // 2)))
        lo = draw(chance, max(1, count - width + 1))
        part = min(count, lo + width) - lo
        moved = cross(q.genes[one], q.genes[two], child, lo, lo + part, s.keys, q.note[CHILDREN])
        moved += mutate(t.m, chance, child, count - count, count, times)
    else:
        copy(q.genes[one], child)
        width = min(count, max(4, count // 6))
        lo = draw(chance, count - width + 1)
        moved = mutate(t.m, chance, child, lo, lo + width, 1 + times)
    if t.m[BUDGETS] > 0:
        moved += save(t.m, child, chance, s.counts)
    guess(q, one, two, max(0, 1000 - 1000 * moved // count), 1000 * part // count)
    return CROSSING if crossing else CHANGING


@compiled
def survive(t: Problem, s: Scratch, q: Population) -> bool:
    """Whether the child is new and better than the worst individual, whose place it then takes."""
    last, worst = len(q.genes) - 1, q.note[SIZE] - 1
    mine = signature(t.m, s.b.placed)
    q.traits[last, HASH] = mine
    for i in range(q.note[SIZE]):
        if q.traits[i, HASH] == mine:
            return False
        if less(q.cost, worst, i):
            worst = i
    if not less(q.cost, last, worst):
        return False
    enter(s, q, worst)
    return True


@compiled
def start_anew(q: Population) -> None:
    """Keep the best and forget the others; twice as many are wanted."""
    if q.note[BEST] != 0:
        replace(q, q.note[STALE] * 0, q.note[BEST])
    q.note[BEST], q.note[SIZE], q.note[STALE] = 0, 1, 0
    q.note[ANEW] += 1
    q.note[WANTED] = min(len(q.genes) - 2, 2 * q.note[WANTED])
    begin_guessing(q)
