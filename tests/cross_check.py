"""One text through everything: load, brute force over the judge, and the back-ends by each of their ways."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from brute import Answer, TooBigError, brute_force
from random_models import Timeless

from schedc.compilers.backend import Limits
from schedc.compilers.plan import plan
from schedc.compilers.registry import find_backend
from schedc.compilers.solve import compile_model, solve
from schedc.dsl.build import build
from schedc.dsl.check import check, refute
from schedc.dsl.parse import parse
from schedc.models.columns import ints
from schedc.models.diagnostics import Findings, Severity
from schedc.models.expressions import Absolute, Linear, Part, Point
from schedc.models.model import Model
from schedc.models.schedule import Schedule, Status
from schedc.models.serial import equal, model_from_json, model_to_json
from schedc.models.sound import flaws
from schedc.models.source import NO_ORIGIN
from schedc.models.statements import Stage
from schedc.models.verify import verify

LIMITS = Limits(workers=1, seconds=60)
LONGEST = 16                                        # derived horizons beyond this are left alone
FEW = 300_000                                       # joined placements, where three models are searched
IMPOSSIBLE = {f"E2{n}" for n in range(10, 30)} | {"E315"}      # codes of what can be seen to be impossible


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


def cross_check_horizon(timeless: Timeless) -> str:
    """Whether the derived horizon loses no optimum: "derived", or "infeasible", "underived" or "too big".

    A few more ticks must not make the optimum better, nor an impossible model possible.
    """
    findings = Findings()
    model = _model(timeless.text(), findings)
    if any(d.code == "E237" for d in findings.items):
        return "underived"
    _only_impossible(findings)
    if model is None:
        return "infeasible"
    try:
        if model.horizon > LONGEST:
            return "too big"
        answers = [brute_force(model, FEW)]
        for more in (1, 4):
            longer = _model(timeless.text(model.horizon + more), Findings())
            assert longer is not None
            answers.append(brute_force(longer, FEW))
    except TooBigError:
        return "too big"
    if len({answer.objectives for answer in answers}) > 1:
        told = ", ".join(str(answer.objectives) for answer in answers)
        raise Disagreement(
            f"the optimum with the derived {model.horizon} ticks, 1 and 4 more: {told}\n\n{timeless.text()}"
        )
    return "infeasible" if answers[0].objectives is None else "derived"


def _model(text: str, findings: Findings) -> Model | None:
    """The model, also where `check` finds it impossible."""
    parsed = parse(text, "random.sched", findings)
    model = build(parsed, name="random", folder=None, params={}, data={}, digest="", findings=findings)
    if model is not None:
        check(model, findings)
    return model


def _cross_check(text: str) -> str:
    findings = Findings()
    model = _model(text, findings)
    _only_impossible(findings)
    if model is None:
        return "refused"        # a `require` that data alone decides leaves no model to ask about
    unsound = list(flaws(model))
    if unsound:
        raise Disagreement(f"the model is not sound: {unsound}")
    if not equal(model, model_from_json(model_to_json(model))):
        raise Disagreement("the model does not come back from JSON as it was")
    try:
        answer = brute_force(model)
    except TooBigError:
        return "too big"
    if findings.failed and answer.objectives is not None:
        raise Disagreement(f"refused as impossible ({_errors(findings)}), but {_shown(answer.schedule)} keeps it")
    refuted = Findings()
    if not findings.failed:
        refute(model, refuted)
    if refuted.failed and answer.objectives is not None:
        raise Disagreement(f"refuted ({_errors(refuted)}), but {_shown(answer.schedule)} keeps it")
    for backend in ("cpsat", "milp"):
        if plan(model, find_backend(backend).takes).missing:
            continue
        for way in (_whole, _without_construction, _solver_alone):
            _compare(answer, way(model, backend))
    if answer.objectives is not None and model.task_count:
        _probe(model, answer, Random(text))
    if answer.objectives is None:
        return "refused" if findings.failed else "infeasible"
    return "optimal" if model.objective else "feasible"


def _only_impossible(findings: Findings) -> None:
    odd = [d for d in findings.items if d.severity is Severity.ERROR and d.code not in IMPOSSIBLE]
    if odd:
        raise Disagreement(f"the text was meant to be valid: {_errors(findings)}")


def _errors(findings: Findings) -> str:
    return "; ".join(f"{d.code} {d.message}" for d in findings.items if d.severity is Severity.ERROR)


def _compare(answer: Answer, solved: Solved) -> None:
    if solved.objectives != answer.objectives:
        raise Disagreement(
            f"{solved.way} says {solved.objectives}, brute force {answer.objectives} with {_shown(answer.schedule)}"
        )


def _probe(model: Model, answer: Answer, choice: Random) -> None:
    """Ask the solver for other ends of the set of schedules: where a goal of our own is least."""
    for value in (_slope(model, choice), _distance(model, answer, choice)):
        asked = replace(model, objective=(Stage(NO_ORIGIN, "probe", "minimize", value),))
        for backend in ("cpsat", "milp"):
            if plan(asked, find_backend(backend).takes).missing:
                continue
            found = _solver_alone(asked, backend)
            if found.objectives != (answer.least(value),):
                raise Disagreement(
                    f"{found.way} finds {found.objectives} for a probe, brute force {answer.least(value)}: {value}"
                )


def _slope(model: Model, choice: Random) -> Linear:
    """Starts, ends and lengths with small coefficients of either sign."""
    points = [(point, task) for point in (Point.START, Point.END, Point.LENGTH) for task in range(model.task_count)]
    coefs = [choice.randint(-3, 3) for _ in points]
    zeros = ints([0] * len(points))
    return Linear(ints([0]), zeros, ints(p for p, _ in points), ints(t for _, t in points), ints(coefs))


def _distance(model: Model, answer: Answer, choice: Random) -> Linear:
    """How far the starts and lengths are from those of a schedule that need not keep the model: 0 for it alone."""
    n = model.task_count
    near = answer.kept[:, choice.randrange(answer.count)]
    wanted = [int(near[t, k]) + choice.choice((0, 0, 0, -1, 1, 2)) for k in (0, 2) for t in range(n)]
    rows = ints(range(2 * n))
    points = ints([Point.START] * n + [Point.LENGTH] * n)
    each = Linear(-ints(wanted), rows, points, ints([*range(n), *range(n)]), ints([1] * 2 * n))
    nothing = ints([])
    part = Part(ints([0] * 2 * n), Absolute(each), rows, ints([1] * 2 * n))
    return Linear(ints([0]), nothing, nothing, nothing, nothing, (part,))


def _whole(model: Model, backend: str) -> Solved:
    return _run(model, f"solve by {backend}", True)


def _without_construction(model: Model, backend: str) -> Solved:
    return _run(model, f"solve by {backend} without construction", False)


def _run(model: Model, way: str, constructing: bool) -> Solved:
    result = solve(model, backend=way.split()[2], limits=LIMITS, constructing=constructing)
    if result.status is Status.INFEASIBLE:
        return Solved(way, None)
    wanted = Status.OPTIMAL if model.objective else Status.FEASIBLE
    if result.status is not wanted or result.schedule is None:
        raise Disagreement(f"{way} ends with {result.status}: {result.reason}")
    return _judged(model, way, result.schedule)


def _solver_alone(model: Model, backend: str) -> Solved:
    """The compiled model by itself: no propagation, no constructed schedule, no bound from outside."""
    outcome = compile_model(model, backend).solve(LIMITS, None, lambda event: None)
    if outcome.status is Status.INFEASIBLE:
        return Solved(backend, None)
    if outcome.status not in (Status.OPTIMAL, Status.FEASIBLE) or outcome.schedule is None:
        raise Disagreement(f"{backend} ends with {outcome.status}: {outcome.reason}")
    solved = _judged(model, backend, outcome.schedule)
    if model.objective and (outcome.status is not Status.OPTIMAL or outcome.bounds != solved.objectives):
        raise Disagreement(f"{backend} proves {outcome.bounds} of {solved.objectives}: {outcome.status}")
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
