"""Second opinions on the textbook pages: plain enumeration, from the numbers in a page's tables and nothing else.

Each witness knows its problem by heart and shares no line with the tool: it reads the tables of the text by a pattern
of its own, tries every answer there is, and returns the best value, in ticks or in what the goal counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, permutations, product
from typing import Any

MINUTES = {"s": 0, "min": 1, "h": 60}


def rows(text: str, table: str) -> list[list[Any]]:
    """The rows of an inline table: integers, durations in minutes (`s`: in seconds), words."""
    found = re.search(rf"table {table}\b[^{{]*\{{[^}}]*\}}\s*rows \{{([^}}]*)\}}", text)
    assert found, table
    return [[_cell(cell.strip()) for cell in row.split(",")] for row in found[1].split(";")]


def _cell(cell: str) -> Any:
    if re.fullmatch(r"\d+", cell):
        return int(cell)
    if re.fullmatch(r"\d+ s", cell):
        return int(cell[:-2])
    if re.fullmatch(r"(\d+ (min|h) ?)+", cell):
        return sum(int(n) * MINUTES[unit] for n, unit in re.findall(r"(\d+) (min|h)", cell))
    return {"true": True, "false": False}.get(cell, cell)


def weighted_tardiness(text: str) -> int:
    """All sequences."""
    return min(_tardiness(order) for order in permutations(rows(text, "jobs")))


def _tardiness(order: Sequence[Sequence[Any]]) -> int:
    now = cost = 0
    for _, time, due, weight in order:
        now += time
        cost += weight * max(0, now - due)
    return cost


def completion_time(text: str) -> int:
    """All sequences."""
    return min(
        sum(weight * sum(t for _, t, _ in order[:k + 1]) for k, (_, _, weight) in enumerate(order))
        for order in permutations(rows(text, "jobs"))
    )


def unrelated_machines(text: str) -> int:
    """All assignments."""
    jobs = [row[1:] for row in rows(text, "jobs")]
    return min(
        max(sum(times[m] for times, at in zip(jobs, where) if at == m) for m in range(3))
        for where in product(range(3), repeat=len(jobs))
    )


def rcpsp(text: str) -> int:
    """Serial generation from every order of the activities that keeps the arrows."""
    work = {a: (time, crew, crane) for a, time, crew, crane in rows(text, "activities")}
    arrows = rows(text, "before")
    before = {a: [i for i, j in arrows if j == a] for a in work}

    def place(ends: dict[int, int], used: dict[int, tuple[int, int]]) -> Iterator[int]:
        if len(ends) == len(work):
            yield max(ends.values())
        for a in work:
            if a in ends or any(b not in ends for b in before[a]):
                continue
            time, crew, crane = work[a]
            start = max((ends[b] for b in before[a]), default=0)
            while any(_over(used.get(t, (0, 0)), crew, crane) for t in range(start, start + time)):
                start += 1
            more = dict(used)
            for t in range(start, start + time):
                more[t] = (more.get(t, (0, 0))[0] + crew, more.get(t, (0, 0))[1] + crane)
            yield from place({**ends, a: start + time}, more)

    return min(place({}, {}))


def _over(held: tuple[int, int], crew: int, crane: int) -> bool:
    return held[0] + crew > 5 or held[1] + crane > 1


def exam_timetable(text: str) -> tuple[int, int]:
    """All ways to give papers slots."""
    papers, common = rows(text, "papers"), rows(text, "common")
    names = [name for name, _ in papers]
    best = []
    for slots in product(range(4), repeat=len(papers)):
        at = dict(zip(names, slots))
        full = any(sum(n for name, n in papers if at[name] == slot) > 75 for slot in range(4))
        if not full and all(at[a] != at[b] for a, b, _ in common):
            best.append((sum(n for a, b, n in common if abs(at[a] - at[b]) == 1), max(slots) + 1))
    return min(best)


def nurse_roster(text: str) -> int:
    """Shift after shift; the state is who worked the last two and how often each has worked."""
    most = dict(rows(text, "nurses"))
    costs = {(nurse, shift): cost for nurse, shift, cost in rows(text, "wishes")}
    states: dict[tuple[str, str, tuple[int, ...]], int] = {("", "", (0,) * len(most)): 0}
    for shift in range(1, 16):
        following: dict[tuple[str, str, tuple[int, ...]], int] = {}
        for (last, older, done), cost in states.items():
            for k, nurse in enumerate(most):
                if nurse in (last, older) or done[k] == most[nurse]:
                    continue
                state = (nurse, last, (*done[:k], done[k] + 1, *done[k + 1:]))
                worth = cost + costs.get((nurse, shift), 0)
                following[state] = min(worth, following.get(state, worth))
        states = following
    return min(states.values())


def berths(text: str) -> int:
    """All assignments, and at every berth all orders."""
    room = dict(rows(text, "berths"))
    ships = {name: (length, arrives, weight) for name, length, arrives, weight in rows(text, "ships")}
    times = {(ship, berth): time for ship, berth, time in rows(text, "handling") if room[berth] >= ships[ship][0]}
    known: dict[tuple[str, tuple[str, ...]], int] = {}

    def stay(berth: str, here: tuple[str, ...]) -> int:
        if (berth, here) not in known:
            known[berth, here] = min(cost(berth, order) for order in permutations(here))
        return known[berth, here]

    def cost(berth: str, order: Sequence[str]) -> int:
        now = total = 0
        for ship in order:
            _, arrives, weight = ships[ship]
            now = max(now, arrives) + times[ship, berth]
            total += weight * (now - arrives)
        return total

    choices = [[berth for berth in room if (ship, berth) in times] for ship in ships]
    return min(
        sum(stay(berth, tuple(s for s, at in zip(ships, where) if at == berth)) for berth in room)
        for where in product(*choices)
    ) // 60


def tv_ads(text: str) -> int:
    """All ways to give every spot a break or none."""
    breaks, spots = rows(text, "breaks"), rows(text, "spots")
    best = 0
    for where in product(range(len(breaks) + 1), repeat=len(spots)):
        shown = [(brand, length, at) for (_, brand, length), at in zip(spots, where) if at < len(breaks)]
        pairs = {(a[0], b[0]) for a, b in combinations(shown, 2) if a[2] == b[2]}
        if any(a == b or {a, b} == {"cola", "juice"} for a, b in pairs):
            continue
        if all(sum(length for _, length, at in shown if at == k) <= breaks[k][2] for k in range(len(breaks))):
            best = max(best, sum(breaks[at][3] * length // 5 for _, length, at in shown))
    return best


def team_assignment(text: str) -> int:
    """All teams for all jobs, in all orders, each job as early as its team can after those before it."""
    staff = {name: (craft, computing) for name, craft, computing in rows(text, "staff")}
    jobs = []
    for _, time, people, craft, computing in rows(text, "jobs"):
        teams = [team for team in combinations(staff, people)
                 if sum(staff[p][0] for p in team) >= craft and sum(staff[p][1] for p in team) >= computing]
        jobs.append((time, teams))
    best = sum(time for time, _ in jobs)
    for order in permutations(jobs):
        for chosen in product(*(teams for _, teams in order)):
            free = dict.fromkeys(staff, 0)
            for (time, _), team in zip(order, chosen):
                end = max(free[p] for p in team) + time
                free.update(dict.fromkeys(team, end))
            best = min(best, max(free.values()))
    return best


def order_acceptance(text: str) -> int:
    """All sequences of all subsets."""
    orders = rows(text, "orders")
    best = 0
    for n in range(len(orders) + 1):
        for sequence in permutations(orders, n):
            now = worth = 0
            for _, ready, time, due, latest, reward, weight in sequence:
                now = max(now, ready) + time
                if now > latest:
                    break
                worth += reward - weight * max(0, now - due)
            else:
                best = max(best, worth)
    return best


def crew_cover(text: str) -> int:
    """All assignments of crews to flights."""
    crews, flights = rows(text, "crews"), rows(text, "flights")
    able = [[c for c in crews if c[1] or not f[1]] for f in flights]
    return min(
        sum(c[2] * -(-f[3] // 60) for c, f in zip(chosen, flights)) + 10 * len({c[0] for c in chosen})
        for chosen in product(*able) if not _clash(chosen, flights)
    )


def _clash(chosen: Sequence[Sequence[Any]], flights: Sequence[Sequence[Any]]) -> bool:
    return any(
        a[0] == b[0] and f[2] < g[2] + g[3] + 30 and g[2] < f[2] + f[3] + 30
        for (a, f), (b, g) in combinations(list(zip(chosen, flights)), 2)
    )


def kv_cache(text: str) -> int:
    """All starts within 14 ticks; what each holds is added up tick by tick."""
    requests = rows(text, "requests")
    return min(
        max(start + r[3] for start, r in zip(starts, requests))
        for starts in product(*(range(r[1], 15 - r[3]) for r in requests)) if _fits(starts, requests)
    )


def _fits(starts: Sequence[int], requests: Sequence[Sequence[Any]]) -> bool:
    held = [0] * 15
    for start, (_, _, prompt, tokens) in zip(starts, requests):
        for tick in range(tokens):
            held[start + tick] += prompt + -(-tick // 2)
    return max(held) <= 8


WITNESSES: dict[str, Callable[[str], int | tuple[int, ...]]] = {
    each.__name__: each for each in (
        weighted_tardiness, completion_time, unrelated_machines, rcpsp, exam_timetable, nurse_roster, berths, tv_ads,
        team_assignment, order_acceptance, crew_cover, kv_cache,
    )
}
