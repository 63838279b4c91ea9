"""Searches for models that are pure sequences on machines, recognised by what they say.

A shop is a model in which every task takes one machine (of some), tasks form chains, and the goal is regular: job
shops, flow shops with one order or several, with set-ups or without waiting, flexible and hybrid shops, single and
parallel machines, open shops. Each has its own search in machine code; every result is a semi-active schedule.
"""

from __future__ import annotations

from schedc.compilers.improve import Improver
from schedc.models.model import Model

__all__ = ["improver"]


def improver(model: Model, seed: int, deterministic: bool = False) -> Improver | None:
    """The search for a model that is a shop, None for any other. It never looks at a clock, deterministic or not."""
    from schedc.compilers.shops.choose import search_for
    from schedc.compilers.shops.counted import ShopImprover
    from schedc.compilers.shops.recognise import shop_of

    shop = shop_of(model)
    search = None if shop is None else search_for(shop, seed)
    return None if shop is None or search is None else ShopImprover(shop, search)
