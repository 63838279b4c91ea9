"""Standard output and error: what may go wrong with them, and what they can show."""

from __future__ import annotations

import os
import sys
from typing import TextIO

from schedc.models.files import reason


def prepare() -> None:
    """Make both streams such that writing to them never fails on what is written.

    Characters that a stream cannot show become question marks; what goes to a closed one (`>&-`) goes nowhere.
    """
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8"))
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def say(text: str, err: bool = False) -> None:
    """Write to standard output or error. A reader that has gone is no error: the rest is dropped."""
    stream = sys.stderr if err else sys.stdout
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        _mute(stream)


def _mute(stream: TextIO) -> None:
    """Send what is still buffered nowhere, so that leaving does not fail on it either."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
    except (OSError, ValueError):
        return


def flush() -> int:
    """Flush both streams before leaving; the exit code that is due where that fails."""
    code = 0
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            _mute(stream)
        except OSError as problem:
            _mute(stream)
            if stream is sys.stdout:
                say(f"error: cannot write the output: {reason(problem)}\n", err=True)
            code = 1
    return code


def colours(stream: TextIO) -> bool:
    """Whether a stream is a terminal that wants colours."""
    return stream.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


def columns() -> int:
    """The terminal's width; 100 where there is none."""
    import shutil  # brings archives and compression along

    return min(shutil.get_terminal_size((100, 40)).columns, 200)


def plain(stream: TextIO) -> bool:
    """Whether a stream can show ASCII only."""
    encoding = (getattr(stream, "encoding", None) or "ascii").lower().replace("-", "")
    return not encoding.startswith("utf")
