"""Which back-end solves a model: the one that was asked for, or with ``auto`` the one that the model suits best.

Every back-end that can run here bids for the model from its sizes and shapes. They are tried from the highest bid down:
one that has no chain for a construct, cannot hold the model's numbers, or would need more memory than there is, leaves
it to the next.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from schedc.compilers.backend import Backend, Compiled, UnsuitableError
from schedc.compilers.lowered import MissingError, compile_lowered
from schedc.compilers.plan import plan
from schedc.compilers.registry import backends, find_backend
from schedc.models.model import Model

AUTO = "auto"
PORTFOLIO = "portfolio"
_PLENTY = 1 << 30       # bytes that nobody has to be asked for


@dataclass(frozen=True, eq=False)
class Choice:
    """A compiled model, by whom, and why by that one (empty where it was asked for)."""

    backend: str
    compiled: Compiled
    because: str = ""


def choose(model: Model, name: str | Backend = AUTO) -> Choice:
    """Compile by a back-end, named or made by the caller, or by the first that can of those that bid.

    Raises KeyError for an unknown name, UnsuitableError where the one that was asked for, or every one, cannot.
    """
    passed: list[tuple[str, str]] = []
    for backend, because in offers(model, name):
        try:
            compiled = compile_by(model, backend)
        except UnsuitableError as problem:
            passed.append((backend.name, str(problem)))
            continue
        refused = [f"{who} cannot, {why}" for who, why in passed]
        return Choice(backend.name, compiled, "; ".join([*refused, because] if because else []))
    raise UnsuitableError("; ".join(why for _, why in passed))


def offers(model: Model, name: str | Backend = AUTO) -> list[tuple[Backend, str]]:
    """Who may solve a model: the one that was asked for, or those that bid, the best suited first, each with why.

    Raises KeyError for an unknown name, UnsuitableError where nobody can run here.
    """
    if not isinstance(name, str):
        return [(name, "")]
    if name != AUTO:
        return [(find_backend(name), "")]
    found = []
    for backend in backends():
        if backend.missing() is None:
            bid = backend.bid(model)
            if bid.score > 0:
                found.append((bid.score, backend, bid.because))
    if not found:
        raise UnsuitableError("no solver can run here")
    found.sort(key=lambda entry: (-entry[0], entry[1].name))
    return [(backend, because) for _, backend, because in found]


def compile_by(model: Model, backend: Backend) -> Compiled:
    """A model in a back-end's terms, lowered where it has to be. Raises UnsuitableError where it cannot be."""
    need = backend.memory(model)
    if need >= _PLENTY and need >= _free_memory():
        raise UnsuitableError(f"the model is too large for the memory that the solver {backend.name} has here")
    try:
        return compile_lowered(model, backend)
    except MissingError as problem:
        others = [b.name for b in backends() if b.name != backend.name and not plan(model, b.takes).missing]
        if not others:
            raise
        raise UnsuitableError(f"{problem}; {' and '.join(others)} would") from problem


def _free_memory() -> float:
    try:
        return float(os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (ValueError, OSError, AttributeError):       # not every system tells
        return float("inf")
