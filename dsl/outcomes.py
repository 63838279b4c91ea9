"""What `on(t)` may be, and comparisons of it.

A task's *outcomes* are its options, or the candidates of its `1 of r`, each with a value; exactly one of them is chosen
while the task is present. A number is then a sum of choices times values; texts and rows of tables are only compared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from schedc.dsl import arithmetic as calc
from schedc.dsl import forms, tree
from schedc.dsl.absence import name_tasks
from schedc.dsl.aggregates import levelled
from schedc.dsl.arithmetic import solid
from schedc.dsl.evaluate import column, evaluate, items_of, member_like
from schedc.dsl.families import named_set
from schedc.dsl.faults import Fault, did_you_mean
from schedc.dsl.forms import Form
from schedc.dsl.lookup import find_member
from schedc.dsl.space import Space
from schedc.dsl.truths import gathered
from schedc.dsl.values import NUMBER, TEXT, Value, spread
from schedc.dsl.world import World
from schedc.models.columns import Flags, Ints, ragged
from schedc.models.diagnostics import Label
from schedc.models.expressions import Compare, Operator, Point, Truth
from schedc.models.records import dataclass
from schedc.models.source import Span

if TYPE_CHECKING:
    from schedc.dsl.modes import ModeDraft
    from schedc.dsl.tasks import TaskDraft


@dataclass(frozen=True, eq=False)
class Outcomes:
    """In row[k] (sorted) of `rows` instances, number[k] of the kind point[k] may be chosen, and stands for value k."""

    rows: int
    row: Ints
    point: Ints
    number: Ints
    value: Value

    @property
    def discrete(self) -> bool:
        """Whether the values can only be compared, not computed with."""
        return self.value.type.kind in ("text", "member")

    def kept(self, keep: Flags) -> Form:
        """How many of some of the outcomes are chosen in each row: 0 or 1."""
        ones = np.ones(int(np.count_nonzero(keep)), dtype=np.int64)
        zero = np.zeros(self.rows, dtype=np.int64)
        return Form(NUMBER, zero, np.asarray(1), self.row[keep], self.point[keep], self.number[keep], ones)


# on(t)


def outcomes(world: World, call: tree.Call, space: Space) -> Outcomes:
    """What `on(t)` or `on(t).column` can be in each instance."""
    ref = task_of(call, 1)
    draft, rows = one_task(world, ref, space)
    name_tasks(world, space, np.arange(space.rows, dtype=np.int64), draft.first + rows)
    word = None
    if call.path:
        word = call.path[0]
        if len(call.path) > 1 or word.index is not None:
            raise Fault("E257", "`on(…)` has columns, and these have no index or column", call.path[-1].span)
    member, point, number, value = _all_outcomes(world, draft, word, call.span)
    order = np.argsort(member, kind="stable")
    heads = np.searchsorted(member[order], np.arange(draft.rows.space.rows + 1))
    lo, hi = heads[rows], heads[rows + 1]
    pick = order[ragged(lo, hi)]
    return Outcomes(space.rows, np.repeat(np.arange(space.rows), hi - lo), point[pick], number[pick], value.take(pick))


def task_of(call: tree.Call, size: int) -> tree.Ref:
    """The task that a function of `size` arguments is asked about. Raises Fault E264 where there is none."""
    written = call.args[0] if len(call.args) == size and call.each is None else None
    if not isinstance(written, tree.Ref):
        raise Fault("E264", f"`{call.name}` needs a task" + (" and a member" if size > 1 else ""), call.span)
    return written


def one_task(world: World, ref: tree.Ref, space: Space) -> tuple[TaskDraft, Ints]:
    """The family of a task and its member in every instance."""
    from schedc.dsl.named import other_kind

    world.used.add(ref.name)
    draft = world.drafts.get(ref.name)
    if draft is None:
        raise other_kind(world, ref, tree.Task, "task")
    found = find_member(world, draft.rows, items_of(world, ref.index, space), space, ref.span)
    return draft, spread(found, space.rows)


def _all_outcomes(
    world: World, draft: TaskDraft, word: tree.Step | None, at: Span
) -> tuple[Ints, Ints, Ints, Value]:
    """(member of the family, point, number, value) of every outcome of a task family."""
    if draft.modes:
        values = [_of_mode(world, m, word, at) for m in draft.modes]
        numbers = [m.first + np.arange(len(m.row)) for m in draft.modes]
        members, point = [m.row for m in draft.modes], Point.MODE
    else:
        _refuse_several(draft, at)
        values = [_of_choice(world, c.family, c.resource, word, at) for c in draft.choices]
        numbers = [c.first + np.arange(len(c.resource)) for c in draft.choices]
        members, point = [np.repeat(c.row, np.diff(c.ptr)) for c in draft.choices], Point.MEMBER
    number = np.concatenate(numbers)
    return np.concatenate(members), np.full(len(number), point), number, _stacked(values, [len(n) for n in numbers], at)


def _refuse_several(draft: TaskDraft, at: Span) -> None:
    name = draft.rows.name
    if not draft.choices:
        raise Fault("E276", f"`{name}` has no modes, and chooses no member of a resource", at,
                    Label(draft.rows.at, "declared here"))
    row = np.concatenate([c.row for c in draft.choices])
    if any(np.any(c.count != 1) for c in draft.choices) or len(np.unique(row)) < len(row):
        raise Fault("E276", f"`{name}` chooses several members", at, Label(draft.choices[0].origin.span, "chosen here"),
                    fix="ask for each of them: `chosen(t, r[m])`")


def _of_mode(world: World, mode: ModeDraft, word: tree.Step | None, at: Span) -> Value:
    if word is not None and word.word in mode.attributes:
        return mode.attributes[word.word].value
    if len(mode.dims) > 1:
        raise Fault("E276", f"mode `{mode.name}` has several indices: which one is meant", at,
                    Label(mode.at, "declared here"), fix="give it an attribute: `with name = …`, and ask `on(t).name`")
    if not mode.dims:
        if word is None:
            return Value(TEXT, np.asarray(world.texts.code(mode.name), dtype=np.int64))
        raise Fault("E155", f"mode `{mode.name}` has no `{word.word}`", word.span, Label(mode.at, "declared here"),
                    fix=f"add `with {word.word} = …` to it")
    return _column(world, mode.dims[0].spread(len(mode.row)), word)


def _of_choice(world: World, family: str, resource: Ints, word: tree.Step | None, at: Span) -> Value:
    rows, member = world.families[family], resource - world.resource_first[family]
    attributes = world.attributes.get(family, {})
    if word is not None and word.word in attributes:
        return attributes[word.word].value.take(member)
    if len(rows.dims) != 1:
        raise Fault("E276", f"`{family}` has several indices: which one is meant", at, Label(rows.at, "declared here"))
    return _column(world, rows.dims[0].spread(rows.space.rows).take(member), word)


def _column(world: World, value: Value, word: tree.Step | None) -> Value:
    if word is None:
        return value
    if value.type.kind != "member":
        raise Fault("E257", f"what is chosen is {value.type} and has no columns", word.span)
    return column(world, value, word)


def _stacked(values: list[Value], sizes: list[int], at: Span) -> Value:
    """Several columns as one; Fault where they do not go together."""
    kind = values[0].type
    for v in values[1:]:
        kind = calc.alike(kind, v.type, "choose between", at)
    values = [solid(v, at) for v in values]
    num = np.concatenate([spread(v.num, n) for v, n in zip(values, sizes)])
    den = np.concatenate([spread(v.den, n) for v, n in zip(values, sizes)])
    return Value(kind, num, np.asarray(1, dtype=np.int64) if bool(np.all(den == 1)) else den)


def on_form(world: World, call: tree.Call, space: Space) -> Form:
    """`on(t)` or `on(t).column` as a number, a duration, an instant or a truth."""
    found = outcomes(world, call, space)
    if found.discrete:
        raise Fault("E250", f"`on(…)` is {found.value.type} here and can only be compared", call.span,
                    fix="compare it with `==` or `!=`, or ask for a column: `on(t).name`")
    return weighed(found, call.span)


def weighed(found: Outcomes, at: Span) -> Form:
    """The sum of the chosen outcomes' values."""
    num, den = levelled(solid(found.value, at), len(found.row), at)
    zero = np.zeros(found.rows, dtype=np.int64)
    return Form(found.value.type, zero, den, found.row, found.point, found.number, np.array(num))


# comparisons of what can only be compared


def compared_choices(world: World, expr: tree.Comparison, space: Space) -> Truth | None:
    """`on(a) == on(b)`, `on(a) != "x"` over texts or rows of tables; None for any other comparison."""
    left, right = _discrete(world, expr.left, space), _discrete(world, expr.right, space)
    if left is None and right is None:
        return None
    if expr.op not in ("==", "!="):
        raise Fault("E250", f"{(left or right).value.type} has no order among choices", expr.span)  # type: ignore[union-attr]
    if left is not None and right is not None:
        return _both(world, expr, left, right)
    found, written = (left, expr.right) if left is not None else (right, expr.left)
    assert found is not None
    hit = _hits(world, found, written, space)
    return _some(found, hit) if expr.op == "==" else _none(found, hit)


def contained_choice(world: World, expr: tree.In, space: Space) -> Truth | None:
    """`on(t) in { … }` over texts or rows of tables; None for anything else."""
    found = _discrete(world, expr.left, space)
    if found is None:
        return None
    hit = np.zeros(len(found.row), dtype=np.bool_)
    if expr.braces:
        for item in expr.items:
            hit |= _hits(world, found, item, space)
    else:
        among = named_set(world, expr.items[0])
        mine, among = _alike(world, found.value, among, expr.span)
        hit = np.isin(mine.num, among.num)
    return _some(found, hit)


def _discrete(world: World, expr: tree.Expr, space: Space) -> Outcomes | None:
    if not isinstance(expr, tree.Call) or expr.name != "on":
        return None
    found = outcomes(world, expr, space)
    return found if found.discrete else None


def _alike(world: World, a: Value, b: Value, at: Span) -> tuple[Value, Value]:
    a, b = member_like(world, a, b, at), member_like(world, b, a, at)
    calc.alike(a.type, b.type, "compare", at)
    return a, solid(b, at)


def _hits(world: World, found: Outcomes, written: tree.Expr, space: Space) -> Flags:
    """Which outcomes are the one that data names in their row. Fault for a written text that none of them ever is."""
    from schedc.dsl.lowering import decides

    if decides(world, written):
        raise Fault("E250", f"cannot compare {found.value.type} and a decided number", written.span)
    mine, other = _alike(world, found.value, evaluate(world, written, space), written.span)
    hit: Flags = mine.num == spread(other.num, space.rows)[found.row]
    if isinstance(written, tree.Text) and len(hit) and not hit.any():
        known = [world.show(found.value, k) for k in range(min(len(hit), 100))]
        raise Fault("E259", f"no choice is called \"{written.value}\"", written.span,
                    fix=did_you_mean(written.value, known))
    return hit


def _some(found: Outcomes, hit: Flags) -> Compare:
    """One of these outcomes is chosen."""
    form = found.kept(hit)
    return Compare(Operator.GE, forms.linear(forms.plus(form, forms.data(one(), form.rows), -1, NUMBER)))


def _none(found: Outcomes, hit: Flags) -> Compare:
    return Compare(Operator.LE, forms.linear(found.kept(hit)))


def one() -> Value:
    """The plain number 1."""
    return Value(NUMBER, np.asarray(1, dtype=np.int64))


def _both(world: World, expr: tree.Comparison, a: Outcomes, b: Outcomes) -> Truth:
    """Equal: for some value that both can have, both have it; different: for none of these."""
    left, right = _alike(world, a.value, b.value, expr.span)
    x, y = np.stack([a.row, spread(left.num, len(a.row))]), np.stack([b.row, spread(right.num, len(b.row))])
    cells_, code = np.unique(np.concatenate([x, y], axis=1), axis=1, return_inverse=True)
    code = code.reshape(-1)
    mine, other = code[: x.shape[1]], code[x.shape[1] :]
    shared = np.intersect1d(mine, other)
    place = np.full(cells_.shape[1], -1, dtype=np.int64)
    place[shared] = np.arange(len(shared))
    row, entries = [], []
    for outcomes_, codes in ((a, mine), (b, other)):
        keep = place[codes] >= 0
        row.append(place[codes[keep]])
        entries.append((outcomes_.point[keep], outcomes_.number[keep]))
    rows = np.concatenate(row)
    order = np.argsort(rows, kind="stable")
    point, number = (np.concatenate(c)[order] for c in zip(*entries))
    equal = expr.op == "=="
    both = Form(NUMBER, np.full(len(shared), -2 if equal else -1), np.asarray(1), rows[order], point, number,
                np.ones(len(rows), dtype=np.int64))
    held = Compare(Operator.GE if equal else Operator.LE, forms.linear(both))
    return gathered("or" if equal else "and", a.rows, cells_[0][shared], held)
