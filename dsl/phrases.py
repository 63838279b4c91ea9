"""Words for the checks: places in a text, and how many more."""

from __future__ import annotations

from collections.abc import Iterable

from schedc.models.diagnostics import Label
from schedc.models.model import Model
from schedc.models.source import NO_ORIGIN, Origin
from schedc.models.statements import Tasks

_MOST_LABELS = 8


def and_more(count: int, what: str = "") -> str:
    """How many others share the fate of the first one; nothing if it is alone."""
    return f" (and {count - 1} more{what})" if count > 1 else ""


def labels_of(origins: Iterable[Origin], text: str = "") -> list[Label]:
    """Places of statements that have one, each once."""
    found = dict.fromkeys(o.span for o in origins if o is not NO_ORIGIN and o.span != NO_ORIGIN.span)
    return [Label(span, text) for span in list(found)[:_MOST_LABELS]]


def clause(family: Tasks, keyword: str) -> Origin:
    """A task's clause, or the task where it has none."""
    return family.clauses.get(keyword, family.origin)


def availability_of(model: Model, resources: Iterable[int]) -> list[Origin]:
    """The `open` and `downtime` statements that name one of the resources."""
    wanted = set(resources)
    return [a.origin for a in model.availability if wanted & set(a.resource.tolist())]


def listed(names: Iterable[str]) -> str:
    """`a`, `b` and `c`."""
    quoted = [f"`{name}`" for name in names]
    return " and ".join([", ".join(quoted[:-1]), quoted[-1]]) if len(quoted) > 1 else "".join(quoted)
