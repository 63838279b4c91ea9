"""Why: what cannot be kept together and what would be enough, or what keeps a task where it is. All of it as data."""

from schedc.explaining.report import (
    Bottleneck,
    Conflict,
    Explanation,
    Link,
    Marginal,
    ParamAdvice,
    Relaxation,
)
from schedc.explaining.run import conflict_of, explain
from schedc.models.conflict import Item

__all__ = [
    "Bottleneck", "Conflict", "Explanation", "Item", "Link", "Marginal", "ParamAdvice", "Relaxation", "conflict_of",
    "explain",
]
