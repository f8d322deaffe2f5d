"""A configuration in the making: other linters' settings in terms of cilint's rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from cilint.findings.finding import Severity
from cilint.rules.rule import DEFAULT_POLICY, Catalogue, Place
from cilint.syntax.yaml_quote import quote
from cilint.text.hints import Any

EVERYWHERE = ""


class Entry:
    """What is said of one rule, and the peers' words that it comes from; being off counts most."""

    __slots__ = ("off", "options", "origins", "severity")

    def __init__(self) -> None:
        self.off = False
        self.severity: Severity | None = None
        self.options: dict[str, Any] = {}
        self.origins: dict[str, None] = {}

    def line(self, rule: str) -> str:
        """The line of YAML that says it."""
        return f"{rule}: {self._level()}  # {', '.join(self.origins)}"

    def _level(self) -> str:
        if self.off:
            return "off"
        severity = self.severity.label if self.severity is not None else None
        if not self.options:
            return severity or "on"
        return _flow({**({"severity": severity} if severity else {}), **self.options})


class Draft:
    """Rules by the pattern of paths that they are said for; ``notes`` tell what could not be kept."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.locked: dict[str, None] = {}
        self.runner_labels: dict[str, None] = {}
        self._rules = catalogue.rules
        self._entries: dict[str, dict[str, Entry]] = {EVERYWHERE: {}}
        self._silenced: dict[tuple[str, str, str], tuple[Place, set[str]]] = {}
        self._notes: list[tuple[Place, str]] = []

    def counterparts(self, tool: str, identity: str) -> list[str]:
        """The rules that stand for a peer's rule."""
        return [name for name, rule in self._rules.items() if identity in rule.equivalents.get(tool, ())]

    def turn_off(self, tool: str, identity: str, place: Place, path: str = EVERYWHERE) -> None:
        """Turn off all that stands for a peer's rule, in the files that fit ``path``."""
        for rule in self._known(tool, identity, place):
            self.entry(rule, f"{tool} {identity}", path).off = True
            self._silenced.setdefault((path, rule, tool), (place, set()))[1].add(identity)

    def grade(self, tool: str, identity: str, severity: Severity, place: Place) -> None:
        """Give all that stands for a peer's rule a severity; the highest counts."""
        for rule in self._known(tool, identity, place):
            entry = self.entry(rule, f"{tool} {identity}")
            entry.severity = severity if entry.severity is None else max(severity, entry.severity)

    def entry(self, rule: str, origin: str, path: str = EVERYWHERE) -> Entry:
        """What is said of a rule so far, to be added to on behalf of ``origin``."""
        entry = self._entries.setdefault(path, {}).setdefault(rule, Entry())
        entry.origins[origin] = None
        return entry

    def note(self, place: Place, text: str) -> None:
        self._notes.append((place, text))

    @property
    def notes(self) -> tuple[str, ...]:
        """What has no counterpart or another extent, one line each, in the order of the files."""
        return tuple(
            f"{place.path}:{place.line}:{place.column}: {text}"
            for place, text in (*self._notes, *self._widened())
        )

    def text(self, sources: Sequence[str]) -> str:
        """The configuration file, made from the files ``sources``."""
        made = ", ".join(" ".join(source.split()) for source in sources)  # each stays in its line
        lines = [
            f"# Made by `cilint migrate` from {made}.",
            f"# The policy {DEFAULT_POLICY} holds too; `policy: none` leaves only what fits any project.",
            *([f"runner_labels: {_flow(list(self.runner_labels))}"] if self.runner_labels else ()),
            *_rules(self._entries[EVERYWHERE], ""),
        ]
        scopes = [(path, entries) for path, entries in sorted(self._entries.items()) if path != EVERYWHERE]
        lines += ["overrides:"] if scopes else []
        for path, entries in scopes:
            lines += [f"  - paths: {_flow([path])}", *_rules(entries, "    ")]
        if self.locked:
            lines += ["suppressions:", f"  locked: {_flow(list(self.locked))}"]
        return "\n".join(lines) + "\n"

    def _known(self, tool: str, identity: str, place: Place) -> list[str]:
        found = self.counterparts(tool, identity)
        if not found and tool == "shellcheck":
            said = f"only shell/shellcheck finds {identity} where it is on; its option `exclude` drops it"
            self.note(place, said)
        elif not found:
            self.note(place, f"{tool}'s {identity} has no counterpart")
        return found

    def _widened(self) -> Iterable[tuple[Place, str]]:
        """What is off beyond what was asked for, as one rule stands for several of a peer's."""
        for (_, rule, tool), (place, identities) in self._silenced.items():
            more = [each for each in self._rules[rule].equivalents[tool] if each not in identities]
            if more:
                yield place, f"{rule}, now off, stands for {tool}'s {', '.join(more)} too"


def _rules(entries: Mapping[str, Entry], indent: str) -> list[str]:
    if not entries:
        return []
    return [f"{indent}rules:", *(f"{indent}  {entry.line(rule)}" for rule, entry in sorted(entries.items()))]


def _flow(value: Any) -> str:
    """Plain data as YAML on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{quote(key, flow=True)}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return quote(value, flow=True)
