"""From text to the model's columns: time, families, resources, tasks, orders, exclusives, availability."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest

from schedc.models.columns import UNLIMITED
from schedc.models.expressions import Point
from schedc.models.statements import Downtime, Open

DATED = 'time 1 h from 2026-01-05 zone "UTC" for 7 d\n'


def spans(sets, which):
    lo, hi = sets.of(which)
    return list(zip(lo.tolist(), hi.tolist()))


def test_a_plain_model(built):
    model = built("""model "Two steps"
        resource r capacity 2
        task a lasts 3 uses r
        task b[i in 1 .. 2] lasts 1 .. 2 + i uses r 2 release 4 deadline 20 pausable
        order a -> b[1] -> b[2] after -1 .. 5
        minimize makespan
        time for 30
    """).model
    a, b = model.tasks
    assert (model.name, model.horizon, model.axis.derived) == ("Two steps", 30, False)
    assert (a.shortest.tolist(), a.release.tolist(), a.deadline.tolist(), a.pausable) == ([3], [0], [30], False)
    assert (b.first, b.shortest.tolist(), b.longest.tolist()) == (1, [1, 1], [3, 4])
    assert (b.release.tolist(), b.deadline.tolist(), b.pausable) == ([4, 4], [20, 20], True)
    assert model.demands.amount.tolist() == [1, 2, 2]
    one, two = model.orders
    assert (one.first.tolist(), one.second.tolist(), one.lo.tolist(), one.hi.tolist()) == ([0], [1], [0], [UNLIMITED])
    assert (two.first.tolist(), two.second.tolist(), two.lo.tolist(), two.hi.tolist()) == ([1], [2], [-1], [5])
    assert (one.first_point, one.second_point) == (Point.END, Point.START)
    assert (model.objective[0].name, model.objective[0].unit) == ("makespan", "duration")


def test_statements_may_stand_in_any_order(built):
    one = built("time for 9  resource r  task a lasts n uses r  param n = 2  order a -> b  task b lasts 1").model
    assert one.task_numbers == {"a": 0, "b": 1} and one.shortest.tolist() == [2, 1]


def test_addresses_carry_label_place_and_words(built):
    model = built("time for 9\nresource r as press\ntask a lasts 1\n  uses r deadline 5 as \"first cut\"").model
    task, resource = model.tasks[0].origin, model.resources[0].origin
    assert (task.address, task.what, task.span.line) == ("first cut", "task a", 3)
    assert (resource.address, resource.what) == ("press", "resource r")
    uses = model.tasks[0].uses[0].origin
    assert (uses.what, uses.span.line, uses.label) == ("uses r", 4, "first cut")
    assert model.tasks[0].clauses["deadline"].span.line == 4


# time


def test_durations_become_ticks(built):
    model = built('time 15 min from 2026-01-05 08:00 zone "Europe/Paris" for 2 d\n'
                  "task a lasts 1 h 30 min release 2026-01-05 10:00 deadline 5 h").model
    assert (model.horizon, model.axis.start) == (192, "2026-01-05T08:00:00+01:00")
    assert (model.shortest.tolist(), model.release.tolist(), model.deadline.tolist()) == ([6], [8], [20])


def test_the_resolution_may_be_a_param(built):
    text = "param slot = 15 min  time slot for 2 h  param d = 30 min  task a lasts d"
    assert built(text).model.shortest.tolist() == [2]
    made = built(text, params={"slot": "10 min"}).model
    assert (made.horizon, made.shortest.tolist()) == (12, [3])


def test_elapsed_time_over_a_clock_change(built):
    model = built('time 30 min from 2026-03-28 20:00 zone "Europe/Paris" for 2 d\n'
                  "task a lasts 1 h release 2026-03-29 07:00").model
    assert model.release.tolist() == [20]       # eleven hours on the clock, ten elapsed


@pytest.mark.parametrize(("text", "code", "at"), [
    ("time 15 min for 3 d\ntask a lasts 20 min", "E244", "20 min"),
    ("time 15 min for 3 d\ntask a lasts 3", "E251", "3"),
    ("time 15 min for 3 d\ntask a lasts 1 h release 3", "E251", "3"),
    ("time for 9\ntask a lasts 3 h", "E251", "3 h"),
    ("time for 9\ntask a lasts 5 / 2", "E244", "5 / 2"),
    ("time for 9\ntask a lasts 3 release 2026-01-05", "E235", "2026-01-05"),
    ("time 1 for 9", "E241", "1"),
    ("time 0 min for 9", "E241", "0 min"),
    ("time 1 min for 0 min", "E242", "for 0 min"),
    ("time for 1099511627777", "E242", "for 1099511627777"),
    ("time 1 ns for 999999999999999999999 w", "E242", "for 999999999999999999999 w"),
    ('time 1 h from 2026-01-05 zone "Nowhere" for 9 h', "E230", '"Nowhere"'),
    ('time 1 h from 2026-03-29 02:30 zone "Europe/Paris" for 9 h', "E231", "2026-03-29 02:30"),
    ("time 1 h for 9 h for 9 h", "E163", "for 9 h"),
    ("time for 9 now 9", "E331", "now 9"),
    ("time for 9 now 0 - 1", "E330", "0 - 1"),
    ("time from 2026-01-05 for 9", "E235", "from 2026-01-05"),
    ("time for 9\ntime for 9", "E163", "time for 9"),
])
def test_times_that_are_wrong(built, text, code, at):
    found = built(text + "\nresource r\ntask z lasts 0 uses r" if "task" not in text else text)
    diagnostic = next(d for d in found.found if d.code == code)
    assert found.marked(diagnostic) == at
    assert found.made is None


def test_a_wrong_duration_shows_the_nearest_two(built):
    fix = built("time 15 min for 3 d\ntask a lasts 20 min").only("E244").fixes[0]
    assert fix.text == "write `15 min` or `30 min`"


def test_dates_beyond_the_horizon_are_cut_with_a_warning(built):
    found = built(DATED + "task a lasts 1 h deadline 2026-02-01 release 2026-03-01\n"
                  "task b lasts 1 h within 2026-01-01 .. 2026-03-01")
    assert found.codes == ["W402", "W402", "W402"]
    a, b = found.model.tasks
    assert (a.release.tolist(), a.deadline.tolist()) == ([168], [168])
    assert spans(b.within[0].spans, 0) == [(0, 168)]


# params


@pytest.mark.parametrize(("value", "expected"), [
    (7, 7), ("7", 7), ("2 * 3", 6), (Fraction(14, 2), 7), (7.0, 7), (True, 1),
])
def test_params_from_outside(built, value, expected):
    text = "time for 9  param n = 3  task a lasts 1 * n"
    assert built(text, params={"n": value}).model.shortest.tolist() == [expected]


def test_params_of_other_types(built):
    text = DATED + """
        param d = 1 h  param t = 2026-01-05  param s = "a"  param k = 1 .. 2  param w = 5
        task x[i in k] lasts d release t
        task y lasts if s == "gold" then 2 h else w * 1 h
    """
    model = built(text, params={
        "d": timedelta(hours=3), "t": datetime(2026, 1, 5, 6, tzinfo=UTC), "s": "gold", "k": [4, 5, 6],
    }).model
    assert model.task_numbers.keys() == {"x[4]", "x[5]", "x[6]", "y"}
    assert (model.shortest.tolist(), model.release.tolist()) == ([3, 3, 3, 2], [6, 6, 6, 0])
    assert built(text, params={"t": date(2026, 1, 6), "k": "{9}"}).model.release.tolist() == [24, 0]


@pytest.mark.parametrize(("params", "code", "says"), [
    ({"m": 1}, "E156", "no param `m`"), ({"n": "1 +"}, "E157", "no value"), ({"n": "nope"}, "E154", "nope"),
    ({"n": 2**70}, "E252", "64 bits"), ({"n": float("nan")}, "E157", "no number"), ({"n": object()}, "E157", "object"),
    ({"n": "1 task z lasts 1"}, "E157", "no value"), ({"n": timedelta(1)}, "E157", "plain ticks"),
    ({"n": "n"}, "E157", "n"),
])
def test_wrong_params_from_outside(built, params, code, says):
    found = built("time for 9  param n = 3  task a lasts n", params=params)
    assert says in next(d for d in found.found if d.code == code).message
    assert found.made is None


# families


def test_families_with_conditions(built):
    model = built("time for 9  task a[i in 1 .. 3, j in i .. 3 where i != j] lasts i").model
    assert model.tasks[0].family.labels() == ["a[1,2]", "a[1,3]", "a[2,3]"]


def test_an_empty_family(built):
    model = built(
        "time for 9  resource r  task a[i in 1 .. 0] lasts i uses r  task b lasts 1 uses r  order a[*] -> b"
    ).model
    assert (model.task_count, model.tasks[1].first, len(model.orders[0].first)) == (1, 0, 0)


@pytest.mark.parametrize(("text", "code", "says"), [
    ("task a lasts 1 task a lasts 2", "E150", "`a` is declared twice"),
    ("resource a task a lasts 1", "E150", "`a` is declared twice"),
    ("task makespan lasts 1", "E151", "`makespan`"),
    ("task a[i in 1 .. 9] lasts 1 order a[i] -> a[i + 1] for i in 1 .. 9", "E259", "`a[10]` for i = 9"),
    ("task a lasts 1 order a -> b", "E154", "no task `b`"),
    ("task a lasts 1 uses c", "E154", "no resource `c`"),
    ("task a lasts 1 uses a", "E262", "`a` is no resource"),
    ("task a[i in 1 .. 2] lasts 1 order a -> a[1]", "E257", "is a family"),
    ("task a[i in 1 .. 2] lasts 1 order a[1, 2] -> a[1]", "E257", "1 index, not 2"),
    ('task a[i in 1 .. 2] lasts 1 order a["x"] -> a[1]', "E258", "text"),
    ("task a lasts 1 order a[1] -> a", "E257", "no members"),
    ("task a[i in 1 .. 30000000] lasts 1", "E255", "30000000"),
    ("task a[i in 1 .. 4000] lasts 1\norder a[*] -> a[*]", "E255", "the arrows would have 16000000"),
    ("task a[i in 1 .. 4000] lasts 1\nexclusive a[*], a[i] for i in 1 .. 4000", "E255", "`a[*]` would have 16000000"),
    ("task a[i in 1 .. 4000] lasts 1\nexclusive a[i], a[j] for i in 1 .. 4000, j in 1 .. 4000 where i < j", "E255",
     "the family would have 16000000"),
    # a join whose result is too large is refused before it is made
    ("param n = 3000000\nrequire i >= 0 for i in 1 .. n, j in { 1, 2, 3 } where j - j == i - i", "E255",
     "9000000"),
    ("task a", "E247", "no length"), ("task a lasts 3 .. 2", "E248", "shortest"), ("task a lasts 2 - 5", "E243", "-3"),
    ("task a lasts 1 lasts 2", "E163", "`lasts` stands twice"),
    ("task a lasts 1 pausable pausable", "E163", "`pausable` stands twice"),
    ("task a lasts 1 as x task b lasts 1 as x", "E150", "label `x`"),
    ("resource r capacity 0 - 1 task a lasts 1 uses r", "E246", "-1"),
    ("resource r task a lasts 1 uses r -1", "E246", "-1"),
    ("task a lasts 1 order length(a) -> a", "E266", "`length`"),
    ("task a lasts 1 task b lasts 1 order a -> b after 3 .. 2", "E248", "least lag"),
    ("task a lasts 1 within 5 .. 3", "E245", "ends before"),
    ("task a lasts 1 within a", "E245", "no calendar"),
    ("task a lasts about 1 .. 3 .. 2", "E370", "likely"),
    ("task a lasts about 1 .. 2 .. 3 lasts 2", "E163", "`lasts` stands twice"),
    ("task a lasts 1 deadline 3 else penalty 2 h", "E251", "counts plain"),
    ("resource r task a lasts 1 uses 1 of r", "E274", "no members"),
    ("resource r[i in 1 .. 2] task a lasts 1 uses 3 of r", "E275", "3 different members"),
    ("resource r[i in 1 .. 2] task a lasts 1 uses 1 of r 2", "E274", "one unit"),
    ("resource r[i in 1 .. 2] capacity 20 Gbps task a lasts 1 uses 1 of r", "E274", "whole units"),
    ("task a mode m { uses r }  resource r", "E247", "mode `m` has no length"),
    ("task a lasts 1 mode m { lasts 2 }", "E271", "in its mode `m`"),
    ("task a lasts 1 mode m { pausable }", "E270", "does not depend on its mode"),
    ("task a lasts 1 mode m { mode n { lasts 1 } }", "E270", "mode cannot stand"),
    ("task a lasts 1 mode m { optional }", "E270", "not decided by its mode"),
    ("task a lasts 1 mode m { } mode m { }", "E150", "two modes"),
    ("task a[i in 1 .. 3] lasts 1 mode m[k in 1 .. 2 where k <= 3 - i] { }", "E272", "i = 3"),
    ("task a lasts 1 require on(a) == 1", "E276", "has no modes"),
    ("task a lasts 1 mode m { } mode n { } require on(a) == \"o\"", "E259", "no choice"),
    ("task a lasts 1 mode m { } mode n { } require on(a) + 1 >= 2", "E250", "only be compared"),
    ("task a lasts 1 mode m { } require present(a.n)", "E154", "no mode `n`"),
    ("task a lasts 1 mode m[i in 1 .. 2, j in 1 .. 2] { } require on(a) == 1", "E276", "several indices"),
    ("task a lasts 1 minimize cost", "E277", "cost"),
    ("task a lasts 1 require a.gain >= 1", "E155", "no attribute"),
    ("task a lasts 1 task b lasts 1 order a -> b after start(a)", "E278", "instants"),
    ("task a lasts 1 with start = 2", "E151", "known name"),
    ("resource r task a lasts 1 pausable uses r during start .. end", "E311", "pausable"),
    ("resource r change 2 task a lasts 1 uses r growing 1 per 2", "E311", "state"),
    ("resource r[k in 1 .. 2] task a lasts 1 uses 1 of r during start .. end", "E311", "members"),
    ("resource r task a uses r growing 1 per 2 mode m { lasts 1 }", "E311", "modes"),
    ("resource r task a lasts 1 uses r during start .. end during start .. end", "E163", "one `during`"),
    ("resource r task a lasts 1 uses r during start + 2 .. start + 1", "E312", "before it begins"),
    ("resource r task a lasts 1 uses r during start + 2 .. end", "E312", "before it begins"),
    ("resource r task a lasts 1 uses r during begin .. end", "E313", "`start` or `end`"),
    ("resource r task a lasts 1 uses r -1 during start .. end", "E246", "negative"),
    ("resource r task a lasts 1 uses r growing -1 per 2", "E246", "growth is negative"),
    ("resource r task a lasts 1 uses r growing 1 per -2", "E243", "negative"),
    ("resource r task a lasts 1 uses r growing 1 per 0", "E314", "no time"),
    ("resource r task a lasts 1 uses r growing 1 EUR per 1", "E250", "grows by"),
    ("qos q = q task a lasts 1", "E152", "itself"),
])
def test_wrong_statements(built, text, code, says):
    found = built("time for 99  " + text)
    assert any(d.code == code and says in d.message for d in found.found), found.found
    assert found.made is None


def test_errors_of_all_statements_come_at_once(built):
    found = built(
        "time for 9\ntask a lasts x\ntask b lasts 3 .. 1 release 1 / 0 uses q\norder c -> a\nminimize strt(a)"
    )
    assert sorted(found.codes) == ["E154", "E154", "E154", "E154", "E248", "E253"]


def test_warnings(built):
    found = built("time for 9\nresource r resource w\nparam p = 1\ntable t { x: int } rows { 1 }\n"
                  "task a lasts 1 uses r 2\nminimize 3")
    assert found.codes == ["W403", "W404", "W405", "W401", "W406"]
    assert found.made is not None


# uses


def test_uses_by_columns(built):
    model = built("""time for 9
        table kind key id { id: text, n: int } rows { x, 2; y, 0; z, none }
        resource r[k in kind] capacity 4
        resource tool[i in 1 .. 2]
        task a[i in 1 .. 2] lasts 1  uses r[k] k.n * 1 for k in kind where k.n != none  uses tool[3 - i], r["z"]
        task b lasts 1 uses tool[*]
        task c[k in kind] lasts 1 uses r[k] k.n
    """).model
    a, b, c = model.tasks
    assert [(u.row.tolist(), u.resource.tolist(), u.amount.tolist()) for u in a.uses] == [
        ([0, 1], [0, 0], [2, 2]), ([0, 1], [4, 3], [1, 1]), ([0, 1], [2, 2], [1, 1]),
    ]
    assert b.uses[0].resource.tolist() == [3, 4]
    # 0 is no use, an empty cell says nothing
    assert (c.uses[0].row.tolist(), c.uses[0].amount.tolist()) == ([0], [2])


# order and exclusive


def test_orders_from_all_to_all(built):
    model = built("time for 9  task a[i in 1 .. 2] lasts 1  task b[i in 1 .. 2, j in 1 .. 2] lasts 1\n"
                  "order a[*] -> b[*]  order start(a[i]) -> end(b[i, *]) after unlimited .. unlimited for i in 1 .. 2\n"
                  "order a[1] -> a[2] after -unlimited .. 4").model
    everyone, some, bounded = model.orders
    pairs = [(a, b) for a in (0, 1) for b in (2, 3, 4, 5)]
    assert list(zip(everyone.first.tolist(), everyone.second.tolist())) == pairs
    assert list(zip(some.first.tolist(), some.second.tolist())) == [(0, 2), (0, 3), (1, 4), (1, 5)]
    assert (some.first_point, some.second_point) == (Point.START, Point.END)
    assert (bounded.lo.tolist(), bounded.hi.tolist()) == ([-UNLIMITED], [4])


def test_an_empty_end_of_a_lag_does_not_limit(built):
    model = built("time for 9  task a[i in t] lasts 1  task b[i in t] lasts 1\n"
                  "table t key i { i: int, lo: int, hi: int } rows { 1, 2, 3; 2, none, 3; 3, 2, none; 4, none, none }\n"
                  "order a[i] -> b[i] after i.lo .. i.hi for i in t  order a[i] -> b[i] after i.lo for i in t").model
    both, least = model.orders
    assert both.lo.tolist() == [2, -UNLIMITED, 2, 0]
    assert both.hi.tolist() == [3, 3, UNLIMITED, UNLIMITED]
    assert (least.lo.tolist(), least.hi.tolist()) == ([2, 0, 2, 0], [UNLIMITED] * 4)


def test_exclusive_groups(built):
    model = built("time for 9  task a[i in 1 .. 3] lasts 1  task b lasts 1\n"
                  "exclusive a[*], b, b  exclusive a[i], a[j] for i, j in 1 .. 3 where i <= j").model
    one, pairs = model.exclusives
    assert (one.ptr.tolist(), one.task.tolist()) == ([0, 4], [0, 1, 2, 3])
    assert (pairs.ptr.tolist(), pairs.task.tolist()) == ([0, 2, 4, 6], [0, 1, 0, 2, 1, 2])


# availability and windows


def test_availability(built):
    model = built(DATED + """
        calendar day Mon..Fri 08:00..12:00, Mon..Fri 12:00..17:00, Sun 22:00..02:00
          except 2026-01-06, 2026-01-07 10:00 .. 2026-01-07 11:00
        calendar both day, 2026-01-10
        resource r[i in 1 .. 2] capacity 6  resource s capacity 4
        open r[*], s during both
        downtime r[i] during 2026-01-08 + i * 1 h .. 2026-01-08 + i * 2 h leaving 2 * i for i in 1 .. 2 as training
        downtime s during 0 h .. 2 h every 48 h
        task a lasts 1 h uses r[1] 2, r[2] 2, s 4
    """).model
    opened, training, repeated = model.availability
    assert isinstance(opened, Open) and isinstance(training, Downtime) and isinstance(repeated, Downtime)
    assert opened.resource.tolist() == [0, 1, 2] and opened.which.tolist() == [0, 0, 0]
    day = [(0, 2), (8, 17), (56, 58), (59, 65), (80, 89), (104, 113), (120, 144), (166, 168)]
    assert spans(opened.spans, 0) == day
    assert (training.resource.tolist(), training.leaving.tolist()) == ([0, 1], [1, 2])      # halved: all are even
    assert [spans(training.spans, w) for w in training.which.tolist()] == [[(73, 74)], [(74, 76)]]
    assert training.origin.address == "training"
    assert spans(repeated.spans, 0) == [(0, 2), (48, 50), (96, 98), (144, 146)]
    assert repeated.leaving.tolist() == [0]


def test_windows(built):
    model = built(DATED + """
        calendar day 08:00..17:00
        table t key id { id: text, lo: instant, hi: instant }
          rows { a, 2026-01-06, 2026-01-07; b, none, 2026-01-07; c, 2026-01-06, none; d, none, none }
        task x[r in t] lasts 1 h within r.lo .. r.hi within day within Sat 10:00..12:00 within 2026-01-11
    """).model
    one, two, three, four = model.tasks[0].within
    assert one.which.tolist()[3] == -1
    assert [spans(one.spans, w) for w in one.which.tolist()[:3]] == [[(24, 48)], [(0, 48)], [(24, 168)]]
    assert two.which.tolist() == [0, 0, 0, 0] and spans(two.spans, 0)[:2] == [(8, 17), (32, 41)]
    assert spans(three.spans, 0) == [(130, 132)]
    assert spans(four.spans, int(four.which[2])) == [(144, 168)]


@pytest.mark.parametrize(("text", "code"), [
    ("calendar c 08:30..12:00 resource r open r during c", "E238"),
    ("calendar c d calendar d c resource r open r during c", "E152"),
    ("calendar c e resource r open r during c", "E245"),
    ("resource r open r during 25:00..26:00", "E234"),
    ("resource r open r during 3 h", "E245"),
    ("resource r open r during 3 h .. 1 h", "E245"),
    ("resource r open r during 2 h .. 2 h every 3 h", "E236"),
    ("resource r open r during 1 h .. 2 h every 0 h", "E236"),
    ("resource r downtime r during 1 h .. 2 h leaving 3 Gbps", "E250"),
    ("resource r downtime r during 1 h .. 2 h leaving 0 - 3", "E246"),
    ("open r during 1 h .. 2 h", "E154"),
])
def test_wrong_calendars(built, text, code):
    found = built(DATED + text + "\ntask a lasts 1 h")
    assert code in found.codes and found.made is None


def test_calendar_hours_need_an_origin(built):
    built("time 1 h for 9 d  resource r  open r during 08:00..12:00  task a lasts 1 h uses r").only("E235")


# volume


def test_a_large_family_stays_in_columns(built):
    model = built("""time for 1000000
        resource r[k in 1 .. 2] capacity 10
        task a[i in 1 .. 100000] lasts 3 uses r[if i <= 50000 then 1 else 2]
        order a[i] -> a[i + 1] for i in 1 .. 99999
        require start(a[i + 1]) >= end(a[i]) + 2 or start(a[i]) > 5 for i in 1 .. 99999
    """).model
    assert len(model.tasks) == 1 and model.task_count == 100_000
    assert model.orders[0].second[-1] == 99_999
    assert model.requires[0].condition.rows == 99_999
    assert model.requires[0].member(7) == "i = 8"


KEYED = """time for 9  task x[r in t] lasts 1
table t key j, k { j: int, k: int, tier: text } rows { 1, 1, gold; 1, 2, iron }
"""


@pytest.mark.parametrize(("text", "code", "fix"), [
    ("task y[r in t where r.tier == gold] lasts 1", "E154", 'a text stands in quotes: `"gold"`'),
    ("exclusive x[1, *]", "E258", "give the family an index for each column, as in `[j in …, k in …]`"),
    ("exclusive x[*, 1]", "E258", "give the family an index for each column, as in `[j in …, k in …]`"),
    ("order x[1] -> x[1, 2]", "E258", "give all of its key: j, k"),
    ("resource r[i in 1 .. 2]  task y lasts 1 uses 1 of r  require chosen(y, 1)", "E262",
     "write it with its resource, as in `chosen(t, r[m])`"),
])
def test_fixes_that_teach(built, text, code, fix):
    assert [[f.text for f in d.fixes] for d in built(KEYED + text).found if d.code == code] == [[fix]]


def test_a_whole_key_of_stars_is_every_row(built):
    one, two = built(KEYED + "exclusive x[*]  exclusive x[*, *]").model.exclusives
    assert one.task.tolist() == two.task.tolist() == [0, 1]
