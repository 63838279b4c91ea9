"""Diagnostics as data: stable codes, spans on every side of the story, rendered elsewhere."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum

from schedc.models.records import dataclass
from schedc.models.source import Span


class Severity(StrEnum):
    """An error stops the run; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Label:
    """One place in the story, with a few words on its part in it (may be empty)."""

    span: Span
    text: str = ""


@dataclass(frozen=True, slots=True)
class Fix:
    """What the author can do. With a span and a replacement, a tool can do it for them."""

    text: str
    span: Span | None = None
    replacement: str | None = None


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding. The message says what is wrong (lower case, no full stop); only a fix says how to mend it."""

    code: str
    severity: Severity
    message: str
    primary: Label
    others: tuple[Label, ...] = ()
    fixes: tuple[Fix, ...] = ()
    notes: tuple[str, ...] = ()


class SchedcError(Exception):
    """Raised to callers of the Python API when a model has errors; `diagnostics` holds all of them."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        self.diagnostics = diagnostics
        super().__init__("\n".join(_one_line(d) for d in diagnostics))


def _one_line(d: Diagnostic) -> str:
    where = d.primary.span
    return f"{where.file}:{where.line}:{where.column}: {d.severity}[{d.code}]: {d.message}"


@dataclass
class Findings:
    """Collects the diagnostics of one run. Passed along explicitly; there is no global one."""

    items: list[Diagnostic] = field(default_factory=list)
    _seen: set[tuple[str, Span, str]] = field(default_factory=set)

    @property
    def errors(self) -> set[str]:
        """The codes of the errors found."""
        return {d.code for d in self.items if d.severity is Severity.ERROR}

    @property
    def failed(self) -> bool:
        """Whether any error was found."""
        return any(d.severity is Severity.ERROR for d in self.items)

    def error(
        self,
        code: str,
        message: str,
        at: Span | Label,
        *others: Label,
        fix: Fix | str | None = None,
        note: str | None = None,
    ) -> None:
        """Add an error; the same code, place and message is kept once."""
        self._add(Severity.ERROR, code, message, at, others, fix, note)

    def warning(
        self,
        code: str,
        message: str,
        at: Span | Label,
        *others: Label,
        fix: Fix | str | None = None,
        note: str | None = None,
    ) -> None:
        """Add a warning; the same code, place and message is kept once."""
        self._add(Severity.WARNING, code, message, at, others, fix, note)

    def _add(
        self,
        severity: Severity,
        code: str,
        message: str,
        at: Span | Label,
        others: tuple[Label, ...],
        fix: Fix | str | None,
        note: str | None,
    ) -> None:
        primary = Label(at) if isinstance(at, Span) else at
        key = (code, primary.span, message)
        if key in self._seen:
            return
        self._seen.add(key)
        fixes = () if fix is None else (Fix(fix) if isinstance(fix, str) else fix,)
        notes = () if note is None else (note,)
        self.items.append(Diagnostic(code, severity, message, primary, others, fixes, notes))

    def withdraw(self, code: str, at: Span) -> None:
        """Take back what was said under this code at this place: a later finding says it better."""
        self.items = [d for d in self.items if (d.code, d.primary.span) != (code, at)]

    def in_order(self) -> tuple[Diagnostic, ...]:
        """All findings by file and place."""
        return tuple(sorted(self.items, key=lambda d: (d.primary.span, d.code)))

    def check(self) -> None:
        """Raise SchedcError when an error was found."""
        if self.failed:
            raise SchedcError(self.in_order())
