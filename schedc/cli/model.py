"""Options and steps that several commands share: settings, reading a model, showing its findings."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from schedc.cli.streams import colours, columns, say
from schedc.models.diagnostics import Diagnostic, Findings
from schedc.models.model import Model
from schedc.render.diagnostics import render

if TYPE_CHECKING:
    from schedc.dsl.load import Source

_Command = TypeVar("_Command", bound=Callable[..., object])
FILE = click.Path(path_type=Path)
_SCENARIO = "schedc.scenario"


def settings(command: _Command) -> _Command:
    """Adds `--set`, `--data` and `--scenario`, which `open_source` finds in the context."""
    command = click.option(
        "--scenario", metavar="NAME", expose_value=False, callback=_keep_scenario, help="The scenario that is meant."
    )(command)
    command = click.option(
        "--set", "params", multiple=True, metavar="NAME=VALUE", help="A parameter's value; repeatable."
    )(command)
    return click.option(
        "--data", multiple=True, metavar="TABLE=FILE", help="Another file for a table; repeatable."
    )(command)


def _keep_scenario(context: click.Context, option: click.Parameter, name: str | None) -> None:
    context.meta[_SCENARIO] = name


def _scenario() -> str | None:
    context = click.get_current_context(silent=True)
    name: str | None = None if context is None else context.meta.get(_SCENARIO)
    return None if name is None else name.encode("utf-8", "replace").decode()


def pairs(option: str, given: Iterable[str]) -> dict[str, str]:
    """The values of a repeatable ``NAME=VALUE`` option. Raises a usage error for anything else."""
    found: dict[str, str] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise click.UsageError(f"{option} {text}: expected NAME=VALUE")
        if name.strip() in found:
            raise click.UsageError(f"{option}: `{name.strip()}` is given twice")
        found[name.strip()] = value
    return found


def read_model(path: Path, params: Iterable[str], data: Iterable[str], findings: Findings) -> Model | None:
    """The model of a file; everything that is wrong with it goes to the findings, and then there is none."""
    source = open_source(path, params, data, findings)
    return None if source is None else source.checked(findings)


def open_source(path: Path, params: Iterable[str], data: Iterable[str], findings: Findings) -> Source | None:
    """The text of a file with what was set from outside; None and a finding where it cannot be read."""
    from schedc.dsl.load import open_path

    given = pairs("--set", params)      # bytes that are no UTF-8 cannot be written anywhere later
    values: dict[str, object] = {name: value.encode("utf-8", "replace").decode() for name, value in given.items()}
    tables = {name: Path(file) for name, file in pairs("--data", data).items()}
    for name, file in tables.items():
        if not file.name:
            raise click.UsageError(f"--data {name}={file}: expected TABLE=FILE")
    return open_path(path, values, tables, findings, _scenario())


def show(diagnostics: Iterable[Diagnostic]) -> None:
    """Findings to standard error."""
    found = tuple(diagnostics)
    if found:
        say(render(found, colour=colours(sys.stderr), columns=columns()), err=True)
