"""What is asked of a source, what it answers, and the errors that all of them share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from schedc.dsl.cells import shown
from schedc.dsl.faults import Fault, did_you_mean
from schedc.dsl.space import MOST_MEMBERS
from schedc.models.diagnostics import Label
from schedc.models.records import dataclass
from schedc.models.source import Span

if TYPE_CHECKING:
    import polars as pl

T = TypeVar("T")
MOST_BYTES = 4 << 30        # of a file
MOST_TEXT = 1 << 20         # bytes of one line or cell


@dataclass(frozen=True, eq=False)
class Sheet:
    """Columns as a source has them, all of `size` cells; a cell that holds nothing is null."""

    columns: dict[str, pl.Series]
    size: int


@dataclass(frozen=True)
class Request:
    """Which columns of a source a table wants (none: all), in which part of it, and how messages call everything.

    table: the table; declared: where it is declared; source: what the source is called; at: where the text names it.
    """

    table: str
    declared: Span
    source: str
    at: Span
    wanted: tuple[str, ...] = ()
    inside: str | None = None
    zone: str = "UTC"

    def fault(self, code: str, message: str, fix: str | None = None, note: str | None = None) -> Fault:
        """An error about the source; the message goes on behind its name."""
        return Fault(code, f"{shown(self.source)} {message}", self.at, fix=fix, note=note)

    def pick(self, header: Sequence[str]) -> list[str]:
        """The wanted ones of the columns that there are. Fault E168 for a column that stands twice, E164 for none."""
        doubled = next((h for k, h in enumerate(header) if h in header[:k]), None) if len(set(header)) < len(header) \
            else None
        if doubled is not None:
            raise self.fault("E168", f"names column {shown(doubled)} twice")
        for w in self.wanted:
            if w not in header:
                raise Fault("E164", f"{shown(self.source)} has no column `{w}`", self.at,
                            Label(self.declared, "the table"), fix=did_you_mean(w, header),
                            note="its columns: " + ", ".join(shown(h) for h in header[:20]))
        return list(self.wanted or header)

    def guard(self, rows: int) -> None:
        """Fault E255 for more rows than a table may have."""
        if rows > MOST_MEMBERS:
            raise self.fault("E255", f"has {rows} rows, more than {MOST_MEMBERS}")

    def guard_bytes(self, path: Path) -> None:
        """Fault E172 for a file that is too large to be read at all."""
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise self.fault("E172", f"has {size >> 20} MiB, more than {MOST_BYTES >> 20} MiB")

    def guarded(self, what: str, read: Callable[[], T]) -> T:
        """What `read` answers; Fault E168 where Polars finds that the source is not `what`."""
        import polars as pl

        try:
            return read()
        except (pl.exceptions.PolarsError, ValueError, TypeError, RuntimeError) as problem:
            raise self.fault("E168", f"is not {what}: {_first_line(problem)}") from None
        except OSError as problem:
            if problem.errno is not None:
                raise
            raise self.fault("E168", f"is not {what}: {_first_line(problem)}") from None
        except BaseException as problem:
            if type(problem).__name__ != "PanicException":      # Polars ends so where a file breaks its own rules
                raise
            raise self.fault("E168", f"is not {what}") from None


def _first_line(problem: BaseException) -> str:
    lines = [line.strip() for line in str(problem).splitlines() if line.strip()]
    text = lines[0] if lines else type(problem).__name__
    return "".join(c if c.isprintable() else "�" for c in text[:200])
