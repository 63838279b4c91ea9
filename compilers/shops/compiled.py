"""Compilation to machine code, and chance without a clock: only imported inside functions, since Numba is heavy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """The function in machine code, kept on disk, run without the interpreter's lock."""
    return cast(Function, numba.njit(cache=True, nogil=True)(function))


@compiled
def draw(state: NDArray[np.uint64], n: int) -> int:
    """A number in 0 .. n-1 by splitmix64 (Steele, Lea and Flood 2014); state[0] is advanced."""
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    z = state[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return np.int64((z >> np.uint64(33)) % np.uint64(n))    # type: ignore[return-value]


@compiled
def chance(state: NDArray[np.uint64]) -> float:
    """A number in [0, 1)."""
    return draw(state, 1 << 30) / float(1 << 30)


@compiled
def shuffle(state: NDArray[np.uint64], column: NDArray[np.int64], n: int) -> None:
    """The first n entries in random order."""
    for i in range(n - 1, 0, -1):
        j = draw(state, i + 1)
        column[i], column[j] = column[j], column[i]
