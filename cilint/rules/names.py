"""What to say to somebody who has written a name that there is not."""

from __future__ import annotations

from collections.abc import Collection

from cilint.errors import nearest

FEW = 12


def suggestion(name: str, candidates: Collection[str], few: int = FEW) -> str | None:
    """The nearest right name, else all of them where they are few."""
    found = nearest(name, list(candidates)) if name else None
    if found:
        return f"did you mean `{found}`?"
    return f"there are {', '.join(sorted(candidates))}" if 0 < len(candidates) <= few else None
