"""Running commands as a user does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


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
