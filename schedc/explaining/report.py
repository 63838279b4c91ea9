"""What an explanation is: data with places in the text, which others render."""

from __future__ import annotations

from schedc.models.conflict import Item
from schedc.models.diagnostics import Diagnostic
from schedc.models.records import dataclass
from schedc.models.schedule import Status
from schedc.models.source import Span


@dataclass(frozen=True, slots=True)
class Relaxation:
    """One change after which there is a schedule: shown by a run of the changed model, whose schedule was judged.

    text: the change, in words of the file; kind: what is changed, ``deadline``, ``open``, ...; amount: by how much, in
    ticks or integer units (None where something is left out); least: whether it was shown that less is not enough.
    rank: 0 moves an instant, 1 changes an amount, 2 changes the work, 3 leaves something out.
    """

    text: str
    kind: str
    statement: str
    member: str
    span: Span
    amount: int | None
    least: bool
    rank: int


@dataclass(frozen=True, slots=True)
class ParamAdvice:
    """A param that the conflict leans on, and its nearest value with which there is a schedule; None: none alone."""

    name: str
    span: Span
    value: str
    nearest: str | None


@dataclass(frozen=True, slots=True)
class Conflict:
    """Statements that cannot be kept together.

    minimal: whether for each a schedule without it was found and judged; else time ran out first. because: the causal
    chain in sentences, where propagation alone proves it. relaxations: the cheapest first.
    """

    items: tuple[Item, ...]
    minimal: bool
    because: tuple[str, ...]
    relaxations: tuple[Relaxation, ...]
    params: tuple[ParamAdvice, ...]
    diagnostic: Diagnostic


@dataclass(frozen=True, slots=True)
class Link:
    """Why a task does not start earlier.

    kind: ``order``, ``capacity``, ``calendar``, ``within``, ``release``, ... or ``free``, where nothing keeps it;
    tasks: with whom; until: the tick before which it could not start.
    """

    task: str
    start: int
    kind: str
    statement: str
    span: Span | None
    text: str
    tasks: tuple[str, ...]
    until: int


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """A resource by how much it binds.

    waited: the ticks for which tasks of the chain waited for it; load: its use in per cent of what is open of it until
    the last end.
    """

    resource: str
    span: Span
    waited: int
    load: int


@dataclass(frozen=True, slots=True)
class Marginal:
    """What a change would buy, by a run of the changed model.

    before, after: the first goal, as people read it (None: nothing was found in time); proved: whether the new value is
    proved to be the best; gain: what it is better by.
    """

    text: str
    goal: str
    before: str
    after: str | None
    gain: int | None
    proved: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer of `explain`. status: of the model; conflicts: disjoint ones, for an infeasible model.

    chain, bottlenecks, marginals: for a feasible one, of the task that was asked for.
    together: one relaxation for each of several conflicts.
    """

    name: str
    status: Status
    seconds: float
    conflicts: tuple[Conflict, ...] = ()
    together: tuple[str, ...] = ()
    task: str = ""
    chain: tuple[Link, ...] = ()
    bottlenecks: tuple[Bottleneck, ...] = ()
    marginals: tuple[Marginal, ...] = ()
    notes: tuple[str, ...] = ()
