"""Which back-ends there are: ours, and those that installed packages announce as entry points in `schedc.backends`."""

from __future__ import annotations

from importlib.metadata import entry_points

from schedc.compilers.backend import Backend, UnsuitableError

GROUP = "schedc.backends"


def backend_names() -> tuple[str, ...]:
    """The names of all back-ends that can be asked for, whether or not they can run here."""
    return tuple(sorted({"cpsat", *entry_points(group=GROUP).names}))


def find_backend(name: str) -> Backend:
    """A back-end by name; "auto" is CP-SAT.

    Raises KeyError for an unknown name, UnsuitableError if it cannot run here.
    """
    backend = _load("cpsat" if name == "auto" else name)
    why = backend.missing()
    if why is not None:
        raise UnsuitableError(f"the solver {backend.name} cannot run: {why}")
    return backend


def _load(name: str) -> Backend:
    if name == "cpsat":
        from schedc.compilers.cpsat import CpSat

        return CpSat()
    found = entry_points(group=GROUP, name=name)
    if not found:
        raise KeyError(name)
    made: Backend = next(iter(found)).load()()
    return made
