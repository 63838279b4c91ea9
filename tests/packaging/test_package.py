"""What is installed, and what importing it costs."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import schedc

ROOT = Path(__file__).resolve().parent.parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
SETUPTOOLS = PROJECT["tool"]["setuptools"]
ROOMS = ("dsl", "compilers", "models")
HEAVY = ("ortools", "highspy", "pyomo", "pandas", "polars", "scipy", "networkx", "rich", "google")


def run(code: str, *arguments: str, cwd: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=cwd, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": ""},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def folders() -> set[str]:
    """Every folder with modules, by the name under which it installs."""
    found = {"schedc"}
    for top, prefix in (("schedc", "schedc"), *((room, f"schedc.{room}") for room in ROOMS)):
        for path in (ROOT / top).rglob("*.py"):
            if not any((ROOT / top / part).is_symlink() for part in path.relative_to(ROOT / top).parts[:1]):
                found.add(".".join([prefix, *path.relative_to(ROOT / top).parts[:-1]]))
    return found


def test_the_package_list_is_the_folders() -> None:
    assert set(SETUPTOOLS["packages"]) == folders()
    assert all((ROOT / SETUPTOOLS["package-dir"][f"schedc.{room}"]) == ROOT / room for room in ROOMS)


def test_every_package_has_an_init() -> None:
    for name in SETUPTOOLS["packages"]:
        parts = name.split(".")
        place = Path(*parts[1:]) if len(parts) > 1 and parts[1] in ROOMS else Path(*parts)
        assert (ROOT / place / "__init__.py").is_file(), name


@pytest.mark.parametrize("room", ROOMS)
def test_the_links_are_relative_and_right(room: str) -> None:
    link = ROOT / "schedc" / room
    assert link.is_symlink() and link.readlink() == Path("..", room)


@pytest.mark.parametrize("room", ROOMS)
def test_the_rooms_do_not_leak_out(room: str, tmp_path: Path) -> None:
    code = f"import schedc.{room}\ntry:\n    import {room}\nexcept ImportError:\n    print('right')"
    assert run(code, cwd=tmp_path) == "right\n"


@pytest.mark.parametrize("order", ["ortools.sat.python.cp_model, highspy", "highspy, ortools.sat.python.cp_model"])
def test_both_solvers_live_in_one_process(order: str, tmp_path: Path) -> None:
    code = f"import {order}; highspy.Highs(); ortools.sat.python.cp_model.CpModel(); print('right')"
    assert run(code, cwd=tmp_path) == "right\n"


@pytest.mark.parametrize("order", [("cpsat", "milp"), ("milp", "cpsat")])
def test_both_back_ends_solve_in_one_process(order: tuple[str, str], tmp_path: Path) -> None:
    code = (
        "import sys, schedc\n"
        "p = schedc.loads('resource r task a lasts 3 uses r task b lasts 4 uses r minimize end(a) + 2 * end(b)')\n"
        "for solver in sys.argv[1:]:\n"
        "    print(p.solve(solver=solver, time=30, workers=1).objectives[0].value)\n"
    )
    assert run(code, *order, cwd=tmp_path).split() == ["15", "15"]


def test_importing_schedc_loads_next_to_nothing(tmp_path: Path) -> None:
    loaded = run("import sys, schedc; print(*sys.modules)", cwd=tmp_path).split()
    assert not {name.split(".")[0] for name in loaded} & {*HEAVY, "numpy", "lark", "click"}


def test_checking_a_file_loads_no_solver(tmp_path: Path) -> None:
    model = tmp_path / "m.sched"
    model.write_text('time 1 h from 2026-01-05 zone "Europe/Paris" for 2 d\ntask a lasts 1 h\nminimize makespan\n')
    code = "import sys\nfrom schedc.cli.entry import run\ncode = run(['check', sys.argv[1]])\nprint(code, *sys.modules)"
    code_and_modules = run(code, str(model), cwd=tmp_path).splitlines()[-1].split()
    assert code_and_modules[0] == "0"
    assert not {name.split(".")[0] for name in code_and_modules[1:]} & set(HEAVY)


def test_every_exported_name_is_there() -> None:
    for name in schedc.__all__:
        assert getattr(schedc, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        schedc.nonsense  # noqa: B018


def test_the_version_is_told_once() -> None:
    assert schedc.__version__ == PROJECT["project"]["version"]


def test_highspy_stays_below_what_breaks_ortools() -> None:
    (pin,) = (d for d in PROJECT["project"]["dependencies"] if d.startswith("highspy"))
    assert pin.startswith("highspy>=1.14,<1.15")
