"""Compilation to machine code, and chance that is the same everywhere. Only imported inside functions, being heavy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

Function = TypeVar("Function", bound=Callable[..., Any])
Chance = NDArray[np.uint64]     # one number: the state of a generator


def compiled(function: Function) -> Function:
    """The function in machine code, for other compiled functions alone: what Python would need to call it is left out,
    which is most of what there is to compile."""
    return cast(Function, numba.njit(no_cpython_wrapper=True, no_cfunc_wrapper=True, error_model="numpy")(function))


def entry(function: Function) -> Function:
    """The function in machine code for Python to call, kept on disk, run without the interpreter's lock."""
    return cast(Function, numba.njit(cache=True, nogil=True, error_model="numpy")(function))


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
