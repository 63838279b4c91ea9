"""How long tasks last in each run."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from schedc.models.columns import Ints
from schedc.models.model import Model
from schedc.models.schedule import Schedule

Matrix = NDArray[np.int64]


class Lengths(NamedTuple):
    """By task: what it lasts in the schedule, and between what and what it may last as `about` says (else the same)."""

    planned: Ints
    least: Ints
    most: Ints


def lengths_of(model: Model, schedule: Schedule) -> Lengths:
    """The lengths of a schedule's tasks, of the chosen modes where there are such."""
    least, most = schedule.length.copy(), schedule.length.copy()
    present = schedule.length > 0
    for t in model.tasks:
        rows = slice(t.first, t.first + t.size)
        if t.about is not None:
            least[rows], most[rows] = t.about.least, t.about.most
        for m in t.modes:
            if m.about is not None and schedule.mode is not None:
                own = np.flatnonzero(schedule.mode[t.first + m.row] == m.first + np.arange(m.size))
                at = t.first + m.row[own]
                least[at], most[at] = m.about.least[own], m.about.most[own]
    if schedule.present is not None:
        present = present | schedule.present
        least, most = np.where(schedule.present, least, 0), np.where(schedule.present, most, 0)
    return Lengths(schedule.length, np.minimum(least, schedule.length), np.maximum(most, schedule.length))


def draw(lengths: Lengths, noise: Fraction, runs: int, random: np.random.Generator) -> Matrix:
    """Lengths of shape (tasks, runs): triangular between least and most with its peak at what is planned, rounded;
    all others max(round(N(d, (noise d)^2)), 1) for a planned d > 0, exactly d without noise."""
    found = np.repeat(lengths.planned[:, None], runs, axis=1)
    fuzzy = np.flatnonzero(lengths.most > lengths.least)
    if len(fuzzy):
        least, peak, most = (column[fuzzy, None].astype(np.float64) for column in
                             (lengths.least, lengths.planned, lengths.most))
        found[fuzzy] = np.rint(random.triangular(least, peak, most, size=(len(fuzzy), runs))).astype(np.int64)
    other = np.flatnonzero((lengths.most == lengths.least) & (lengths.planned > 0))
    if len(other) and noise:
        mean = lengths.planned[other, None].astype(np.float64)
        drawn = random.standard_normal((len(other), runs)) * (float(noise) * mean) + mean
        found[other] = np.maximum(np.rint(drawn), 1).astype(np.int64)
    return found
