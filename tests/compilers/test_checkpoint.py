"""Checkpoints: there and back, never believed, and refused with a reason where they are not whole or not ours."""

from __future__ import annotations

import random
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from made import Maker

from schedc.compilers.backend import Limits
from schedc.compilers.checkpoint import Checkpoint, CheckpointError, Saver, fingerprint, load, save
from schedc.compilers.solve import solve
from schedc.models.columns import SpanSets, ints
from schedc.models.files import FileError
from schedc.models.model import Model
from schedc.models.schedule import Schedule


def pair(horizon: int = 30) -> Model:
    """Two tasks on one saw."""
    m = Maker(horizon)
    m.tasks_of("cut", [3, 4], uses={m.resource("saw"): 1})
    m.makespan()
    return m.model()


GOOD = Schedule(ints([4, 0]), ints([7, 4]), ints([3, 4]))
MEMORY = {"some": {"age": ints([1, 2, 3])}, "other": {"a/b": ints([])}}


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A checkpoint of the pair."""
    save(tmp_path / "run.ck", pair(), Checkpoint(GOOD, MEMORY))
    return tmp_path / "run.ck"


def test_there_and_back(written: Path) -> None:
    found = load(written, pair())
    assert found.schedule is not None
    for name in ("start", "end", "length"):
        assert np.array_equal(getattr(found.schedule, name), getattr(GOOD, name))
    assert found.schedule.present is None
    assert {who: {k: v.tolist() for k, v in m.items()} for who, m in found.memories.items()} == {
        "some": {"age": [1, 2, 3]}, "other": {"a/b": []},
    }


def test_pieces_go_there_and_back(tmp_path: Path) -> None:
    path = tmp_path / "run.ck"
    pieces = SpanSets(ints([0, 2, 2]), ints([4, 8]), ints([6, 9]))
    save(path, pair(), Checkpoint(replace(GOOD, pieces=pieces)))
    found = load(path, pair()).schedule
    assert found is not None and found.pieces is not None
    assert [c.tolist() for c in (found.pieces.ptr, found.pieces.lo, found.pieces.hi)] == [[0, 2, 2], [4, 8], [6, 9]]
    save(path, pair(), Checkpoint(replace(GOOD, pieces=SpanSets(ints([0, 3, 2]), ints([4, 8]), ints([6, 9])))))
    with pytest.raises(CheckpointError, match="pieces"):
        load(path, pair())


def test_without_a_schedule(tmp_path: Path) -> None:
    save(tmp_path / "run.ck", pair(), Checkpoint(None))
    assert load(tmp_path / "run.ck", pair()).schedule is None


def test_models_are_told_apart() -> None:
    assert fingerprint(pair()) == fingerprint(pair())
    assert fingerprint(pair()) != fingerprint(pair(31))
    assert fingerprint(pair()) != fingerprint(replace(pair(), digest="other"))


def test_one_of_another_model_is_refused(written: Path) -> None:
    with pytest.raises(CheckpointError, match="of another model"):
        load(written, pair(31))


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_torn_one_is_refused(written: Path, share: float) -> None:
    content = written.read_bytes()
    written.write_bytes(content[: int(share * len(content))])
    with pytest.raises(CheckpointError, match=r"no checkpoint"):
        load(written, pair())


def test_no_damage_gets_beyond_a_diagnostic(written: Path) -> None:
    content, chance = written.read_bytes(), random.Random(1)
    for _ in range(200):
        damaged = bytearray(content)
        for _ in range(chance.randint(1, 8)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        written.write_bytes(damaged)
        try:
            found = load(written, pair())
        except FileError:
            continue
        if found.schedule is not None:      # only what nobody reads was hit
            assert found.schedule.start.tolist() == [4, 0]


@pytest.mark.parametrize("text", [b"", b"model", b"{}", b"PK\x03\x04"])
def test_other_files_are_refused(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "other"
    path.write_bytes(text)
    with pytest.raises(CheckpointError):
        load(path, pair())


def test_what_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="cannot read"):
        load(tmp_path / "none", pair())


def test_other_archives_and_objects_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.npz"
    np.savez(path, about=np.array([{"never": "run"}], dtype=object))
    with pytest.raises(CheckpointError):
        load(path, pair())
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("about.npy", b"nothing")
    with pytest.raises(CheckpointError):
        load(path, pair())


def test_columns_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.ck"
    for wrong in (
        Schedule(ints([1]), ints([2]), ints([1])),
        Schedule(ints([4, 0]), ints([7, 4]), ints([3, 4]), mode=ints([5, 0])),
        Schedule(ints([4, 0]), ints([7, 4]), np.array([3.0, 4.0])),     # type: ignore[arg-type]
        Schedule(ints([4, 0]), ints([7, 4]), ints([3, 4]), member=np.ones(3, dtype=np.bool_)),
    ):
        save(path, pair(), Checkpoint(wrong))
        with pytest.raises(CheckpointError, match="damaged"):
            load(path, pair())


def test_a_run_writes_what_it_found_and_another_goes_on_from_it(tmp_path: Path) -> None:
    path, model = tmp_path / "run.ck", pair()
    solve(model, limits=Limits(seconds=5, workers=1), checkpoint=path)
    kept = load(path, model)
    again = solve(model, limits=Limits(seconds=5, workers=1), resume=kept, constructing=False)
    assert next(e.source for e in again.trace if e.event == "incumbent") == "checkpoint"
    assert again.verdict is not None and again.verdict.objectives == (7,)


def test_a_schedule_that_does_not_hold_is_not_believed(tmp_path: Path) -> None:
    wrong = Schedule(ints([0, 0]), ints([3, 4]), ints([3, 4]))
    result = solve(pair(), limits=Limits(seconds=5, workers=1), resume=Checkpoint(wrong))
    assert result.verdict is not None and result.verdict.objectives == (7,)
    assert "checkpoint" not in {e.source for e in result.trace}


def test_a_write_that_fails_is_told_and_no_more(tmp_path: Path) -> None:
    said: list[str] = []
    saver = Saver(tmp_path / "no folder" / "run.ck", pair(), said.append)
    saver.best(GOOD)
    assert len(said) == 1 and "cannot write" in said[0]


def test_writes_are_spaced(tmp_path: Path) -> None:
    path = tmp_path / "run.ck"
    saver = Saver(path, pair())
    saver.best(GOOD)
    assert path.exists()
    path.unlink()
    saver.best(GOOD)
    assert not path.exists()        # a moment ago
    saver.write()
    assert path.exists()
