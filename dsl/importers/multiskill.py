"""Multi-skill projects (MSPSP): MiniZinc data files.

Activity j lasts d_j and needs b_js people for each skill s, all from its start to its end; a person has some skills and
serves one activity with one skill at a time. S_j >= S_i + d_i for arcs (i, j); minimise the latest end. The lists of
unrelated activities in the files follow from the arcs and are passed over.
"""

from __future__ import annotations

import numpy as np

from schedc.dsl.importers import parts
from schedc.dsl.importers.draft import Draft, Sheet
from schedc.dsl.importers.minizinc import Assignments, pairs
from schedc.dsl.importers.numbers import MOST
from schedc.models.columns import Ints


def multiskill_draft(title: str, file: str, text: str) -> Draft:
    """The model of a multi-skill `.dzn` file. Raises MalformedError."""
    data = Assignments(file, text)
    n, skills, people = data.number("nActs", 1), data.number("nSkills"), data.number("nResources")
    duration = data.column("dur", n, 0, MOST)
    need = data.table("sreq", n, skills, MOST)
    mastery = data.table("mastery", people, skills, 1)
    _refuse_unskilled(data, need, mastery)
    count = data.number("nPrecs")
    arcs = np.stack([data.column(name, count, 1, n) for name in ("pred", "succ")], axis=1)
    remark = (
        f"{n} activities, {people} people, {skills} skills, {int((need > 0).sum())} needs, "
        f"{parts.distinct(arcs)} precedence arcs\nan activity holds other people for each of its skills"
    )
    return parts.join(title, remark, _staff(mastery), _activities(duration, need), parts.precedence(arcs), parts.GOAL)


def _refuse_unskilled(data: Assignments, need: Ints, mastery: Ints) -> None:
    most, able = need.max(axis=0, initial=0), mastery.sum(axis=0)
    short = np.flatnonzero(most > able)
    if len(short):
        s = int(short[0])
        raise data.wrong("sreq", f"an activity needs {most[s]} people with skill {s + 1}, which {able[s]} have")


def _staff(mastery: Ints) -> parts.Part:
    if not mastery.any():
        return parts.Part()
    person, skill = pairs(mastery)
    sheet = Sheet("mastery", {"i": person, "s": skill})
    return parts.Part((sheet,), (f"resource person[i in 1 .. {len(mastery)}]",))


def _activities(duration: Ints, need: Ints) -> parts.Part:
    acts = Sheet("acts", {"j": parts.counted(len(duration)), "dur": duration}, ("j",))
    act, skill = pairs(need)
    task = "task act[a in acts] lasts a.dur"
    if not len(act):
        return parts.Part((acts,), (task,))
    needs = Sheet("needs", {"j": act, "s": skill, "people": need[need > 0]}, types={"j": "acts"})
    uses = "uses n.people of person[m.i] for n in needs, m in mastery where n.j == a and m.s == n.s"
    return parts.Part((acts, needs), (f"{task} {uses}",))
