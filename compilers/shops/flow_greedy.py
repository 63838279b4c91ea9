"""Iterated greedy for flow shops in one order, cut into steps so that it can stop after any of them.

Ruiz and Stützle (2007): take a few jobs out, put each back at its best place, search locally by single insertions, and
accept what is worse with a constant small temperature. The search on what is left after taking out is from
Dubois-Lacoste, Pagnozzi and Stützle (2017), which also is where our sizes of destruction come from for the makespan.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from schedc.compilers.shops.compiled import chance, compiled, draw, shuffle
from schedc.compilers.shops.flow_places import Flow, Long, Room, best_place, total

# places in the state
PHASE, AT, STALE, SIZE, COST, BEST, OUT, HEADS, TAILS, NOW, STATE = range(11)
_CONSTRUCT, _WHOLE, _PARTIAL = 0, 1, 2


@compiled
def _take(seq: Long, state: Long, place: int) -> int:
    """Takes the job at a place out."""
    job, k = seq[place], state[SIZE]
    for s in range(place, k - 1):
        seq[s] = seq[s + 1]
    state[SIZE] = k - 1
    state[HEADS] = min(state[HEADS], place)
    state[TAILS] = min(state[TAILS], k - 1 - place)
    return job


@compiled
def _put(seq: Long, state: Long, place: int, job: int) -> None:
    """Puts a job before the one at a place."""
    k = state[SIZE]
    for s in range(k, place, -1):
        seq[s] = seq[s - 1]
    seq[place] = job
    state[SIZE] = k + 1
    state[HEADS] = min(state[HEADS], place)
    state[TAILS] = min(state[TAILS], k - place)


@compiled
def _locally(flow: Flow, room: Room, seq: Long, order: Long, state: Long) -> None:
    """One job out and in again at its best place, which may be as good as the one where it was."""
    job, k = order[state[AT]], state[SIZE]
    place = 0
    while seq[place] != job:
        place += 1
    _take(seq, state, place)
    cost, best = best_place(flow, room, seq, k - 1, job, state[HEADS : TAILS + 1])
    if cost < state[COST]:
        state[STALE] = 0
        state[COST] = cost
    else:
        state[STALE] += 1
        best = best if cost == state[COST] else place
    _put(seq, state, best, job)
    state[AT] = (state[AT] + 1) % k


@compiled
def _begin_local(seq: Long, order: Long, state: Long, dice: NDArray[np.uint64], phase: int) -> None:
    k = state[SIZE]
    for s in range(k):
        order[s] = seq[s]
    shuffle(dice, order, k)
    state[PHASE], state[AT], state[STALE] = phase, 0, 0


@compiled
def _destroy(seq: Long, out: Long, state: Long, dice: NDArray[np.uint64], count: int) -> None:
    for _ in range(count):
        out[state[OUT]] = _take(seq, state, draw(dice, state[SIZE]))
        state[OUT] += 1


@compiled
def greedy(
    flow: Flow, room: Room, seq: Long, now: Long, best: Long, order: Long, out: Long, state: Long,
    dice: NDArray[np.uint64], count: int, heat: float, steps: int,
) -> None:
    """Goes on for so many insertions. seq and state[COST]: what is worked on; now and state[NOW]: what was accepted
    last; best and state[BEST]: the best of all. out[:state[OUT]]: jobs taken out. count: how many are taken out at
    once; heat: the temperature.
    """
    n = len(best)
    for _ in range(steps):
        if state[PHASE] == _CONSTRUCT:
            job = out[state[OUT] - 1]
            cost, place = best_place(flow, room, seq, state[SIZE], job, state[HEADS : TAILS + 1])
            _put(seq, state, place, job)
            state[OUT] -= 1
            state[COST] = cost
            if state[OUT] == 0:
                _begin_local(seq, order, state, dice, _WHOLE)
        elif state[PHASE] == _PARTIAL:
            _locally(flow, room, seq, order, state)
            if state[STALE] >= state[SIZE]:
                state[PHASE] = _CONSTRUCT
        else:
            _locally(flow, room, seq, order, state)
            if state[STALE] >= n:
                _decide(flow, room, seq, now, best, order, out, state, dice, count, heat)


@compiled
def _decide(
    flow: Flow, room: Room, seq: Long, now: Long, best: Long, order: Long, out: Long, state: Long,
    dice: NDArray[np.uint64], count: int, heat: float,
) -> None:
    """Accepts the sequence or goes back, remembers the best, and takes jobs out."""
    if state[COST] < state[BEST]:
        state[BEST] = state[COST]
        best[:] = seq
    worse = state[COST] - state[NOW]
    if worse <= 0 or (heat > 0 and chance(dice) < np.exp(-worse / heat)):
        state[NOW] = state[COST]
        now[:] = seq
    else:
        seq[:] = now
        state[HEADS], state[TAILS] = 0, 0
    count = min(count, len(best) - 1)
    if count < 1:
        state[STALE] = 0
        return
    _destroy(seq, out, state, dice, count)
    state[COST] = total(flow, room, seq, state[SIZE], state[HEADS : TAILS + 1])
    _begin_local(seq, order, state, dice, _PARTIAL)
