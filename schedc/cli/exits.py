"""Exit codes: a contract with other programs."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """What the process says when it leaves."""

    OK = 0              # a verified schedule, or nothing wrong
    ERRORS = 1          # the model, its data or a file has errors
    USAGE = 2
    INFEASIBLE = 3      # proved
    NO_SCHEDULE = 4     # none within the limits, nothing proved
    BROKEN = 5          # `verify`: the schedule breaks the model
    INTERNAL = 70
    INTERRUPTED = 130   # the best schedule so far was still written
