"""What a generation reads and writes: genes by column, what is placed by column, and memory."""

from __future__ import annotations

from typing import NamedTuple

from schedc.models.columns import Ints

OPEN = -1           # the gene of a task whose way the generation chooses

# columns of genes: the list; by task the number of its way among its own or OPEN, whether it is wanted (asked of tasks
# that decide), what its length has beyond the least, and the tick before which it does not start though it could
LIST, CHOICE, WISH, MORE, EARLY = range(5)
GENES = 5

# columns of what is placed; DONE is the place of the way, SINCE what no arc may be before, TRIED the wish as tried
START, END, LONG, THERE, DONE, SINCE, TRIED = range(7)
PLACED = 7

# the note of a bench; SIZE is 4
RESTARTED, PLACEMENTS, SETUP_TIME, FULL = 0, 1, 2, 3


class Bench(NamedTuple):
    """What a generation writes: placed[task], segments, the working block (hints, first places known, states of setups
    as (now, until, since), words by tick), and a note."""

    placed: Ints
    segment: Ints
    work: Ints
    note: Ints
