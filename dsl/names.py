"""Declared names: who declares what, duplicates, what an expression refers to, and the order to evaluate values in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

from schedc.dsl import tree
from schedc.dsl.faults import later
from schedc.models.diagnostics import Findings, Label

Declaration: TypeAlias = (
    tree.Param | tree.Let | tree.Table | tree.Calendar | tree.Resource | tree.Stock | tree.Task | tree.Job | tree.Qos
)

FUNCTIONS: tuple[str, ...] = (
    "start", "end", "length", "sum", "count", "min", "max", "any", "all", "abs", "ceil", "floor", "present", "on",
    "chosen", "level", "load", "peak", "idle", "jitter", "percentile", "product", "freshness",
)
DATA_FUNCTIONS = ("year", "month", "day", "weekday", "hour", "minute", "midnight", "round", "floor", "ceil", "mod",
                  "concat", "prefix", "suffix", "part", "contains", "upper", "lower", "size", "number")
FUNCTIONS = (*FUNCTIONS, *(name for name in DATA_FUNCTIONS if name not in FUNCTIONS))
LATER_FUNCTIONS = ("address",)
KNOWN = ("none", "unlimited", "makespan")

_KINDS = {
    tree.Param: "param", tree.Let: "let", tree.Table: "table", tree.Calendar: "calendar", tree.Resource: "resource",
    tree.Stock: "stock", tree.Task: "task", tree.Job: "job", tree.Qos: "measure",
}


def kind_of(statement: Declaration) -> str:
    """The keyword of a declaration."""
    return _KINDS[type(statement)]


def declare(statements: Iterable[tree.Statement], findings: Findings) -> dict[str, Declaration]:
    """The declarations of a file by name. A second one of the same name is an error, and is not taken."""
    found: dict[str, Declaration] = {}
    for s in statements:
        if not isinstance(s, Declaration):
            continue
        name, first = s.name.text, found.get(s.name.text)
        if name in KNOWN:
            findings.error("E151", f"`{name}` is a known name and cannot be declared", s.name.span,
                           fix="choose another name")
        if first is not None:
            findings.error(
                "E150", f"`{name}` is declared twice", Label(s.name.span, "again here"),
                Label(first.name.span, f"first as a {kind_of(first)}"),
            )
        else:
            found[name] = s
    return found


def refuse_later(statements: Iterable[tree.Statement], findings: Findings) -> set[str]:
    """Refuse by name every statement that is not implemented; the names that those declare."""
    words: dict[type, str] = {tree.Include: "`include`"}
    refused: set[str] = set()
    for s in statements:
        word = words.get(type(s))
        if word is not None:
            fault = later(word, s.span)
            findings.error(fault.code, fault.message, s.span)
    return refused


def parts(node: Any) -> Iterator[Any]:
    """Every node of a syntax tree, in no particular order; the cells of inline tables are left out."""
    stack = [node]
    while stack:
        item = stack.pop()
        if isinstance(item, tuple):
            stack.extend(item)
        elif hasattr(item, "__match_args__") and not isinstance(item, tree.Row):
            yield item
            stack.extend(getattr(item, name) for name in item.__match_args__ if name != "span")


def references(node: Any) -> frozenset[str]:
    """All names that a piece of the tree refers to, binders included."""
    return frozenset(p.name for p in parts(node) if isinstance(p, tree.Ref))


def needs(statement: Declaration) -> set[str]:
    """The names whose values a declaration needs."""
    found = set(references(statement)) - {p.name for p in parts(statement) if isinstance(p, tree.Binder)}
    if isinstance(statement, tree.Table):
        found |= {word.text for block in statement.columns for c in block for word in c.type}
    return found


def evaluation_order(declared: dict[str, Declaration], findings: Findings) -> list[str]:
    """Params, lets and tables such that each comes after what it needs; those on a circle are an error and left out."""
    valued = {n: s for n, s in declared.items() if isinstance(s, (tree.Param, tree.Let, tree.Table))}
    below = {n: sorted(needs(s) & valued.keys()) for n, s in valued.items()}
    state: dict[str, int] = {}      # 1: on the path, 2: done
    order: list[str] = []
    for root in valued:
        _visit(root, below, state, order, valued, findings)
    return order


def _visit(
    root: str, below: dict[str, list[str]], state: dict[str, int], order: list[str],
    valued: dict[str, Any], findings: Findings,
) -> None:
    path: list[tuple[str, Iterator[str]]] = []

    def enter(name: str) -> None:
        state[name] = 1
        path.append((name, iter(below[name])))

    if root not in state:
        enter(root)
    while path:
        name, rest = path[-1]
        child = next(rest, None)
        if child is None:
            state[name] = 2
            order.append(name)
            path.pop()
        elif child not in state:
            enter(child)
        elif state[child] == 1:
            _report_circle([n for n, _ in path], child, valued, findings)


def _report_circle(path: list[str], again: str, valued: dict[str, Any], findings: Findings) -> None:
    circle = path[path.index(again):]
    text = " -> ".join([*circle, again])
    first, *others = (valued[n].name.span for n in circle)
    through = f": {text}" if len(circle) > 1 else ""
    findings.error(
        "E152", f"`{again}` is defined in terms of itself{through}", first,
        *(Label(s, "through this") for s in others[:8]),
    )
