"""How workers are divided between the exact back-end and the improvers, round after round.

A run begins with a chance for a proof, all workers at the exact back-end; a longer one if the gap is small by then.
Then the improvers have a probe with as many workers as they can use; it ends once each has had a slice and none was of
use. What follows is decided by what was seen. Where improvers bring nothing and the gap is small, a proof is all that
is missing, and the exact back-end has every worker to the end; where they brought nothing at once and the gap is not
large, it has them for a good part of the time: small models behave as if it were alone. Else both work side by side,
improvers on half of the workers; with a single worker they take turns. An exact search that brings neither schedules
nor bounds for two rounds, while improvers do, pauses for a round.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

_CHANCE_SHARE, _CHANCE = 0.1, 2.0       # of the time limit; seconds at most
_LONGER_SHARE, _LONGER = 0.2, 10.0      # a longer chance, where the gap is small after the first
_PROBE_SHARE, _PROBE = 0.05, 3.0
_ROUND_SHARE, _ROUND = 0.1, 10.0
_GROWTH = 1.5
_STILL = 2              # rounds without better schedules, after which improvers hand back
_MOST = 4               # rounds that are waited for an improver's first slice
_NEAR = 0.05            # the gap below which a proof is worth every worker
_FAR = 0.25             # the gap below which it is for a while, where the improvers were of no use at once
_ALONE_SHARE, _ALONE = 0.4, 60.0        # that while
_LAST = 0.05            # of the time limit: a shorter rest is not divided again


@dataclass(frozen=True)
class Round:
    """So many workers for each side, for so many seconds (None: to the end)."""

    exact: int
    improvers: int
    seconds: float | None
    probe: bool = False         # ends once every improver has had a slice and none was of use


@dataclass(frozen=True)
class Seen:
    """A round that is over, and whether each side brought anything.

    gap: at its end, None where unknown; untried: improvers that had not ended a slice by then; found: whether there
    was a schedule by then.
    """

    round: Round
    exact: bool
    improvers: bool
    gap: float | None
    untried: int = 0
    found: bool = True


@dataclass(frozen=True)
class Means:
    """What a run has: workers, how many improvers there are, whether there is an exact back-end that may begin."""

    workers: int
    arms: int
    exact: bool
    quick: bool         # whether the model is small enough for a first chance
    seconds: float | None


def next_round(seen: Sequence[Seen], means: Means, left: float | None) -> Round:
    """The next round."""
    chosen = _chosen(seen, means)
    if left is None or chosen.seconds is None or means.seconds is None:
        return chosen
    rest = left - chosen.seconds
    return chosen if rest > _LAST * means.seconds else replace(chosen, seconds=left)


def _chosen(seen: Sequence[Seen], means: Means) -> Round:
    workers = means.workers
    if not means.arms:
        return Round(workers, 0, None)
    if not means.exact:
        return Round(0, min(workers, means.arms), None)
    if not seen and means.quick:
        return Round(workers, 0, _part(means, _CHANCE_SHARE, _CHANCE))
    probes = [s for s in seen if s.round.improvers]
    if len(seen) == 1 and not probes and seen[0].gap is not None and seen[0].gap <= _NEAR:
        return Round(workers, 0, _part(means, _LONGER_SHARE, _LONGER))      # the same search, let go on
    if not probes:
        alone = not seen or seen[-1].found or workers == 1     # without a schedule the exact search is let go on
        crew = min(workers if alone else workers // 2, means.arms)
        return Round(workers - crew, crew, _part(means, _PROBE_SHARE, _PROBE), probe=True)
    proving = _proving(seen, probes, means)
    if proving is not None:
        return proving
    length = _part(means, _ROUND_SHARE, _ROUND) * _GROWTH ** max(0, len(probes) - 1)
    if workers == 1:
        return Round(0, 1, length) if seen[-1].round.exact else Round(1, 0, length)
    crew = min(max(1, workers // 2), means.arms)
    if _tired(seen):
        return Round(0 if means.arms >= workers else workers - means.arms, min(workers, means.arms), length)
    return Round(workers - crew, crew, length)


def _proving(seen: Sequence[Seen], probes: Sequence[Seen], means: Means) -> Round | None:
    """A round in which every worker is at the exact back-end, where the improvers stand still and the gap allows it."""
    if seen[-1].untried and len(probes) <= _MOST:
        return None
    gap, first = seen[-1].gap or 0.0, len(probes) == 1
    still = len(probes) - max((k for k, s in enumerate(probes, 1) if s.improvers), default=0)
    if still >= (1 if first else _STILL) and gap <= _NEAR:
        return Round(means.workers, 0, None)
    if first and still and gap <= _FAR and seen[-1].round.improvers:
        return Round(means.workers, 0, _part(means, _ALONE_SHARE, _ALONE))
    return None


def _tired(seen: Sequence[Seen]) -> bool:
    """Whether the exact back-end brought nothing in two rounds beside improvers that did, the last of them just now."""
    lately = seen[-2:]
    return len(lately) == 2 and all(s.round.exact and s.round.improvers and s.improvers and not s.exact for s in lately)


def _part(means: Means, share: float, most: float) -> float:
    return most if means.seconds is None else min(most, share * means.seconds)
