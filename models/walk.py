"""Walking expressions without recursion: nodes may be shared, and nested deeper than the interpreter's stack."""

from __future__ import annotations

from typing import TypeAlias

from schedc.models.expressions import (
    Absolute,
    Compare,
    Extreme,
    Guarded,
    Indicator,
    IntExpr,
    Junction,
    Known,
    Linear,
    Makespan,
    Not,
    Product,
    Rank,
    SetupTime,
    Truth,
)

Node: TypeAlias = IntExpr | Truth


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below."""
    match node:
        case Linear():
            return tuple(part.child for part in node.parts)
        case Junction():
            return tuple(member.child for member in node.members)
        case Compare():
            return (node.left,)
        case Extreme() | Rank():
            return (node.child,) if node.when is None else (node.child, node.when)
        case Guarded():
            return (node.child, node.when)
        case Absolute() | Indicator() | Not() | Product():
            return (node.child,)
        case Makespan() | SetupTime() | Known():
            return ()


def post_order(root: Node) -> list[Node]:
    """Every node once, children before parents, the root last."""
    found: dict[int, Node] = {}
    stack = [(root, False)]
    while stack:
        node, below_done = stack.pop()
        if id(node) in found:
            continue
        if below_done:
            found[id(node)] = node
        else:
            stack.append((node, True))
            stack.extend((child, False) for child in reversed(children(node)))
    return list(found.values())
