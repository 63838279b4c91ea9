"""The event-based formulation: which tasks are under way between one event and the next.

After the on/off formulation of Koné, Artigues, Lopez and Mongeau (2011), "Event-based MILP models for
resource-constrained project scheduling problems", in steps. The users of the resources that hold several at a time, and
their stretches of lower capacity as fixed tasks, start at events t_0 <= t_1 <= …, as many as there are users. With
a_ie = [i starts by event e] and b_ie = [i has ended by event e], both monotone in e,

    a_ie = 1:  start(i) <= t_e        a_i(e-1) = 0:  start(i) >= t_e        b_ie = 1:  end(i) <= t_e
    sum over the users of demand * (a_ie - b_ie) <= capacity            for every resource and event.

At an instant t the last event that has come by then counts every task that is under way, so no load is missed; and
events at the starts of a schedule, in order, show that none is lost. Pairs that cannot overlap are kept apart as in
`sequence`. Size grows with users times events and not at all with the horizon.
"""

from __future__ import annotations

from itertools import pairwise

from schedc.compilers.conditions import Terms
from schedc.compilers.milp.sequence import Block, Sequence, forced_pairs, shared
from schedc.compilers.milp.sheet import FREE
from schedc.compilers.milp.spanned import Spanned


def write_events(spanned: Spanned) -> None:
    """Pairs, events and loads."""
    pairs = Sequence(spanned)
    for i, j in forced_pairs(spanned.model):
        pairs.pair(i, j)
    resources = list(shared(spanned))
    names = {_name(block): block for blocks, _ in resources for block in blocks}
    if not names:
        return
    events = _events(spanned, len(names))
    steps = {name: _steps(spanned, block, events) for name, block in names.items()}
    for blocks, capacity in resources:
        for e in range(len(events)):
            terms: Terms = {}
            for block in blocks:
                begun, ended = steps[_name(block)]
                terms[begun[e]] = block.demand
                terms[ended[e]] = -block.demand
            spanned.sheet.linear(terms, -FREE, capacity)


def _name(block: Block) -> tuple[int, int, int]:
    """Tasks by number; stretches by where they lie, so that equal ones of several resources are one."""
    return (block.task, 0, 0) if block.task >= 0 else (-1, block.start[1], block.end[1])


def _events(spanned: Spanned, count: int) -> list[int]:
    times = [spanned.sheet.variable(0, spanned.model.horizon) for _ in range(count)]
    for first, second in pairwise(times):
        spanned.apart((first, 0), (second, 0), 0, FREE)
    return times


def _steps(spanned: Spanned, block: Block, events: list[int]) -> tuple[list[int], list[int]]:
    """[starts by e] and [has ended by e] of one user, for every event."""
    sheet, apart = spanned.sheet, spanned.apart
    begun, ended = ([sheet.literal() for _ in events] for _ in range(2))
    sheet.fix(begun[-1:], 1)
    for e, event in enumerate(events):
        time = (event, 0)
        apart(block.start, time, 0, FREE, (begun[e],))
        apart(time, block.start, 0, FREE, (-begun[e - 1] - 1,) if e else ())
        apart(block.end, time, 0, FREE, (ended[e],))
        sheet.linear({ended[e]: 1, begun[e]: -1}, -FREE, 0)
        if e:
            sheet.linear({begun[e - 1]: 1, begun[e]: -1}, -FREE, 0)
            sheet.linear({ended[e - 1]: 1, ended[e]: -1}, -FREE, 0)
    return begun, ended
