"""JSON whose parts are asked for by name and kind; what is not as asked names its path in the file."""

from __future__ import annotations

import json

from schedc.dsl.importers.numbers import MOST, MalformedError, place
from schedc.models.source import Span


class Part:
    """A value in a JSON file, and the path to it: `workflow.tasks[3]`. Every method raises MalformedError."""

    def __init__(self, file: str, value: object, path: str) -> None:
        self.file, self.value, self.path = file, value, path

    def __contains__(self, name: str) -> bool:
        return isinstance(self.value, dict) and name in self.value

    def of(self, name: str) -> Part:
        """What an object has under a name."""
        if not isinstance(self.value, dict):
            raise self.wrong("is no object")
        if name not in self.value:
            raise MalformedError("E144", f"{self._shown()} has no `{name}`", _top(self.file))
        return Part(self.file, self.value[name], f"{self.path}.{name}" if self.path else name)

    def items(self, width: int | None = None) -> list[Part]:
        """The entries of a list, which has `width` of them if that is said."""
        if not isinstance(self.value, list):
            raise self.wrong("is no list")
        if width is not None and len(self.value) != width:
            raise self.wrong(f"has {len(self.value)} entries, not {width}")
        return [Part(self.file, value, f"{self.path}[{i}]") for i, value in enumerate(self.value)]

    def number(self, most: int = MOST) -> float:
        """A number from 0 to `most`."""
        value = self.value
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
            raise self.wrong(f"is no number between 0 and {most}")
        return value

    def whole(self) -> int:
        """A whole number, not negative."""
        value = self.number()
        if value != int(value):
            raise self.wrong(f"is {value}, no whole number")
        return int(value)

    def text(self) -> str:
        """A text that can be a cell: printable, not empty, without quotation marks."""
        if not isinstance(self.value, str) or not self.value.isprintable() or not self.value.strip():
            raise self.wrong("is no printable text")
        if '"' in self.value or self.value == "none":
            raise self.wrong('is `none` or has a `"` in it')
        return self.value

    def wrong(self, message: str) -> MalformedError:
        """What to raise for this part."""
        return MalformedError("E143", f"{self._shown()} {message}", _top(self.file))

    def _shown(self) -> str:
        return f"`{self.path}`" if self.path else "the object"


def parsed(file: str, text: str) -> Part:
    """The whole file."""
    try:
        return Part(file, json.loads(text), "")
    except json.JSONDecodeError as error:
        cut = not text[error.pos :].strip()
        at = min(error.pos, max(len(text.rstrip()) - 1, 0))
        message = "the text ends within the JSON" if cut else f"no JSON here: {error.msg[:1].lower()}{error.msg[1:]}"
        raise MalformedError("E144" if cut else "E143", message, place(file, text, at, at + 1)) from None
    except (RecursionError, ValueError):
        raise MalformedError("E143", "the JSON is too deep or has absurd numbers", _top(file)) from None


def _top(file: str) -> Span:
    return Span(file, 1, 1, 1, 1)
