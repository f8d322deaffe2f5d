"""Patterns of paths as in .gitignore, relative to the folder of the configuration."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cilint.errors import CilintError


def matcher(patterns: Sequence[str], base: str = "") -> Callable[[str], bool]:
    """A function that tells whether a path (relative to the project's root) fits one of the patterns."""
    if not patterns:
        return lambda _: False
    import pathspec

    try:
        spec = pathspec.GitIgnoreSpec.from_lines(patterns)
    except ValueError as error:
        raise CilintError(f"wrong pattern: {error}") from error
    return lambda path: path.startswith(base) and spec.match_file(path[len(base) :])
