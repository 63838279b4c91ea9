"""check, fmt, new, import, compile, and what happens to exceptions."""

from __future__ import annotations

import json

import pytest
from cli_runs import Shell
from golden_files import golden

from schedc.cli import checking, entry


def test_help_and_version(schedc: Shell) -> None:
    assert schedc("--version").stdout.startswith("schedc, version ")
    done = schedc("--help")
    assert done.returncode == 0
    for name in ("solve", "check", "verify", "fmt", "import", "compile", "new"):
        assert f"  {name} " in done.stdout
        assert schedc(name, "--help").returncode == 0


def test_check(schedc: Shell) -> None:
    done = schedc("check", "workshop.sched", "hard.sched")
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "workshop.sched: 4 tasks, 2 resources, horizon 3 d: no errors",
        "hard.sched: 300 tasks, 15 resources, horizon 5000 ticks: no errors",
    ]
    assert schedc("check", "workshop.sched", "--quiet").stdout == ""


def test_check_shows_every_error(schedc: Shell) -> None:
    done = schedc("check", "wrong.sched", "workshop.sched")
    assert done.returncode == 1
    golden("check_wrong.txt", done.stderr)
    assert done.stdout == "workshop.sched: 4 tasks, 2 resources, horizon 3 d: no errors\n"


def test_check_for_tools(schedc: Shell) -> None:
    done = schedc("check", "wrong.sched", "workshop.sched", "--format", "json")
    data = json.loads(done.stdout)
    assert done.returncode == 1 and done.stderr == ""
    assert data["schema"] == "schedc.diagnostics/1" and data["errors"] == 2
    assert [d["span"]["line"] for d in data["diagnostics"]] == [2, 3]


def test_new_is_a_model_that_solves(schedc: Shell) -> None:
    assert schedc("new", "first").returncode == 0
    done = schedc("check", "first.sched")
    assert (done.returncode, done.stderr) == (0, "")
    assert schedc("solve", "first.sched", "--quiet").returncode == 0
    assert schedc("fmt", "first.sched", "--check").returncode == 0
    again = schedc("new", "first.sched")
    assert again.returncode == 2 and "exists already" in again.stderr
    assert schedc("new", 'odd "name" {x}').returncode == 0
    assert schedc("check", 'odd "name" {x}.sched').returncode == 0


def test_fmt(schedc: Shell) -> None:
    ugly = schedc.folder / "ugly.sched"
    ugly.write_text("task   a lasts 3    # three\n\n\n\n task b\n lasts 4\norder a->b\n")
    assert schedc("fmt", "--check", "ugly.sched").returncode == 1
    assert ugly.read_text().startswith("task   a")
    done = schedc("fmt", "ugly.sched")
    assert (done.returncode, done.stdout) == (0, "changed ugly.sched\n")
    assert "# three" in ugly.read_text() and "order a -> b" in ugly.read_text()
    done = schedc("fmt", "--check", "ugly.sched")
    assert (done.returncode, done.stdout) == (0, "")


def test_fmt_leaves_a_wrong_file_alone(schedc: Shell) -> None:
    path = schedc.folder / "syntax.sched"
    path.write_text("task a lasts lasts\n")
    assert schedc("fmt", "syntax.sched").returncode == 1
    assert path.read_text() == "task a lasts lasts\n"


def test_import(schedc: Shell) -> None:
    (schedc.folder / "tiny.jsp").write_text("2 2\n0 3 1 2\n1 4 0 1\n")
    done = schedc("import", "tiny.jsp", "-o", "tiny")
    assert done.returncode == 0, done.stderr
    done = schedc("solve", "tiny/model.sched", "--quiet", "-o", "out.json")
    assert done.returncode == 0, done.stderr
    data = json.loads((schedc.folder / "out.json").read_text())
    assert [t["name"] for t in data["tasks"]] == ["op[1,1]", "op[1,2]", "op[2,1]", "op[2,2]"]
    assert data["objectives"][0]["value"] == 6
    assert schedc("import", "tiny.jsp", "-o", "tiny", "--format", "origami").returncode == 1


def test_compile(schedc: Shell) -> None:
    done = schedc("compile", "workshop.sched", "--to", "json", "-o", "model.json")
    assert done.returncode == 0, done.stderr
    assert json.loads((schedc.folder / "model.json").read_text()) == json.loads(
        schedc("compile", "workshop.sched", "--to", "json").stdout
    )
    assert schedc("compile", "workshop.sched", "--to", "cpsat", "-o", "model.pbtxt").returncode == 0
    assert schedc("compile", "workshop.sched", "--to", "cpsat", "-o", "model.pb").returncode == 0
    text, binary = (schedc.folder / "model.pbtxt").read_text(), (schedc.folder / "model.pb").read_bytes()
    assert "constraints {" in text and 0 < len(binary) < len(text)
    assert schedc("compile", "workshop.sched", "--to", "cpsat").stdout == text


@pytest.mark.parametrize(("problem", "code", "message"), [
    (RuntimeError("some\nwords"), 70, "internal error: RuntimeError: some words"),
    (RecursionError("too deep"), 70, "internal error: RecursionError"),
    (MemoryError(), 70, "not enough memory"),
    (PermissionError(13, "Permission denied", "x.csv"), 1, "x.csv: permission denied"),
    (OSError(28, "No space left on device"), 1, "the disk is full"),
    (KeyboardInterrupt(), 130, "interrupted"),
])
def test_exceptions_become_messages(
    problem: BaseException, code: int, message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise problem

    monkeypatch.setattr(checking, "read_model", fail)
    monkeypatch.delenv("SCHEDC_DEBUG", raising=False)
    assert entry.run(["check", "x.sched"]) == code
    err = capsys.readouterr().err
    assert message in err and "Traceback" not in err and err.strip().count("\n") == 0


def test_the_trace_is_there_for_those_who_ask(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("words")

    monkeypatch.setattr(checking, "read_model", fail)
    monkeypatch.setenv("SCHEDC_DEBUG", "1")
    assert entry.run(["check", "x.sched"]) == 70
    assert "Traceback" in capsys.readouterr().err


def test_a_model_beyond_the_solver(schedc: Shell) -> None:
    text = "time for 900000000000\ntask a lasts 1\ntask b lasts 1\nminimize 99999989 * end(a) + 99999971 * end(b)\n"
    (schedc.folder / "vast.sched").write_text(text)
    done = schedc("compile", "vast.sched", "--to", "cpsat")
    assert done.returncode == 1 and done.stdout == "" and "Error: " in done.stderr
