"""The light data classes do what the standard ones do."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from functools import cached_property

import pytest

from schedc.models.records import dataclass


@dataclass(frozen=True)
class Place:
    name: str
    row: int = 0
    notes: list[str] = dataclasses.field(default_factory=list)
    unit: str = dataclasses.field(default="h", compare=False)

    @cached_property
    def shown(self) -> str:
        return f"{self.name}{self.row}"


@dataclass(frozen=True, slots=True)
class Slim:
    name: str
    row: int = 0


@dataclass(frozen=True, eq=False)
class Node:
    child: object = None


@dataclass(eq=False)
class Drawer:
    items: list[int] = dataclasses.field(default_factory=list)
    size: int = 0

    def __post_init__(self) -> None:
        self.size = len(self.items)


def test_fields_have_defaults_and_factories() -> None:
    assert Place("a") == Place("a", 0, [], "h") == Place(name="a", unit="min")
    assert Place("a").notes is not Place("a").notes
    assert (Slim("a").row, Node().child, Drawer([1, 2]).size, Place("a").unit) == (0, None, 2, "h")
    with pytest.raises(TypeError):
        Place()  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        Slim("a", nothing=1)  # type: ignore[call-arg]


def test_equality_is_by_value_or_by_identity() -> None:
    assert Slim("a") == Slim("a") and hash(Slim("a")) == hash(Slim("a"))
    assert Slim("a") != Slim("b") and Slim("a") != Place("a")
    assert Node() != Node() and len({Node(), Node()}) == 2
    with pytest.raises(TypeError):
        hash(Place("a"))        # its notes are a list


@pytest.mark.parametrize("made", [Place("a"), Slim("a"), Node()])
def test_frozen_is_frozen(made: object) -> None:
    with pytest.raises(AttributeError):
        made.name = "b"  # type: ignore[attr-defined]
    with pytest.raises(AttributeError):
        del made.name  # type: ignore[attr-defined]


def test_an_ordinary_one_changes() -> None:
    drawer = Drawer()
    drawer.size = 5
    assert drawer.size == 5 and repr(drawer) == "Drawer(items=[], size=5)"


def test_cached_properties_have_their_place() -> None:
    place = Place("a", 3)
    assert place.shown == "a3" and place.shown is place.shown
    assert not hasattr(Slim("a"), "__dict__")


@pytest.mark.parametrize("made", [Place("a", 2, ["x"], "d"), Slim("a", 2)])
def test_copies_and_pickles(made: object) -> None:
    assert copy.deepcopy(made) == pickle.loads(pickle.dumps(made)) == copy.copy(made) == made


def test_the_standard_functions_work() -> None:
    place = Place("a", 2, ["x"])
    assert dataclasses.is_dataclass(place) and dataclasses.is_dataclass(Place)
    assert [f.name for f in dataclasses.fields(place)] == ["name", "row", "notes", "unit"]
    assert dataclasses.asdict(place) == {"name": "a", "row": 2, "notes": ["x"], "unit": "h"}
    changed = dataclasses.replace(place, row=7)
    assert changed == Place("a", 7, ["x"]) and changed.notes is place.notes


def test_patterns_match_by_position() -> None:
    match Slim("a", 4):
        case Slim(name, row):
            assert (name, row) == ("a", 4)
        case _:
            raise AssertionError
