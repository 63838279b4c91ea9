"""One text through everything: load, brute force over the judge, and the back-end by each of its ways."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from brute import Answer, TooBigError, brute_force

from schedc.compilers.backend import Limits
from schedc.compilers.solve import compile_model, solve
from schedc.dsl.build import build
from schedc.dsl.check import check
from schedc.dsl.parse import parse
from schedc.models.diagnostics import Findings, Severity
from schedc.models.model import Model
from schedc.models.schedule import Schedule, Status
from schedc.models.sound import flaws
from schedc.models.verify import verify

LIMITS = Limits(workers=1, seconds=60)
IMPOSSIBLE = {f"E2{n}" for n in range(10, 30)}      # codes of what can be seen to be impossible


class Disagreement(AssertionError):     # noqa: N818
    """Two of the witnesses differ."""


@dataclass(frozen=True)
class Solved:
    """What a way of solving answers: the objectives of its schedule, None where it proved that there is none."""

    way: str
    objectives: tuple[int, ...] | None


def cross_check(text: str) -> str:
    """What the text turned out to be: "optimal", "feasible", "infeasible", "refused" or "too big".

    "refused": no solver would be asked. The back-end is asked all the same where there is a model.
    Raises Disagreement, with the text, where any two witnesses differ.
    """
    try:
        return _cross_check(text)
    except Disagreement as found:
        raise Disagreement(f"{found}\n\n{text}") from found
    except Exception as error:
        raise Disagreement(f"{type(error).__name__}: {error}\n\n{text}") from error


def _cross_check(text: str) -> str:
    findings = Findings()
    parsed = parse(text, "random.sched", findings)
    model = build(parsed, name="random", folder=None, params={}, data={}, digest="", findings=findings)
    if model is not None:
        check(model, findings)
    _only_impossible(findings)
    if model is None:
        return "refused"        # a `require` that data alone decides leaves no model to ask about
    unsound = list(flaws(model))
    if unsound:
        raise Disagreement(f"the model is not sound: {unsound}")
    try:
        answer = brute_force(model)
    except TooBigError:
        return "too big"
    if findings.failed and answer.objectives is not None:
        raise Disagreement(f"refused as impossible ({_errors(findings)}), but {_shown(answer.schedule)} keeps it")
    for way in (_whole, _without_construction, _solver_alone):
        _compare(model, answer, way)
    if answer.objectives is None:
        return "refused" if findings.failed else "infeasible"
    return "optimal" if model.objective else "feasible"


def _only_impossible(findings: Findings) -> None:
    odd = [d for d in findings.items if d.severity is Severity.ERROR and d.code not in IMPOSSIBLE]
    if odd:
        raise Disagreement(f"the text was meant to be valid: {_errors(findings)}")


def _errors(findings: Findings) -> str:
    return "; ".join(f"{d.code} {d.message}" for d in findings.items if d.severity is Severity.ERROR)


def _compare(model: Model, answer: Answer, way: Callable[[Model], Solved]) -> None:
    solved = way(model)
    if solved.objectives != answer.objectives:
        raise Disagreement(
            f"{solved.way} says {solved.objectives}, brute force {answer.objectives} with {_shown(answer.schedule)}"
        )


def _whole(model: Model) -> Solved:
    return _run(model, "solve", True)


def _without_construction(model: Model) -> Solved:
    return _run(model, "solve without construction", False)


def _run(model: Model, way: str, constructing: bool) -> Solved:
    result = solve(model, backend="cpsat", limits=LIMITS, constructing=constructing)
    if result.status is Status.INFEASIBLE:
        return Solved(way, None)
    wanted = Status.OPTIMAL if model.objective else Status.FEASIBLE
    if result.status is not wanted or result.schedule is None:
        raise Disagreement(f"{way} ends with {result.status}: {result.reason}")
    return _judged(model, way, result.schedule)


def _solver_alone(model: Model) -> Solved:
    """The compiled model by itself: no propagation, no constructed schedule, no bound from outside."""
    outcome = compile_model(model, "cpsat").solve(LIMITS, None, lambda event: None)
    if outcome.status is Status.INFEASIBLE:
        return Solved("CP-SAT", None)
    if outcome.status not in (Status.OPTIMAL, Status.FEASIBLE) or outcome.schedule is None:
        raise Disagreement(f"CP-SAT ends with {outcome.status}: {outcome.reason}")
    solved = _judged(model, "CP-SAT", outcome.schedule)
    if model.objective and (outcome.status is not Status.OPTIMAL or outcome.bounds != solved.objectives):
        raise Disagreement(f"CP-SAT proves {outcome.bounds} of {solved.objectives}: {outcome.status}")
    return solved


def _judged(model: Model, way: str, schedule: Schedule) -> Solved:
    verdict = verify(model, schedule)
    if not verdict.holds:
        raise Disagreement(f"{way} gives {_shown(schedule)}, which the judge rejects: {verdict.violations}")
    return Solved(way, verdict.objectives)


def _shown(schedule: Schedule | None) -> str:
    if schedule is None:
        return "nothing"
    return f"start {schedule.start.tolist()} end {schedule.end.tolist()} length {schedule.length.tolist()}"
