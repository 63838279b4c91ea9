"""Files are written whole or not at all."""

from __future__ import annotations

import errno
import os
import random
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from schedc.models.files import FileError, check_writable, forget_temporary, replacing, rescue, write_atomically


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def test_content_replaces_the_old(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    write_atomically(path, b"one")
    write_atomically(path, iter([b"t", b"wo"]))
    assert path.read_bytes() == b"two" and names(tmp_path) == ["out.json"]


def test_a_failure_midway_leaves_the_old(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    path.write_bytes(b"old")

    def chunks() -> Iterator[bytes]:
        yield b"half"
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(FileError, match=r"out\.json: the disk is full"):
        write_atomically(path, chunks())
    assert path.read_bytes() == b"old" and names(tmp_path) == ["out.json"]


def test_any_other_failure_too(tmp_path: Path) -> None:
    path = tmp_path / "out.json"

    def chunks() -> Iterator[bytes]:
        yield b"half"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_atomically(path, chunks())
    assert names(tmp_path) == []


def test_permissions_and_links_stay(tmp_path: Path) -> None:
    real, link = tmp_path / "real.csv", tmp_path / "link.csv"
    real.write_bytes(b"old")
    real.chmod(0o640)
    link.symlink_to(real)
    write_atomically(link, b"new")
    assert link.is_symlink() and real.read_bytes() == b"new"
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


def test_a_new_file_has_ordinary_permissions(tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(b"")
    write_atomically(tmp_path / "new", b"")
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == stat.S_IMODE((tmp_path / "plain").stat().st_mode)


@pytest.mark.parametrize("name", ["folder", "missing/out.json", "pipe"])
def test_what_cannot_be_written_is_known_before(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FileError, match="cannot write"):
        check_writable(tmp_path / name)
    assert names(tmp_path) == ["folder", "pipe"]


def test_what_can_be_written_is_not_touched_before(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    path.write_bytes(b"old")
    check_writable(path)
    check_writable(tmp_path / "new.json")
    assert path.read_bytes() == b"old" and names(tmp_path) == ["out.json"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(FileError, match="permission denied"):
            check_writable(tmp_path / "out.json")
    finally:
        tmp_path.chmod(0o700)


def test_leaving_at_once_takes_the_temporary_files_along(tmp_path: Path) -> None:
    with pytest.raises(FileError), replacing(tmp_path / "out.json") as temporary:
        temporary.write_bytes(b"half")
        assert len(names(tmp_path)) == 1
        forget_temporary()
        assert names(tmp_path) == []


def test_rescue_goes_elsewhere() -> None:
    saved = rescue("out.json", b"content")
    assert saved is not None and saved.read_bytes() == b"content" and saved.name == "out.json"
    saved.unlink()
    saved.parent.rmdir()


_WRITER = """
import sys
from pathlib import Path
from schedc.models.files import write_atomically
path = Path(sys.argv[1])
print("ready", flush=True)
k = 0
while True:
    k += 1
    line = f"{k} ".encode() * 200 + b"\\n"
    write_atomically(path, (line for _ in range(400)))
"""


def test_killed_at_any_moment_the_file_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    chance = random.Random(7)
    for _ in range(12):
        with subprocess.Popen([sys.executable, "-c", _WRITER, str(path)], stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None and writer.stdout.readline() == b"ready\n"
            time.sleep(chance.uniform(0, 0.15))
            writer.send_signal(signal.SIGKILL)
        if path.exists():
            lines = path.read_bytes().splitlines()
            assert len(lines) == 400 and len(set(lines)) == 1 and len(set(lines[0].split())) == 1
