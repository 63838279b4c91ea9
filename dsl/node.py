"""What the nodes of the syntax tree are made of: frozen data classes that cost little to declare and to make.

The standard decorator compiles six methods a class; over the sixty classes of the tree that is a noticeable part of
the time that a small check takes. Here a class gets its `__init__` only and shares the rest.
"""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn, TypeVar, dataclass_transform

T = TypeVar("T")


class Node:
    """A value of named fields: equal to another of its class with equal fields, hashable, never changed."""

    __slots__ = ()
    __match_args__: ClassVar[tuple[str, ...]] = ()

    def _values(self) -> tuple[Any, ...]:
        return tuple([getattr(self, name) for name in self.__match_args__])

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return self._values() == other._values()

    def __hash__(self) -> int:
        return hash(self._values())

    def __repr__(self) -> str:
        fields = zip(self.__match_args__, self._values())
        return f"{self.__class__.__name__}({', '.join(f'{name}={value!r}' for name, value in fields)})"

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{self.__class__.__name__} cannot be changed")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{self.__class__.__name__} cannot be changed")

    def __reduce__(self) -> tuple[Any, ...]:
        return self.__class__, self._values()


@dataclass_transform(frozen_default=True)
def node(cls: type[T]) -> type[T]:
    """Make a node of a class with annotated fields, none of them with a default."""
    names = tuple(cls.__annotations__)
    body = {key: value for key, value in cls.__dict__.items() if key not in ("__dict__", "__weakref__")}
    made: Any = type(cls.__name__, (Node,), {**body, "__slots__": names, "__match_args__": names})
    # each slot's own setter passes by __setattr__, which refuses everybody
    setters = {f"_set_{name}": made.__dict__[name].__set__ for name in names}
    lines = [f" _set_{name}(self, {name})" for name in names]
    exec(f"def __init__(self, {', '.join(names)}):\n" + "\n".join(lines), setters)
    made.__init__ = setters["__init__"]
    return made  # type: ignore[no-any-return]
