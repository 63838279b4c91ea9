"""JSON: a list of records, an object of columns, or one record a line; numbers keep every digit."""

from __future__ import annotations

import json
from collections.abc import Sequence
from operator import itemgetter
from pathlib import Path
from typing import Any

from schedc.dsl.cells import shown
from schedc.dsl.sources.columns import column_of
from schedc.dsl.sources.request import Request, Sheet

_MOST_BYTES = 1 << 30       # it is held as objects while it is read
_LINES = (".ndjson", ".jsonl")


def read_json(path: Path, request: Request) -> Sheet:
    """The wanted columns of a document, or of the part of it that is called `inside`."""
    request.guard_bytes(path)
    data = path.read_bytes()
    if len(data) > _MOST_BYTES:
        raise request.fault("E172", f"has {len(data) >> 20} MiB, more than {_MOST_BYTES >> 20} MiB of JSON")
    if b"\0" in data:
        raise request.fault("E168", "has a NUL byte")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise request.fault("E168", f"is not UTF-8 text (byte {problem.start})") from None
    document = _lines(text, request) if path.suffix.lower() in _LINES else _parsed(text, request)
    return _sheet(_part(document, request), request)


def _parsed(text: str, request: Request) -> Any:
    try:
        return json.loads(text, parse_float=str, parse_constant=str)
    except json.JSONDecodeError as problem:
        where = f"line {problem.lineno}, column {problem.colno}"
        raise request.fault("E168", f"is not JSON: {where}: {problem.msg.lower()}") from None
    except (RecursionError, ValueError):
        raise request.fault("E168", "is not JSON that can be read: nested too deeply, or numbers too long") from None


def _lines(text: str, request: Request) -> list[Any]:
    """One value a line, read at once; where that fails, line by line to the one that is wrong."""
    lines = [line for line in text.splitlines() if line.strip()]
    try:
        found = json.loads(f"[{','.join(lines)}]", parse_float=str, parse_constant=str)
        if len(found) == len(lines):
            return list(found)
    except (ValueError, RecursionError):
        pass
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            try:
                json.loads(line, parse_float=str, parse_constant=str)
            except (ValueError, RecursionError):
                raise request.fault("E168", f"is not JSON in line {number}") from None
    raise request.fault("E168", "is not one JSON value a line")


def _part(document: Any, request: Request) -> Any:
    """What stands under `in NAME`, or the document itself."""
    if request.inside is None:
        return document
    if not isinstance(document, dict) or request.inside not in document:
        parts = list(document) if isinstance(document, dict) else []
        note = "its parts: " + ", ".join(shown(p) for p in parts[:20]) if parts else None
        raise request.fault("E173", f"has no part {shown(request.inside)}", note=note)
    return document[request.inside]


def _sheet(document: Any, request: Request) -> Sheet:
    if isinstance(document, list):
        return _records(document, request)
    if isinstance(document, dict) and all(isinstance(c, list) for c in document.values()):
        return _columns(document, request)
    lists = [k for k, v in document.items() if isinstance(v, list)] if isinstance(document, dict) else []
    fix = f"name the part that is meant: `in {lists[0]}`" if lists else None
    raise request.fault("E178", "is neither a list of records nor an object of columns", fix)


def _records(records: Sequence[Any], request: Request) -> Sheet:
    request.guard(len(records))
    if not set(map(type, records)) <= {dict}:
        row = next(k for k, r in enumerate(records) if not isinstance(r, dict))
        raise request.fault("E178", f"has no record as its entry {row + 1}")
    wanted = request.pick(list(dict.fromkeys(key for keys in set(map(tuple, records)) for key in keys)))
    columns = {}
    for name in wanted:
        try:
            values = list(map(itemgetter(name), records))
        except KeyError:
            values = [r.get(name) for r in records]
        columns[name] = column_of(values, request, name)
    return Sheet(columns, len(records))


def _columns(document: dict[str, list[Any]], request: Request) -> Sheet:
    wanted = request.pick(list(document))
    sizes = {name: len(document[name]) for name in wanted}
    if len(set(sizes.values())) > 1:
        listed = ", ".join(f"{shown(n)} {size}" for n, size in sizes.items())
        raise request.fault("E178", f"has columns of different lengths: {listed}")
    size = next(iter(sizes.values()), 0)
    request.guard(size)
    return Sheet({name: column_of(document[name], request, name) for name in wanted}, size)


