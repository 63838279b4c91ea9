"""The grammar as tables: built once from `grammar.lark` by Lark, then kept in the user's cache as plain JSON.

Lark takes most of a second to build the LALR(1) automaton; reading it back takes milliseconds and does not even
import Lark. The cache holds numbers and strings only, so a damaged or hostile file can at worst be refused: it
carries a digest, every number is checked to be in range, and anything odd means building afresh.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
import sys
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import Any

from schedc.models.records import dataclass

GRAMMAR_FILE = Path(__file__).with_name("grammar.lark")
END = "$END"
IGNORED = ("WS", "COMMENT")
NONE = -1  # in `Rule.take`: an optional part that was left out
_MOST_BYTES = 8 << 20
_FORMAT = "schedc.grammar/3"


@dataclass(frozen=True, slots=True)
class Rule:
    """One production.

    origin: the symbol it makes. size: how many symbols it takes. shape: the name of the tree-making step, empty for
    the lists that `*` and `+` stand for. take: per child either `NONE`, a position, or `-2 - position` for a list to
    be spliced in. unit: whether it only passes its single symbol on.
    """

    origin: int
    size: int
    shape: str
    take: tuple[int, ...]
    unit: bool


@dataclass(frozen=True, slots=True)
class Grammar:
    """The automaton.

    symbols: all names, terminals first. terminals: how many they are. literals: terminal to its fixed text.
    patterns: (terminal, regular expression) in the order in which a lexer must try them. keywords: text to terminal.
    states: per state, symbol to action: a state to go to, or `-1 - rule` to reduce.
    """

    symbols: tuple[str, ...]
    terminals: int
    literals: dict[int, str]
    patterns: tuple[tuple[int, str], ...]
    keywords: dict[str, int]
    rules: tuple[Rule, ...]
    states: tuple[dict[int, int], ...]
    start: int
    accept: int

    def terminal(self, name: str) -> int:
        """The number of a terminal."""
        return self.symbols.index(name, 0, self.terminals)


@cache
def load_grammar() -> Grammar:
    """The automaton of the language, from the cache where that is possible."""
    source = GRAMMAR_FILE.read_bytes()
    path = _cache_path(source)
    tables = _read_cache(path) if path else None
    if tables is not None:
        grammar = _checked(tables)
        if grammar is not None:
            return grammar
    tables = build_tables(source.decode())
    if path:
        _write_cache(path, tables)
    grammar = _checked(tables)
    if grammar is None:
        raise RuntimeError("the grammar's own tables are malformed")
    return grammar


# ---- building ----


def build_tables(source: str) -> dict[str, Any]:
    """Build the automaton with Lark and flatten it to lists of numbers and strings."""
    from lark import Lark
    from lark.lexer import PatternStr

    lark = Lark(source, parser="lalr", lexer="basic")
    table = lark.parser.parser.parser.parse_table
    terminals = [*sorted(t.name for t in lark.terminals if t.name not in IGNORED), END, *IGNORED]
    symbols = terminals + sorted({r.origin.name for r in lark.rules})
    number = {name: i for i, name in enumerate(symbols)}
    fixed = {t.name: t.pattern.value for t in lark.terminals if isinstance(t.pattern, PatternStr)}
    name = re.compile(next(t for t in lark.terminals if t.name == "NAME").pattern.to_regexp())
    keywords = {text: number[t] for t, text in fixed.items() if name.fullmatch(text)}
    start = table.start_states["start"]
    order = _numbered(table.states, start)
    return {
        "symbols": symbols,
        "terminals": len(terminals),
        "literals": [[number[t], text] for t, text in sorted(fixed.items())],
        "patterns": [[number[t.name], t.pattern.to_regexp()] for t in _in_lexing_order(lark) if t.name not in fixed
                     or fixed[t.name] not in keywords],
        "keywords": keywords,
        "rules": [_flat_rule(r, number) for r in lark.rules],
        **_flat_states(table.states, order, number, lark.rules),
        "start": order.index(start),
        "accept": order.index(table.end_states["start"]),
    }


def _in_lexing_order(lark: Any) -> list[Any]:
    """The order of Lark's basic lexer: the widest pattern first, then the longest text of the pattern."""
    return sorted(lark.terminals, key=lambda t: (-t.priority, -t.pattern.max_width, -len(t.pattern.value), t.name))


def _numbered(states: dict[int, dict[str, Any]], start: int) -> list[int]:
    """The states in an order that is the same in every run, which Lark's own numbers are not: nearest first."""
    order, seen = [start], {start}
    for state in order:
        for _, (action, argument) in sorted(states[state].items()):
            if str(action) != "Reduce" and argument not in seen:
                seen.add(argument)
                order.append(argument)
    return order


def _flat_states(states: dict[int, Any], order: list[int], number: dict[str, int], rules: list[Any]) -> dict[str, Any]:
    """Per state the number of its set of symbols, then one action for all of them or an action for each."""
    by_rule = {rule: i for i, rule in enumerate(rules)}
    by_state = {state: i for i, state in enumerate(order)}
    sets: dict[tuple[int, ...], int] = {}
    rows: list[list[int]] = []
    for state in order:
        row = {number[symbol]: -1 - by_rule[argument] if str(action) == "Reduce" else by_state[argument]
               for symbol, (action, argument) in sorted(states[state].items())}
        actions = list(row.values())
        at = sets.setdefault(tuple(row), len(sets))
        rows.append([at, *(actions[:1] if len(set(actions)) == 1 else actions)])
    return {"sets": list(map(list, sets)), "states": rows}


def _flat_rule(rule: Any, number: dict[str, int]) -> list[Any]:
    """[origin, size, shape, take, unit] by the rules by which Lark shapes trees."""
    options, origin = rule.options, rule.origin.name
    take = _take(rule)
    shape = "" if origin.startswith("_") else (rule.alias or origin)
    unit = bool(options.expand1 and not rule.alias and take == [0] and len(rule.expansion) == 1)
    return [number[origin], len(rule.expansion), shape, take, unit]


def _take(rule: Any) -> list[int]:
    """Which symbols become children: fixed words are dropped, left-out options leave a hole, lists are spliced in."""
    size = len(rule.expansion)
    holes = [0] * (size + 1)
    position = 0
    for hole in rule.options.empty_indices or ():
        holes[position] += bool(hole)
        position += not hole
    take: list[int] = []
    for i, symbol in enumerate(rule.expansion):
        take += [NONE] * holes[i]
        if rule.options.keep_all_tokens or not (symbol.is_term and symbol.filter_out):
            take.append(-2 - i if not symbol.is_term and symbol.name.startswith("_") else i)
    return take + [NONE] * holes[size]


# ---- checking ----


def _checked(tables: Any) -> Grammar | None:
    """The tables as a Grammar, or None if anything about them is odd."""
    try:
        grammar = Grammar(
            symbols=tuple(map(str, tables["symbols"])),
            terminals=int(tables["terminals"]),
            literals={int(t): str(text) for t, text in tables["literals"]},
            patterns=tuple((int(t), str(p)) for t, p in tables["patterns"]),
            keywords={str(k): int(t) for k, t in tables["keywords"].items()},
            rules=tuple(Rule(int(o), int(n), str(s), tuple(map(int, t)), bool(u)) for o, n, s, t, u in tables["rules"]),
            states=tuple(_states(tables["sets"], tables["states"])),
            start=int(tables["start"]),
            accept=int(tables["accept"]),
        )
        return grammar if _in_range(grammar) and _all_in_range(tables, grammar) else None
    except (LookupError, TypeError, ValueError, AttributeError):
        return None


def _states(sets: list[list[int]], rows: list[list[int]]) -> Iterator[dict[int, int]]:
    for at, *actions in rows:
        symbols = sets[at]
        yield dict.fromkeys(symbols, actions[0]) if len(actions) == 1 else dict(zip(symbols, actions, strict=True))


def _all_in_range(tables: Any, g: Grammar) -> bool:
    """Whether the numbers of the states are numbers, of symbols and of actions."""
    symbols = list(chain.from_iterable(tables["sets"]))
    actions = [action for row in tables["states"] for action in row[1:]]
    return (
        {*map(type, symbols), *map(type, actions)} == {int}
        and min(symbols) >= 0 and max(symbols) < len(g.symbols)
        and -1 - len(g.rules) < min(actions) and max(actions) < len(g.states)
    )


def _in_range(g: Grammar) -> bool:
    symbols, states = len(g.symbols), len(g.states)
    return (
        0 < g.terminals <= symbols
        and 0 <= g.start < states
        and 0 <= g.accept < states
        and all(0 <= t < g.terminals for t in (*g.keywords.values(), *g.literals, *(t for t, _ in g.patterns)))
        and all(g.terminals <= r.origin < symbols and r.size >= 0 for r in g.rules)
        and all(-2 - r.size < t < r.size for r in g.rules for t in r.take)
    )


# ---- the cache ----


def _cache_path(source: bytes) -> Path | None:
    """Where this grammar's tables are kept; None where there is no place that belongs to the user alone."""
    key = hashlib.sha256(b"\0".join((source, _lark(), sys.version.encode(), _FORMAT.encode()))).hexdigest()[:32]
    try:
        folder = cache_folder()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder / f"grammar-{key}.json" if _private(folder) else None
    except (OSError, RuntimeError, ValueError):
        return None


def cache_folder() -> Path:
    """Where the system wants a program to keep what it can make again. Raises RuntimeError without a home."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local", "schedc", "Cache")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "schedc"
    given = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (given if given.is_absolute() else Path.home() / ".cache") / "schedc"


def _lark() -> bytes:
    """What tells one Lark from another: the file with its version, read without importing it."""
    spec = find_spec("lark")
    try:
        return Path(spec.origin).read_bytes() if spec and spec.origin else b""
    except OSError:
        return b""


def _private(folder: Path) -> bool:
    """Whether nobody else can write to the folder."""
    if os.name != "posix":
        return folder.is_dir()
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
        return False
    if stat.S_IMODE(status.st_mode) & 0o077:
        folder.chmod(0o700)
    return True


def _read_cache(path: Path) -> Any:
    """The tables kept at `path`, or None where they are missing, damaged or not ours."""
    try:
        # neither through a link nor waiting for the other end of a pipe
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return None
            digest, _, body = file.read(_MOST_BYTES).partition(b"\n")
        if hashlib.sha256(body).hexdigest().encode() != digest:
            return None
        return json.loads(body)
    except (OSError, ValueError, RecursionError):
        return None


def _write_cache(path: Path, tables: dict[str, Any]) -> None:
    """Put the tables in place at once, so that no other run ever reads half of them; failing is harmless."""
    import tempfile

    body = json.dumps(tables, separators=(",", ":")).encode()
    digest = hashlib.sha256(body).hexdigest().encode()
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".grammar-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(digest + b"\n" + body)
            Path(name).replace(path)
        except OSError:
            Path(name).unlink()
            raise
    except OSError:
        return
