"""Made feasibility problems: solved, refuted, and the answers to them judged; and plans mended after a disruption.

    python benchmarks/answers.py suite            # 200 problems over levels and phases, each with an infeasible twin
    python benchmarks/answers.py corruptions      # 5,000 right answers spoilt in one known way
    python benchmarks/answers.py repair           # 50 disrupted plans: mended, beside solved anew
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections import Counter

from harness import ROOT

sys.path.insert(0, str(ROOT / "tests"))

from schedc.api import loads
from schedc.challenge import Phase, Recipe, challenge, model_text
from schedc.challenge.text import names
from schedc.comparison import compare


def main() -> None:
    """Run one of the studies."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("study", choices=STUDIES)
    parser.add_argument("--cases", type=int, help="how many")
    parser.add_argument("--time", type=float, default=20, help="seconds for each solve")
    options = parser.parse_args()
    STUDIES[options.study](options)


def suite(options: argparse.Namespace) -> None:
    """Every problem solved with a judged schedule, every twin refuted and its cause named."""
    seconds, solved, refuted, named, wrong = [], 0, 0, 0, []
    recipe = Recipe()
    levels, phases = (10, 20, 30, 40, 50, 60, 15, 45), list(Phase)
    total = options.cases or 200
    for k in range(total):
        phase, level = phases[k % len(phases)], levels[k // len(phases) % len(levels)]
        made = challenge(recipe, phase, level, k // 40)
        began = time.perf_counter()
        plan = loads(model_text(made)).solve(time=options.time)
        seconds.append(time.perf_counter() - began)
        solved += plan.verdict is not None and plan.verdict.holds
        twin = made.twin()
        problem = loads(model_text(twin))
        refuted += problem.solve(time=options.time).status == "infeasible"
        story = problem.explain(time=options.time)
        first, second = (names(twin)[t] for t in twin.cause or ())
        told = {item.member for conflict in story.conflicts for item in conflict.items}
        if story.conflicts and all(c.minimal for c in story.conflicts) and any(second in member for member in told):
            named += 1
        else:
            wrong.append((twin.name, first, second))
    print(f"{total} problems: {solved} solved with a judged schedule, median {statistics.median(seconds):.2f} s, "
          f"longest {max(seconds):.2f} s; twins: {refuted} proved infeasible, {named} explained")
    print("not explained:", wrong[:10])


def corruptions(options: argparse.Namespace) -> None:
    """Each is reported in its category, at its statement and by its amount; right answers are never blamed."""
    from corruptions import spoilt
    from test_corruptions import complaint

    total, kinds, wrong = options.cases or 5000, Counter[str](), []
    for seed in range(total):
        case = spoilt(seed)
        kinds[case.kind] += 1
        said = complaint(case)
        if said:
            wrong.append((seed, case.kind, said))
    print(f"{total} answers spoilt ({', '.join(f'{n} {kind}' for kind, n in kinds.items())}): {len(wrong)} wrong")
    for row in wrong[:10]:
        print(*row)


def repair(options: argparse.Namespace) -> None:
    """Changed tasks of the mended plan against those of solving anew."""
    total, better, worse, proved, counts = options.cases or 50, 0, 0, 0, []
    for seed in range(total):
        rng = random.Random(seed)
        made = challenge(Recipe(tasks=rng.choice((12, 20, 30))), Phase.DISJUNCTIVE, 30, seed)
        text = model_text(made).replace(f"time for {made.horizon}", f"time for {made.horizon * 2}")
        text = "\n".join(line.partition("  deadline")[0] for line in text.splitlines()) + "\nminimize makespan\n"
        before = loads(text).solve(time=options.time / 4)
        changed = _disrupted(text, names(made), before, rng)
        problem = loads(changed)
        mended = problem.repair(before, time=options.time)
        anew = problem.solve(time=options.time / 4)
        if mended.comparison is None:
            print("no schedule", seed, mended.plan.status)
            continue
        few, many = len(mended.comparison.changes), len(compare(before.to_dict(), anew.to_dict()).changes)
        proved += mended.plan.objectives[0].bound == mended.plan.objectives[0].value
        better += few < many
        worse += few > many
        counts.append((few, many))
    print(f"{total} disrupted plans: {better} with fewer changes than anew, {worse} with more; {proved} proved fewest; "
          f"mean changes {statistics.mean(c[0] for c in counts):.1f}, anew {statistics.mean(c[1] for c in counts):.1f}")


def _disrupted(text: str, tasks: list[str], before: object, rng: random.Random) -> str:
    """A machine down, a late task, or a new order."""
    kind = rng.randrange(3)
    if kind == 0:
        begin = rng.randint(2, 20)
        return text + f"downtime r1 during {begin} .. {begin + rng.randint(3, 8)}\n"
    if kind == 1:
        late = rng.choice(tasks)
        return text + f"require start({late}) >= {before[late].start + rng.randint(2, 9)}\n"    # type: ignore[index]
    return text + f"task rush lasts 5 uses r1 2\nrequire end(rush) <= {rng.randint(10, 25)}\n"


STUDIES = {"suite": suite, "corruptions": corruptions, "repair": repair}

if __name__ == "__main__":
    main()
