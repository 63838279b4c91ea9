"""`scenario`: another model made of the same text, by what replaces statements or joins them."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from schedc.dsl import tree
from schedc.dsl.faults import did_you_mean
from schedc.models.diagnostics import Findings, Label
from schedc.models.source import NOWHERE

_OUTSIDE = (tree.ModelName, tree.Include, tree.Scenario)


def in_scenario(file: tree.File, name: str | None, findings: Findings) -> tree.File:
    """The file without scenarios, or as the named one makes it; what is wrong with any of them goes to `findings`.

    A statement replaces the one with the same label, a `param` the one of the same name, where it stands; all others
    come last. E371: there is no such scenario; E372: two of one name; E373: a statement that cannot stand in one.
    """
    known: dict[str, tree.Scenario] = {}
    for s in file.statements:
        if isinstance(s, tree.Scenario):
            _check(s, known, findings)
    if name is not None and name not in known:
        top = file.statements[0].span if file.statements else NOWHERE
        note = f"there is {', '.join(f'`{k}`' for k in known)}" if known else "the model has no scenarios"
        findings.error("E371", f"there is no scenario `{name}`", top, fix=did_you_mean(name, known), note=note)
    if not known:
        return file
    statements: tuple[tree.Statement, ...] = tuple(s for s in file.statements if not isinstance(s, tree.Scenario))
    if name is not None and name in known:
        statements = _overridden(statements, known[name].body)
    return replace(file, statements=statements)


def _check(scenario: tree.Scenario, known: dict[str, tree.Scenario], findings: Findings) -> None:
    first = known.setdefault(scenario.name.text, scenario)
    if first is not scenario:
        findings.error("E372", f"there are two scenarios `{scenario.name.text}`", scenario.name.span,
                       Label(first.name.span, "first here"))
    for s in scenario.body:
        if isinstance(s, _OUTSIDE):
            findings.error("E373", "this cannot stand in a scenario", s.span, fix="put it outside")


def _overridden(statements: tuple[tree.Statement, ...], body: tuple[tree.Statement, ...]) -> tuple[tree.Statement, ...]:
    """Statements in their order, each replaced by all that a scenario says under its key."""
    instead: dict[str, list[tree.Statement]] = {}
    for s in body:
        instead.setdefault(_key(s) or "", []).append(s)
    own = {_key(s) for s in statements}
    found: list[tree.Statement] = []
    done: set[str] = set()
    for s in statements:
        key = _key(s)
        if key is None or key not in instead:
            found.append(s)
        elif key not in done:
            done.add(key)
            found += instead[key]
    return (*found, *(s for s in body if (_key(s) or "") not in own))


def _key(statement: tree.Statement) -> str | None:
    """What a statement is replaced by: the name of a `param`, else its label; None without one."""
    if isinstance(statement, tree.Param):
        return f"param {statement.name.text}"
    tail = getattr(statement, "tail", None)
    labels = tail.labels if tail is not None else [
        c for c in getattr(statement, "clauses", ()) if isinstance(c, tree.AsLabel)
    ]
    return f"as {labels[0].text}" if labels else None


def scenario_digest(digest: str, name: str | None) -> str:
    """The digest of a text in a scenario."""
    return digest if name is None else hashlib.sha256(f"{digest}\0{name}".encode("utf-8", "replace")).hexdigest()
