"""What the studies share: arguments, instances and their bounds, measured runs, results that survive interruptions.

A study appends one JSON line a case to ``benchmarks/results/<study>.jsonl`` and skips the cases that stand there, so a
run that was cut off goes on where it stopped; ``--fresh`` starts again, ``--summary`` only prints what is known.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"
Record = dict[str, Any]


@dataclass(frozen=True)
class Instance:
    """One benchmark file. name: ``set/stem`` as in bounds.csv; best: the best objective value known."""

    family: str
    name: str
    path: Path
    best: int | None
    optimal: bool


@dataclass(frozen=True)
class Run:
    """A finished command: exit code (negative for a signal), wall and processor seconds, peak memory, its output."""

    code: int
    seconds: float
    cpu: float
    peak_mib: float
    out: str
    err: str


def arguments(description: str, seconds: float = 60.0) -> argparse.ArgumentParser:
    """The options that every study has."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--data", type=Path, default=ROOT / ".." / "shared" / "data", help="folder of the instances")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder of the results")
    parser.add_argument("--limit", type=int, help="no more cases than this")
    parser.add_argument("--time", type=float, default=seconds, help="seconds for each solve")
    parser.add_argument("--workers", type=int, default=2, help="threads for each solve")
    parser.add_argument("--fresh", action="store_true", help="forget earlier results")
    parser.add_argument("--summary", action="store_true", help="run nothing, only print what the results say")
    return parser


def instances(data: Path, family: str, folder: str) -> list[Instance]:
    """The instances of one set, in the order in which people count. Ends the study where the data is missing."""
    where = data / family / "instances" / folder
    if not where.is_dir():
        sys.exit(f"no instances in {where}; say where they are with --data")
    known = _bounds(data / family / "bounds.csv")
    found = []
    for path in sorted(where.iterdir(), key=lambda p: natural(p.stem)):
        name = f"{folder}/{path.stem}"
        row = known.get(name, {})
        best = int(row["upper_bound"]) if row.get("upper_bound") else None
        found.append(Instance(family, name, path, best, row.get("optimal") == "yes"))
    return found


def _bounds(path: Path) -> dict[str, dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return {row["instance"]: row for row in csv.DictReader(file)}


def natural(name: str) -> list[tuple[int, str]]:
    """A sort key under which j301_2 stands before j301_10."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name)]


def evenly(items: Sequence[Instance], count: int) -> list[Instance]:
    """`count` of the items, spread over them all, the same ones every time."""
    if count >= len(items):
        return list(items)
    return [items[(2 * k + 1) * len(items) // (2 * count)] for k in range(count)]


def schedc(*words: object) -> list[str]:
    """The command line of schedc as this Python's environment has it."""
    script = Path(sys.executable).with_name("schedc")
    return [str(script), *map(str, words)]


def measure(command: Sequence[str], seconds: float | None = None, cwd: Path | None = None) -> Run:
    """Run a command to its end, or kill it after `seconds`."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=err, cwd=cwd)
        cpu, peak = _wait(process, None if seconds is None else began + seconds)
        took = time.perf_counter() - began
        texts = [(file.seek(0), file.read().decode(errors="replace"))[1] for file in (out, err)]
    return Run(process.returncode, took, cpu, peak / 1024, texts[0], texts[1])


def _wait(process: subprocess.Popen[bytes], until: float | None) -> tuple[float, int]:
    """Wait for a process: its own processor seconds and peak memory in KiB, which only wait4 tells for one child."""
    while True:
        pid, status, usage = os.wait4(process.pid, 0 if until is None else os.WNOHANG)
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            return usage.ru_utime + usage.ru_stime, int(usage.ru_maxrss)
        if until is not None and time.perf_counter() > until:
            process.kill()
            until = None
        else:
            time.sleep(0.01)


def solve_instance(instance: Instance, seconds: float, workers: int, format: str, variant: str = "") -> Record:
    """Import and solve one instance by the command line; what its schedule file says, and how long the command took."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.json"
        kind = ("--variant", variant) if variant else ()
        imported = measure(schedc("import", instance.path, "-o", folder, "--format", format, *kind))
        if imported.code:
            return {"code": imported.code, "error": imported.err.strip()[-500:]}
        model = Path(folder) / "model.sched"
        run = measure(schedc("solve", model, "--time", f"{seconds}s", "--workers", workers, "-o", out, "--quiet"))
        record = figures(run)
        if not out.exists():
            return record | {"error": run.err.strip()[-500:]}
        return record | outcome(json.loads(out.read_text()))


def outcome(schedule: Record) -> Record:
    """The figures of a schedule file."""
    goal = (schedule.get("objectives") or [{}])[0]
    return {
        "status": schedule["status"],
        "objective": goal.get("value"),
        "bound": goal.get("bound"),
        "verified": schedule.get("verified", False),
    }


def figures(run: Run) -> Record:
    """What every study records of a command."""
    seconds, cpu = round(run.seconds, 3), round(run.cpu, 3)
    return {"code": run.code, "seconds": seconds, "cpu": cpu, "peak_mib": round(run.peak_mib)}


class Results:
    """The results of one study by case, at one setting of its limits; each is written as soon as it is known."""

    def __init__(self, study: str, options: argparse.Namespace) -> None:
        options.results.mkdir(parents=True, exist_ok=True)
        self.path = options.results / f"{study}.jsonl"
        self.limits = {"time": options.time, "workers": options.workers}
        if options.fresh:
            self.path.unlink(missing_ok=True)
        lines = self.path.read_text(encoding="utf-8").splitlines() if self.path.exists() else []
        known = [record for record in map(_parsed, lines) if record and record["limits"] == self.limits]
        self.records: dict[str, Record] = {record["case"]: record for record in known}

    def run(self, case: str, work: Callable[[], Record]) -> Record:
        """The record of a case: the one that stands, or what `work` answers now."""
        if case not in self.records:
            record = {"case": case, **work(), "limits": self.limits, "setting": setting()}
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(record) + "\n")
            self.records[case] = record
            print(" ".join(f"{k}={v}" for k, v in record.items() if k not in ("limits", "setting")), flush=True)
        return self.records[case]


def _parsed(line: str) -> Record | None:
    try:
        return dict(json.loads(line))
    except ValueError:      # the last line of a run that was cut off while writing it
        return None


def setting() -> Record:
    """What a figure depends on beside the code."""
    return {
        "date": time.strftime("%Y-%m-%d"),
        "schedc": version("schedc"),
        "commit": _commit(),
        "ortools": version("ortools"),
        "python": platform.python_version(),
        "cpu": _cpu(),
        "cores": os.cpu_count(),
    }


def _commit() -> str:
    words = ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout.strip()


def _cpu() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.processor()
    found = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return found[1] if found else platform.machine()


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [list(map(str, heads)), ["---"] * len(heads), *([_cell(value) for value in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _cell(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
