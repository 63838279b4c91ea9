"""What tells one model from another: its text, without where its tables come from, and what these hold.

So a model has one digest whether its rows come from CSV, Parquet, a database or a data frame.
"""

from __future__ import annotations

import hashlib
from itertools import accumulate

from schedc.dsl import tree
from schedc.dsl.values import Value, spread
from schedc.dsl.world import World
from schedc.models.source import Span


def text_digest(text: str, file: tree.File) -> str:
    """The SHA-256 of a text; what a table says of its source is left out."""
    parts = [part for s in file.statements if isinstance(s, tree.Table) for part in (*s.sources, *s.inside)]
    if parts:
        begins = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
        for part in sorted(parts, key=lambda p: (p.span.line, p.span.column), reverse=True):
            first, last = _places(part.span, begins)
            text = f"{text[:first].rstrip()} {text[last:].lstrip()}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _places(span: Span, begins: list[int]) -> tuple[int, int]:
    return begins[span.line - 1] + span.column - 1, begins[span.end_line - 1] + span.end_column - 1


def table_digest(world: World, columns: dict[str, Value], size: int) -> str:
    """A digest of typed columns in which only their names, types and cells count."""
    whole = hashlib.blake2b(digest_size=32)
    for name, value in sorted(columns.items()):
        whole.update(f"\0{name}\0{value.type}\0{size}\0{value.den.ndim}\0{value.hollow}\0".encode())
        hollow = value.hollow and value.empty is not None
        if hollow:
            whole.update(spread(value.empty, size).tobytes())
        if value.type.kind == "text":
            codes = spread(value.num, size)
            words = world.texts.decoded(codes[~spread(value.empty, size)] if hollow else codes)
            whole.update("\0".join(words.tolist()).encode("utf-8", "surrogatepass"))
        else:
            whole.update(spread(value.num, size).tobytes())
            whole.update(value.den.tobytes())
    return whole.hexdigest()
