"""The judge itself: every statement in turn."""

from __future__ import annotations

import numpy as np

from schedc.models.model import Model
from schedc.models.schedule import Schedule
from schedc.models.verify.addresses import judge_addresses
from schedc.models.verify.availability import calendars
from schedc.models.verify.batches import judge_batches
from schedc.models.verify.capacity import judge_capacity
from schedc.models.verify.case import Case
from schedc.models.verify.changes import judge_changes, judge_permutations
from schedc.models.verify.demands import lows, totals
from schedc.models.verify.figures import service_figures, soft_figures
from schedc.models.verify.lengths import judge_lengths
from schedc.models.verify.options import judge_options
from schedc.models.verify.presence import judge_presence
from schedc.models.verify.relations import judge_exclusives, judge_orders
from schedc.models.verify.requirements import judge_requires
from schedc.models.verify.stocks import judge_stocks
from schedc.models.verify.values import Values
from schedc.models.verify.verdict import Verdict
from schedc.models.verify.windows import judge_horizon, judge_limits, judge_within


def verify(model: Model, schedule: Schedule) -> Verdict:
    """Judge a schedule against every statement of a model, and recompute its objectives.

    What the reference leaves to corner cases: a task of length 0 uses nothing and conflicts with nothing, but its
    release, deadline, horizon (0 <= t <= H), order and `within` bind it; [t, t) lies in a span [lo, hi) when
    lo <= t <= hi. A statement of n members is broken as often as members break it; at most LISTED violations of a kind
    are listed for a statement, the others are counted in `Verdict.more`. Of an `exclusive` instance each task is
    reported that starts while an earlier one is running, against the latest-ending of those. What the columns say of an
    absent task is not looked at.

    Raises ValueError where the schedule's columns are not integers, one a task.
    """
    case = Case.of(model, schedule)
    times, demands = calendars(model), totals(case)
    judge_presence(case)
    judge_options(case)
    judge_horizon(case)
    low = lows(model, times, demands, np.flatnonzero(model.pausable[demands.task]))
    judge_lengths(case, demands, low)
    judge_limits(case)
    judge_within(case)
    judge_capacity(case, times, demands, low)
    judge_addresses(case, times)
    judge_batches(case, demands)
    judge_stocks(case)
    setup = judge_changes(case)
    values = Values(case.start, case.end, case.length, case.present, case.mode, case.member, setup, case.address)
    judge_orders(case, values)
    judge_exclusives(case)
    judge_permutations(case)
    judge_requires(case, values)
    objectives = tuple(int(values.of(stage.value)[0]) for stage in model.objective)
    soft, qos = soft_figures(model, values), service_figures(model, values)
    return Verdict(tuple(case.violations), objectives, tuple(case.more), soft, qos)
