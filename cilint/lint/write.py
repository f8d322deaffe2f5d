"""Writing files so that an interrupted run leaves each either old or new."""

from __future__ import annotations

import os
from collections.abc import Mapping

from cilint.lint.batch import is_inside
from cilint.lint.disk import DiskFiles


def write(
    files: DiskFiles, changes: Mapping[str, bytes | None], read: Mapping[str, bytes | None]
) -> dict[str, str]:
    """Write each path's new content, and remove those that have none; gives, for each failure, why.

    ``read`` is what was on disk when the changes were made: a file that is another by now is left alone,
    and a file that was not there is never overwritten. What goes does so last, if all else was written.
    """
    failed: dict[str, str] = {}
    for path, data in sorted(changes.items(), key=lambda change: change[1] is None):
        try:
            if data is None:
                _remove(files, path, read.get(path), failed)
            elif read.get(path) is None:
                _create(files, path, data)
            else:
                _replace(files, path, data, read[path])
        except OSError as error:
            failed[path] = error.strerror or str(error)
    return failed


def _unchanged(files: DiskFiles, path: str, expected: bytes | None) -> str:
    """Where a file lies that still holds what was read."""
    real = files.locate(path)
    if real is None:
        raise OSError("it is gone, or leads out of the project")
    with open(real, "rb") as file:
        if file.read() != expected:
            raise OSError("it has changed in the meantime")
    return real


def _remove(files: DiskFiles, path: str, expected: bytes | None, failed: Mapping[str, str]) -> None:
    if failed:
        raise OSError("another file could not be written")
    _unchanged(files, path, expected)
    os.unlink(os.path.join(files.root, path))  # of a symbolic link the link itself


def _replace(files: DiskFiles, path: str, data: bytes, expected: bytes | None) -> None:
    real = _unchanged(files, path, expected)
    mode = os.stat(real).st_mode & 0o7777
    temporary = _written(os.path.dirname(real), data, mode)
    try:
        os.replace(temporary, real)
    except OSError:
        os.unlink(temporary)
        raise


def _create(files: DiskFiles, path: str, data: bytes) -> None:
    root = os.path.realpath(files.root)
    full = os.path.join(root, path)
    folder = os.path.dirname(full)
    if not is_inside(path) or not f"{os.path.realpath(folder)}/".startswith(root.rstrip("/") + "/"):
        raise OSError("it leads out of the project")
    os.makedirs(folder, exist_ok=True)
    umask = os.umask(0)
    os.umask(umask)
    temporary = _written(folder, data, 0o666 & ~umask)
    try:
        os.link(temporary, full)  # unlike a rename this fails where there is a file by now
    finally:
        os.unlink(temporary)


def _written(folder: str, data: bytes, mode: int) -> str:
    """A new file with this content in ``folder``, on its way to another name."""
    path = os.path.join(folder, f".cilint-{os.getpid()}-{os.urandom(4).hex()}")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        os.chmod(path, mode)
    except OSError:
        os.unlink(path)
        raise
    return path
