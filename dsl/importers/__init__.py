"""Foreign instance formats, each written out as `.sched` text and tables: one file a format."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

from schedc.dsl.importers.draft import Instance, write
from schedc.dsl.importers.formats import FORMATS, Format, detect, formats, sharing
from schedc.dsl.importers.numbers import MalformedError, read_instance
from schedc.models.diagnostics import Findings
from schedc.models.files import FileError
from schedc.models.source import Span

__all__ = ["detect", "formats", "import_file"]


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
        draft = known.convert(Instance(_printable(path.stem), str(path), read_instance(path), variant))
        return write(draft, out, f"{known.title} from {_printable(path.name)}")
    except MalformedError as error:
        others = [name for name in sharing(path) if name != known.name]
        fix = f"say `--format {'|'.join(others)}` if it is one" if others else None
        findings.error(error.code, error.message, error.span, fix=fix, note=f"read as {known.name}")
    except OSError as error:
        message = f"cannot write to the folder: {(error.strerror or str(error)).lower()}"
        findings.error("E145", message, Span(str(out), 1, 1, 1, 1))
    except FileError as error:
        findings.error("E145", str(error), Span(str(out), 1, 1, 1, 1))
    return None


def _known(path: Path, name: str | None, at: Span, findings: Findings) -> Format | None:
    asked = name if name is not None else detect(path)
    if asked is None:
        fix = f"say `--format {'|'.join(formats())}`"
        findings.error("E141", f"the name `{path.name}` does not tell the format", at, fix=fix)
        return None
    if asked not in FORMATS:
        near = get_close_matches(asked, formats(), n=1)
        fix = f"did you mean `{near[0]}`" if near else f"formats: {', '.join(formats())}"
        findings.error("E141", f"no importer for the format `{asked}`", at, fix=fix)
    return FORMATS.get(asked)


def _variant_fits(known: Format, variant: str | None, at: Span, findings: Findings) -> bool:
    if variant is None or known.takes(variant):
        return True
    fix = f"variants: {', '.join(known.variants)}"
    findings.error("E142", f"the format `{known.name}` has no variant `{variant}`", at, fix=fix)
    return False


def _printable(name: str) -> str:
    """A file's name as it can stand between quotes and in a comment."""
    return "".join(c if c.isprintable() and c != '"' else " " for c in name)
