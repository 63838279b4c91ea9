"""The score of an answer, for people."""

from __future__ import annotations

from schedc.models.model import Model
from schedc.models.scores import Category, Distance, Score
from schedc.render.cells import clean, paint, plural
from schedc.render.verdict import render

_LISTED = 20


def score_text(model: Model, score: Score, *, colour: bool = False) -> str:
    """What could not be read, what is broken, a line for each kind of constraint, and the score."""
    lines = [
        paint(f"broken[{remark.flaw.value}]", "error", colour) + paint(f": {clean(remark.message)}", "bold", colour)
        for remark in score.remarks[:_LISTED]
    ]
    if len(score.remarks) > _LISTED:
        lines.append(f"... and {plural(len(score.remarks) - _LISTED, 'more flaw')}")
    judged = render(model, score.verdict, colour=colour).rstrip("\n").split("\n")
    lines += judged[:-1]        # its last line speaks of a whole schedule
    room = max((len(c.name) for c in score.categories), default=0)
    lines += [_category(c, room) for c in score.categories]
    if score.distance is not None:
        lines.append(_distance(model, score.distance))
    words = "the schedule keeps the model" if score.feasible else "the schedule breaks the model"
    read = f"{score.placed} of {plural(score.tasks, 'task')} placed"
    lines.append(paint(f"{words}: {read}, score {score.score:.3f}", "good" if score.feasible else "error", colour))
    return "\n".join(lines) + "\n"


def _category(category: Category, room: int) -> str:
    kept = category.total - category.broken
    by = f", broken by {category.amount:,}" if category.amount else ""
    return f"  {category.name:<{room}}  {kept} of {category.total} kept{by}"


def _distance(model: Model, distance: Distance) -> str:
    least = "" if distance.proved else "at most "
    moved = model.axis.span_text(distance.shifts) + ("" if model.axis.resolution_ns else " ticks")
    return f"  nearest schedule that keeps the model: {least}{plural(distance.changed, 'task')} changed, {moved} in all"
