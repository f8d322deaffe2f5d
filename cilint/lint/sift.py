"""Which fixes of a batch may stay. They are tried together and halved where they do harm, until one is left;
that one is tried once more beside those that stay, as another may have done what it is blamed for. Those of a
group that go for one reason are tried once more together, as they may do harm only without each other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from cilint.findings.finding import Finding
from cilint.text.values import NamedTuple

LOOKS_BACK = 4
"""How often those that stay are looked at again after others went; then the rest waits for another batch."""


class Harm(NamedTuple):
    """Why fixes may not stay; ``is_own``: no other fix can be the cause."""

    reason: str
    is_own: bool


# The harm that each of several groups of fixes does, by its number, with others applied beside them.
Try = Callable[[Mapping[int, list[Finding]], Sequence[Finding]], Mapping[int, Harm | None]]


class Sift:
    """``groups`` have no path in common; ``refused`` are the fixes that may not stay, with the reason."""

    def __init__(self, groups: Sequence[list[Finding]], attempt: Try) -> None:
        self.refused: list[tuple[Finding, str]] = []
        self._attempt = attempt
        self._kept: list[list[Finding]] = [[] for _ in groups]
        self._waiting = [[group] for group in groups]
        self._is_settled = True  # whether those kept were tried beside each other and none else
        self._numbers = {id(finding): number for number, group in enumerate(groups) for finding in group}
        self._rejoined: set[frozenset[int]] = set()

    def run(self) -> list[Finding]:
        """The fixes that may stay, together."""
        for _ in range(LOOKS_BACK):
            while any(self._waiting):
                self._step()
            self._rejoin()
            if self._is_settled or len(self._kept) == 1:
                break
            self._look_back()
        return [finding for group in self._kept for finding in group]

    def _step(self) -> None:
        parts = {number: stack.pop() for number, stack in enumerate(self._waiting) if stack}
        harms = self._harms(parts)
        for number, part in parts.items():
            harm = harms[number]
            if harm and len(part) == 1 and len(parts) > 1 and not harm.is_own:
                harm = self._harms({number: part})[number]
                self._is_settled = False
            if harm is None:
                self._kept[number] += part
            elif len(part) == 1:
                self.refused.append((part[0], harm.reason))
                self._is_settled = False
            else:
                half = len(part) // 2
                self._waiting[number] += [part[half:], part[:half]]

    def _harms(self, parts: Mapping[int, list[Finding]]) -> Mapping[int, Harm | None]:
        trials = {number: self._kept[number] + part for number, part in parts.items()}
        beside = [each for number, group in enumerate(self._kept) if number not in parts for each in group]
        return self._attempt(trials, beside)

    def _rejoin(self) -> None:
        """Keep those of a group that went for one reason and together do no harm: a login and its pushes."""
        apart: dict[tuple[int, str], list[Finding]] = {}
        for finding, reason in self.refused:
            apart.setdefault((self._numbers[id(finding)], reason), []).append(finding)
        for (number, _), part in apart.items():
            key = frozenset(map(id, part))
            if len(part) == 1 or key in self._rejoined:
                continue
            self._rejoined.add(key)
            if self._harms({number: part})[number] is None:
                self._kept[number] += part
                self._is_settled = False
                self.refused = [each for each in self.refused if id(each[0]) not in key]

    def _look_back(self) -> None:
        """Let those that do harm now that others are gone wait for another trial."""
        self._is_settled = True
        kept = {number: group for number, group in enumerate(self._kept) if group}
        for number, harm in self._attempt(kept, ()).items() if kept else ():
            if harm:
                self._waiting[number].append(self._kept[number])
                self._kept[number] = []
