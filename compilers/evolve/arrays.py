"""A model as flat columns for the decoder, and its mirror image in time."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from schedc.compilers.evolve.ways import Ways, spread, ways_of
from schedc.compilers.starts import Stretches, option_stretches, within_stretches
from schedc.compilers.windows import Windows
from schedc.models.changes import Stays, changing, first_change
from schedc.models.closures import closed_times
from schedc.models.columns import UNLIMITED, Ints, ints
from schedc.models.expressions import Point
from schedc.models.graph import layers
from schedc.models.model import Model
from schedc.models.options import longest_lags
from schedc.models.presence import presence_of
from schedc.models.profile import capacity_profiles, spans_below

WORD = 62           # bits of the words in which short horizons keep what is free of all resources together
DENSE = 48          # ticks of horizon for each task up to which that is done
NONE = np.zeros(0, dtype=np.int64)


class Arrays(NamedTuple):
    """Tasks t, ways w (those of t are way_ptr[t] .. way_ptr[t+1]-1), resources r (behind the model's: one a group).

    release[t] <= start, end <= latest[t]; decider[t]: whose gene says whether t is present, -1 where it always is, and
    alone[t] is 1 where it decides for nobody else. rank[t]: a topological order of the leading arcs.
    way: rows (length, longest, release, deadline, stretches). need: rows (resource, amount, pauses, class), those of w
    are need_ptr[w] .. need_ptr[w+1]-1; a class is a (resource, amount, length). into: arcs (other, from end, to
    end, lag) that lead to t; over: arcs to look at when t is placed, back to (other, to end, from end, lag).
    span: rows (lo, hi, open ticks before lo); a set of them is span_ptr[k] .. span_ptr[k+1]-1. calendar[t]: the set
    of ticks at which pausable t pauses, -1 for others. step: rows (at, free), those of r are step_ptr[r] ..
    step_ptr[r+1]-1.
    stay: rows (setup, state), those of w are stay_ptr[w] ..; setup: rows (first row of its gaps, states); gap: gaps
    between two states, row by row, and before the first use.
    word[w], guard, dense: packed demands, the bits above each field, and what is free of all by tick; empty dense where
    profiles are lists of segments. budget: by way what it takes of each budget, left: what there is of them.
    """

    horizon: Ints
    release: Ints
    latest: Ints
    decider: Ints
    alone: Ints
    rank: Ints
    way_ptr: Ints
    way: Ints
    need_ptr: Ints
    need: Ints
    into_ptr: Ints
    into: Ints
    over_ptr: Ints
    over: Ints
    calendar: Ints
    span_ptr: Ints
    span: Ints
    step_ptr: Ints
    step: Ints
    stay_ptr: Ints
    stay: Ints
    setup: Ints
    gap: Ints
    word: Ints
    guard: Ints
    dense: Ints
    budget: Ints
    left: Ints


def arrays_of(model: Model, bounds: Windows, seed: int = 0) -> tuple[Arrays, Ways] | None:
    """The columns of a model and its ways; None if arcs that cannot be negative form a cycle, or no way is left."""
    ways = ways_of(model, seed)
    if model.task_count and np.any(np.diff(ways.ptr) == 0):
        return None
    found = _arcs(model, ways)
    if found is None:
        return None
    rank, arcs, leading = found
    sets = _Sets(model.horizon)
    closed = closed_times(model)
    lasting = model.shortest > 0
    known = [tuple(zip(*map(np.ndarray.tolist, closed.spans.of(k)))) for k in range(len(closed.spans))]
    calendars = ints([*map(sets.add, known), -1])
    calendar = np.where(model.pausable & lasting, calendars[closed.which], -1)
    need_ptr, need = _needs(model, ways, calendar, sets)
    presence = presence_of(model)
    decider = np.where(presence.optional, presence.decider, -1)
    group = np.bincount(decider[decider >= 0], minlength=model.task_count)
    over = np.ones(len(arcs), dtype=np.bool_) if presence.optional.any() else ~leading
    into_ptr, into = _by(arcs[:, 1], arcs[:, [0, 2, 3, 4]], model.task_count)
    over_ptr, back = _by(arcs[over, 0], arcs[over][:, [1, 3, 2, 4]], model.task_count)
    stretches = _stretches(model, ways, sets)
    way = np.stack([ways.length, ways.longest, ways.release, ways.deadline, stretches], axis=1)
    setups = _setups(model, ways)
    way[_torn(setups[0], setups[1]), 3] = -1
    step_ptr, step = _steps(model)
    span_ptr, span = sets.columns()
    word, guard, dense = _packed(model, ways, need_ptr, need, step_ptr, step)
    arrays = Arrays(
        ints([model.horizon]), bounds.earliest_start.astype(np.int64), bounds.latest_end.astype(np.int64), decider,
        (group[np.maximum(decider, 0)] == 1).astype(np.int64), rank, ways.ptr, way, need_ptr, need, into_ptr, into,
        over_ptr, back, calendar, span_ptr, span, step_ptr, step, *setups, word, guard, dense,
        *_budgets(model, ways),
    )
    return Arrays(*(np.ascontiguousarray(column, dtype=np.int64) for column in arrays)), ways


def _by(owner: Ints, rows: Ints, count: int) -> tuple[Ints, Ints]:
    """Rows sorted by owner, and where those of each begin."""
    order = np.argsort(owner, kind="stable")
    return np.r_[0, np.cumsum(np.bincount(owner, minlength=count))].astype(np.int64), rows[order]


class _Sets:
    """Sets of spans, equal ones once."""

    def __init__(self, horizon: int) -> None:
        self._horizon = horizon
        self._known: dict[Stretches, int] = {}

    def add(self, spans: Stretches) -> int:
        """The number of a set."""
        return self._known.setdefault(spans, len(self._known))

    def columns(self) -> tuple[Ints, Ints]:
        """ptr and rows (lo, hi, open ticks before lo)."""
        ptr, rows = [0], []
        for spans in self._known:
            shift = 0
            for lo, hi in spans:
                rows.append((lo, hi, lo - shift))
                shift += hi - lo
            ptr.append(len(rows))
        return ints(ptr), np.array(rows, dtype=np.int64).reshape(-1, 3)


def _arcs(model: Model, ways: Ways) -> tuple[Ints, Ints, np.ndarray[tuple[int], np.dtype[np.bool_]]] | None:
    """A topological rank, all arcs (first, second, from end, to end, lag), and which of them lead.

    Every order is an arc forth by its least lag and back by its greatest. An arc leads if whatever is chosen the second
    task starts no earlier than the first, so that lists in order of start keep it.
    """
    parts = [np.zeros((0, 5), dtype=np.int64)]
    for o in longest_lags(model).orders:
        up, down = o.lo > -UNLIMITED, o.hi < UNLIMITED
        a, b = int(o.first_point is Point.END), int(o.second_point is Point.END)
        for first, second, start, to, lag in (
            (o.first[up], o.second[up], a, b, o.lo[up]), (o.second[down], o.first[down], b, a, -o.hi[down]),
        ):
            parts.append(np.stack([first, second, np.full(len(lag), start), np.full(len(lag), to), lag], axis=1))
    arcs = np.concatenate(parts)
    least, most = model.shortest, np.where(model.pausable, model.horizon, model.longest)
    first, second, from_end, to_end, lag = arcs.T
    gain = lag + np.where(from_end == 1, least[first], 0) - np.where(to_end == 1, most[second], 0)
    for leading in (gain >= 0, gain > 0):       # the second where zero lags go round in circles
        leading &= first != second
        depth = layers(model.task_count, first[leading], second[leading])
        if depth is not None:
            rank = np.empty(model.task_count, dtype=np.int64)
            rank[np.argsort(depth, kind="stable")] = np.arange(model.task_count)
            return rank, arcs, leading
    return None


def _needs(model: Model, ways: Ways, calendar: Ints, sets: _Sets) -> tuple[Ints, Ints]:
    """What every way holds: demands of the task and of the option, members, and a place in each group."""
    d, od = model.demands, model.option_demands
    row, own = spread(ways.ptr, d.task)
    parts = [(own, d.resource[row], d.amount[row])]
    by_option = np.argsort(ways.option, kind="stable")
    ptr = np.searchsorted(ways.option[by_option], np.arange(len(model.options.task) + 1))
    row, place = spread(ptr, od.option)
    parts.append((by_option[place], od.resource[row], od.amount[row]))
    owner = np.repeat(np.arange(len(ways.task)), np.diff(ways.member_ptr))
    parts.append((owner, model.picks.resource[ways.member], np.ones(len(owner), dtype=np.int64)))
    first = model.resource_count
    for x in model.exclusives:
        group = first + np.repeat(np.arange(len(x.ptr) - 1), np.diff(x.ptr))
        row, way = spread(ways.ptr, x.task)
        parts.append((way, group[row], np.ones(len(way), dtype=np.int64)))
        first += len(x.ptr) - 1
    way, resource, amount = (np.concatenate(column) for column in zip(*parts))
    some = ways.longest[way] > 0
    way, resource, amount = way[some], resource[some], amount[some]
    order = np.lexsort((resource, way))
    way, resource, amount = way[order], resource[order], amount[order]
    heads = np.flatnonzero(np.r_[True, (np.diff(way) != 0) | (np.diff(resource) != 0)][: len(way)])
    amount = np.add.reduceat(amount, heads) if len(heads) else amount
    way, resource = way[heads], resource[heads]
    pauses = _pauses(model, ways, calendar, way, resource, amount, sets)
    keys = np.stack([resource, amount, ways.length[way]], axis=1)
    classes = np.unique(keys, axis=0, return_inverse=True)[1].reshape(-1) if len(keys) else NONE
    ptr = np.searchsorted(way, np.arange(len(ways.task) + 1))
    return ptr, np.stack([resource, amount, pauses, classes], axis=1).astype(np.int64)


def _pauses(model: Model, ways: Ways, calendar: Ints, way: Ints, resource: Ints, amount: Ints, sets: _Sets) -> Ints:
    """By need of a pausable task: the set of ticks at which it is not held, -1 where it always is."""
    found = np.full(len(way), -1, dtype=np.int64)
    profiles = capacity_profiles(model)
    rows = np.flatnonzero(calendar[ways.task[way]] >= 0)
    known: dict[tuple[int, int], int] = {}
    for k, r, a in zip(rows.tolist(), resource[rows].tolist(), amount[rows].tolist()):
        if r in profiles:
            if (r, a) not in known:
                below = spans_below(profiles[r], a, model.horizon)
                known[r, a] = sets.add(tuple(zip(below.lo.tolist(), below.hi.tolist())))
            found[k] = known[r, a]
    return found


def _steps(model: Model) -> tuple[Ints, Ints]:
    profiles = capacity_profiles(model)
    groups = sum(len(x.ptr) - 1 for x in model.exclusives)
    capacity = np.r_[model.capacity, np.ones(groups, dtype=np.int64)]
    if not profiles:
        return np.arange(len(capacity) + 1), np.stack([np.zeros_like(capacity), capacity], axis=1)
    rows, ptr = [], [0]
    for r, level in enumerate(capacity.tolist()):
        own = profiles.get(r)
        rows.append(np.array([[0, level]]) if own is None else np.stack([own.at, own.capacity], axis=1))
        ptr.append(ptr[-1] + len(rows[-1]))
    return ints(ptr), np.concatenate(rows) if rows else np.zeros((0, 2), dtype=np.int64)


def _stretches(model: Model, ways: Ways, sets: _Sets) -> Ints:
    """By way: the set of stretches one of which must hold it, -1 where there is none."""
    own, by_option = within_stretches(model), option_stretches(model)
    found = np.full(len(ways.task), -1, dtype=np.int64)
    if not own and not by_option:
        return found
    known: dict[tuple[Stretches, Stretches], int] = {}
    all_time: Stretches = ((0, model.horizon),)
    for w, (t, k) in enumerate(zip(ways.task.tolist(), ways.option.tolist())):
        key = own.get(t, all_time), by_option.get(k, all_time)
        if t in own or k in by_option:
            if key not in known:
                known[key] = sets.add(_common(*key))
            found[w] = known[key]
    return found


def _common(one: Stretches, other: Stretches) -> Stretches:
    """The stretches that lie in one of each, sorted, none inside another."""
    kept: list[tuple[int, int]] = []
    for lo, hi in sorted({(max(a, c), min(b, d)) for a, b in one for c, d in other}, key=lambda s: (s[0], -s[1])):
        if lo <= hi and (not kept or hi > kept[-1][1]):
            kept.append((lo, hi))
    return tuple(kept)


def _setups(model: Model, ways: Ways) -> tuple[Ints, Ints, Ints, Ints]:
    """stay_ptr, stay, setup and gap."""
    stays = model.stays
    if not len(stays.task):
        return np.zeros(len(ways.task) + 1, dtype=np.int64), np.zeros((0, 2), dtype=np.int64), NONE.reshape(0, 2), NONE
    number, state = np.zeros(len(stays.task), dtype=np.int64), np.zeros(len(stays.task), dtype=np.int64)
    setup: list[tuple[int, int]] = []
    gaps, at = [], 0
    for resource, row, _, change in changing(model):
        mine = slice(*np.searchsorted(stays.resource, [resource, resource + 1]))
        used, place = np.unique(stays.state[mine], return_inverse=True)
        n = len(used)
        number[mine], state[mine] = len(setup), place.reshape(-1)
        rows = np.full(n * n, row)
        gaps += [change.between(rows, np.repeat(used, n), np.tile(used, n)), first_change(change, row, used)]
        setup.append((at, n))
        at += n * n + n
    stay_ptr, stay = _staying(stays, ways, np.stack([number, state], axis=1))
    return stay_ptr, stay, np.array(setup, dtype=np.int64).reshape(-1, 2), np.concatenate(gaps)


def _staying(stays: Stays, ways: Ways, rows: Ints) -> tuple[Ints, Ints]:
    """The stays by way: of the task, of its option, of the members that it takes."""
    row, way = spread(ways.ptr, stays.task)
    keep = (stays.option[row] < 0) | (stays.option[row] == ways.option[way])
    row, way = row[keep], way[keep]
    chosen = set(zip(np.repeat(np.arange(len(ways.task)), np.diff(ways.member_ptr)).tolist(), ways.member.tolist()))
    candidate = stays.candidate[row]
    taken = np.array([c < 0 or (w, c) in chosen for w, c in zip(way.tolist(), candidate.tolist())], dtype=np.bool_)
    taken &= ways.longest[way] > 0
    return _by(way[taken], rows[row[taken]], len(ways.task))


def _torn(stay_ptr: Ints, stay: Ints) -> Ints:
    """The ways that want a resource in two states at once, which nothing can keep."""
    owner = np.repeat(np.arange(len(stay_ptr) - 1), np.diff(stay_ptr))
    rows = np.unique(np.column_stack([owner, stay]), axis=0)
    twice = (np.diff(rows[:, 0]) == 0) & (np.diff(rows[:, 1]) == 0)
    return rows[1:][twice, 0]


def _packed(
    model: Model, ways: Ways, need_ptr: Ints, need: Ints, step_ptr: Ints, step: Ints
) -> tuple[Ints, Ints, Ints]:
    """Packed demands, guard and free capacity by tick, where all resources fit one word and the horizon is short."""
    used = np.unique(need[:, 0])
    few = used.tolist() if len(used) < WORD // 2 else []
    top = {r: int(step[step_ptr[r] : step_ptr[r + 1], 1].max(initial=0)) for r in few}
    bits = sum(level.bit_length() + 1 for level in top.values())
    short = model.horizon <= DENSE * (model.task_count + 16)
    empty = np.zeros(len(ways.task), dtype=np.int64), ints([0]), NONE
    if not short or not top or bits > WORD or model.pausable.any() or len(model.stays.task):
        return empty
    word, dense, guard, shift = np.zeros(len(ways.task), dtype=np.int64), np.zeros(model.horizon, dtype=np.int64), 0, 0
    owner = np.repeat(np.arange(len(ways.task)), np.diff(need_ptr))
    for r, level in top.items():
        mine = need[:, 0] == r
        if np.any(need[mine, 1] > level):
            return empty
        np.add.at(word, owner[mine], need[mine, 1] << shift)
        rows = step[step_ptr[r] : step_ptr[r + 1]]
        dense += np.repeat(rows[:, 1], np.diff(np.r_[rows[:, 0], model.horizon])) << shift
        guard |= 1 << (shift + level.bit_length())
        shift += level.bit_length() + 1
    return word, ints([guard]), dense | guard


def _budgets(model: Model, ways: Ways) -> tuple[Ints, Ints]:
    """Stocks from which all is only taken: what each way takes of them, and what there is."""
    from schedc.models.stocks import monotone

    e = model.stock_events
    taken, _ = monotone(model) if model.stock_count else (np.zeros(0, dtype=np.bool_), NONE)
    number = np.cumsum(taken) - 1
    budget = np.zeros((len(ways.task), int(taken.sum())), dtype=np.int64)
    if not taken.any():
        return budget, NONE
    rows = np.flatnonzero(taken[e.stock])
    row, way = spread(ways.ptr, e.task[rows])
    row = rows[row]
    keep = (e.option[row] < 0) | (e.option[row] == ways.option[way])
    np.add.at(budget, (way[keep], number[e.stock[row[keep]]]), -e.amount[row[keep]])
    starts, lowest = (np.concatenate([getattr(s, name) for s in model.stocks]) for name in ("starts", "lowest"))
    return budget, (starts - lowest)[taken]


def mirrored(a: Arrays) -> Arrays:
    """The columns seen from the horizon backwards: tick t becomes horizon - t, starts become ends, arcs turn round.

    What is as early as can be in the image is as late as can be in the original. Gaps before a first use are lost, and
    what arcs have to be looked at is only roughly kept: schedules of the image are means, never results.
    """
    h = int(a.horizon[0])
    count = len(a.release)
    into_owner = np.repeat(np.arange(count), np.diff(a.into_ptr))
    turned = np.stack([into_owner, 1 - a.into[:, 2], 1 - a.into[:, 1], a.into[:, 3]], axis=1)
    into_ptr, into = _by(a.into[:, 0], turned, count)
    way = a.way.copy()
    way[:, 2], way[:, 3] = h - a.way[:, 3], h - a.way[:, 2]
    return a._replace(
        release=h - a.latest, latest=h - a.release, rank=count - 1 - a.rank, way=way, into_ptr=into_ptr, into=into,
        over_ptr=np.zeros(count + 1, dtype=np.int64), over=np.zeros((0, 4), dtype=np.int64), span=_turned_spans(a, h),
        step=_turned_steps(a, h), gap=_turned_gaps(a), dense=np.ascontiguousarray(a.dense[::-1]),
    )


def _turned_spans(a: Arrays, h: int) -> Ints:
    found = np.zeros_like(a.span)
    for lo, hi in zip(a.span_ptr[:-1].tolist(), a.span_ptr[1:].tolist()):
        rows = a.span[lo:hi][::-1]
        size = rows[:, 1] - rows[:, 0]
        found[lo:hi, 0], found[lo:hi, 1] = h - rows[:, 1], h - rows[:, 0]
        found[lo:hi, 2] = found[lo:hi, 0] - (np.cumsum(size) - size)
    return found


def _turned_steps(a: Arrays, h: int) -> Ints:
    found = np.zeros_like(a.step)
    resources = len(a.step_ptr) - 1
    if len(a.step) == resources:        # nothing varies over time
        return a.step.copy()
    for lo, hi in zip(a.step_ptr[:-1].tolist(), a.step_ptr[1:].tolist()):
        found[lo:hi, 1] = a.step[lo:hi, 1][::-1]
        found[lo + 1 : hi, 0] = h - a.step[lo + 1 : hi, 0][::-1]
    return found


def _turned_gaps(a: Arrays) -> Ints:
    found = np.zeros_like(a.gap)
    for at, n in a.setup.tolist():
        found[at : at + n * n] = a.gap[at : at + n * n].reshape(n, n).T.reshape(-1)
    return found
