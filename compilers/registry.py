"""Which back-ends there are: ours, and those that installed packages announce as entry points in `schedc.backends`."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import entry_points

from schedc.compilers.backend import Backend, UnsuitableError

GROUP = "schedc.backends"
_OURS = {
    "cpsat": ("schedc.compilers.cpsat", "CpSat"),
    "evolve": ("schedc.compilers.evolve", "Backend"),
    "milp": ("schedc.compilers.milp", "Milp"),
}


def backend_names() -> tuple[str, ...]:
    """The names of all back-ends that can be asked for, whether or not they can run here."""
    return tuple(sorted({*_OURS, *entry_points(group=GROUP).names}))


def backends() -> tuple[Backend, ...]:
    """All back-ends, whether or not they can run here."""
    return tuple(_load(name) for name in backend_names())


def find_backend(name: str) -> Backend:
    """A back-end by name. Raises KeyError for an unknown name, UnsuitableError if it cannot run here."""
    backend = _load(name)
    why = backend.missing()
    if why is not None:
        raise UnsuitableError(f"the solver {backend.name} cannot run: {why}")
    return backend


def _load(name: str) -> Backend:
    if name in _OURS:
        module, kind = _OURS[name]
        ours: Backend = getattr(import_module(module), kind)()
        return ours
    found = entry_points(group=GROUP, name=name)
    if not found:
        raise KeyError(name)
    made: Backend = next(iter(found)).load()()
    return made
