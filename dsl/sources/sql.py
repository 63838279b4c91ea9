"""Queries: `from "select …" in NAME`, where NAME is an environment variable that holds the address of a database.

The address is never shown, nor what a driver says while it connects, which may hold parts of it. Nothing can be
written: SQLite is opened for reading, and PostgreSQL is asked to COPY the answer of one query in a read-only
transaction. COPY answers in CSV, so that a query and a file of its answer are read by one and the same code.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from schedc.dsl.sources.columns import column_of
from schedc.dsl.sources.delimited import header_of, parse_delimited
from schedc.dsl.sources.request import MOST_BYTES, Request, Sheet

_ROWS = 1 << 16
_SCHEMES = {"sqlite": "sqlite", "postgresql": "postgresql", "postgres": "postgresql"}
_HINT = "sqlite:///folder/plant.db, or postgresql://user@host/plant"
_SECONDS = 10       # to wait for a connection


def read_query(query: str, request: Request, environ: Mapping[str, str] = os.environ) -> Sheet:
    """The wanted columns of what a query answers. `request.inside` is the variable, and all that messages show."""
    name = request.inside or ""
    address = environ.get(name, "")
    if not address:
        raise request.fault("E175", "is a connection, but no environment variable of that name is set",
                            fix=f"set `{name}` to {_HINT}")
    scheme = _SCHEMES.get(address.partition(":")[0].lower())
    if scheme is None:
        raise request.fault("E175", "is set, but not to the address of a database that is known here",
                            fix=f"set `{name}` to {_HINT}")
    return _from_sqlite(address, query, request) if scheme == "sqlite" else _from_postgres(address, query, request)


def _from_sqlite(address: str, query: str, request: Request) -> Sheet:
    import sqlite3

    path = Path(unquote(address.partition(":")[2].removeprefix("//").removeprefix("/")
                        if address.lower().startswith("sqlite:///") else address.partition(":")[2].removeprefix("//")))
    if not path.is_file():
        raise request.fault("E176", "leads to no database")
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=_SECONDS)
        try:
            cursor = connection.execute(query)
            if cursor.description is None:
                raise request.fault("E176", "answers no rows to the query")
            header = [str(d[0]) for d in cursor.description]
            return _fetched(cursor, header, request)
        finally:
            connection.close()
    except (sqlite3.Error, sqlite3.Warning) as problem:
        raise request.fault("E176", f"refuses the query: {_clean(str(problem), address)}") from None


def _fetched(cursor: Any, header: list[str], request: Request) -> Sheet:
    wanted = request.pick(header)
    places = [header.index(name) for name in wanted]
    columns: list[list[Any]] = [[] for _ in wanted]
    size = 0
    while rows := list(islice(cursor, _ROWS)):
        size += len(rows)
        request.guard(size)
        for column, cells in zip(columns, _at(rows, places)):
            column.extend(cells)
    return Sheet({n: column_of(c, request, n) for n, c in zip(wanted, columns)}, size)


def _at(rows: list[tuple[Any, ...]], places: list[int]) -> list[tuple[Any, ...]]:
    columns = list(zip(*rows))
    return [columns[p] for p in places]


def _from_postgres(address: str, query: str, request: Request) -> Sheet:
    if find_spec("psycopg") is None:
        raise request.fault("E177", "needs the package `psycopg`", fix="pip install 'schedc[sql]'")
    import psycopg

    try:
        connection = psycopg.connect(address, connect_timeout=_SECONDS, autocommit=False)
    except (psycopg.Error, UnicodeError, ValueError) as problem:
        state = getattr(problem, "sqlstate", None) or ""
        raise request.fault("E176", f"cannot be reached{_why(state, str(problem))}") from None
    try:
        connection.read_only = True
        body = _copied(connection, query, request)
    except psycopg.Error as problem:
        text = problem.diag.message_primary or "the server broke off"
        raise request.fault("E176", f"refuses the query: {_clean(text, address)}") from None
    finally:
        connection.close()
    head, _, rest = body.partition(b"\n")
    return parse_delimited(header_of(head, request), rest, request)


def _why(state: str, text: str) -> str:
    """Why there is no connection, without a word of what the driver says."""
    known = {"28P01": ": the password is wrong", "28000": ": it lets this user not in", "3D000": ": no such database"}
    if state in known:
        return known[state]
    for words, why in (("password", ": the password is wrong or missing"), ("refused", ": nobody answers there"),
                       ("does not exist", ": no such database or user"), ("resolve", ": no such host"),
                       ("translate host", ": no such host"), ("timeout", ": no answer in time")):
        if words in text:
            return why
    return ""


def _copied(connection: Any, query: str, request: Request) -> bytes:
    """The answer of a query as CSV with a header; times are those of the model's zone.

    First the server is asked to prepare the query as a part of one SELECT. Text that would end the parentheses and go
    on as something else, such as COPY TO PROGRAM, is no such part, and never gets to COPY.
    """
    text = query.strip().removesuffix(";")
    pieces, size = [], 0
    with connection.cursor() as cursor:
        cursor.execute("select set_config('TimeZone', %s, true), set_config('DateStyle', 'ISO', true), "
                       "set_config('IntervalStyle', 'iso_8601', true), set_config('client_encoding', 'UTF8', false)",
                       (request.zone,))
        cursor.execute(f"select * from (\n{text}\n) as answer limit 0", prepare=True)
        with cursor.copy(f"copy (\n{text}\n) to stdout (format csv, header)") as copy:
            for piece in copy:
                size += len(piece)
                if size > MOST_BYTES:
                    raise request.fault("E172", f"answers more than {MOST_BYTES >> 20} MiB")
                pieces.append(bytes(piece))
    return b"".join(pieces)


def _clean(text: str, address: str) -> str:
    """A database's message without anything that stands in the address."""
    line = "".join(c if c.isprintable() else " " for c in text[:300]).strip()
    try:
        parts = urlsplit(address)
        secrets = {parts.password or "", unquote(parts.password or ""), parts.query, address}
    except ValueError:
        secrets = {address}
    for secret in filter(None, secrets):
        line = line.replace(secret, "•")
    return line
