"""The formats that can be imported: one line a family."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from schedc.dsl.importers import flowshop, jobshop, memory, single
from schedc.dsl.importers.draft import Draft, Instance
from schedc.dsl.importers.flexible import flexible_draft
from schedc.dsl.importers.multimode import multimode_draft
from schedc.dsl.importers.multiproject import multiproject_draft
from schedc.dsl.importers.multiskill import multiskill_draft
from schedc.dsl.importers.patterson import read_patterson
from schedc.dsl.importers.project import project_draft
from schedc.dsl.importers.psplib import HEADINGS, read_psplib
from schedc.dsl.importers.shops import hybrid_draft, openshop_draft, parallel_draft
from schedc.dsl.importers.stocks import stocks_draft
from schedc.dsl.importers.timelags import timelags_draft
from schedc.dsl.importers.workflow import graph_draft

_VALUES = {"K": r"[1-9][0-9]{0,11}", "H": r"[0-9]{1,3}(\.[0-9]{1,6})?"}


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


def _varied(convert: Callable[[str, str, str, str], Draft], default: str) -> Callable[[Instance], Draft]:
    """A family whose variants differ in the statements only."""
    return lambda instance: convert(instance.title, instance.file, instance.text, instance.variant or default)


_MAKESPAN = ("makespan",)
FORMATS = {
    known.name: known
    for known in (
        Format("rcpsp", "resource-constrained project", (".sm", ".rcp"), _MAKESPAN, _rcpsp),
        Format("mrcpsp", "multi-mode project", (".mm",), _MAKESPAN, _plain(multimode_draft)),
        Format("rcpsp_max", "project with time lags", (".sch",), _MAKESPAN, _plain(timelags_draft)),
        Format("rcpsp_cpr", "project with stocks", (".rcp",), _MAKESPAN, _plain(stocks_draft)),
        Format("rcmpsp", "projects with shared resources", (".rcmp",), _MAKESPAN, _plain(multiproject_draft)),
        Format("mspsp", "multi-skill project", (".dzn",), _MAKESPAN, _plain(multiskill_draft)),
        Format("dag", "task graph", (), _MAKESPAN, _plain(graph_draft)),
        Format("jsp", "job shop", (".jsp", ".jss"), jobshop.VARIANTS, _varied(jobshop.jobshop_draft, "makespan")),
        Format("fjsp", "flexible job shop", (".fjs", ".fjsw", ".fajs"), _MAKESPAN, _plain(flexible_draft)),
        Format("flowshop", "flow shop", (), flowshop.VARIANTS, _varied(flowshop.flowshop_draft, "PFSP")),
        Format("flowshop_sdst", "flow shop with set-ups", (), _MAKESPAN, _plain(flowshop.setups_draft)),
        Format("flowshop_tardiness", "flow shop with due dates", (), ("tardiness",), _plain(flowshop.tardiness_draft)),
        Format("hybrid_flowshop", "hybrid flow shop", (), _MAKESPAN, _plain(hybrid_draft)),
        Format("openshop", "open shop", (), _MAKESPAN, _plain(openshop_draft)),
        Format("parallel_machines", "unrelated parallel machines", (), _MAKESPAN, _plain(parallel_draft)),
        Format("single_machine", "single machine", (), single.VARIANTS, single.single_draft),
        Format("memory_allocation", "memory allocation", (), memory.VARIANTS, memory.memory_draft),
    )
}


def formats() -> tuple[str, ...]:
    """The names that `--format` takes."""
    return tuple(FORMATS)


def detect(path: Path) -> str | None:
    """The format that a file's name tells, or None."""
    return next(iter(sharing(path)), None)


def sharing(path: Path) -> list[str]:
    """All formats that have files of this name, the usual one first."""
    return [f.name for f in FORMATS.values() if path.suffix.lower() in f.suffixes]
