"""The CP-SAT back-end: models to OR-Tools' CP-SAT and back."""

from schedc.compilers.cpsat.compiled import CompiledCpSat, CpSat
from schedc.compilers.cpsat.encode import Encoding

__all__ = ["CompiledCpSat", "CpSat", "Encoding"]
