"""Schedules and instances that are none, and the world around a run: pipes, closed streams, full disks, no memory."""

from __future__ import annotations

import json
import resource
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cli_runs import Shell, Told, run_here

MODEL = "resource crew capacity 3\ntask a[i in 1 .. 3] lasts 3 uses crew\nminimize makespan\n"
Run = Callable[..., Told]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a small model."""
    (tmp_path / "m.sched").write_text(MODEL)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def told(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in this process."""
    return lambda *arguments: run_here(capsys, *arguments)


# ---- schedules ----


GOOD: dict[str, Any] = {
    "schema": "schedc.schedule/1",
    "tasks": [{"name": f"a[{i}]", "start": 0, "end": 3} for i in (1, 2, 3)],
}


def changed(**fields: Any) -> str:
    """A good schedule but for fields of its first task."""
    first, *others = GOOD["tasks"]
    return json.dumps(GOOD | {"tasks": [first | fields, *others]})


@pytest.mark.parametrize(("text", "words"), [
    *((json.dumps(GOOD)[:size], "not JSON") for size in (0, 1, 20, 60, 120)),
    (b"\xff\xfe{}", "not UTF-8"), ("null", "this is nothing"), ("[]", "this is a list"), ("3", "this is a number"),
    ("[" * 100_000, "nested too deeply"), ('{"a":' * 100_000 + "1" + "}" * 100_000, "nested too deeply"),
    (changed(start=0).replace('"start": 0', '"start": NaN', 1), "`NaN` is not JSON"),
    (changed(start=0).replace('"start": 0', '"start": -Infinity', 1), "`-Infinity` is not JSON"),
    (changed(start=0).replace('"start": 0', '"start": 1e999', 1), "expected an integer tick"),
    (changed(start=0).replace('"start": 0', f'"start": {"9" * 5000}', 1), "thousands of digits"),
    (changed(start=10**30), "beyond 61 bits"), (changed(start=-(2**62)), "beyond 61 bits"),
    (changed(start=0.5), "expected an integer tick, found 0.5"), (changed(start="0"), 'found "0"'),
    (changed(start=True), "found true"), (changed(start=None), "found nothing"), (changed(end=[3]), "found [3]"),
    (changed(name="b"), "the model has no such task"), (changed(name="a[2]"), "stands twice"),
    (changed(name=7), "expected text"), (changed(present=False), "not optional"), (changed(mode="fast"), "no modes"),
    (changed(pieces=[[0, 1], [0, 3]]), "expected spans in order"), (changed(pieces="0..3"), "expected a list"),
    (json.dumps(GOOD | {"schema": "schedc.schedule/9"}), "schema: expected"),
    (json.dumps(GOOD | {"tasks": {}}), "tasks: expected a list"), (json.dumps(GOOD | {"tasks": []}), "no schedule"),
    (json.dumps(GOOD | {"tasks": GOOD["tasks"][1:]}), "`a[1]` is missing"),
    (json.dumps(GOOD | {"time": {"resolution_seconds": 60}}), "plain ticks"),
    ('{"tasks": [], "tasks": []}', "stands twice in one object"),
])
def test_schedules(folder: Path, told: Run, text: str | bytes, words: str) -> None:
    (folder / "s.json").write_bytes(text if isinstance(text, bytes) else text.encode())
    found = told("verify", "m.sched", "s.json")
    assert found.code == 1 and words in found.err and len(found.err) < 2000


def test_the_schedule_that_the_others_were_made_from_is_good(folder: Path, told: Run) -> None:
    (folder / "s.json").write_text(json.dumps(GOOD))
    assert told("verify", "m.sched", "s.json").code == 0


def test_a_huge_schedule_is_not_read(folder: Path, told: Run) -> None:
    with (folder / "s.json").open("wb") as file:
        file.truncate(1 << 30)
    for command in (["verify", "m.sched", "s.json"], ["solve", "m.sched", "--hint", "s.json"]):
        found = told(*command)
        assert found.code == 1 and "1024 MiB are no schedule of 3 tasks" in found.err


@pytest.mark.parametrize("name", [".", "missing.json", "/dev/zero", "m.sched/s.json"])
def test_files_that_are_no_schedule(told: Run, name: str) -> None:
    if not Path("/dev/zero").exists():
        pytest.skip("a system without devices")
    found = told("verify", "m.sched", name)
    assert found.code == 1 and "cannot read" in found.err


# ---- instances to import ----


@pytest.mark.parametrize("name", ["missing.sm", ".", "/dev/zero", "binary.sm", "empty.sm", "words.sm"])
def test_instances(folder: Path, told: Run, name: str) -> None:
    (folder / "binary.sm").write_bytes(b"\0" * 100)
    (folder / "empty.sm").write_text("")
    (folder / "words.sm").write_text("not an instance\n")
    found = told("import", name, "-o", "out", "--format", "rcpsp")
    assert found.code == 1 and len(found.codes) == 1 and not (folder / "out").exists()


# ---- streams, disks and processes ----


@pytest.fixture
def shell(folder: Path) -> Callable[[str], subprocess.CompletedProcess[str]]:
    """Runs a line of shell in which `schedc` is the command."""
    program = shlex.join(Shell.command())

    def line(text: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", text.replace("schedc", program)], cwd=folder, env=Shell.environment(),
            capture_output=True, text=True, timeout=120, check=False,
        )
        assert "Traceback" not in done.stderr and "internal error:" not in done.stderr, done.stderr
        return done

    return line


@pytest.mark.parametrize(("line", "code"), [
    ("schedc solve m.sched --workers 1 | head -1", 0),
    ("schedc compile m.sched --to json | head -c 9", 0),
    ("schedc check missing.sched 2>&1 | head -1", 1),
    ("schedc check m.sched >&-", 0),
    ("schedc solve m.sched --workers 1 >&- 2>&-", 0),
    ("schedc check missing.sched 2>&-", 1),
    ("PYTHONIOENCODING=ascii schedc solve m.sched --workers 1", 0),
])
def test_streams(shell: Callable[[str], subprocess.CompletedProcess[str]], line: str, code: int) -> None:
    assert shell(line).returncode == code


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a system without /dev/full")
@pytest.mark.parametrize(("line", "code"), [
    ("schedc check m.sched >/dev/full", 1),
    ("schedc solve m.sched --workers 1 >/dev/full", 1),
    ("schedc compile m.sched --to json >/dev/full", 1),
    ("schedc --help >/dev/full", 1),
    ("schedc check missing.sched 2>/dev/full", 1),
    ("schedc compile m.sched --to json -o /dev/full", 2),
    ("schedc solve m.sched --events /dev/full", 2),
])
def test_a_full_disk(shell: Callable[[str], subprocess.CompletedProcess[str]], line: str, code: int) -> None:
    done = shell(line)
    assert done.returncode == code
    assert "2>" in line or "disk is full" in done.stderr or "not an ordinary file" in done.stderr


def test_little_memory_is_a_message(folder: Path) -> None:
    (folder / "many.sched").write_text("task a[i in 1 .. 5000000] lasts 1\n")

    def tight() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (1 << 29, 1 << 29))

    done = subprocess.run(
        Shell.command("check", "many.sched"), cwd=folder, capture_output=True, text=True, timeout=120, check=False,
        env={**Shell.environment(), "OPENBLAS_NUM_THREADS": "1"}, preexec_fn=tight,
    )
    assert done.returncode in (1, 70) and "Traceback" not in done.stderr
    assert "memory" in done.stderr
