"""Which formulation: placeholder."""
from __future__ import annotations
from enum import StrEnum
class Formulation(StrEnum):
    """A way to write a model as a mixed integer program."""
    TIME = "time"
def choose(model, bounds, wanted): return Formulation.TIME
