"""Foreign instance formats, each written out as `.sched` text and tables: one file a format, and here their list."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from schedc.dsl.importers.draft import Draft, write
from schedc.dsl.importers.jobshop import jobshop_draft
from schedc.dsl.importers.numbers import MalformedError, read_instance
from schedc.dsl.importers.patterson import read_patterson
from schedc.dsl.importers.project import project_draft
from schedc.dsl.importers.psplib import HEADINGS, read_psplib
from schedc.models.diagnostics import Findings
from schedc.models.source import Span


class Format(NamedTuple):
    """A family of instances. suffixes: those that tell it; convert(title, file, text) raises MalformedError."""

    name: str
    suffixes: tuple[str, ...]
    variants: tuple[str, ...]
    convert: Callable[[str, str, str], Draft]


def _rcpsp(title: str, file: str, text: str) -> Draft:
    labelled = any(heading in text for heading in HEADINGS) or file.endswith(".sm")
    return project_draft(title, (read_psplib if labelled else read_patterson)(file, text))


_FORMATS = {
    known.name: known
    for known in (
        Format("rcpsp", (".sm", ".rcp"), ("makespan",), _rcpsp),
        Format("jsp", (".jsp", ".jss"), ("makespan",), jobshop_draft),
    )
}


def formats() -> tuple[str, ...]:
    """The names that `--format` takes."""
    return tuple(_FORMATS)


def detect(path: Path) -> str | None:
    """The format that a file's name tells, or None."""
    return next((f.name for f in _FORMATS.values() if path.suffix.lower() in f.suffixes), None)


def import_file(path: Path, out: Path, *, format: str | None, variant: str | None, findings: Findings) -> Path | None:
    """Write the instance in `path` to ``out/model.sched``, with tables beside it; returns the model's path.

    Activities, operations and resources are named as the command line's contract says, counted from 1. What is wrong
    with the file, the format, the variant or the folder is added to `findings`; then the answer is None.
    """
    at = Span(str(path), 1, 1, 1, 1)
    known = _known(path, format, at, findings)
    if known is None or not _variant_fits(known, variant, at, findings):
        return None
    try:
        draft = known.convert(_title(path), str(path), read_instance(path))
        return write(draft, out)
    except MalformedError as error:
        findings.error(error.code, error.message, error.span, note=f"read as {known.name}")
    except OSError as error:
        message = f"cannot write to the folder: {(error.strerror or str(error)).lower()}"
        findings.error("E145", message, Span(str(out), 1, 1, 1, 1))
    return None


def _known(path: Path, name: str | None, at: Span, findings: Findings) -> Format | None:
    asked = name if name is not None else detect(path)
    if asked is None:
        fix = f"say `--format {'|'.join(formats())}`"
        findings.error("E141", f"the name `{path.name}` does not tell the format", at, fix=fix)
        return None
    if asked not in _FORMATS:
        near = get_close_matches(asked, formats(), n=1)
        fix = f"did you mean `{near[0]}`" if near else f"formats: {', '.join(formats())}"
        findings.error("E141", f"no importer for the format `{asked}`", at, fix=fix)
    return _FORMATS.get(asked)


def _variant_fits(known: Format, variant: str | None, at: Span, findings: Findings) -> bool:
    if variant is None or variant in known.variants:
        return True
    fix = f"variants: {', '.join(known.variants)}"
    findings.error("E142", f"the format `{known.name}` has no variant `{variant}`", at, fix=fix)
    return False


def _title(path: Path) -> str:
    """The file's name without its suffix, as it can stand between quotes."""
    return "".join(c if c.isprintable() and c != '"' else " " for c in path.stem)

