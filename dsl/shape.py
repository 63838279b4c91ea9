"""Statements and clauses: what each of their rules makes, on top of the expressions."""

from __future__ import annotations

from typing import Any, Literal, cast

from schedc.dsl import tree
from schedc.dsl.grammar import load_grammar
from schedc.dsl.lexing import Tokens
from schedc.dsl.shape_expressions import ExpressionShaper, Values
from schedc.dsl.vocabulary import DAYS

Direction = Literal["minimize", "maximize"]


class Shaper(ExpressionShaper):
    """The tree-making steps of the whole language over one text's tokens."""

    def __init__(self, tokens: Tokens) -> None:
        super().__init__(tokens)
        grammar = load_grammar()
        self._private, self._except = grammar.terminal("PRIVATE"), grammar.terminal("EXCEPT")

    def _clause(self, values: Values, first: int, last: int) -> tree.Clause:
        return tree.Clause(self._texts[first], tuple(values), None, self._span(first, last))

    def _softened(self, values: Values, first: int, last: int) -> tree.Clause:
        """`release E [soft]`: the last part is the soft one, or a hole."""
        return tree.Clause(self._texts[first], (values[0],), values[1], self._span(first, last))

    # ---- data ----

    def do_start(self, values: Values, first: int, last: int) -> list[tree.Statement]:
        return values

    def do_model(self, values: Values, first: int, last: int) -> tree.ModelName:
        return tree.ModelName(self._string(values[0]), self._span(first, last))

    def do_include(self, values: Values, first: int, last: int) -> tree.Include:
        name = None if values[1] is None else self._name(values[1])
        return tree.Include(self._string(values[0]), name, self._span(first, last))

    def do_time(self, values: Values, first: int, last: int) -> tree.Time:
        return tree.Time(values[0], tuple(values[1:]), self._span(first, last))

    do_t_from = do_t_for = do_t_now = _clause

    def do_t_zone(self, values: Values, first: int, last: int) -> tree.Clause:
        return tree.Clause("zone", (self._string(values[0]),), None, self._span(first, last))

    def do_param(self, values: Values, first: int, last: int) -> tree.Param:
        private = self._kinds[values[0] + 1] == self._private
        return tree.Param(self._name(values[0]), private, values[1], self._span(first, last))

    def do_let(self, values: Values, first: int, last: int) -> tree.Let:
        return tree.Let(self._name(values[0]), values[1], values[2], self._span(first, last))

    def do_table(self, values: Values, first: int, last: int) -> tree.Table:
        parts: dict[str, list[Any]] = {"from": [], "in": [], "key": [], "{": [], "rows": []}
        for word, value in values[1:]:
            parts[word].append(value)
        sources, inside, keys, columns, rows = (tuple(found) for found in parts.values())
        return tree.Table(self._name(values[0]), sources, inside, keys, columns, rows, self._span(first, last))

    def do_tb_from(self, values: Values, first: int, last: int) -> tuple[str, Any]:
        return "from", self._string(values[0])

    def do_tb_in(self, values: Values, first: int, last: int) -> tuple[str, Any]:
        return "in", tree.Name(self._name(values[0]).text, self._span(first, last))

    def do_tb_key(self, values: Values, first: int, last: int) -> tuple[str, Any]:
        return "key", tuple(self._name(v) for v in values)

    def do_tb_cols(self, values: Values, first: int, last: int) -> tuple[str, Any]:
        return "{", tuple(values)

    def do_tb_rows(self, values: Values, first: int, last: int) -> tuple[str, Any]:
        return "rows", tuple(values)

    def do_column(self, values: Values, first: int, last: int) -> tree.Column:
        kind, per = values[1] if values[1] is not None else ((), None)
        private = last > first and self._kinds[last] == self._private
        return tree.Column(self._name(values[0]), kind, per, private, self._span(first, last))

    def do_type(self, values: Values, first: int, last: int) -> tuple[tuple[tree.Name, ...], tree.Name | None]:
        names = [None if v is None else self._name(v) for v in values]
        return tuple(n for n in names[:2] if n is not None), names[2]

    def do_row(self, values: Values, first: int, last: int) -> tree.Row:
        return tree.Row(tuple(values), self._span(first, last))

    def do_calendar(self, values: Values, first: int, last: int) -> tree.Calendar:
        # `except` is a fixed word and so no part: what begins behind it is an exception
        behind = next((i for i in range(first, last) if self._kinds[i] == self._except), None)
        limit = None if behind is None else self._span(behind)[1:3]
        parts = [v for v in values[1:] if v is not None]
        whens = [v for v in parts if limit is None or v.span[1:3] < limit]
        excepts = tuple(parts[len(whens) :])
        return tree.Calendar(self._name(values[0]), tuple(whens), excepts, self._span(first, last))

    def do_day(self, values: Values, first: int, last: int) -> int:
        return DAYS.index(self._texts[first])

    def do_days(self, values: Values, first: int, last: int) -> tuple[int, int]:
        return values[0], values[0] if values[1] is None else values[1]

    def do_weekly(self, values: Values, first: int, last: int) -> tree.Weekly:
        (lo, hi), hours = values
        return tree.Weekly(lo, hi, hours, self._span(first, last))

    def do_recurring(self, values: Values, first: int, last: int) -> tree.Recurring:
        return tree.Recurring(values[0], values[1], self._span(first, last))

    # ---- resources ----

    def do_resource(self, values: Values, first: int, last: int) -> tree.Resource:
        return tree.Resource(self._name(values[0]), values[1], tuple(values[2:]), self._span(first, last))

    do_r_capacity = do_r_contiguous = do_r_batch = do_r_change = do_r_starts = do_r_private = _clause

    def do_stock(self, values: Values, first: int, last: int) -> tree.Stock:
        return tree.Stock(self._name(values[0]), values[1], tuple(values[2:]), self._span(first, last))

    do_s_holds = do_s_starts = do_s_private = _clause

    def do_open(self, values: Values, first: int, last: int) -> tree.Availability:
        refs, when, *ends = values
        return tree.Availability("open", refs, when, None, _tail(ends), self._span(first, last))

    def do_downtime(self, values: Values, first: int, last: int) -> tree.Availability:
        refs, when, leaving, *ends = values
        return tree.Availability("downtime", refs, when, leaving, _tail(ends), self._span(first, last))

    # ---- work ----

    def do_task(self, values: Values, first: int, last: int) -> tree.Task:
        return tree.Task(self._name(values[0]), values[1], tuple(values[2:]), self._span(first, last))

    def do_job(self, values: Values, first: int, last: int) -> tree.Job:
        inner = values[2:]
        body = tuple(v for v in inner if isinstance(v, tree.Statement))
        clauses = tuple(v for v in inner if not isinstance(v, tree.Statement))
        return tree.Job(self._name(values[0]), values[1], clauses, body, self._span(first, last))

    do_lasts = do_optional = do_due = do_pausable = do_splittable = do_every = _clause
    do_release = do_deadline = _softened

    def do_lasts_about(self, values: Values, first: int, last: int) -> tree.Clause:
        return tree.Clause("lasts about", tuple(values), None, self._span(first, last))

    def do_uses(self, values: Values, first: int, last: int) -> tree.UsesClause:
        return tree.UsesClause(tuple(values[:-1]), values[-1], self._span(first, last))

    def _stock_clause(self, values: Values, first: int, last: int) -> tree.StockClause:
        return tree.StockClause(self._texts[first], tuple(values[:-1]), values[-1], self._span(first, last))

    do_takes = do_produces = _stock_clause

    def do_change(self, values: Values, first: int, last: int) -> tree.StockChange:
        return tree.StockChange(values[0], values[1], values[2], self._span(first, last))

    def do_mode(self, values: Values, first: int, last: int) -> tree.ModeClause:
        return tree.ModeClause(self._name(values[0]), values[1], tuple(values[2:]), self._span(first, last))

    def do_within(self, values: Values, first: int, last: int) -> tree.WithinClause:
        days, hours, soft = values
        when = hours if days is None else tree.Weekly(days[0], days[1], hours, self._span(first + 1).to(hours.span))
        return tree.WithinClause(when, soft, self._span(first, last))

    def do_with(self, values: Values, first: int, last: int) -> tree.WithClause:
        pairs = zip(values[::2], values[1::2], strict=True)
        return tree.WithClause(tuple((self._name(n), v) for n, v in pairs), self._span(first, last))

    def do_demand(self, values: Values, first: int, last: int) -> tree.Demand:
        return self._demand(None, values, first, last)

    def do_demand_of(self, values: Values, first: int, last: int) -> tree.Demand:
        count = self._number(values[0]) if values[0].__class__ is int else values[0]
        return self._demand(count, values[1:], first, last)

    def _demand(self, count: tree.Ref | tree.Number | None, values: Values, first: int, last: int) -> tree.Demand:
        ref, amount, *parts = values
        at = tuple(v for word, v in parts if word == "at")
        during = tuple(v for word, v in parts if word == "during")
        growing = tuple(v for word, v in parts if word == "growing")
        return tree.Demand(ref, amount, count, at, during, growing, self._span(first, last))

    def do_at(self, values: Values, first: int, last: int) -> tuple[str, Any]:
        return "at", values[0]

    def do_part(self, values: Values, first: int, last: int) -> tuple[str, Any]:
        return "during", tree.Range(values[0], values[1], self._span(first + 1, last))

    def do_growing(self, values: Values, first: int, last: int) -> tuple[str, Any]:
        return "growing", (values[0], values[1])

    # ---- constraints and goals ----

    def do_order(self, values: Values, first: int, last: int) -> tree.Order:
        arrows = tuple(v for v in values[1:] if v.__class__ is tree.Arrow)
        return tree.Order(values[0], arrows, _tail(values[1 + len(arrows) :]), self._span(first, last))

    def do_arrow(self, values: Values, first: int, last: int) -> tree.Arrow:
        return tree.Arrow(values[0], values[1], self._span(first, last))

    def do_point(self, values: Values, first: int, last: int) -> tree.Point:
        side = self._word(values[0]) if len(values) == 2 else None
        return tree.Point(side, values[-1], self._span(first, last))

    def do_exclusive(self, values: Values, first: int, last: int) -> tree.Together:
        return tree.Together("exclusive", values[0], _tail(values[1:]), self._span(first, last))

    def do_permutation(self, values: Values, first: int, last: int) -> tree.Together:
        return tree.Together("permutation", values[0], _tail(values[1:]), self._span(first, last))

    def do_require(self, values: Values, first: int, last: int) -> tree.Require:
        return tree.Require(values[0], values[1], _tail(values[2:]), self._span(first, last))

    def do_qos(self, values: Values, first: int, last: int) -> tree.Qos:
        name, family, value, by = values
        return tree.Qos(self._name(name), family, value, by, self._span(first, last))

    def do_direction(self, values: Values, first: int, last: int) -> str:
        return self._texts[first]

    def _goals(self, values: Values) -> tuple[tree.Goal, ...]:
        goals: list[tree.Goal] = []
        direction: Direction = "minimize"
        for word, value in zip(values[::2], values[1::2], strict=True):
            direction = direction if word is None else cast(Direction, word)
            found, slack = value if isinstance(value, tuple) else (value, None)
            goals.append(tree.Goal(direction, found, found.span, slack))
        return tuple(goals)

    def do_goal(self, values: Values, first: int, last: int) -> tuple[tree.Expr, tree.Slack | None]:
        return values[0], values[1]

    def do_slack_amount(self, values: Values, first: int, last: int) -> tree.Slack:
        return tree.Slack(values[0], False, self._span(first, last))

    def do_slack_percent(self, values: Values, first: int, last: int) -> tree.Slack:
        return tree.Slack(values[0], True, self._span(first, last))

    def do_objective(self, values: Values, first: int, last: int) -> tree.Objective:
        return tree.Objective(self._goals(values), self._span(first, last))

    def do_pareto(self, values: Values, first: int, last: int) -> tree.Pareto:
        return tree.Pareto(self._goals(values), self._span(first, last))

    def do_scenario(self, values: Values, first: int, last: int) -> tree.Scenario:
        return tree.Scenario(self._name(values[0]), tuple(values[1:]), self._span(first, last))


def _tail(values: Values) -> tree.Tail:
    """What may end a constraint, sorted by what it is; nothing repeated is dropped."""
    kinds: dict[type, list[Any]] = {tree.Each: [], tree.Soft: [], tree.AsLabel: []}
    for value in values:
        kinds[value.__class__].append(value)
    each, soft, labels = (tuple(found) for found in kinds.values())
    return tree.Tail(each, soft, labels)
