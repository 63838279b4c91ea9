"""How the passes from tree to model give up on one statement and go on with the next."""

from __future__ import annotations

from collections.abc import Iterable

from schedc.models.diagnostics import Findings, Fix, Label
from schedc.models.source import Span


class Fault(Exception):     # noqa: N818 - a finding, no failure of the program
    """One error, raised where it is found and recorded by `recorded` around the statement it spoils."""

    def __init__(
        self, code: str, message: str, at: Span | Label, *others: Label,
        fix: Fix | str | None = None, note: str | None = None,
    ) -> None:
        self.code, self.message, self.at, self.others, self.fix, self.note = code, message, at, others, fix, note
        super().__init__(message)


class Spoiled(Exception):   # noqa: N818
    """Something that this statement needs has been reported already: say nothing more."""


class TooLarge(Exception):  # noqa: N818
    """A result beyond 64 bits; whoever knows the place turns it into a Fault."""


class recorded:     # noqa: N801 - used as a word of the language, once or more a statement
    """Record a Fault raised inside as an error, and go on."""

    __slots__ = ("findings",)

    def __init__(self, findings: Findings) -> None:
        self.findings = findings

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, problem: BaseException | None, trace: object) -> bool:
        if isinstance(problem, Fault):
            f = problem
            self.findings.error(f.code, f.message, f.at, *f.others, fix=f.fix, note=f.note)
        return isinstance(problem, (Fault, Spoiled))


def later(what: str, at: Span) -> Fault:
    """The refusal of a construct that is in the language but not implemented."""
    return Fault("E190", f"{what} is not implemented yet", at)


def nearest(word: str, choices: Iterable[str], cutoff: float = 0.66) -> str | None:
    """The choice that was probably meant, if one is close."""
    from difflib import get_close_matches

    known = list(choices)
    folded = [c for c in known if c.casefold() == word.casefold()]
    close = folded or get_close_matches(word, known[:100_000], n=1, cutoff=cutoff)
    return close[0] if close else None


def did_you_mean(word: str, choices: Iterable[str], at: Span | None = None) -> Fix | None:
    """A fix-it that replaces a misspelt word, if something is close."""
    found = nearest(word, choices)
    return None if found is None else Fix(f"did you mean `{found}`", at, found if at is not None else None)
