"""A first schedule without a solver."""

from schedc.compilers.construct.build import QUICK, Construction, begin, construct

__all__ = ["QUICK", "Construction", "begin", "construct"]
