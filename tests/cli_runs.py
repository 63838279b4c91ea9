"""Running commands as a user does."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest


class Shell:
    """Runs `schedc ARGUMENTS` in a folder, each in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A whole run; no traceback may ever be seen."""
        done = subprocess.run(
            self.command(*arguments), cwd=self.folder, env=self.environment(),
            capture_output=True, text=True, timeout=120, check=False,
        )
        assert "Traceback" not in done.stderr
        return done

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """A run that goes on by itself."""
        return subprocess.Popen(
            self.command(*arguments), cwd=self.folder, env=self.environment(),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )

    @staticmethod
    def command(*arguments: str) -> list[str]:
        """The process to start."""
        return [sys.executable, "-c", "from schedc.cli import main; main()", *arguments]

    @staticmethod
    def environment() -> dict[str, str]:
        """No colours, 100 columns."""
        return {**os.environ, "NO_COLOR": "1", "COLUMNS": "100", "PYTHONUTF8": "1"}


class Told(NamedTuple):
    """What a run said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def codes(self) -> list[str]:
        """The codes of all errors, each once, in order."""
        return list(dict.fromkeys(re.findall(r"^error\[(.*?)\]", self.err, re.MULTILINE)))


def run_here(capsys: pytest.CaptureFixture[str], *arguments: str) -> Told:
    """Runs a command in this process; no traceback and no internal error may ever be seen."""
    from schedc.cli.entry import run

    code = run(list(arguments))
    said = capsys.readouterr()
    assert "Traceback" not in said.err and "internal error:" not in said.err, said.err
    return Told(code, said.out, said.err)
