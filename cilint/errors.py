"""The one error type that a user may cause: wrong usage, wrong configuration, a wrong rule file."""

from __future__ import annotations


class CilintError(Exception):
    """A mistake outside cilint, told in plain words and with its place; the command ends with status 2.

    ``path`` is as the user would write it; ``line`` and ``column`` are 1-based.
    """

    def __init__(
        self,
        message: str,
        *,
        path: str | None = None,
        line: int | None = None,
        column: int | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.line = line
        self.column = column
        self.hint = hint

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.path, self.line, self.column) if part is not None)
        text = f"{place}: {self.message}" if place else self.message
        return f"{text} ({self.hint})" if self.hint else text


def nearest(name: str, candidates: list[str] | tuple[str, ...] | set[str]) -> str | None:
    """The candidate that a misspelt ``name`` most likely means, or None."""
    import difflib  # only needed once something is wrong

    lowered = {candidate.lower(): candidate for candidate in candidates}
    if name.lower() in lowered:
        return lowered[name.lower()]
    found = difflib.get_close_matches(name.lower(), sorted(lowered), n=1, cutoff=0.6)
    return lowered[found[0]] if found else None
