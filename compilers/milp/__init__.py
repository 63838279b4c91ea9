"""The MILP back-end: models to mixed integer programs, in Pyomo and HiGHS, and back."""

from schedc.compilers.milp.choose import Formulation
from schedc.compilers.milp.compiled import CompiledMilp, Milp

__all__ = ["CompiledMilp", "Formulation", "Milp"]
