"""Which source a table is read from, and by whom: by what was given from outside, else by what its `from` says."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from os import PathLike
from pathlib import Path

from schedc.dsl import tree
from schedc.dsl.cells import shown
from schedc.dsl.faults import Fault
from schedc.dsl.sources.request import Request, Sheet
from schedc.dsl.tables import single
from schedc.dsl.world import World

Reader = Callable[[Path, Request], Sheet]
_KINDS = "`.csv`, `.tsv`, `.json`, `.ndjson`, `.jsonl`, `.parquet` and `.xlsx`"
_WITH_PARTS = (".xlsx", ".xlsm", ".json")
_MOST_QUERY = 1 << 20


def sheet_of(world: World, table: tree.Table, wanted: tuple[str, ...]) -> tuple[str, Sheet]:
    """What messages call the table, and the columns that it wants (none: all). Fault for whatever is wrong."""
    name = table.name.text
    source = single(table, "`from`", table.sources)
    inside = single(table, "`in`", table.inside)
    at = source.span if source is not None else table.name.span
    part = inside.text if inside is not None else None
    request = Request(name, table.name.span, name, at, wanted, part, world.clock.zone)
    given = world.data.get(name)
    if given is not None and not isinstance(given, (str, PathLike)):
        from schedc.dsl.sources.given import read_given

        return f"table `{name}`", read_given(given, request)
    if given is None and inside is not None and isinstance(source, tree.Text) and not _is_file(source.value):
        from schedc.dsl.sources.sql import read_query

        asked = Request(name, table.name.span, inside.text, source.span, wanted, inside.text, world.clock.zone)
        return f"table `{name}` (`{inside.text}`)", read_query(_query(world, table, source), asked)
    path = Path(given) if given is not None else _written_path(world, table)
    return f"table `{name}` ({shown(path.name)})", _from_file(path, request, given is not None)


def _is_file(text: str) -> bool:
    return _reader(text) is not None


def _from_file(path: Path, request: Request, replaced: bool) -> Sheet:
    asked = Request(request.table, request.declared, path.name, request.at, request.wanted, request.inside,
                    request.zone)
    read = _reader(path.name)
    if read is None:
        raise asked.fault("E180", "is no kind of file that tables are read from", note=f"these are {_KINDS}")
    if asked.inside is not None and path.suffix.lower() not in _WITH_PARTS and not replaced:
        raise asked.fault("E173", "has no parts for `in` to name",
                          note="it names a sheet, a part of a JSON document, or the connection of a query")
    try:
        if path.exists() and not path.is_file():
            raise asked.fault("E166", "cannot be read: it is no ordinary file")
        return read(path, asked)
    except OSError as problem:
        reason = (problem.strerror or str(problem)).lower()
        raise Fault("E166", f"cannot read {shown(path.name)}: {reason}", request.at) from None
    except MemoryError:
        raise asked.fault("E172", "does not fit the memory") from None


def _reader(name: str) -> Reader | None:
    """Who reads a file of that name."""
    match Path(name).suffix.lower():
        case ".csv":
            from schedc.dsl.sources.delimited import read_delimited

            return read_delimited
        case ".tsv":
            from schedc.dsl.sources.delimited import read_delimited

            return partial(read_delimited, sign="\t")
        case ".json" | ".ndjson" | ".jsonl":
            from schedc.dsl.sources.json import read_json

            return read_json
        case ".parquet":
            from schedc.dsl.sources.parquet import read_parquet

            return read_parquet
        case ".xlsx" | ".xlsm":
            from schedc.dsl.sources.excel import read_excel

            return read_excel
    return None


def _written_path(world: World, table: tree.Table) -> Path:
    """The file of a `from`."""
    if not table.sources:
        raise Fault("E164", f"table `{table.name.text}` has `in`, but no `from`", table.inside[0].span)
    source = table.sources[0]
    if table.rows:
        raise Fault("E163", f"table `{table.name.text}` has both `from` and `rows`", table.name.span)
    assert isinstance(source, tree.Text)
    if not _is_file(source.value):
        query = source.value.lstrip().lower().startswith(("select", "with"))
        fix = "say where to ask: `in NAME`, the name of an environment variable with the address" if query else None
        raise Fault("E180", f"{shown(source.value)} is no kind of file that tables are read from", source.span,
                    fix=fix, note=f"these are {_KINDS}")
    return path_inside(world, source, table.name.text)


def path_inside(world: World, source: tree.Text, table: str) -> Path:
    """A written path: inside the model's folder, whatever links say. Fault E166, E167."""
    if world.folder is None:
        raise Fault("E166", "a model without a folder cannot read files", source.span,
                    fix="give the file with `--data`")
    if "\0" in source.value:
        raise Fault("E166", "the file name is not valid", source.span)
    try:
        folder = world.folder.resolve()
        path = (folder / source.value).resolve()
    except (OSError, RuntimeError):     # a name beyond what the system takes, links that lead in a circle
        raise Fault("E166", f"cannot read {shown(source.value)}: it leads nowhere", source.span) from None
    if not path.is_relative_to(folder):
        raise Fault("E167", f"`{source.value}` lies outside the model's folder", source.span,
                    fix=f"move it inside, or name it with `--data {table}=…`")
    return path


def _query(world: World, table: tree.Table, source: tree.Text) -> str:
    """The text of a query, which may stand in a file of its own."""
    if table.rows:
        raise Fault("E163", f"table `{table.name.text}` has both `from` and `rows`", table.name.span)
    if not source.value.lower().endswith(".sql"):
        return source.value
    path = path_inside(world, source, table.name.text)
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_QUERY + 1)
        if len(data) > _MOST_QUERY or b"\0" in data:
            raise Fault("E168", f"{shown(path.name)} is no query", source.span)
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Fault("E168", f"{shown(path.name)} is not UTF-8 text", source.span) from None
    except OSError as problem:
        reason = (problem.strerror or str(problem)).lower()
        raise Fault("E166", f"cannot read {shown(path.name)}: {reason}", source.span) from None
