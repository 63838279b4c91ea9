"""The grammar file and its cache: built without conflicts, read back unchanged, never trusted blindly."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from random_texts import strict_lark

from schedc.dsl import grammar
from schedc.dsl.grammar import Grammar, load_grammar


@functools.cache
def tables() -> dict[str, object]:
    """What Lark makes of the grammar; it takes its time."""
    return grammar.build_tables(grammar.GRAMMAR_FILE.read_text())


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of the test's own."""
    folder = tmp_path / "cache" / "schedc"
    built = json.dumps(tables())
    monkeypatch.setattr(grammar, "build_tables", lambda source: json.loads(built))
    monkeypatch.setattr(grammar, "cache_folder", lambda: folder)
    return folder


def fresh() -> Grammar:
    """Load as a new process would."""
    return load_grammar.__wrapped__()


def kept(folder: Path) -> Path:
    (file,) = folder.glob("grammar-*.json")
    return file


def test_no_conflicts() -> None:
    assert strict_lark().parse('model "x"') is not None


def test_reserved_words() -> None:
    words = load_grammar().keywords
    assert len(words) == 83
    assert {"task", "Mon", "implies"} <= set(words)
    assert not {"start", "end", "makespan", "sum"} & set(words)


def test_the_cache_gives_back_what_was_built(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built = fresh()
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700
    assert [p.name for p in cache.iterdir()] == [kept(cache).name]
    monkeypatch.setattr(grammar, "build_tables", lambda source: pytest.fail("built again"))
    assert fresh() == built == load_grammar()


def test_the_tables_are_the_same_in_every_process() -> None:
    code = "import json, schedc.dsl.grammar as g; print(json.dumps(g.build_tables(g.GRAMMAR_FILE.read_text())))"
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, env=environment)
    assert json.loads(run.stdout) == tables()


def test_reading_the_cache_imports_no_lark() -> None:
    load_grammar()
    code = "import sys, schedc.dsl.parse as p; p.lex('a', 'f'); assert 'lark' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def resealed(change: Callable[[dict[str, object]], object]) -> Callable[[Path], None]:
    """A change of the tables under a digest that is right."""

    def harm(path: Path) -> None:
        tables = json.loads(path.read_bytes().partition(b"\n")[2])
        change(tables)
        body = json.dumps(tables).encode()
        path.write_bytes(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)

    return harm


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


HARMS: dict[str, Callable[[Path], object]] = {
    "empty": lambda p: p.write_bytes(b""),
    "cut": lambda p: p.write_bytes(p.read_bytes()[:1000]),
    "flipped": flip,
    "pickle": lambda p: p.write_bytes(b"\x80\x04cos\nsystem\n(S'exit 1'\ntR."),
    "not JSON": lambda p: p.write_bytes(hashlib.sha256(b"{").hexdigest().encode() + b"\n{"),
    "nested": lambda p: p.write_bytes(hashlib.sha256(b"[" * 99999).hexdigest().encode() + b"\n" + b"[" * 99999),
    "no tables": resealed(lambda t: t.clear()),
    "wild goto": resealed(lambda t: t["states"].__setitem__(0, [0, 10**9])),  # type: ignore[attr-defined]
    "wild set": resealed(lambda t: t["states"].__setitem__(0, [10**9, 1])),  # type: ignore[attr-defined]
    "wild symbol": resealed(lambda t: t["sets"].__setitem__(0, [-1, 1])),  # type: ignore[attr-defined]
    "true for 1": resealed(lambda t: t["sets"].__setitem__(0, [True])),  # type: ignore[attr-defined]
    "too few actions": resealed(lambda t: t["states"].__setitem__(0, [0])),  # type: ignore[attr-defined]
    "wild rule": resealed(lambda t: t["rules"].__setitem__(0, [0, -1, "", [], False])),  # type: ignore[attr-defined]
    "words for numbers": resealed(lambda t: t.update(start="x")),
}


@pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS.keys())
def test_a_damaged_cache_is_built_anew(cache: Path, harm: Callable[[Path], object]) -> None:
    fresh()
    good = kept(cache).read_bytes()
    harm(kept(cache))
    assert kept(cache).read_bytes() != good
    assert fresh() == load_grammar()
    assert kept(cache).read_bytes() == good


def test_a_link_or_pipe_in_its_place_is_not_followed(cache: Path, tmp_path: Path) -> None:
    fresh()
    path = kept(cache)
    elsewhere = tmp_path / "elsewhere"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)
    assert fresh() == load_grammar()
    assert not path.is_symlink()
    path.unlink()
    os.mkfifo(path)
    assert fresh() == load_grammar()


def test_a_folder_open_to_others_is_closed(cache: Path) -> None:
    cache.mkdir(parents=True)
    cache.chmod(0o777)
    fresh()
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700


def test_no_place_for_a_cache(cache: Path) -> None:
    cache.parent.write_text("a file where the folder should be")
    assert fresh() == load_grammar()


def test_a_linked_folder_is_not_used(cache: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.mkdir()
    cache.parent.mkdir()
    cache.symlink_to(target)
    assert fresh() == load_grammar()
    assert not list(target.iterdir())


def test_the_cache_lies_where_the_system_wants_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(grammar.sys, "platform", "linux")
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert grammar.cache_folder() == Path("/somewhere/schedc")
    for unusable in ("", "not/absolute"):
        monkeypatch.setenv("XDG_CACHE_HOME", unusable)
        assert grammar.cache_folder() == tmp_path / ".cache" / "schedc"
    monkeypatch.setattr(grammar.sys, "platform", "darwin")
    assert grammar.cache_folder() == tmp_path / "Library" / "Caches" / "schedc"
    monkeypatch.setattr(grammar.sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    assert grammar.cache_folder() == tmp_path / "schedc" / "Cache"
