"""The evolutionary back-end: lists of tasks decoded in machine code, crossed, pushed both ways, and kept if good."""

from schedc.compilers.evolve.backend import Backend, CompiledEvolve
from schedc.compilers.evolve.improver import Evolve, improver

__all__ = ["Backend", "CompiledEvolve", "Evolve", "improver"]
