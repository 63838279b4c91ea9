"""A first schedule without a solver."""

from schedc.compilers.construct.build import construct

__all__ = ["construct"]
