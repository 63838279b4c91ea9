"""The formats that can be imported: one line a family."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from schedc.dsl.importers.draft import Draft
from schedc.dsl.importers.jobshop import jobshop_draft
from schedc.dsl.importers.multimode import multimode_draft
from schedc.dsl.importers.multiproject import multiproject_draft
from schedc.dsl.importers.patterson import read_patterson
from schedc.dsl.importers.project import project_draft
from schedc.dsl.importers.psplib import HEADINGS, read_psplib
from schedc.dsl.importers.stocks import stocks_draft
from schedc.dsl.importers.timelags import timelags_draft

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


def _plain(convert: Callable[[str, str, str], Draft]) -> Callable[[Instance], Draft]:
    """A family without variants."""
    return lambda instance: convert(instance.title, instance.file, instance.text)


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
        Format("mrcpsp", "multi-mode project", (".mm",), _MAKESPAN, _plain(multimode_draft)),
        Format("rcpsp_max", "project with time lags", (".sch",), _MAKESPAN, _plain(timelags_draft)),
        Format("rcpsp_cpr", "project with stocks", (), _MAKESPAN, _plain(stocks_draft)),
        Format("rcmpsp", "projects with shared resources", (".rcmp",), _MAKESPAN, _plain(multiproject_draft)),
        Format("jsp", "job shop", (".jsp", ".jss"), _MAKESPAN, _jsp),
    )
}


def formats() -> tuple[str, ...]:
    """The names that `--format` takes."""
    return tuple(FORMATS)


def detect(path: Path) -> str | None:
    """The format that a file's name tells, or None."""
    return next((f.name for f in FORMATS.values() if path.suffix.lower() in f.suffixes), None)
