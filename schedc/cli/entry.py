"""The group of commands, and what happens to whatever they raise."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

import click

from schedc import __version__
from schedc.cli.exits import Exit
from schedc.cli.streams import flush, prepare, say
from schedc.models.files import FileError, reason

_COMMANDS = {
    "solve": "schedc.cli.solving",
    "check": "schedc.cli.checking",
    "verify": "schedc.cli.verifying",
    "explain": "schedc.cli.explaining",
    "repair": "schedc.cli.repairing",
    "diff": "schedc.cli.diffing",
    "challenge": "schedc.cli.challenging",
    "pareto": "schedc.cli.fronting",
    "simulate": "schedc.cli.simulating",
    "fmt": "schedc.cli.formatting",
    "import": "schedc.cli.importing",
    "compile": "schedc.cli.compiling",
    "new": "schedc.cli.starting",
}


class Commands(click.Group):
    """Finds a command's module only when the command is asked for, so that each starts quickly."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order in which one meets them."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name."""
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(_COMMANDS[cmd_name]).command
        return command


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="schedc")
def commands() -> None:
    """Schedules from models in a small text language.

    Exit codes: 0 a verified schedule, or nothing wrong; 1 the model, its data or a file has errors; 2 usage;
    3 proved infeasible; 4 no schedule within the limits; 5 the schedule breaks the model; 70 internal error;
    130 interrupted.
    """


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and leave with its exit code."""
    prepare()
    code = max(run(arguments), flush())
    gc.freeze()     # the memory goes back as a whole, there is no use in looking for cycles in it first
    sys.exit(code)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command; every exception becomes a message and an exit code."""
    try:
        answer = commands.main(args=arguments, prog_name="schedc", standalone_mode=False)
        return answer if isinstance(answer, int) else Exit.OK
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.ClickException as problem:
        problem.show()
        return problem.exit_code
    except (KeyboardInterrupt, click.Abort):
        say("interrupted\n", err=True)
        return Exit.INTERRUPTED
    except FileError as problem:
        return _fail(str(problem), Exit.ERRORS)
    except OSError as problem:
        where = f"{problem.filename}: " if problem.filename else ""
        return _fail(f"{where}{reason(problem)}", Exit.ERRORS)
    except MemoryError:
        return _fail("not enough memory", Exit.INTERNAL)
    except Exception as problem:
        return _internal(problem)


def _fail(message: str, code: int) -> int:
    say(f"error: {message}\n", err=True)
    return code


def _internal(problem: Exception) -> int:
    """One line for people; the trace for those who ask for it."""
    if os.environ.get("SCHEDC_DEBUG") == "1":
        import traceback

        say("".join(traceback.format_exception(problem)), err=True)
    words = " ".join(str(problem).split())[:400]
    said = f"{type(problem).__name__}: {words}" if words else type(problem).__name__
    return _fail(f"internal error: {said} (SCHEDC_DEBUG=1 shows where)", Exit.INTERNAL)
