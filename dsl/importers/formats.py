"""The formats that can be imported: one line a family."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from schedc.dsl.importers.draft import Draft
from schedc.dsl.importers.jobshop import jobshop_draft
from schedc.dsl.importers.patterson import read_patterson
from schedc.dsl.importers.project import project_draft
from schedc.dsl.importers.psplib import HEADINGS, read_psplib

_VALUES = {"K": r"[1-9][0-9]{0,11}", "H": r"[0-9]{1,3}(\.[0-9]{1,6})?"}


class Instance(NamedTuple):
    """A foreign file. title: for the model; variant: the problem to state, None for the family's own."""

    title: str
    file: str
    text: str
    variant: str | None


class Format(NamedTuple):
    """A family of instances.

    title: in words. suffixes: those that tell it. variants: the first is the default; `name=K` stands for every whole
    number above 0, `name=H` for every decimal. convert raises MalformedError.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    variants: tuple[str, ...]
    convert: Callable[[Instance], Draft]

    def takes(self, variant: str) -> bool:
        """Whether an instance can state this variant."""
        return any(_pattern(known).fullmatch(variant) for known in self.variants)


def _pattern(known: str) -> re.Pattern[str]:
    name, equals, kind = known.partition("=")
    return re.compile(re.escape(name) + equals + _VALUES.get(kind, ""), re.ASCII)


def _rcpsp(instance: Instance) -> Draft:
    labelled = any(heading in instance.text for heading in HEADINGS) or instance.file.endswith(".sm")
    read = read_psplib if labelled else read_patterson
    return project_draft(instance.title, read(instance.file, instance.text))


def _jsp(instance: Instance) -> Draft:
    return jobshop_draft(instance.title, instance.file, instance.text)


_MAKESPAN = ("makespan",)
FORMATS = {
    known.name: known
    for known in (
        Format("rcpsp", "resource-constrained project", (".sm", ".rcp"), _MAKESPAN, _rcpsp),
        Format("jsp", "job shop", (".jsp", ".jss"), _MAKESPAN, _jsp),
    )
}


def formats() -> tuple[str, ...]:
    """The names that `--format` takes."""
    return tuple(FORMATS)


def detect(path: Path) -> str | None:
    """The format that a file's name tells, or None."""
    return next((f.name for f in FORMATS.values() if path.suffix.lower() in f.suffixes), None)
