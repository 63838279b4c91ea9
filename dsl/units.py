"""Units: what each stands for, exactly, in base units.

Base units are ns, bit, W s (J), g, m, l, and the currency itself; a dimension is a product of powers of base
dimensions, so that rates (Gbps = bit/ns) multiply with durations to amounts.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple, TypeAlias

Dims: TypeAlias = tuple[tuple[str, int], ...]   # base dimension and exponent, sorted, no zero exponents

NUMBER: Dims = ()
TIME: Dims = (("time", 1),)


class Unit(NamedTuple):
    """A unit is `size` base units of a dimension."""

    size: Fraction
    dims: Dims


def joined(a: Dims, b: Dims, sign: int = 1) -> Dims:
    """The dimension of a product (of a quotient with sign -1)."""
    total = dict(a)
    for name, power in b:
        total[name] = total.get(name, 0) + sign * power
    return tuple(sorted((n, p) for n, p in total.items() if p))


_S = 10**9
_TIME = {
    "ns": 1, "us": 10**3, "ms": 10**6, "s": _S, "min": 60 * _S, "h": 3_600 * _S, "d": 86_400 * _S, "w": 604_800 * _S,
}
_PREFIX = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "P": 10**15}
_BINARY = {"Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30, "Ti": 1 << 40, "Pi": 1 << 50}
_CURRENCIES = ("EUR", "USD", "GBP", "CHF", "JPY", "CNY", "INR", "CAD", "AUD", "SEK", "NOK", "DKK", "PLN", "CZK", "BRL")


def _table() -> dict[str, Unit]:
    data: Dims = (("data", 1),)
    rate, power = joined(data, TIME, -1), joined((("energy", 1),), TIME, -1)
    units = {name: Unit(Fraction(size), TIME) for name, size in _TIME.items()}
    for prefix, size in _PREFIX.items():
        units[f"{prefix}bit"] = Unit(Fraction(size), data)
        units[f"{prefix}B"] = Unit(Fraction(8 * size), data)
        units[f"{prefix}bps"] = Unit(Fraction(size, _S), rate)
        units[f"{prefix}Bps"] = Unit(Fraction(8 * size, _S), rate)
        units[f"{prefix}W"] = Unit(Fraction(size, _S), power)
        units[f"{prefix}Wh"] = Unit(Fraction(3_600 * size), (("energy", 1),))
        units[f"{prefix}J"] = Unit(Fraction(size), (("energy", 1),))
        units[f"{prefix}Hz"] = Unit(Fraction(size, _S), (("time", -1),))
    for prefix, size in _BINARY.items():
        units[f"{prefix}B"] = Unit(Fraction(8 * size), data)
        units[f"{prefix}bit"] = Unit(Fraction(size), data)
    units |= {name: Unit(Fraction(1), ((name, 1),)) for name in _CURRENCIES}
    units |= {
        "mg": Unit(Fraction(1, 1000), (("mass", 1),)), "g": Unit(Fraction(1), (("mass", 1),)),
        "kg": Unit(Fraction(1000), (("mass", 1),)), "t": Unit(Fraction(10**6), (("mass", 1),)),
        "mm": Unit(Fraction(1, 1000), (("length", 1),)), "cm": Unit(Fraction(1, 100), (("length", 1),)),
        "m": Unit(Fraction(1), (("length", 1),)), "km": Unit(Fraction(1000), (("length", 1),)),
        "ml": Unit(Fraction(1, 1000), (("volume", 1),)), "l": Unit(Fraction(1), (("volume", 1),)),
        "m2": Unit(Fraction(1), (("length", 2),)), "m3": Unit(Fraction(1000), (("volume", 1),)),
        "percent": Unit(Fraction(1, 100), NUMBER), "mW": Unit(Fraction(1, 1000 * _S), power),
    }
    return units


UNITS: dict[str, Unit] = _table()
TIME_UNITS: tuple[str, ...] = tuple(_TIME)

# what people write for the units that exist
_SPELT: dict[str, str] = {
    "nanosecond": "ns", "microsecond": "us", "µs": "us", "millisecond": "ms", "msec": "ms",
    "second": "s", "sec": "s", "minute": "min", "mins": "min", "hour": "h", "hr": "h", "day": "d", "week": "w",
    "byte": "B", "bits": "bit", "kilobyte": "kB", "KB": "kB", "megabyte": "MB", "gigabyte": "GB", "terabyte": "TB",
    "gbps": "Gbps", "mbps": "Mbps", "kbps": "kbps", "watt": "W", "kilowatt": "kW", "KW": "kW", "KWh": "kWh",
    "euro": "EUR", "dollar": "USD", "pound": "GBP", "gram": "g", "kilo": "kg", "ton": "t", "tonne": "t",
    "meter": "m", "metre": "m", "kilometer": "km", "kilometre": "km", "liter": "l", "litre": "l", "L": "l",
}


def meant(word: str) -> str | None:
    """The unit that an unknown word probably stands for: `hours` is `h`, `minutes` is `min`."""
    from schedc.dsl.faults import nearest

    for form in (word, word.casefold(), word.rstrip("s"), word.casefold().rstrip("s")):
        if form in _SPELT:
            return _SPELT[form]
    folded = [u for u in UNITS if u.casefold() == word.casefold()]
    if folded:
        return folded[0]
    close = nearest(word.casefold(), _SPELT)
    return _SPELT[close] if close is not None else None


def dims_text(dims: Dims) -> str:
    """A dimension in words: `data/time`, `a number`."""
    if not dims:
        return "a number"
    if dims == TIME:
        return "a duration"
    up = [n if p == 1 else f"{n}^{p}" for n, p in dims if p > 0]
    down = [n if p == -1 else f"{n}^{-p}" for n, p in dims if p < 0]
    text = " ".join(up) or "1"
    return "an amount of " + (text + "/" + "/".join(down) if down else text)


def base_unit(dims: Dims) -> str:
    """A unit to show an amount in when the author's is not known: the one nearest to a base unit, else none."""
    fitting = [(abs(u.size - 1), name) for name, u in UNITS.items() if u.dims == dims]
    return min(fitting)[1] if fitting else ""
