"""Searches of every kind that share one incumbent, as many at a time as there are workers."""

from schedc.compilers.portfolio.run import Portfolio

__all__ = ["Portfolio"]
