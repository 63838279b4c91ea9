"""What the families of projects share: renewable resources, stocks and precedence arcs, as tables and statements."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from schedc.dsl.importers.draft import Draft, Sheet
from schedc.models.columns import Ints


class Part(NamedTuple):
    """A piece of a model: tables, and the statements over them."""

    sheets: tuple[Sheet, ...] = ()
    statements: tuple[str, ...] = ()


GOAL = Part(statements=("minimize makespan",))


def join(title: str, remark: str, *parts: Part) -> Draft:
    """The parts as one model."""
    sheets = tuple(sheet for part in parts for sheet in part.sheets)
    return Draft(title, remark, sheets, tuple(line for part in parts for line in part.statements))


def renewable(capacity: Ints) -> Part:
    """Resources r[k] with their capacities; one that nothing uses is kept, so that k counts as in the file."""
    if not len(capacity):
        return Part()
    sheet = Sheet("pools", {"k": counted(len(capacity)), "capacity": capacity}, ("k",))
    return Part((sheet,), ("resource r[k in pools] capacity k.capacity",))


def stocks(name: str, table: str, column: str, level: Ints) -> Part:
    """Stocks name[k] with what is in them at the start."""
    if not len(level):
        return Part()
    sheet = Sheet(table, {"k": counted(len(level)), column: level}, ("k",))
    return Part((sheet,), (f"stock {name}[k in {table}] starts k.{column}",))


def precedence(arcs: Ints) -> Part:
    """arcs[m, 2]: 1-based activity numbers, first before second; an arc that stands twice is written once."""
    if not len(arcs):
        return Part()
    arcs = np.unique(arcs, axis=0)
    sheet = Sheet("arcs", {"i": arcs[:, 0], "j": arcs[:, 1]}, types={"i": "acts", "j": "acts"})
    return Part((sheet,), ("order act[p.i] -> act[p.j] for p in arcs",))


def counted(n: int, first: int = 1) -> Ints:
    """The numbers first, first + 1, … of n things."""
    return np.arange(first, first + n)


def columns(name: str, amounts: Ints) -> dict[str, Ints]:
    """A matrix as the columns name1, name2, …"""
    return {f"{name}{k + 1}": amounts[:, k] for k in range(amounts.shape[1])}


def listed(keyword: str, resource: str, column: str, kinds: int) -> str:
    """`uses r[1] a.r1, r[2] a.r2`, for the columns a.r1, a.r2 of as many kinds; nothing for none."""
    terms = ", ".join(f"{resource}[{k}] {column}{k}" for k in range(1, kinds + 1))
    return f" {keyword} {terms}" if terms else ""


def distinct(arcs: Ints) -> int:
    """Number of different rows."""
    return len(np.unique(arcs, axis=0))
