"""Models as JSON, and back: exact both ways, driven by the types of the nodes' fields.

A node is an object with its class name in ``type``; a column is ``{"dtype": …, "data": […]}`` with int64, bool or text;
a fraction is a string such as ``"3/4"``; a span is ``[file, line, column, end line, end column]``. An expression is the
list of its nodes, children before parents and the root last; a child is given by its place in that list.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from fractions import Fraction
from functools import cache
from typing import Any, Literal, NoReturn, TypeAlias, Union, get_args, get_origin, get_type_hints

import numpy as np

from schedc.models import expressions, statements
from schedc.models.axis import TimeAxis
from schedc.models.columns import Family, SpanSets
from schedc.models.model import Model
from schedc.models.sound import flaws
from schedc.models.source import Origin, Span
from schedc.models.walk import post_order

SCHEMA = "schedc.model/1"
DEEPEST = 400       # nested expressions; what people write stays far below
DTYPES = {"int64": np.dtype(np.int64), "bool": np.dtype(np.bool_), "text": np.dtype(object)}

Json: TypeAlias = Any

EXPRESSIONS: tuple[type, ...] = (*get_args(expressions.IntExpr), *get_args(expressions.Truth))
_NODES: dict[str, type] = {
    node.__name__: node
    for node in (
        Model, TimeAxis, Origin, Family, SpanSets, expressions.Part, expressions.Member, *EXPRESSIONS,
        *get_args(statements.Statement), statements.Uses, statements.Within, statements.Choice,
        statements.Modes, statements.Pieces, statements.Change, statements.Events, statements.Soft, statements.Measure,
        statements.Contract,
        statements.Parts, statements.About,
    )
}


def model_to_json(model: Model) -> dict[str, Json]:
    """A model as what `json.dumps` takes."""
    return {"schema": SCHEMA, "model": _encode(model)}


def model_from_json(value: Json) -> Model:
    """The model that `model_to_json` wrote. Raises ValueError that says where the value is no sound model."""
    if not isinstance(value, dict) or value.get("schema") != SCHEMA:
        raise ValueError(f"not a model: the schema is not {SCHEMA!r}")
    if set(value) != {"schema", "model"}:
        raise ValueError("not a model: expected the fields schema, model")
    model: Model = _decode(value["model"], Model, "model")
    for flaw in flaws(model):
        raise ValueError(f"not a sound model: {flaw}")
    return model


def equal(a: object, b: object) -> bool:
    """Whether two models (or any two of their nodes) say the same, in columns of the same types."""
    return bool(_encode(a) == _encode(b))


# ---- writing ----


def _encode(value: Any, numbers: dict[int, int] | None = None) -> Json:
    """`numbers`: the places of the nodes of the expression that is being written."""
    if isinstance(value, np.ndarray):
        return _column(value)
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, EXPRESSIONS):
        return _expression(value) if numbers is None else numbers[id(value)]
    if is_dataclass(value):
        return _fields(value, numbers)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_encode(v, numbers) for v in value]
    if isinstance(value, dict):
        return {k: _encode(v, numbers) for k, v in value.items()}
    return value


def _expression(root: Any) -> Json:
    nodes = post_order(root)
    numbers = {id(node): k for k, node in enumerate(nodes)}
    return [_fields(node, numbers) for node in nodes]


def _fields(node: Any, numbers: dict[int, int] | None) -> Json:
    return {"type": type(node).__name__, **{f.name: _encode(getattr(node, f.name), numbers) for f in fields(node)}}


def _column(column: np.ndarray[Any, np.dtype[Any]]) -> Json:
    for tag, dtype in DTYPES.items():
        if column.dtype == dtype:
            return {"dtype": tag, "data": column.tolist()}
    raise ValueError(f"a column of {column.dtype} has no place in a model")


# ---- reading ----


class _Nodes(list[Any]):
    """The nodes read so far of the expression that is being read, with the depth of each."""

    def __init__(self) -> None:
        super().__init__()
        self.depth: list[int] = []
        self.below = 0      # the greatest depth of a child of the node that is being read


def _decode(value: Json, hint: Any, at: str, nodes: _Nodes | None = None) -> Any:
    origin, args = get_origin(hint), get_args(hint)
    wanted = tuple(a for a in args or (hint,) if a in EXPRESSIONS)
    if wanted and set(args) <= {*EXPRESSIONS, types.NoneType}:
        if value is None and types.NoneType in args:
            return None
        return _root(value, wanted, at) if nodes is None else _child(value, wanted, at, nodes)
    if origin in (Union, types.UnionType):
        return _union(value, args, at)
    if origin is Literal:
        return value if isinstance(value, str) and value in args else _wrong(at, f"one of {', '.join(args)}")
    if origin in (tuple, Sequence):
        if not isinstance(value, list):
            _wrong(at, "a list")
        return tuple(_decode(v, args[0], f"{at}[{k}]", nodes) for k, v in enumerate(value))
    if origin is dict:
        return {k: _decode(v, args[1], f"{at}.{k}") for k, v in _object(value, at).items()}
    if origin is np.ndarray:
        return _array(value, args[1], at)
    if is_dataclass(hint):
        return _node(value, (hint,), at, nodes)
    return _atom(value, hint, at)


def _root(value: Json, wanted: tuple[Any, ...], at: str) -> Any:
    if not isinstance(value, list) or not value:
        _wrong(at, "a list of nodes")
    nodes = _Nodes()
    for k, node in enumerate(value):
        nodes.below = 0
        nodes.append(_node(node, EXPRESSIONS, f"{at}[{k}]", nodes))
        nodes.depth.append(nodes.below + 1)
    if max(nodes.depth) > DEEPEST:
        raise ValueError(f"{at}: nested more than {DEEPEST} deep")
    return nodes[-1] if isinstance(nodes[-1], wanted) else _wrong(at, _named(wanted))


def _child(value: Json, wanted: tuple[Any, ...], at: str, nodes: _Nodes) -> Any:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < len(nodes):
        _wrong(at, "the place of an earlier node")
    nodes.below = max(nodes.below, nodes.depth[value])
    return nodes[value] if isinstance(nodes[value], wanted) else _wrong(at, f"the place of {_named(wanted)}")


def _named(wanted: tuple[Any, ...]) -> str:
    return f"an object of type {' or '.join(w.__name__ for w in wanted)}"


def _union(value: Json, hints: tuple[Any, ...], at: str) -> Any:
    if value is None and types.NoneType in hints:
        return None
    nodes = tuple(h for h in hints if is_dataclass(h))
    if nodes:
        return _node(value, nodes, at, None)
    # an optional atom
    return _decode(value, next(h for h in hints if h is not types.NoneType), at)


def _node(value: Json, allowed: tuple[Any, ...], at: str, nodes: _Nodes | None) -> Any:
    name = _object(value, at).get("type")
    node = _NODES.get(name) if isinstance(name, str) else None
    if node is None or node not in allowed:
        return _wrong(at, _named(allowed))
    hints = _hints(node)
    if set(value) != {"type", *hints}:
        odd = sorted(str(k) for k in {"type", *hints} ^ set(value))
        raise ValueError(f"{at}: a {name} has the fields {', '.join(hints)}; missing or unknown: {', '.join(odd)}")
    return node(**{k: _decode(value[k], hint, f"{at}.{k}", nodes) for k, hint in hints.items()})


@cache
def _hints(node: Any) -> dict[str, Any]:
    hints = get_type_hints(node)
    return {f.name: hints[f.name] for f in fields(node)}


def _atom(value: Json, hint: Any, at: str) -> Any:
    readers: dict[Any, Callable[[Json, str], Any]] = {
        int: _int, str: _text, bool: _flag, Fraction: _fraction, Span: _span,
    }
    if hint in readers:
        return readers[hint](value, at)
    if isinstance(hint, type) and issubclass(hint, Enum):
        known = {m.value: m for m in hint}
        if isinstance(value, bool) or not isinstance(value, (int, str)) or value not in known:
            _wrong(at, f"one of {', '.join(map(str, known))}")
        return known[value]
    raise TypeError(f"no rule for {hint}")


def _array(value: Json, hint: Any, at: str) -> np.ndarray[Any, np.dtype[Any]]:
    # the hint is dtype[int64], dtype[bool_] or dtype[Any]: a column of numbers or of texts
    wanted = {np.int64: ("int64",), np.bool_: ("bool",)}.get(get_args(hint)[0], ("int64", "text"))
    if set(_object(value, at)) != {"dtype", "data"}:
        _wrong(at, "an object of dtype and data")
    tag, data = value["dtype"], value["data"]
    if not isinstance(tag, str) or tag not in wanted:
        _wrong(at, f"a column of dtype {' or '.join(wanted)}")
    kind = {"int64": int, "bool": bool, "text": str}[tag]
    if not isinstance(data, list) or set(map(type, data)) - {kind}:
        _wrong(at, f"a list of {tag}")
    if tag == "int64" and data and not -(1 << 63) <= min(data) <= max(data) < 1 << 63:
        _wrong(at, "integers of at most 64 bits")
    return np.array(data, dtype=DTYPES[tag])


def _object(value: Json, at: str) -> dict[str, Json]:
    return value if isinstance(value, dict) else _wrong(at, "an object")


def _int(value: Json, at: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not -(1 << 63) <= value < 1 << 63:
        _wrong(at, "an integer of at most 64 bits")
    return value


def _text(value: Json, at: str) -> str:
    return value if isinstance(value, str) else _wrong(at, "a text")


def _flag(value: Json, at: str) -> bool:
    return value if isinstance(value, bool) else _wrong(at, "true or false")


def _fraction(value: Json, at: str) -> Fraction:
    top, _, bottom = _text(value, at).partition("/")
    digits = (top.removeprefix("-"), bottom or "1")
    if not all(d.isascii() and d.isdigit() and len(d) <= 100 for d in digits) or not int(digits[1]):
        _wrong(at, "a fraction such as \"3/4\"")
    return Fraction(int(top), int(digits[1]))


def _span(value: Json, at: str) -> Span:
    if not isinstance(value, list) or len(value) != 5:
        _wrong(at, "a list of file, line, column, end line, end column")
    return Span(_text(value[0], at), *(_int(v, at) for v in value[1:]))


def _wrong(at: str, expected: str) -> NoReturn:
    raise ValueError(f"{at}: expected {expected}")
