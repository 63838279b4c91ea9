"""Writing files so that a reader never sees half of one, whatever happens meanwhile."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

_temporary: set[Path] = set()    # of writes under way; only for `forget_temporary` on the way out


class FileError(Exception):
    """A file that cannot be read or written; the message is for people and names it."""


def reason(problem: OSError) -> str:
    """What the system said, in a few words."""
    if problem.errno == errno.ENOSPC:
        return "the disk is full"
    return (problem.strerror or str(problem)).lower()


def write_atomically(path: Path, chunks: Iterable[bytes] | bytes) -> None:
    """Replace a file's content in one step: whole and on disk, or untouched.

    The content goes to a temporary file in the same folder, is flushed to disk and renamed over the target; a link is
    followed, an existing file keeps its permissions. Raises FileError; then the old file stands as it was.
    """
    with replacing(path) as temporary, temporary.open("wb") as out:
        for chunk in (chunks,) if isinstance(chunks, bytes) else chunks:
            out.write(chunk)


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Gives a temporary path beside the target; when the block ends well, what stands there becomes the target."""
    target = Path(os.path.realpath(path))
    try:
        temporary = _temporary_beside(target)
    except OSError as problem:
        raise FileError(f"cannot write {path}: {reason(problem)}") from problem
    try:
        yield temporary
        _sync(temporary)
        _take_mode(temporary, target)
        temporary.replace(target)
        _sync_folder(target.parent)
    except OSError as problem:
        raise FileError(f"cannot write {path}: {reason(problem)}") from problem
    finally:
        temporary.unlink(missing_ok=True)
        _temporary.discard(temporary)


def _temporary_beside(target: Path) -> Path:
    import tempfile

    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, "is a directory")
    # the suffix is kept: some writers choose their format by it
    handle, name = tempfile.mkstemp(prefix=f".{target.stem[:60]}.", suffix=target.suffix, dir=target.parent)
    os.close(handle)
    temporary = Path(name)
    _temporary.add(temporary)
    return temporary


def _sync(path: Path) -> None:
    with path.open("rb+") as written:
        os.fsync(written.fileno())


def _take_mode(temporary: Path, target: Path) -> None:
    """mkstemp makes private files: give an existing target's permissions, or those of any new file."""
    try:
        mode = target.stat().st_mode & 0o777
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        mode = 0o666 & ~mask
    with contextlib.suppress(OSError):
        temporary.chmod(mode)


def _sync_folder(folder: Path) -> None:
    with contextlib.suppress(OSError):      # not every system lets a folder be opened
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def forget_temporary() -> None:
    """Remove the temporary files of writes under way: for a process that is about to leave at once."""
    for path in list(_temporary):
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def check_writable(path: Path) -> None:
    """Raise FileError when a file could not be written there, before hours of work are spent on its content."""
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise FileError(f"cannot write {path}: it is a directory")
    if not target.parent.is_dir():
        raise FileError(f"cannot write {path}: there is no folder {path.parent}")
    if target.exists() and not target.is_file():
        raise FileError(f"cannot write {path}: it is not an ordinary file")
    try:
        probe = _temporary_beside(target)
        probe.unlink()
        _temporary.discard(probe)
    except OSError as problem:
        raise FileError(f"cannot write {path}: {reason(problem)}") from problem


def rescue(name: str, content: Iterable[bytes] | bytes) -> Path | None:
    """Write to the system's temporary folder what could not go where it should; None when that fails too."""
    import tempfile

    with contextlib.suppress(OSError, FileError):
        folder = Path(tempfile.mkdtemp(prefix="schedc-"))
        write_atomically(folder / name, content)
        return folder / name
    return None
