"""`schedc solve`, run as a user runs it."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest
from cli_runs import Shell


def test_a_solved_model(schedc: Shell) -> None:
    done = schedc("solve", "workshop.sched", "--workers", "1")
    assert done.returncode == 0
    assert "Workshop: optimal, verified in" in done.stdout
    assert "makespan" in done.stdout and "proved optimal" in done.stdout
    assert "cut[flange]" in done.stdout and "█" in done.stdout


def test_outputs_by_suffix(schedc: Shell) -> None:
    names = ["out.json", "out.csv", "out.svg", "out.html"]
    done = schedc("solve", "workshop.sched", *(part for name in names for part in ("-o", name)))
    assert done.returncode == 0
    data = json.loads((schedc.folder / "out.json").read_text())
    assert (data["status"], data["verified"], len(data["tasks"])) == ("optimal", True, 4)
    assert (schedc.folder / "out.csv").read_text().count("\n") == 5
    ElementTree.parse(schedc.folder / "out.svg")
    assert "<svg" in (schedc.folder / "out.html").read_text()
    assert sorted(p.name for p in schedc.folder.iterdir() if p.name.startswith(("out", "."))) == sorted(names)


def test_quiet_says_nothing(schedc: Shell) -> None:
    done = schedc("solve", "workshop.sched", "--quiet", "-o", "out.json")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_answer_verifies_and_a_changed_one_does_not(schedc: Shell) -> None:
    schedc("solve", "workshop.sched", "--quiet", "-o", "out.json")
    done = schedc("verify", "workshop.sched", "out.json")
    assert done.returncode == 0 and "keeps the model" in done.stdout and "makespan: " in done.stdout
    data = json.loads((schedc.folder / "out.json").read_text())
    for task in data["tasks"]:
        task["start"], task["end"] = task["start"] - 60, task["end"] - 60
        del task["pieces"]
    (schedc.folder / "bad.json").write_text(json.dumps(data))
    done = schedc("verify", "workshop.sched", "bad.json")
    assert done.returncode == 5
    assert "broken[horizon]" in done.stdout and "workshop.sched:" in done.stdout and "breaks the model" in done.stdout
    assert "the file states makespan" in done.stderr
    verdict = json.loads(schedc("verify", "workshop.sched", "bad.json", "--format", "json").stdout)
    assert verdict["holds"] is False and all(v["amount"] > 0 for v in verdict["violations"])


def test_parameters_and_data(schedc: Shell) -> None:
    (schedc.folder / "jobs.csv").write_text("id,prep,mill\nbolt,15 min,30 min\n")
    model = (schedc.folder / "workshop.sched").read_text()
    at = model.index("table jobs")
    rest = model[model.index("calendar") :]
    table = 'table jobs from "none.csv" key id { id: text, prep: duration, mill: duration }\n'
    (schedc.folder / "filed.sched").write_text(model[:at] + table + rest)
    done = schedc("solve", "filed.sched", "--data", "jobs=jobs.csv", "--set", "people=1", "-o", "out.json")
    assert done.returncode == 0, done.stderr
    names = [t["name"] for t in json.loads((schedc.folder / "out.json").read_text())["tasks"]]
    assert names == ["prepare[bolt]", "cut[bolt]"]


@pytest.mark.parametrize("arguments", [
    "solve", "solve workshop.sched --time soon", "solve workshop.sched --time 0", "solve workshop.sched --gap 2",
    "solve workshop.sched --workers 0", "solve workshop.sched --seed -1", "solve workshop.sched --set people",
    "solve workshop.sched --set people=1 --set people=2", "solve workshop.sched -o out.ics",
    "solve workshop.sched -o out", "solve workshop.sched -o missing/out.json", "solve workshop.sched -o .",
    "solve workshop.sched -o a.json -o a.json", "solve workshop.sched --events missing/e.jsonl",
    "solve workshop.sched --formulation time", "solve workshop.sched --solver milp --formulation flow",
    "solve workshop.sched --solver magic", "solve workshop.sched --faster",
    "explain", "repair", "simulate", "pareto", "sovle", "check", "verify workshop.sched", "new",
    "compile workshop.sched", "compile workshop.sched --to mps --solver cpsat",
    "compile workshop.sched --to paper", "import x.sm",
])
def test_usage(schedc: Shell, arguments: str) -> None:
    done = schedc(*arguments.split())
    assert done.returncode == 2 and "Error: " in done.stderr and done.stdout == ""


def test_unknown_suffixes_are_named(schedc: Shell) -> None:
    assert "known are .json, .csv, .svg, .html" in schedc("solve", "workshop.sched", "-o", "a.png").stderr


@pytest.mark.parametrize("arguments", [
    "solve wrong.sched", "solve nowhere.sched", "solve .", "check wrong.sched", "compile wrong.sched --to json",
    "solve workshop.sched --set nobody=2", "solve workshop.sched --data nothing=x.csv", "fmt nowhere.sched",
    "solve workshop.sched --hint x.json", "verify wrong.sched x.json", "verify workshop.sched x.json",
    "import nowhere.sm -o out",
])
def test_errors(schedc: Shell, arguments: str) -> None:
    done = schedc(*arguments.split())
    assert done.returncode == 1 and "error" in done.stderr and done.stdout == ""


def test_proved_infeasible(schedc: Shell) -> None:
    done = schedc("solve", "impossible.sched", "-o", "out.json", "-o", "out.svg")
    assert done.returncode == 3 and "infeasible" in done.stdout
    data = json.loads((schedc.folder / "out.json").read_text())
    assert (data["status"], data["tasks"], data["verified"]) == ("infeasible", [], False)
    assert not (schedc.folder / "out.svg").exists() and "out.svg is not written" in done.stderr


def test_events(schedc: Shell) -> None:
    done = schedc("solve", "workshop.sched", "--events", "run.jsonl", "--quiet")
    assert done.returncode == 0
    events = [json.loads(line) for line in (schedc.folder / "run.jsonl").read_text().splitlines()]
    assert {e["event"] for e in events} <= {"incumbent", "bound", "phase", "end"}
    assert events[-1]["event"] == "end" and any(e["event"] == "incumbent" for e in events)
    assert all({"t", "event", "objective", "bound", "gap", "source"} <= e.keys() for e in events)
    assert [e["t"] for e in events] == sorted(e["t"] for e in events)


def test_a_hint(schedc: Shell) -> None:
    schedc("solve", "workshop.sched", "--quiet", "-o", "old.json")
    done = schedc("solve", "workshop.sched", "--hint", "old.json", "--quiet", "-o", "new.json")
    assert (done.returncode, done.stderr) == (0, "")
    old, new = (json.loads((schedc.folder / f"{n}.json").read_text()) for n in ("old", "new"))
    assert old["objectives"][0]["value"] == new["objectives"][0]["value"]


def test_deterministic(schedc: Shell) -> None:
    for name in ("one.csv", "two.csv"):
        schedc("solve", "workshop.sched", "--deterministic", "--seed", "5", "--quiet", "-o", name)
    assert (schedc.folder / "one.csv").read_bytes() == (schedc.folder / "two.csv").read_bytes()


def _wait_for(path: Path, words: str, seconds: float = 60) -> None:
    """Wait until a file holds some words."""
    until = time.monotonic() + seconds
    while not path.exists() or words not in path.read_text():
        assert time.monotonic() < until, f"no {words} in {path.name}"
        time.sleep(0.05)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_keeps_the_best_schedule(schedc: Shell, number: int) -> None:
    run = schedc.start("solve", "hard.sched", "--time", "100s", "--events", "run.jsonl", "-o", "out.json")
    _wait_for(schedc.folder / "run.jsonl", '"incumbent"')
    time.sleep(0.5)
    run.send_signal(number)
    out, err = run.communicate(timeout=60)
    assert run.returncode == 130, err
    assert "interrupted" in out and "Traceback" not in err
    data = json.loads((schedc.folder / "out.json").read_text())
    assert (data["status"], data["verified"], data["interrupted"]) == ("feasible", True, True)
    assert len(data["tasks"]) == 300
    assert schedc("verify", "hard.sched", "out.json").returncode == 0


def test_the_second_signal_leaves_at_once(schedc: Shell) -> None:
    (schedc.folder / "out.json").write_text("old")
    run = schedc.start("solve", "hard.sched", "--time", "100s", "--events", "run.jsonl", "-o", "out.json")
    _wait_for(schedc.folder / "run.jsonl", '"incumbent"')
    deadline = time.monotonic() + 30
    while run.poll() is None and time.monotonic() < deadline:
        run.send_signal(signal.SIGINT)
        time.sleep(0.001)
    run.communicate(timeout=5)
    assert run.returncode == 130
    text = (schedc.folder / "out.json").read_text()
    assert text == "old" or json.loads(text)["verified"]


def test_killed_at_any_moment_nothing_is_torn(schedc: Shell) -> None:
    chance = random.Random(3)
    for _ in range(6):
        run = schedc.start("solve", "workshop.sched", "--time", "20s", "-o", "out.json", "-o", "out.csv")
        time.sleep(chance.uniform(0.2, 2.5))
        run.kill()
        run.communicate()
        if (schedc.folder / "out.json").exists():
            data = json.loads((schedc.folder / "out.json").read_text())
            assert data["verified"] is True and len(data["tasks"]) == 4
        if (schedc.folder / "out.csv").exists():
            assert (schedc.folder / "out.csv").read_text().count("\n") == 5


def test_a_reader_that_leaves_early_is_no_error(schedc: Shell) -> None:
    script = " ".join(f"'{part}'" for part in Shell.command("solve", "workshop.sched", "-o", "out.json"))
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {script} | head -c 1 > /dev/null"],
        cwd=schedc.folder, env=Shell.environment(), capture_output=True, text=True, timeout=60, check=False,
    )
    assert done.returncode == 0 and "Traceback" not in done.stderr and "Exception" not in done.stderr
    assert json.loads((schedc.folder / "out.json").read_text())["verified"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_said_so(schedc: Shell) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            Shell.command("check", "workshop.sched"), cwd=schedc.folder, env=Shell.environment(), stdout=full,
            stderr=subprocess.PIPE, text=True, timeout=60, check=False,
        )
    assert done.returncode == 1 and "disk is full" in done.stderr and "Traceback" not in done.stderr


def test_a_result_that_cannot_be_written_is_kept(schedc: Shell, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    code = (
        "import sys, errno, schedc.models.files as files\n"
        "real = files._sync\n"
        "def full(path):\n"
        "    if 'elsewhere' in str(path): return real(path)\n"
        "    raise OSError(errno.ENOSPC, 'no space')\n"
        "files._sync = full\n"
        "from schedc.cli import main; main()"
    )
    (schedc.folder / "out.json").write_text("old")
    arguments = [*Shell.command()[:2], code, "solve", "workshop.sched", "-o", "out.json"]
    done = subprocess.run(
        arguments, cwd=schedc.folder, env={**os.environ, "TMPDIR": str(elsewhere)}, capture_output=True, text=True,
        timeout=60, check=False,
    )
    assert done.returncode == 1
    assert "cannot write out.json: the disk is full; what it was to hold is in " in done.stderr
    assert (schedc.folder / "out.json").read_text() == "old"
    (saved,) = elsewhere.rglob("out.json")
    assert json.loads(saved.read_text())["verified"]
