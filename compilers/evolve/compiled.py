"""Compilation to machine code, and chance that is the same everywhere. Only imported inside functions, being heavy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

Function = TypeVar("Function", bound=Callable[..., Any])
Chance = NDArray[np.uint64]     # one number: the state of a generator

_PYTHON = ("__init__", "arrays", "backend", "improver", "rules", "ways")     # what is not compiled
# nothing here makes an array, so nobody counts references: twice as fast
_LEAN: dict[str, Any] = {"error_model": "numpy", "_nrt": False}
_INNER: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, **_LEAN}


def compiled(function: Function) -> Function:
    """The function in machine code, for other compiled functions alone: what Python would need to call it is left out,
    which is most of what there is to compile."""
    return cast(Function, numba.njit(**_INNER)(function))


def entry(function: Function) -> Function:
    """The function in machine code for Python to call, kept on disk, run without the interpreter's lock."""
    made = numba.njit(cache=True, nogil=True, **_LEAN)(function)
    file = getattr(getattr(made, "_cache", None), "_cache_file", None)
    if file is not None and hasattr(file, "_source_stamp"):
        file._source_stamp = _stamp()       # what it calls is a part of it, and Numba looks at its own file alone
    return cast(Function, made)


def _stamp() -> tuple[tuple[str, int, int], ...]:
    """Which sources machine code is made of, of what size and time."""
    files = [file for file in sorted(Path(__file__).parent.glob("*.py")) if file.stem not in _PYTHON]
    return tuple((file.name, file.stat().st_mtime_ns, file.stat().st_size) for file in files)


@compiled
def draw(chance: Chance, n: int) -> int:
    """A number in 0 .. n - 1 by splitmix64 (Steele, Lea and Flood 2014)."""
    chance[0] += np.uint64(0x9E3779B97F4A7C15)
    z = chance[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return np.int64((z >> np.uint64(33)) % np.uint64(n))    # type: ignore[return-value]


@compiled
def share(chance: Chance) -> float:
    """A number in [0, 1)."""
    return draw(chance, 1 << 30) / float(1 << 30)
