"""The commits that released versions of well-known actions name, so that references can be pinned to them."""

from __future__ import annotations

from functools import cache, lru_cache

from cilint.text.values import NamedTuple


class ActionPin(NamedTuple):
    """A released version of an action and its full commit."""

    version: str
    commit: str


@cache
def _table() -> str:
    with open(f"{__file__.removesuffix('.py')}.txt", encoding="utf-8") as file:
        return file.read()


@lru_cache(maxsize=512)
def pins_of(repository: str) -> tuple[ActionPin, ...]:
    """The known releases of ``owner/repo`` (lower case), the newest last."""
    mark = f"\n{repository} "
    return tuple(ActionPin(*line.split()[:2]) for line in _lines(mark))


def _lines(mark: str) -> list[str]:
    table = _table()
    found, at = [], table.find(mark)
    while at >= 0:
        end = table.index("\n", at + 1)
        found.append(table[at + len(mark) : end])
        at = table.find(mark, end)
    return found


def pin_for(repository: str, ref: str) -> ActionPin | None:
    """The release that a tag names: itself, or of ``v4`` and ``v4.1`` the newest that is known."""
    wanted = ref.removeprefix("v").split(".")
    if not all(part.isdigit() for part in wanted):
        return None
    found = [
        pin
        for pin in pins_of(repository)
        if pin.version.removeprefix("v").split(".")[: len(wanted)] == wanted
    ]
    return found[-1] if found else None


def version_at(repository: str, commit: str) -> str | None:
    """The release that a commit is, where it is known."""
    return next((pin.version for pin in pins_of(repository) if pin.commit == commit.lower()), None)
