"""The portfolio: rounds of exact search and improvers over one record.

This thread alone judges, keeps the incumbent and hands on events; jobs work in threads of their own. An exact search
goes on from round to round as long as its workers stay and nobody else has found a better schedule; else it begins
again from the best one, which bounds its objective from the start. Deterministic runs have one job at a time, and
time is what the jobs were given to do, not what a clock says.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from queue import Empty, SimpleQueue

from schedc.compilers.backend import Event, Limits, UnsuitableError
from schedc.compilers.checkpoint import Memories
from schedc.compilers.choose import Choice
from schedc.compilers.portfolio.arms import FOLDERS, AbsentError, Arm, Arms
from schedc.compilers.portfolio.jobs import Answered, Exact, Found, Queue, Slice, Told
from schedc.compilers.portfolio.rounds import Means, Round, Seen, next_round
from schedc.compilers.portfolio.stop import Stop
from schedc.compilers.record import Record
from schedc.compilers.result import relative_gap

_POLL = 0.05                        # seconds between looks at the clock and at `Limits.cancel`
_STEP_SHARE = 0.02                  # of the time limit: a slice of an improver
_STEPS = (0.2, 2.0)                 # its bounds in seconds
_PATIENCE, _SHORT = 10.0, 1.5       # seconds for an exact search, and for slices, to end that were told to stop
_GRACE = 1.0                        # seconds for slices to end after a round
_LONG = 1_000_000.0                 # seconds of a run without a limit


@dataclass
class Portfolio:
    """A run under way.

    begun: the arms at its begin; choose: compiles the exact back-end when it is first wanted; then: the arms that want
    it, once it is there; spare: an arm for a run in which every folder's improver turns out to be absent. No call in
    here looks at the clock where a run is deterministic, but to write checkpoints.
    """

    record: Record
    workers: int
    begun: Sequence[Arm]
    choose: Callable[[], Choice]
    then: Callable[[Choice], Sequence[Arm]]
    spare: Callable[[], Sequence[Arm]]
    quick: bool
    large: bool = False                                 # whether the exact back-end is the last resort
    kept: Memories = field(default_factory=dict)        # of a run that this one goes on from, by arm
    arms: Arms = field(init=False)
    queue: Queue = field(default_factory=SimpleQueue)
    stop: Stop = field(init=False)
    exact: Exact | None = None
    slices: list[Slice] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    able: bool = True               # whether the exact back-end may be begun (again)
    done: float = 0.0               # seconds of work given out in a deterministic run
    news: set[str] = field(default_factory=set)     # which side brought something in this round
    from_exact: bool = False        # whether the incumbent is the exact search's own, or where it began
    _choice: Choice | None = None

    def __post_init__(self) -> None:
        self.arms = Arms(self.record.limits.seed)
        self._add(self.begun)
        self.stop = Stop(self.record.limits.cancel)

    def _add(self, arms: Sequence[Arm]) -> None:
        for arm in arms:
            arm.kept = self.kept.get(arm.name, {})
            self.arms.add(arm)

    # the run

    def run(self) -> None:
        """Round after round, until the model is settled, the time is over, or nobody has anything left to do."""
        try:
            while not self._over():
                chosen = next_round(self.seen, self._means(), self._left())
                if chosen.exact and not self._may:
                    break
                if chosen.exact:
                    self._chosen()
                if not self.record.phase("solve", lambda: self._round(chosen)):     # noqa: B023
                    break
        except BaseException:
            self._abandon()
            raise
        self.record.phase("solve", self._end)

    @property
    def _may(self) -> bool:
        """Whether the exact back-end may be asked."""
        return self.able and not (self.large and (self.arms.all or self.record.best is not None))

    def _means(self) -> Means:
        return Means(self.workers, len(self.arms.all), self._may, self.quick, self.record.limits.seconds)

    def _over(self) -> bool:
        return self.record.settled() or self.record.stopped() or self._left() == 0

    def _left(self) -> float | None:
        limits = self.record.remaining()
        if limits.seconds is None or not limits.deterministic:
            return limits.seconds
        return max(0.0, limits.seconds - self.done)

    def _round(self, chosen: Round) -> bool:
        """Whether anything was done in it."""
        self.news.clear()
        end = time.monotonic() + (_LONG if chosen.seconds is None else chosen.seconds)
        worked = self._in_turn(chosen) if self._alone else self._side_by_side(chosen, end)
        found = self.record.best is not None
        self.seen.append(
            Seen(chosen, "exact" in self.news, "improver" in self.news, self._gap(), self.arms.untried, found)
        )
        return worked

    @property
    def _alone(self) -> bool:
        """Deterministic runs have one job at a time."""
        return self.record.limits.deterministic

    def _in_turn(self, chosen: Round) -> bool:
        """A deterministic round: one exact search, or slice after slice, with fixed shares of work."""
        rest = chosen.seconds if chosen.seconds is not None else self._left()
        left = _LONG if rest is None else rest
        if chosen.exact:
            limits = replace(self.record.limits, workers=1, seconds=rest)
            if self._begin_exact(limits):
                self._attend(lambda: self.exact is None)
            self.done += left       # only now: a job under way must not find the work used up
            return True
        while left > 0 and not self._over():
            share = min(left, self._step())
            if not self._begin_slice(share):
                return self._may
            self._attend(lambda: not self.slices)
            left, self.done = left - share, self.done + share
            if chosen.probe and self._tried_in_vain():
                break
        return True

    def _side_by_side(self, chosen: Round, end: float) -> bool:
        self._divide(chosen)
        while time.monotonic() < end and not self._over():
            if not (chosen.probe and self._tried_in_vain()):
                self._fill(chosen.improvers, end)
            elif not self.slices:
                return True
            if self.exact is None and not self.slices:
                return bool(self._may or self.arms.all)     # the other side may still have something to do
            self._take(_POLL)
        return True

    def _tried_in_vain(self) -> bool:
        """Whether every improver has had a slice, and in this round none was of use."""
        return bool(self.arms.all) and not self.arms.untried and "improver" not in self.news

    def _fill(self, most: int, end: float) -> None:
        """Begin slices until so many are under way."""
        while len(self.slices) < most and self._begin_slice(min(self._step(), end - time.monotonic())):
            pass

    def _divide(self, chosen: Round) -> None:
        """Leave the exact search as it is, or begin it anew with the workers and the schedule that it is to have.

        A slice that is still under way, such as one that waits for its code to be compiled, is given a while to end.
        """
        until = time.monotonic() + _GRACE
        self._attend(lambda: len(self.slices) <= chosen.improvers or time.monotonic() > until)
        running = self.exact
        if running is not None and (running.workers != chosen.exact or not self.from_exact):
            running.stop.set()
            self._attend(lambda: self.exact is None)
        if self.exact is None and chosen.exact and self.able and not self._over():
            self._begin_exact(replace(self.record.remaining(), workers=chosen.exact))

    # jobs

    def _begin_exact(self, limits: Limits) -> bool:
        choice = self._chosen()
        if choice is None:
            self.able = False
            return False
        self.from_exact = True
        self.exact = Exact(choice.compiled, limits, self.record.best, self.queue)
        return True

    def _chosen(self) -> Choice | None:
        if self._choice is None and self.able:
            try:
                self._choice = self.record.phase("build", self.choose)
            except UnsuitableError as problem:
                self._refused(problem)
            if self._choice is not None:
                self.record.note_choice(self._choice.backend, self._choice.because)
                self._add(self.then(self._choice))
        return self._choice

    def _refused(self, problem: UnsuitableError) -> None:
        """The exact back-end cannot: the improvers go on alone."""
        record = self.record
        self.able = False
        tried = f"{record.chosen_because}; " if record.chosen_because else ""
        record.reason = record.reason or f"{tried}{problem}"
        record.chosen_because = f"did not run: {tried}{problem}"

    def _begin_slice(self, seconds: float) -> bool:
        arm = self.arms.take()
        if arm is None:
            return False
        self.slices.append(Slice(arm, self.record.best, max(0.0, seconds), self.stop, self.queue))
        return True

    def _step(self) -> float:
        low, high = _STEPS
        seconds = self.record.limits.seconds
        return high if seconds is None else max(low, min(high, _STEP_SHARE * seconds))

    # messages

    def _attend(self, done: Callable[[], bool]) -> None:
        """Take messages until that is so; what runs ends by itself or is told to where the run is over.

        What does not end although it was told to is left to itself.
        """
        told = None
        while not done() and not (told is not None and self._given_up(told)):
            if told is None and self._over():
                self._tell()
                told = time.monotonic()
            self._take(_POLL)

    def _given_up(self, told: float) -> bool:
        """Whether nobody waits any longer for jobs that were told to stop at that time."""
        return time.monotonic() > told + (_SHORT if self.exact is None else _PATIENCE)

    def _take(self, wait: float) -> None:
        try:
            message = self.queue.get(timeout=wait)
        except Empty:
            return
        match message:
            case Told():
                self._told(message.event)
            case Answered():
                self._answered(message)
            case Found():
                self._found(message)

    def _told(self, event: Event) -> None:
        if self.record.learn(event, self._trusted):
            self.news.add("exact")
            if event.event == "incumbent":
                self.from_exact = True

    @property
    def _trusted(self) -> bool:
        """Whether bounds count before the search has ended: not where the model was lowered."""
        return self._choice is not None and not hasattr(self._choice.compiled, "rewrite")

    def _answered(self, message: Answered) -> None:
        if message.job is self.exact:
            self.exact = None
        if isinstance(message.error, UnsuitableError):
            self._refused(message.error)
        elif message.error is not None:
            raise message.error
        if message.outcome is None or self._choice is None:
            return
        outcome = message.outcome
        stopped = message.job.stop.is_set()
        cancelled = outcome.interrupted and self.record.limits.cancel.is_set()
        before, known = self._values(), self.record.bounds
        source = self._choice.backend
        self.record.phase("judge", lambda: self.record.accept(replace(outcome, interrupted=cancelled), source))
        if self._values() != before or self.record.bounds != known:
            self.news.add("exact")
        if not stopped and not self._alone:
            self.able = False       # it had all of its time, or nothing is left to prove

    def _found(self, message: Found) -> None:
        arm, schedule = message.job.arm, message.schedule
        self.slices.remove(message.job)
        better = False
        if schedule is not None and message.error is None:
            before = self.record.best
            arm.judged(self.record.consider(schedule, arm.name))
            better = self.record.best is not before
        if message.error is not None:
            self._absent(arm, message.error)
        if better:
            self.news.add("improver")
            self.from_exact = False
        self._remember(arm)
        arm.reward(better, _LONG if self._alone else message.seconds)
        self.arms.give_back(arm, failed=message.error is not None)

    def _absent(self, arm: Arm, error: BaseException) -> None:
        """An arm that is not made for the model, or failed; where it was the last of the folders', the spare comes."""
        if not isinstance(error, AbsentError):
            self.record.left_out(arm.name, error)
        if arm.name in FOLDERS and not any(a.name in FOLDERS and a is not arm for a in self.arms.all):
            self._add(self.spare())

    def _remember(self, arm: Arm, anyway: bool = False) -> None:
        """Keep an arm's memory for a checkpoint, when it is time for one."""
        saver = self.record.saver
        if saver is not None and (anyway or saver.due):
            with contextlib.suppress(Exception):        # what it does not remember it begins anew
                saver.remember(arm.name, arm.memory())
            saver.write_if_due()

    def _values(self) -> tuple[int, ...] | None:
        return None if self.record.verdict is None else self.record.verdict.objectives

    def _gap(self) -> float | None:
        record = self.record
        if record.verdict is None or not record.verdict.objectives:
            return None
        return relative_gap(record.verdict.objectives[0], record.bounds[0] if record.bounds else None)

    def _end(self) -> None:
        """Stop every job and take what it still has to say."""
        beside = [arm.name for arm in self.arms.all if arm.slices]
        if beside:
            because, names = self.record.chosen_because, " and ".join(beside)
            self.record.chosen_because = f"{because}; beside it {names}" if because else f"{names}: no exact search ran"
        self._tell()
        told = time.monotonic()
        while (self.exact is not None or self.slices) and not self._given_up(told):
            self._take(_POLL)
        for arm in self.arms.ready:
            self._remember(arm, anyway=True)

    def _abandon(self) -> None:
        """Stop every job and hear no more of them."""
        self._tell()
        until = time.monotonic() + _PATIENCE
        threads = [s.thread for s in self.slices]
        if self.exact is not None:
            threads.append(self.exact.thread)
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _tell(self) -> None:
        self.stop.set()
        if self.exact is not None:
            self.exact.stop.set()
