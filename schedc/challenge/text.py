"""A challenge as a model, as a prompt in plain words, and the shape of its answers."""

from __future__ import annotations

from typing import Any

from schedc.challenge.make import STEPS, Challenge, Phase

_ASSETS = ("crew", "forklift", "lift", "switch", "truck", "bench")


def names(c: Challenge) -> list[str]:
    """What the tasks are called: ``t1`` …, or the steps of a migration."""
    if c.phase is Phase.MIGRATION:
        return [f"{STEPS[k % len(STEPS)]}_r{k // len(STEPS) + 1}" for k in range(len(c.lasts))]
    return [f"t{k + 1}" for k in range(len(c.lasts))]


def assets(c: Challenge) -> list[str]:
    """What the resources are called: ``r1`` …, or what a migration needs."""
    if c.phase is Phase.MIGRATION and len(c.capacity) <= len(_ASSETS):
        return list(_ASSETS[: len(c.capacity)])
    return [f"r{k + 1}" for k in range(len(c.capacity))]


def model_text(c: Challenge) -> str:
    """The challenge as a `.sched` text: a question without a goal."""
    task, asset = names(c), assets(c)
    lines = [f'model "{c.name}"', f"time for {c.horizon}", ""]
    lines += [f"resource {r}  capacity {n}" for r, n in zip(asset, c.capacity)]
    lines += [f"downtime {asset[r]}  during {lo} .. {hi}" for r, lo, hi in c.closed]
    lines.append("")
    for k, name in enumerate(task):
        held = ", ".join(f"{r} {n}" for r, n in zip(asset, c.demand[k]) if n)
        window = c.window[k]
        clauses = [f"lasts {c.lasts[k]}", *([f"uses {held}"] if held else [])]
        if window is not None:
            clauses += [f"release {window[0]}"] if window[0] else []
            clauses += [f"deadline {window[1]}"] if window[1] < c.horizon else []
        lines.append(f"task {name}  {'  '.join(clauses)}")
    lines.append("")
    lines += [f"order {task[i]} -> {task[j]}" for i, j in c.edges]
    lines += [f"exclusive {task[i]}, {task[j]}" for i, j in c.apart]
    return "\n".join(lines).rstrip() + "\n"


def prompt_text(c: Challenge) -> str:
    """The challenge in plain words, for whoever answers without a solver. The wording is ours."""
    task, asset = names(c), assets(c)
    setting = "You plan the migration of a data centre. " if c.phase is Phase.MIGRATION else ""
    lines = [
        f"{setting}Find a start time for every task so that all rules below hold. Times are whole numbers from 0; "
        f"every task ends at {c.horizon} at the latest. A task that starts at s and lasts d occupies the ticks s, s+1, "
        "..., s+d-1 without a break.", "", "Resources, and how much of each can be in use at once:",
        *(f"- {r}: {n}" for r, n in zip(asset, c.capacity)), "", "Tasks:",
    ]
    for k, name in enumerate(task):
        held = ", ".join(f"{n} of {r}" for r, n in zip(asset, c.demand[k]) if n) or "nothing"
        lines.append(f"- {name}: lasts {c.lasts[k]}, needs {held}{_window(c, k)}")
    lines += _section("Order (the second starts when the first has ended, or later):",
                      [f"{task[i]} before {task[j]}" for i, j in c.edges])
    lines += _section("Downtime (no task that needs the resource may occupy these ticks):",
                      [f"{asset[r]}: from {lo} up to, not including, {hi}" for r, lo, hi in c.closed])
    lines += _section("Never at the same time:", [f"{task[i]} and {task[j]}" for i, j in c.apart])
    lines += ["", 'Answer with one JSON object that maps every task to its start, such as {"'
              + task[0] + '": 0, …}, and nothing else.']
    return "\n".join(lines) + "\n"


def _window(c: Challenge, task: int) -> str:
    window = c.window[task]
    if window is None:
        return ""
    return f", starts at {window[0]} or later and ends at {window[1]} or earlier"


def _section(title: str, entries: list[str]) -> list[str]:
    return ["", title, *(f"- {entry}" for entry in entries)] if entries else []


def answer_schema(c: Challenge) -> dict[str, Any]:
    """The JSON Schema of an answer."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {name: {"type": "integer", "minimum": 0} for name in names(c)},
        "required": names(c),
        "additionalProperties": False,
    }


def witness_document(c: Challenge) -> dict[str, int] | None:
    """The hidden answer; None for a challenge that has none."""
    return None if c.witness is None else dict(zip(names(c), c.witness))
