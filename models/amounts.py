"""Amounts as people write them."""

from __future__ import annotations

from fractions import Fraction

from schedc.models.statements import Resources, Stocks

_PLACES = 12


def decimal_text(value: Fraction) -> str:
    """A fraction as a decimal where one ends within 12 places, else as ``a/b``."""
    if value.denominator == 1:
        return str(value.numerator)
    scaled = value * 10**_PLACES
    if scaled.denominator != 1:
        return str(value)
    digits = str(abs(scaled.numerator)).rjust(_PLACES + 1, "0")
    return f"{'-' if value < 0 else ''}{digits[:-_PLACES]}.{digits[-_PLACES:].rstrip('0')}"


def amount_text(resources: Resources | Stocks, amount: int) -> str:
    """An amount of a resource or stock in the author's units: ``40 Gbps``, ``2.5``."""
    return f"{decimal_text(int(amount) * resources.scale)} {resources.unit}".rstrip()
