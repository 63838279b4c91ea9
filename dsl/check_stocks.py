"""Stocks whose level leaves its limits whatever is chosen and whatever the order."""

from __future__ import annotations

import numpy as np

from schedc.dsl.phrases import and_more, labels_of
from schedc.models.amounts import amount_text
from schedc.models.columns import UNLIMITED, Flags, Ints
from schedc.models.diagnostics import Findings, Label
from schedc.models.model import Model
from schedc.models.source import Origin
from schedc.models.statements import Stocks
from schedc.models.stocks import final_levels


def check_stocks(model: Model, findings: Findings) -> None:
    """E221: by the horizon all events have happened, and even the best choices leave too little or too much."""
    if not model.stocks:
        return
    reach = final_levels(model)
    for family in model.stocks:
        part = slice(family.first, family.first + family.family.size)
        short = np.flatnonzero(reach.most[part] < family.lowest)
        over = np.flatnonzero((reach.least[part] > family.highest) & (family.highest < UNLIMITED))
        if len(short):
            row = int(short[0])
            _tell(model, findings, family, row, int(reach.most[part][row]), True, len(short))
        elif len(over):
            row = int(over[0])
            _tell(model, findings, family, row, int(reach.least[part][row]), False, len(over))


def _tell(model: Model, findings: Findings, family: Stocks, row: int, level: int, short: bool, count: int) -> None:
    limit = int(family.lowest[row] if short else family.highest[row])
    words = "at most" if short else "at least"
    wanted = "the least level" if short else "the greatest level"
    message = (
        f"`{family.family.label(row)}` ends with {words} {amount_text(family, level)}, and {wanted} is "
        f"{amount_text(family, limit)}{and_more(count)}"
    )
    sides = labels_of(_changes(model, family.first + row, short), "taken here" if short else "produced here")
    findings.error("E221", message, Label(family.origin.span), *sides)


def _changes(model: Model, stock: int, taken: bool) -> list[Origin]:
    """The clauses that take from a stock, or add to it."""
    events = [e for t in model.tasks for e in (*t.events, *(e for m in t.modes for e in m.events))]
    return [e.origin for e in events if _any(e.stock == stock, e.amount, taken)]


def _any(mine: Flags, amount: Ints, taken: bool) -> bool:
    return bool(np.any(mine & ((amount < 0) == taken)))
