"""Which search a shop gets."""

from __future__ import annotations

from schedc.compilers.shops.counted import Search
from schedc.compilers.shops.flexible import flexible_search
from schedc.compilers.shops.flow import flow_search
from schedc.compilers.shops.job import job_search
from schedc.compilers.shops.large import large_search
from schedc.compilers.shops.pools import pool_search
from schedc.compilers.shops.relay import relay_search
from schedc.compilers.shops.shop import Shop
from schedc.compilers.shops.tour import tour_search


def search_for(shop: Shop, seed: int) -> Search | None:
    """The first search that takes the shop."""
    found: Search | None = None
    for make in (flow_search, tour_search, relay_search, job_search, large_search, pool_search,
                 flexible_search):
        found = found or make(shop, seed)
    return found
