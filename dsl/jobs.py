"""`job`: groups of tasks, taken apart before anything is evaluated.

`job J[i in S] { task cut[k in T] … }` declares the task family `J.cut[i in S, k in T]`; within the body `cut[k]` reads
as `J.cut[i, k]`, outside `J[4].cut[2]` as `J.cut[4, 2]`. What is left of the job is its name, its family, its clauses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from schedc.dsl import tree
from schedc.dsl.faults import did_you_mean
from schedc.dsl.groups import Groups, Part
from schedc.dsl.names import parts
from schedc.models.diagnostics import Findings, Label

_INSIDE = (tree.Task, tree.Job, tree.Order, tree.Together, tree.Require)


def flatten(statements: tuple[tree.Statement, ...], findings: Findings) -> tuple[tuple[tree.Statement, ...], Groups]:
    """The statements with all jobs taken apart; those of a file without jobs as they are."""
    groups = Groups()
    if not any(isinstance(s, tree.Job) for s in statements):
        return statements, groups
    flat: list[tree.Statement] = []
    for s in statements:
        if isinstance(s, tree.Job):
            _take_apart(s, "", None, {}, groups, flat, findings)
        else:
            flat.append(s)
    return tuple(_outside(s, groups, findings) for s in flat), groups


def _take_apart(
    job: tree.Job, prefix: str, outer: tree.Each | None, known: Mapping[str, str], groups: Groups,
    flat: list[tree.Statement], findings: Findings,
) -> None:
    """known: the local names that may be used in the body, with the whole names of what they are."""
    name, each = prefix + job.name.text, _merged(outer, job.family)
    whole = replace(job, name=replace(job.name, text=name), family=each, body=())
    if name not in groups.jobs:
        groups.jobs[name] = whole
    flat.append(whole)
    if not any(isinstance(s, (tree.Task, tree.Job)) for s in job.body):
        findings.error("E280", f"there is no task in job `{job.name.text}`", job.name.span)
    local = {s.name.text: f"{name}.{s.name.text}" for s in job.body if isinstance(s, (tree.Task, tree.Job))}
    _refuse_hiding(job, each, local, findings)
    for s in job.body:
        if not isinstance(s, _INSIDE):
            findings.error("E281", "only tasks, jobs and constraints stand in a job", s.span, fix="put it outside")
            continue
        if isinstance(s, (tree.Task, tree.Job)):
            widths = (*_widths(groups, name), _width(s.family))
            groups.inside.setdefault(local[s.name.text], Part(local[s.name.text], name, s.name.text, widths))
        if isinstance(s, tree.Job):
            _take_apart(s, f"{name}.", each, {**known, **local}, groups, flat, findings)
            continue
        flat.append(_inside(s, name, each, {**known, **local}, groups))


def _widths(groups: Groups, name: str) -> tuple[int, ...]:
    part = groups.inside.get(name)
    return part.widths if part is not None else (_width(groups.jobs[name].family),)


def _width(each: tree.Each | None) -> int:
    return 0 if each is None else len(each.binders)


def _refuse_hiding(job: tree.Job, each: tree.Each | None, local: Mapping[str, str], findings: Findings) -> None:
    """A binder of the name of a task in the body could not be told from it."""
    bound = [*(each.binders if each else ()), *(p for p in parts(job.body) if isinstance(p, tree.Binder))]
    declared = {s.name.text: s.name.span for s in job.body if isinstance(s, (tree.Task, tree.Job))}
    for binder in bound:
        if binder.name in local:
            findings.error("E153", f"`{binder.name}` hides a declaration of the same name", binder.span,
                           Label(declared[binder.name], "declared here"), fix="choose another name")


def _merged(outer: tree.Each | None, inner: tree.Each | None) -> tree.Each | None:
    if outer is None or inner is None:
        return outer if inner is None else inner
    wheres = [w for w in (outer.where, inner.where) if w is not None]
    where = wheres[0] if wheres else None
    if len(wheres) == 2:
        where = tree.Logic("and", tuple(wheres), inner.span)
    return tree.Each(inner.share, outer.binders + inner.binders, where, inner.span)


def _inside(
    s: tree.Task | tree.Order | tree.Together | tree.Require, job: str, each: tree.Each | None,
    known: Mapping[str, str], groups: Groups,
) -> tree.Statement:
    """A statement of a body as one of the file."""
    binders = each.binders if each is not None else ()

    def local(ref: tree.Ref) -> tree.Ref:
        whole = known.get(ref.name)
        if whole is None:
            return ref
        # the name's own job may be further out than the body that speaks of it
        depth = sum(groups.inside[whole].widths[:-1]) if whole in groups.inside else _width(groups.jobs[job].family)
        at = tuple(tree.Ref(b.name, None, (), ref.span) for b in binders[:depth])
        own = _own_index(ref.index, _width_of(whole, groups))
        return replace(ref, name=whole, index=(*at, *own) or None)

    found: tree.Task | tree.Order | tree.Together | tree.Require = _mapped(s, local)
    if isinstance(found, tree.Task):
        return replace(found, name=replace(found.name, text=f"{job}.{found.name.text}"),
                       family=_merged(each, found.family))
    if each is None:
        return found
    tail = found.tail
    inner = tail.each[0] if tail.each else None
    merged = _merged(replace(each, span=found.span), inner)
    assert merged is not None
    return replace(found, tail=replace(tail, each=(merged, *tail.each[1:])))


def _width_of(whole: str, groups: Groups) -> int:
    return groups.inside[whole].widths[-1] if whole in groups.inside else 0


def _own_index(index: tuple[Any, ...] | None, width: int) -> tuple[Any, ...]:
    """The indices of one level; a single `*` stands for all of its binders."""
    if index is None:
        return ()
    return index * width if len(index) == 1 and isinstance(index[0], tree.Star) and width > 1 else index


def _outside(s: tree.Statement, groups: Groups, findings: Findings) -> tree.Statement:
    """`J[4].cut[2]` as `J.cut[4, 2]`, wherever it stands."""

    def whole(ref: tree.Ref) -> tree.Ref:
        name, index, path = ref.name, _own_index(ref.index, _level(ref.name, groups)), ref.path
        while path and name in groups.jobs:
            inner = f"{name}.{path[0].word}"
            if inner not in groups.inside:
                known = [p.local for p in groups.inside.values() if p.owner == name]
                findings.error("E154", f"there is no `{path[0].word}` in job `{name}`", path[0].span,
                               Label(groups.jobs[name].name.span, "declared here"),
                               fix=did_you_mean(path[0].word, known))
                return replace(ref, path=())
            index += _own_index(path[0].index, groups.inside[inner].widths[-1])
            name, path = inner, path[1:]
        return replace(ref, name=name, index=index or None, path=path) if name != ref.name else ref

    found: tree.Statement = _mapped(s, whole)
    return found


def _level(name: str, groups: Groups) -> int:
    if name in groups.inside:
        return 0        # its indices are whole already
    return _width(groups.jobs[name].family) if name in groups.jobs else 0


def _mapped(node: Any, change: Any) -> Any:
    """A copy of a piece of the tree with its references changed, from the inside out; what stays the same is shared."""
    if isinstance(node, tuple):
        items = tuple(_mapped(item, change) for item in node)
        return items if any(a is not b for a, b in zip(items, node)) else node
    if not hasattr(node, "__match_args__") or isinstance(node, tree.Row):
        return node
    before = [getattr(node, name) for name in node.__match_args__]
    after = [_mapped(value, change) for value in before]
    if any(a is not b for a, b in zip(after, before)):
        node = type(node)(*after)
    return change(node) if isinstance(node, tree.Ref) else node
