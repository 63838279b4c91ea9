"""The sheet on which a CP-SAT model is written: the text form of its protocol buffer.

Joining lines and letting the library parse them is about twice as fast as calling its Python API once a variable and
constraint, and three to five times as fast as the API with an expression a constraint.

A variable is its index. A literal is a 0/1 variable's index, or -index - 1 for its negation. An affine point is a pair
(variable, constant) for variable + constant; variable -1 stands for the constant alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from schedc.compilers.backend import UnsuitableError
from schedc.compilers.conditions import Sum, Terms

Affine: TypeAlias = tuple[int, int]

FREE = (1 << 63) - 1                    # a side of a linear constraint that does not bind
LARGEST = (1 << 61) - 1                 # CP-SAT refuses variables beyond half of 64 bits; one bit is left for sums


class BeyondRangeError(UnsuitableError):
    """A number of the model does not fit the solver's 64-bit arithmetic."""


class Sheet:
    """Variables and constraints in the order in which they were written. `lo`, `hi`: the variables' bounds."""

    def __init__(self) -> None:
        self.lo: list[int] = []
        self.hi: list[int] = []
        self._variables: list[str] = []
        self._constraints: list[str] = []
        self.impossible: str | None = None

    def variable(self, lo: int, hi: int) -> int:
        """A new variable in [lo, hi]; an empty range makes the sheet impossible."""
        if lo > hi:
            return self._empty()
        _in_range(lo, hi)
        return self._add(f"variables{{domain:[{lo},{hi}]}}", lo, hi)

    def variables(self, lo: Sequence[int], hi: Sequence[int]) -> int:
        """A column of new variables, lo[i] <= hi[i]; the index of the first."""
        first = len(self.lo)
        if len(lo):
            _in_range(min(lo), max(hi))
        self.lo.extend(lo)
        self.hi.extend(hi)
        self._variables.extend([f"variables{{domain:[{a},{b}]}}" for a, b in zip(lo, hi)])
        return first

    def variable_in(self, ranges: list[tuple[int, int]]) -> int:
        """A new variable in a union of closed, sorted, disjoint ranges."""
        if not ranges:
            return self._empty()
        _in_range(ranges[0][0], ranges[-1][1])
        flat = ",".join(f"{a},{b}" for a, b in ranges)
        return self._add(f"variables{{domain:[{flat}]}}", ranges[0][0], ranges[-1][1])

    def literal(self) -> int:
        """A new 0/1 variable."""
        return self._add("variables{domain:[0,1]}", 0, 1)

    def _add(self, line: str, lo: int, hi: int) -> int:
        self._variables.append(line)
        self.lo.append(lo)
        self.hi.append(hi)
        return len(self.lo) - 1

    def _empty(self) -> int:
        self.never("a task has no place left")
        return self._add("variables{domain:[0,0]}", 0, 0)

    def linear(self, terms: Terms, lo: int, hi: int, when: Sequence[int] = ()) -> None:
        """lo <= sum of coefficient * variable <= hi, wherever all literals of `when` are true."""
        self.linear_in(terms, [(lo, hi)], when)

    def linear_in(self, terms: Terms, ranges: list[tuple[int, int]], when: Sequence[int] = ()) -> None:
        """The same with a union of closed ranges."""
        if any(not -LARGEST <= c <= LARGEST for c in terms.values()):
            raise BeyondRangeError("a coefficient is beyond the solver's 64-bit range")
        inside = [(max(a, -FREE), min(b, FREE)) for a, b in ranges if a <= FREE and b >= -FREE]
        if not inside:
            self.clause([], when)
            return
        domain = ",".join(f"{a},{b}" for a, b in inside)
        line = f"linear{{vars:{list(terms)} coeffs:{list(terms.values())} domain:[{domain}]}}"
        self._constraints.append(f"constraints{{{_when(when)}{line}}}")

    def differences(self, rows: Iterable[tuple[int, int, int, int]]) -> None:
        """lo <= variable[b] - variable[a] <= hi for rows (a, b, lo, hi) with different variables."""
        self._constraints.extend(
            [f"constraints{{linear{{vars:[{b},{a}] coeffs:[1,-1] domain:[{lo},{hi}]}}}}" for a, b, lo, hi in rows]
        )

    def clause(self, literals: Sequence[int], when: Sequence[int] = ()) -> None:
        """At least one of the literals, wherever all of `when` are true."""
        self._constraints.append(f"constraints{{{_when(when)}bool_or{{literals:{list(literals)}}}}}")

    def exactly_one(self, literals: Sequence[int]) -> None:
        """One of the literals and no other."""
        self._constraints.append(f"constraints{{exactly_one{{literals:{list(literals)}}}}}")

    def never(self, reason: str) -> None:
        """Make the sheet impossible; the first reason is kept."""
        self.impossible = self.impossible or reason
        self.clause([])

    def greatest(self, target: Terms, options: Sequence[tuple[Terms, int]]) -> None:
        """target = the maximum of the options, each terms plus a constant."""
        parts = " ".join(f"exprs{{{_expression(t, c)}}}" for t, c in options)
        self._constraints.append(f"constraints{{lin_max{{target{{{_expression(target, 0)}}} {parts}}}}}")

    def product(self, target: int, factors: Sequence[tuple[Terms, int]]) -> None:
        """A variable is the product of two sums, each terms plus a constant."""
        parts = " ".join(f"exprs{{{_expression(t, c)}}}" for t, c in factors)
        self._constraints.append(f"constraints{{int_prod{{target{{vars:{target} coeffs:1}} {parts}}}}}")

    def interval(self, start: Affine, size: Affine, end: Affine, when: Sequence[int] = ()) -> int:
        """A stretch [start, end) of a size; the caller ties the three together. The index of the constraint."""
        text = f"start{{{_affine(start)}}} size{{{_affine(size)}}} end{{{_affine(end)}}}"
        self._constraints.append(f"constraints{{{_when(when)}interval{{{text}}}}}")
        return len(self._constraints) - 1

    def stay_from(self, start: Affine, end: int, when: Sequence[int] = ()) -> int:
        """The stretch from a point to a fixed end. The index of the constraint."""
        variable, constant = start
        if variable < 0:
            return self.interval(start, (-1, end - constant), (-1, end), when)
        size = f"vars:{variable} coeffs:-1 offset:{end - constant}"
        text = f"start{{{_affine(start)}}} size{{{size}}} end{{offset:{end}}}"
        self._constraints.append(f"constraints{{{_when(when)}interval{{{text}}}}}")
        return len(self._constraints) - 1

    def reservoir(self, events: Sequence[tuple[Affine, int, tuple[int, ...]]], lowest: int, highest: int) -> None:
        """After the events of any tick, of (tick, change, literal that it happens at all), the sum of the changes lies
        between lowest <= 0 and highest >= 0."""
        sure = None
        times, changes, active = [], [], []
        for at, change, when in events:
            if not when and sure is None:
                sure = self.variable(1, 1)
            times.append(f"time_exprs{{{_affine(at)}}}")
            changes.append(f"level_changes{{offset:{change}}}")
            active.append(when[0] if when else sure)
        text = f"min_level:{lowest} max_level:{highest} {' '.join(times)} {' '.join(changes)} active_literals:{active}"
        self._constraints.append(f"constraints{{reservoir{{{text}}}}}")

    def no_overlap(self, intervals: Sequence[int]) -> None:
        """No two of the intervals share a tick."""
        self._constraints.append(f"constraints{{no_overlap{{intervals:{list(intervals)}}}}}")

    def no_overlap_2d(self, wide: Sequence[int], high: Sequence[int]) -> None:
        """No two of the boxes, of an interval on either axis, share a point."""
        self._constraints.append(
            f"constraints{{no_overlap_2d{{x_intervals:{list(wide)} y_intervals:{list(high)}}}}}"
        )

    def circuit(self, tails: Sequence[int], heads: Sequence[int], literals: Sequence[int]) -> None:
        """The arcs whose literals are true form one circuit through all nodes but those with a loop."""
        text = f"tails:{list(tails)} heads:{list(heads)} literals:{list(literals)}"
        self._constraints.append(f"constraints{{circuit{{{text}}}}}")

    def cumulative(self, intervals: Sequence[int], demands: Sequence[int], capacity: int) -> None:
        """At every tick the demands of the intervals that hold it sum to at most the capacity."""
        _in_range(0, max(capacity, max(demands, default=0)))
        text = " ".join([f"demands{{offset:{d}}}" for d in demands])
        self._constraints.append(
            f"constraints{{cumulative{{capacity{{offset:{capacity}}} intervals:{list(intervals)} {text}}}}}"
        )

    def at_least(self, literal: int, point: Affine, value: int) -> None:
        """literal <=> point >= value."""
        variable, constant = point
        self.linear({variable: 1}, value - constant, FREE, [literal])
        self.linear({variable: 1}, -FREE, value - constant - 1, [-literal - 1])

    def native(self, goal: Sum | None, negated: bool = False) -> Any:
        """The CpModel; its objective is the goal, or where that is a maximised value negated, the value itself.

        Raises BeyondRangeError where the library refuses the numbers.
        """
        from ortools.sat.python import cp_model, cp_model_helper

        proto = cp_model_helper.CpModelProto()
        lines = [*self._variables, *self._constraints]
        if goal is not None:
            terms, constant = goal
            lines.append(objective_text(terms, f"offset:{constant} scaling_factor:{-1 if negated else 1}"))
        if not proto.parse_text_format("\n".join(lines)):
            raise BeyondRangeError("a number is beyond the solver's 64-bit range")
        return cp_model.CpModel(proto)


def objective_text(terms: Terms, shown: str = "") -> str:
    """The text of an objective that minimises the sum of the terms; `shown`: how its value is to be shown."""
    return f"objective{{vars:{list(terms)} coeffs:{list(terms.values())} {shown}}}"


def linear_text(terms: Terms, highest: int) -> str:
    """The text of a constraint that the sum of the terms is at most a value."""
    body = f"vars:{list(terms)} coeffs:{list(terms.values())} domain:[{-FREE},{highest}]"
    return f"constraints{{linear{{{body}}}}}"


def _in_range(lo: int, hi: int) -> None:
    if lo < -LARGEST or hi > LARGEST:
        raise BeyondRangeError(f"the range {lo} .. {hi} is beyond the solver's 64-bit range")


def _when(literals: Sequence[int]) -> str:
    return f"enforcement_literal:{list(literals)} " if literals else ""


def _affine(point: Affine) -> str:
    variable, constant = point
    if variable < 0:
        return f"offset:{constant}"
    return f"vars:{variable} coeffs:1 offset:{constant}" if constant else f"vars:{variable} coeffs:1"


def _expression(terms: Terms, constant: int) -> str:
    return f"vars:{list(terms)} coeffs:{list(terms.values())} offset:{constant}"
