"""Functions of data: the calendar of instants, rounding to steps, and texts; by columns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from schedc.dsl import tree
from schedc.dsl.arithmetic import as_quantity, bounded, reduced, rounded, solid
from schedc.dsl.clock import ClockError
from schedc.dsl.faults import Fault
from schedc.dsl.literals import clock_fault
from schedc.dsl.space import Space
from schedc.dsl.values import DURATION, FLAG, INSTANT, NUMBER, TEXT, Value, flags, product, spread, total
from schedc.dsl.world import World
from schedc.models.columns import Ints, distinct

if TYPE_CHECKING:
    import polars as pl

_DAY = 86_400
_EPOCH = 719_162        # days from 0001-01-01 to 1970-01-01


def call_function(world: World, call: tree.Call, space: Space) -> Value:
    """The value of a call of one of `names.DATA_FUNCTIONS`. Fault E264 for too few or too many values."""
    from schedc.dsl.evaluate import evaluate

    least, most, function = _TABLE[call.name]
    if call.each is not None:
        raise Fault("E264", f"`{call.name}` takes no `for`", call.span)
    if not least <= len(call.args) <= most:
        wanted = str(least) if least == most else f"{least} values or more" if most > 9 else f"{least} or {most}"
        raise Fault("E264", f"`{call.name}` takes {wanted}, not {len(call.args)}", call.span)
    values = [solid(evaluate(world, a, space), a.span) for a in call.args]
    return function(_Call(world, call, space), values)


class _Call:
    """A call with its surroundings, for messages."""

    def __init__(self, world: World, call: tree.Call, space: Space) -> None:
        self.world, self.name, self.at, self.space = world, call.name, call.span, space
        self.spans = [a.span for a in call.args]

    def wrong(self, k: int, value: Value, wanted: str) -> Fault:
        """The error for an argument of another kind."""
        return Fault("E250", f"`{self.name}` needs {wanted} here, not {value.type}", self.spans[k])

    def senseless(self, k: int, value: Value, rows: Ints, why: str) -> Fault:
        """The error for an argument that is too small, in the first of some rows."""
        row = int(rows[0])
        shown = f"{self.world.show(value, row if value.num.ndim else 0)}{self.world.where(self.space, row)}"
        return Fault("E181", f"`{self.name}` needs {why} here, not {shown}", self.spans[k])

    def counts(self, k: int, value: Value, least: int) -> Ints:
        """A whole number of at least `least`."""
        if value.type != NUMBER or not value.whole:
            raise self.wrong(k, value, "a whole number")
        low = np.flatnonzero(value.num < least)
        if len(low):
            raise self.senseless(k, value, low, f"a number from {least} on")
        return value.num

    def texts(self, k: int, value: Value, rows: int) -> pl.Series:
        """A column of texts."""
        import polars as pl

        if value.type != TEXT:
            raise self.wrong(k, value, "a text")
        return pl.Series(self.world.texts.decoded(spread(value.num, rows)).tolist(), dtype=pl.String)


# instants


def _wall(c: _Call, value: Value) -> Ints:
    """Wall-clock seconds since 0001-01-01 of instants; a duration counts from the origin."""
    if value.type not in (INSTANT, DURATION) or c.world.tick_ns is None:
        raise c.wrong(0, value, "an instant")
    with bounded(c.at):
        ns = product(value.num, np.asarray(c.world.tick_ns)) // value.den
    try:
        return c.world.clock.wall(ns)
    except ClockError as problem:
        raise clock_fault(problem, c.at) from None


def _moment(part: Callable[[Ints], Ints]) -> Callable[[_Call, list[Value]], Value]:
    return lambda c, values: Value(NUMBER, np.asarray(part(_wall(c, values[0])), dtype=np.int64))


def _dates(unit: str) -> Callable[[Ints], Ints]:
    """The date's year, month or day as numbers of `unit`s since 1970-01-01."""
    return lambda wall: (wall // _DAY - _EPOCH).astype("datetime64[D]").astype(f"datetime64[{unit}]").astype(np.int64)


def _day(wall: Ints) -> Ints:
    days = (wall // _DAY - _EPOCH).astype("datetime64[D]")
    found: Ints = (days - days.astype("datetime64[M]").astype("datetime64[D]")).astype(np.int64) + 1
    return found


def _midnight(c: _Call, values: list[Value]) -> Value:
    """The first instant of the day."""
    clock, tick = c.world.clock, c.world.tick_ns or 1
    days = np.atleast_1d(_wall(c, values[0]) // _DAY)
    ns, once = clock.elapsed(days * _DAY)
    for day in distinct(days[~once]).tolist():      # clocks change at that midnight
        ns[~once & (days == day)] = clock.instant(date.fromordinal(day + 1).isoformat())
    found = reduced(INSTANT, ns, np.asarray(tick, dtype=np.int64))
    return found if values[0].num.ndim else found.take(np.zeros(1, dtype=np.int64)).alone()


# numbers


def _stepped(c: _Call, values: list[Value], half: bool, up: bool) -> Value:
    """The multiple of a step (1, or a tick) below, above or next to a value; halves go up."""
    value = as_quantity(values[0]) if values[0].type == FLAG else values[0]
    if len(values) == 1 and not half:
        return rounded(value, up, c.at)
    step = values[1] if len(values) == 2 else Value(
        DURATION if value.type in (DURATION, INSTANT) else NUMBER, np.asarray(1, dtype=np.int64))
    wanted = DURATION if value.type == INSTANT else value.type
    if value.type.kind not in ("quantity", "instant") or (len(values) == 1 and value.type not in (NUMBER, DURATION)):
        raise c.wrong(0, value, "a number, a duration, or a step beside it")
    if step.type != wanted:
        raise c.wrong(1, step, f"a step that is {wanted}")
    low = np.flatnonzero(np.atleast_1d(step.num <= 0))
    if len(low):
        raise c.senseless(1, step, low, "a step above 0")
    with bounded(c.at):
        above, below = product(value.num, step.den), product(value.den, step.num)
        if half:
            two = np.asarray(2, dtype=np.int64)
            above, below = total(product(above, two), below), product(below, two)
        count = -(-above // below) if up else above // below
        return reduced(value.type, product(np.asarray(count), step.num), np.asarray(step.den))


def _mod(c: _Call, values: list[Value]) -> Value:
    """a - b * floor(a / b)."""
    from schedc.dsl.arithmetic import add

    if len({v.type for v in values}) > 1:
        raise c.wrong(1, values[1], f"the same as before, {values[0].type},")
    return add(values[0], _stepped(c, values, False, False), -1, c.at)


# texts


def _rows(values: list[Value]) -> int:
    return max((len(v.num) for v in values if v.num.ndim), default=1)


def _text(c: _Call, found: pl.Series, values: list[Value]) -> Value:
    codes = c.world.texts.column(found)
    return Value(TEXT, codes if any(v.num.ndim for v in values) else codes.reshape(()))


def _cased(upper: bool) -> Callable[[_Call, list[Value]], Value]:
    def change(c: _Call, values: list[Value]) -> Value:
        cells = c.texts(0, values[0], _rows(values))
        return _text(c, cells.str.to_uppercase() if upper else cells.str.to_lowercase(), values)

    return change


def _sliced(first: bool) -> Callable[[_Call, list[Value]], Value]:
    def cut(c: _Call, values: list[Value]) -> Value:
        import polars as pl

        rows = _rows(values)
        cells, size = c.texts(0, values[0], rows), pl.Series(spread(c.counts(1, values[1], 0), rows))
        frame = pl.DataFrame({"t": cells, "n": size})
        part = pl.col("t").str.head(pl.col("n")) if first else pl.col("t").str.tail(pl.col("n"))
        return _text(c, frame.select(part).to_series(), values)

    return cut


def _concat(c: _Call, values: list[Value]) -> Value:
    import polars as pl

    rows = _rows(values)
    columns = {str(k): _written(c, k, value, rows) for k, value in enumerate(values)}
    return _text(c, pl.DataFrame(columns).select(pl.concat_str(pl.all())).to_series(), values)


def _written(c: _Call, k: int, value: Value, rows: int) -> pl.Series:
    """What a text, a whole number, a truth value or a row's key looks like."""
    import polars as pl

    if value.type == TEXT:
        return c.texts(k, value, rows)
    if value.type == NUMBER and value.whole:
        return pl.Series(spread(value.num, rows)).cast(pl.String)
    if value.type.kind == "member":
        shown = c.world.shown(value.spread(rows))
        return pl.Series([",".join(map(str, key)) for key in zip(*(s.tolist() for s in shown))]) if len(shown) > 1 \
            else pl.Series(shown[0].tolist()).cast(pl.String)
    if value.type.kind == "flag":
        return pl.Series(np.where(spread(value.num, rows) != 0, "true", "false"))
    raise c.wrong(k, value, "a text, a whole number or a row")


def _part(c: _Call, values: list[Value]) -> Value:
    """The k-th piece of a text between separators, from 1; empty where there are not so many."""
    import polars as pl

    rows = _rows(values)
    cells, sign = c.texts(0, values[0], rows), c.texts(1, values[1], rows)
    if (sign == "").any():
        raise Fault("E181", f"`{c.name}` needs a separator that is not empty", c.spans[1])
    place = pl.Series(spread(c.counts(2, values[2], 1), rows)) - 1
    frame = pl.DataFrame({"t": cells, "s": sign, "k": place})
    pieces = pl.col("t").str.split(pl.col("s")).list.get(pl.col("k"), null_on_oob=True).fill_null("")
    return _text(c, frame.select(pieces).to_series(), values)


def _contains(c: _Call, values: list[Value]) -> Value:
    import polars as pl

    rows = _rows(values)
    frame = pl.DataFrame({"t": c.texts(0, values[0], rows), "p": c.texts(1, values[1], rows)})
    held = frame.select(pl.col("t").str.contains(pl.col("p"), literal=True)).to_series().to_numpy()
    return flags(held if any(v.num.ndim for v in values) else held.reshape(()))


def _size(c: _Call, values: list[Value]) -> Value:
    size = c.texts(0, values[0], _rows(values)).str.len_chars().to_numpy().astype(np.int64)
    return Value(NUMBER, size if values[0].num.ndim else size.reshape(()))


def _number(c: _Call, values: list[Value]) -> Value:
    from schedc.dsl.measures import numbers

    cells = c.texts(0, values[0], _rows(values)).str.strip_chars()
    num, den, done = numbers(cells)
    wrong = np.flatnonzero(~done)
    if len(wrong):
        where = c.world.where(c.space, int(wrong[0]))
        raise Fault("E182", f"`{cells[int(wrong[0])][:60]}` is no number{where}", c.at)
    found = reduced(NUMBER, num, np.ones(1, dtype=np.int64)[0] if den is None else den)
    return found if values[0].num.ndim else found.take(np.zeros(1, dtype=np.int64)).alone()


Function = Callable[[_Call, list[Value]], Value]
_TABLE: dict[str, tuple[int, int, Function]] = {
    "year": (1, 1, _moment(lambda wall: _dates("Y")(wall) + 1970)),
    "month": (1, 1, _moment(lambda wall: _dates("M")(wall) % 12 + 1)),
    "day": (1, 1, _moment(_day)),
    "weekday": (1, 1, _moment(lambda wall: wall // _DAY % 7 + 1)),      # 0001-01-01 was a Monday
    "hour": (1, 1, _moment(lambda wall: wall % _DAY // 3600)),
    "minute": (1, 1, _moment(lambda wall: wall % 3600 // 60)),
    "midnight": (1, 1, _midnight),
    "round": (1, 2, lambda c, values: _stepped(c, values, True, False)),
    "floor": (1, 2, lambda c, values: _stepped(c, values, False, False)),
    "ceil": (1, 2, lambda c, values: _stepped(c, values, False, True)),
    "mod": (2, 2, _mod),
    "concat": (1, 99, _concat),
    "prefix": (2, 2, _sliced(True)),
    "suffix": (2, 2, _sliced(False)),
    "part": (3, 3, _part),
    "contains": (2, 2, _contains),
    "upper": (1, 1, _cased(True)),
    "lower": (1, 1, _cased(False)),
    "size": (1, 1, _size),
    "number": (1, 1, _number),
}

