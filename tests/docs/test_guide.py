"""The guide runs as it stands: its models load and solve, its commands and its Python work, its messages are current.

A fenced block's words say what it is: ``sched NAME`` and ``csv NAME`` are files, ``sh`` are commands that must succeed
(``sh install`` is not run here), ``text COMMAND`` is what a command prints, ``python`` runs after all files are there.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

import schedc
from schedc.dsl.format import format_text
from schedc.models.diagnostics import Findings

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide.md"


class Block(NamedTuple):
    """A fenced block: the words behind the fence, and the text."""

    words: list[str]
    text: str


BLOCKS = [Block(b[1].split(), b[2]) for b in re.finditer(r"^```(.*)\n((?s:.*?))^```$", GUIDE.read_text(), re.MULTILINE)]
MODELS = [b.words[1] for b in BLOCKS if b.words[0] == "sched"]
COMMANDS = [line for b in BLOCKS if b.words == ["sh"] for line in b.text.splitlines()]
PRINTED = [b for b in BLOCKS if b.words[0] == "text"]
WRONG = [b.words[-1] for b in PRINTED]
PYTHON = "\n".join(b.text for b in BLOCKS if b.words[0] == "python")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the guide's files, and the current one."""
    for block in BLOCKS:
        if block.words[0] in ("sched", "csv"):
            (tmp_path / block.words[1]).write_text(block.text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(line: str) -> subprocess.CompletedProcess[str]:
    """A command line of the guide, by this environment's schedc."""
    program, *words = shlex.split(line)
    assert program == "schedc"
    script = Path(sys.executable).with_name("schedc")
    return subprocess.run([script, *words], capture_output=True, text=True, timeout=120, check=False)


def test_every_block_is_of_a_known_kind() -> None:
    assert {b.words[0] for b in BLOCKS} == {"sh", "sched", "csv", "python", "text"}
    assert len(MODELS) == len(set(MODELS)) >= 6 and len(COMMANDS) >= 7


@pytest.mark.parametrize("name", [name for name in MODELS if name not in WRONG])
def test_models_are_solved_to_the_end(folder: Path, name: str) -> None:
    plan = schedc.load(folder / name).solve(time=60, workers=2)
    assert plan.status == "optimal"
    assert plan.verdict is not None and plan.verdict.holds


@pytest.mark.parametrize("block", [b for b in BLOCKS if b.words[0] == "sched"], ids=lambda block: block.words[1])
def test_models_are_laid_out_as_fmt_does(block: Block) -> None:
    assert format_text(block.text, block.words[1], Findings()) == block.text


def test_commands(folder: Path) -> None:
    for line in COMMANDS:
        done = run(line)
        assert done.returncode == 0, f"{line}\n{done.stderr}"
    assert {"loaf.json", "loaf.csv", "week.json", "week.svg"} <= {path.name for path in folder.iterdir()}


@pytest.mark.parametrize("block", PRINTED, ids=[" ".join(b.words[1:]) for b in PRINTED])
def test_what_commands_print(folder: Path, block: Block) -> None:
    done = run(shlex.join(block.words[1:]))
    assert done.returncode == (3 if "explain" in block.words else 1)
    assert (done.stdout + done.stderr).strip() == block.text.strip()


def test_python(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(PYTHON, "guide.md", "exec"), {"__name__": "guide"})
    printed = capsys.readouterr().out
    assert printed.startswith("optimal ") and "E15" in printed and "CpModel" in printed
    assert (folder / "bakery.json").exists()
