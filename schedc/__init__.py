"""A small text language for scheduling, compiled to exact and heuristic solvers, judged before you see it.

    import schedc
    problem = schedc.load("model.sched", crews=4)
    plan = problem.solve(time="30s")
    plan["move[r1]"].start

Names are loaded on first use: importing schedc is cheap and loads no solver.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from schedc.api import Problem, SolverError, explain, load, loads
    from schedc.compilers.backend import Event
    from schedc.models.diagnostics import Diagnostic, SchedcError, Severity
    from schedc.models.files import FileError
    from schedc.models.model import Model
    from schedc.models.schedule import Schedule, Status
    from schedc.models.verify import Verdict, Violation
    from schedc.output import OutputError
    from schedc.plan import NoScheduleError, Objective, Placement, Plan
    from schedc.reading import ScheduleError

__version__ = "0.1.0"

__all__ = [
    "Diagnostic",
    "Event",
    "FileError",
    "Model",
    "NoScheduleError",
    "Objective",
    "OutputError",
    "Placement",
    "Plan",
    "Problem",
    "SchedcError",
    "Schedule",
    "ScheduleError",
    "Severity",
    "SolverError",
    "Status",
    "Verdict",
    "Violation",
    "__version__",
    "explain",
    "load",
    "loads",
]

_ROOMS = {
    "schedc.api": ("Problem", "SolverError", "explain", "load", "loads"),
    "schedc.compilers.backend": ("Event",),
    "schedc.models.files": ("FileError",),
    "schedc.models.diagnostics": ("Diagnostic", "SchedcError", "Severity"),
    "schedc.models.model": ("Model",),
    "schedc.models.schedule": ("Schedule", "Status"),
    "schedc.models.verify": ("Verdict", "Violation"),
    "schedc.output": ("OutputError",),
    "schedc.plan": ("NoScheduleError", "Objective", "Placement", "Plan"),
    "schedc.reading": ("ScheduleError",),
}
_HOME = {name: room for room, names in _ROOMS.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'schedc' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
