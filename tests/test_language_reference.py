"""The language reference is right: its examples load and solve to what one expects, and its lists are complete."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import schedc
from schedc.dsl.dues import GOALS
from schedc.dsl.grammar import load_grammar
from schedc.dsl.names import FUNCTIONS, KNOWN
from schedc.dsl.units import UNITS

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "language.md").read_text()
BLOCKS = re.findall(r"^## (.*)$|^```sched\n((?s:.*?))^```$", PAGE, re.MULTILINE)
EXAMPLES: list[tuple[str, str]] = []
for _heading, _text in BLOCKS:
    if _heading:
        _section = _heading
    else:
        EXAMPLES.append((_section, _text))

# The values of each example's goals in ticks, worked out by hand
ANSWERS = {
    "Time": [20],               # from 22:00, two hours after the origin, to 07:00, ten real hours after it
    "Param and let": [6],       # 2, 4 and 6 beside each other
    "Scenarios": [6],           # four of 3 h by two crews
    "Table": [4],               # 3 + 1 on the fast machine, 4 on the slow one
    "Families": [8],            # talk 2 then talk 4: 3 + 5
    "Functions of data": [63],  # the mill from 14:00 on, 100 min to the next quarter: 56 + 7
    "Calendar": [118],          # stamp on Monday, over lunch; file on Wednesday, 08:00 to 11:00
    "Contiguous resources": [11],   # 5 on 6, one below and the other above, and 3 and 4 beside them
    "States and changes": [28, 6],  # red, white to red and back; the hot one first: an hour and a half of changes
    "Batches": [32],            # the two red ones first: 6 + 12, half an hour, 12
    "Open and downtime": [8],   # beside each other: while 2 are left, b alone runs
    "Measures of resources": [200, 5_760_000_000],      # not together, and after 4 h: 800 kWh at 2, in joules
    "Idle time": [0, 0, 17],    # from 9 to 17 without a break but the closed hour: 7 hours of work
    "Stock": [8],               # the second use waits for the second fill: 3 + 3 + 2
    "Task": [17],               # cut until 15:00, then trim at its shortest
    "Demands on parts of a task": [12],     # memory for 2 .. 7 twice, and again: proved by CP-SAT
    "Pieces": [47],             # stop for both short ones, with two changes each: 22 + 5 * 2 + 5 * 3
    "Optional tasks": [11, 11],     # 6 and 5 fill 11 ticks and bring 7 + 4
    "Job": [0, 10],             # without the third, 1 from 1 and 2 from 4 to 10, where 2 is due at 10
    "Periodic tasks": [10, 36],     # log at 0 and 10, so sense at 2, 6 (a tick early), 12 and 16, and steer at 3, 8, …
    "Modes and choices": [6, 10],   # by hand, 1, and Ben and Cem to paint, 2 + 3; 6 + 2 + 2
    "Order": [10],              # two may dig at once: the last one ends at 4, and pours from 5; then the roof
    "Exclusive": [8],           # 1 + 2 + 3 + 2
    "Permutation": [27],        # proved by CP-SAT
    "Require": [0],             # south first
    "Shares and percentiles": [6, 9],   # 1 then 3, which end by 4, and 2 then 4; then 5 from 4
    "Soft constraints": [25, 32],       # the last is dug 2 hours late, 20; paved outside of its hours, 5; after lunch
    "Measures of service": [0, 52],     # a, b, c, d wait for 1, 2, 3 and 7 hours
    "Goals": [6, 4],            # b until 1, a until 4
}


@pytest.mark.parametrize(("section", "text"), EXAMPLES, ids=[section for section, _ in EXAMPLES])
def test_examples(section: str, text: str) -> None:
    problem = schedc.loads(text)
    assert problem.check() == ()
    plan = problem.solve(time=20, workers=1)
    assert (plan.status, [goal.value for goal in plan.objectives]) == ("optimal", ANSWERS[section])
    assert problem.verify(plan).holds


def test_every_example_has_an_answer() -> None:
    assert [section for section, _ in EXAMPLES] == [*ANSWERS]


def words_of(paragraph: str) -> set[str]:
    """The words of a paragraph in one pair of backticks."""
    return set(paragraph.split("`")[1].split())


def test_reserved_words_and_known_names_are_complete() -> None:
    section = PAGE.split("## All reserved words and units")[1].split("\n## ")[0]
    reserved, known = section.split("Known names, not reserved:")
    grammar = load_grammar()
    assert words_of(reserved.split("cells.")[-1]) == set(grammar.keywords)
    assert words_of(known) == {*FUNCTIONS, *KNOWN, *GOALS, "cost", "penalties"}


def test_units_that_the_page_names_exist() -> None:
    durations = PAGE.split("| duration |")[1].split("units `")[1].split("`")[0].split()
    assert set(durations) <= UNITS.keys()
    assert durations == ["ns", "us", "ms", "s", "min", "h", "d", "w"]
