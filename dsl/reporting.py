"""Syntax errors on their way to the findings: no more than a reader can use."""

from __future__ import annotations

from schedc.models.diagnostics import Findings, Fix, Label
from schedc.models.source import Span

MOST_ERRORS = 50


class Reporter:
    """Passes errors on up to `MOST_ERRORS`, then says once that there are more."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._count = 0

    @property
    def full(self) -> bool:
        """Whether nothing more will be reported."""
        return self._count > MOST_ERRORS

    def error(
        self, code: str, message: str, at: Span, *others: Label, fix: Fix | str | None = None, note: str | None = None
    ) -> None:
        """Report an error, or that there are more than are shown."""
        self._count += 1
        if self._count <= MOST_ERRORS:
            self._findings.error(code, message, at, *others, fix=fix, note=note)
        elif self._count == MOST_ERRORS + 1:
            self._findings.error("E119", f"more than {MOST_ERRORS} syntax errors, the rest is not shown", at)
