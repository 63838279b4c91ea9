"""Why a model has no schedule: its statements one by one (`elements`), the model without some of them (`restrict`), and
a smallest set that still has no schedule (`shrink`)."""

from schedc.compilers.conflict.elements import Block, Elements, Kind, elements_of
from schedc.compilers.conflict.oracle import Answer, Oracle
from schedc.compilers.conflict.shrink import Core, disjoint_cores, smallest

__all__ = ["Answer", "Block", "Core", "Elements", "Kind", "Oracle", "disjoint_cores", "elements_of", "smallest"]
