"""Tiny models as text, most of them without a schedule."""

from __future__ import annotations

from random import Random

from schedc.dsl.load import Source
from schedc.models.diagnostics import Findings
from schedc.models.model import Model


def small_text(chance: Random) -> str:
    """Two or three tasks with whatever may keep them apart."""
    h = chance.randint(4, 7)
    names = ["a", "b", "c"][: chance.randint(2, 3)]
    lines = [f"time for {h}", f"resource r capacity {chance.choice([1, 1, 2])}"]
    lines += [_task(chance, name, h) for name in names]
    for _ in range(chance.randint(1, 4)):
        a, b = chance.sample(names, 2)
        lines.append(chance.choice([
            f"order {a} -> {b}", f"order {a} -> {b} after {chance.randint(1, 3)}", f"exclusive {a}, {b}",
            f"order {a} -> {b} after 0 .. {chance.randint(0, 2)}",
            f"require end({a}) + {chance.randint(0, 3)} <= start({b}) or end({b}) <= start({a})",
            f"require start({a}) >= {chance.randint(1, h)}",
            f"downtime r during {(t := chance.randint(0, h - 2))} .. {t + chance.randint(1, 2)}",
            f"open r during {(t := chance.randint(0, 2))} .. {t + chance.randint(2, 4)}",
        ]))
    return "\n".join([*lines, ""])


def _task(chance: Random, name: str, h: int) -> str:
    words = [f"task {name} lasts {chance.randint(1, 3)}"]
    if chance.random() < 0.7:
        words.append("uses r")
    if chance.random() < 0.3:
        words.append(f"release {chance.randint(1, h)}")
    if chance.random() < 0.4:
        words.append(f"deadline {chance.randint(1, h)}")
    elif chance.random() < 0.2:
        begin = chance.randint(0, h - 2)
        words.append(f"within {begin} .. {begin + chance.randint(1, 3)}")
    return " ".join(words)


def model_of(text: str) -> tuple[Source, Model] | None:
    """The model of a text, also of one that can be seen to be impossible; None where the text is wrong."""
    source = Source(text, "small.sched", None, "small", {}, {})
    model = source.checked(Findings())
    return None if model is None else (source, model)
