"""Which search a shop gets."""

from __future__ import annotations

from schedc.compilers.shops.flow import flow_search
from schedc.compilers.shops.improver import Search
from schedc.compilers.shops.job import job_search
from schedc.compilers.shops.shop import Shop


def search_for(shop: Shop, seed: int) -> Search | None:
    """The first search that takes the shop."""
    return flow_search(shop, seed) or job_search(shop, seed)
