"""Writing what a run has to say: to standard output, or to files that are replaced at once."""

from __future__ import annotations

import os
import stat
import sys

from cilint.errors import CilintError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cilint.lint.cache import Entry


def put(entry: Entry) -> int:
    """Write a run's errors and outputs; gives its exit status. Raises CilintError where a file cannot be
    written.
    """
    if entry.errors:
        sys.stderr.write(entry.errors)
    for path, text in entry.outputs:
        if path is None:
            sys.stdout.write(text)
        else:
            _to_file(path, text)
    return entry.status


def _to_file(path: str, text: str) -> None:
    data = text.encode("utf-8", "backslashreplace")
    temporary = f"{path}.{os.getpid()}.tmp"
    try:
        if os.path.lexists(path) and not stat.S_ISREG(os.lstat(path).st_mode):  # a pipe, /dev/stderr, a link
            temporary = path
        with open(temporary, "wb") as file:
            file.write(data)
        if temporary != path:
            os.replace(temporary, path)
    except OSError as error:
        raise CilintError(f"cannot write the report: {error.strerror}", path=path) from None
