"""Data classes that cost little to declare: `dataclasses.dataclass` as far as it is used here.

The standard decorator writes and compiles four to seven functions a class, for all classes at every start; for some
hundred and fifty classes that was the largest part of a small check after NumPy. Here the classes share their methods,
and a class gets its own `__init__` when its first instance is made. `dataclasses.fields`, `replace` and `asdict` work.

Type checkers are told that it is the standard decorator. Not there: inheritance of fields, `order`, `InitVar`,
`ClassVar`, and of what `field` takes all but `default_factory`, `default` and `compare`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

__all__ = ["dataclass"]


class _Fields:
    """Gives `__dataclass_fields__`, by which the standard library knows data classes, when somebody asks for it."""

    def __get__(self, instance: object, cls: Any) -> dict[str, Any]:
        specs = [(name, kind, *_default(cls, name)) for name, kind in cls.__annotations__.items()]
        found: dict[str, Any] = dataclasses.make_dataclass(cls.__name__, specs).__dict__["__dataclass_fields__"]
        cls.__dataclass_fields__ = found
        return found


def _default(cls: Any, name: str) -> tuple[Any, ...]:
    return (cls.__defaults__[name],) if name in cls.__defaults__ else ()


def _values(self: Any) -> tuple[Any, ...]:
    return tuple([getattr(self, name) for name in self.__match_args__])


def _compared(self: Any) -> tuple[Any, ...]:
    return tuple([getattr(self, name) for name in self.__match_args__ if name not in self.__uncompared__])


def _equal(self: object, other: object) -> Any:
    if other is self:
        return True
    if other.__class__ is not self.__class__:
        return NotImplemented
    return _compared(self) == _compared(other)


def _hash(self: object) -> int:
    return hash(_compared(self))


def _repr(self: Any) -> str:
    shown = ", ".join([f"{name}={value!r}" for name, value in zip(self.__match_args__, _values(self))])
    return f"{self.__class__.__name__}({shown})"


def _refuse(self: object, name: str, value: object = None) -> NoReturn:
    raise AttributeError(f"{self.__class__.__name__} cannot be changed")


def _reduce(self: object) -> tuple[Any, ...]:
    return self.__class__, _values(self)


def _first_init(self: object, *values: Any, **named: Any) -> None:
    """Stands in for a class's `__init__` until its first instance is made."""
    cls = type(self)
    _write_init(cls)
    cls.__init__(self, *values, **named)


def _write_init(cls: Any) -> None:
    """Compile the `__init__` of a class: one assignment a field, past a `__setattr__` that refuses everybody."""
    scope: dict[str, Any] = {}
    heads, lines = [], []
    for name in cls.__match_args__:
        head, value = _argument(name, cls.__defaults__, scope)
        heads.append(head)
        lines.append(_assignment(cls, name, value, scope))
    if "__post_init__" in cls.__dict__:
        lines.append(" self.__post_init__()")
    exec(f"def __init__(self, {', '.join(heads)}):\n" + "\n".join(lines), scope)
    cls.__init__ = scope["__init__"]


def _argument(name: str, defaults: dict[str, Any], scope: dict[str, Any]) -> tuple[str, str]:
    """How a field stands in the signature, and the value that it is given."""
    if name not in defaults:
        return name, name
    given = defaults[name]
    special = isinstance(given, dataclasses.Field)
    made = special and given.default is dataclasses.MISSING
    scope[f"_default_{name}"] = given.default_factory if made else given.default if special else given
    value = f"_default_{name}() if {name} is _default_{name} else {name}" if made else name
    return f"{name}=_default_{name}", value


def _assignment(cls: Any, name: str, value: str, scope: dict[str, Any]) -> str:
    if "__slots__" in cls.__dict__:
        scope[f"_set_{name}"] = cls.__dict__[name].__set__
        return f" _set_{name}(self, {value})"
    if cls.__setattr__ is _refuse:
        return f" self.__dict__[{name!r}] = {value}"
    return f" self.{name} = {value}"


def _declare(cls: Any, frozen: bool, eq: bool, slots: bool) -> Any:
    names = tuple(cls.__annotations__)
    defaults = {name: cls.__dict__[name] for name in names if name in cls.__dict__}
    special = {name: default for name, default in defaults.items() if isinstance(default, dataclasses.Field)}
    methods: dict[str, Any] = {
        "__match_args__": names, "__defaults__": defaults, "__dataclass_fields__": _Fields(),
        "__uncompared__": tuple([name for name, default in special.items() if not default.compare]),
        "__init__": _first_init, "__repr__": _repr,
    }
    if eq:
        methods |= {"__eq__": _equal, "__hash__": _hash if frozen else None}
    if frozen:
        methods |= {"__setattr__": _refuse, "__delattr__": _refuse, "__reduce__": _reduce}
    if slots:
        hidden = ("__dict__", "__weakref__", *defaults)
        body = {key: value for key, value in cls.__dict__.items() if key not in hidden}
        return type(cls.__name__, cls.__bases__, {**methods, **body, "__slots__": names})
    for name, method in methods.items():
        if name not in cls.__dict__ or name == "__hash__":
            setattr(cls, name, method)
    for name in special:
        delattr(cls, name)
    return cls


if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(
        cls: type | None = None, /, *, frozen: bool = False, eq: bool = True, slots: bool = False
    ) -> type | Callable[[type], type]:
        """A data class, as the standard library means it."""
        if cls is not None:
            return _declare(cls, frozen, eq, slots)
        return lambda cls: _declare(cls, frozen, eq, slots)
