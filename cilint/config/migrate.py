"""From the settings of hadolint, zizmor, actionlint and dclint to a cilint.yaml, and what cannot be kept.

Their keys are those that their documentation of August 2026 names.
"""

from __future__ import annotations

from collections.abc import Sequence

from cilint.config import migrate_dclint
from cilint.config.draft import Draft
from cilint.errors import CilintError
from cilint.findings.finding import Severity
from cilint.rules.names import suggestion
from cilint.rules.reader import Value, read_yaml
from cilint.rules.rule import Catalogue, Place
from cilint.text.values import NamedTuple

PLACES = {
    "hadolint": (".hadolint.yaml", ".hadolint.yml"),
    "zizmor": ("zizmor.yml", "zizmor.yaml", ".github/zizmor.yml", ".github/zizmor.yaml"),
    "actionlint": (".github/actionlint.yaml", ".github/actionlint.yml"),
    "dclint": migrate_dclint.PLACES,
}
"""Where each tool looks for its settings, from a project's root; the first file counts."""

_HADOLINT_LEVELS = {
    "error": Severity.ERROR, "warning": Severity.WARNING, "info": Severity.INFO, "style": Severity.INFO,
}  # fmt: skip
_ZIZMOR_LEVELS = {
    "informational": Severity.INFO, "low": Severity.INFO, "medium": Severity.WARNING, "high": Severity.ERROR,
}  # fmt: skip
_REPORTS = {
    "tty": "text", "json": "json", "gnu": "concise", "sarif": "sarif", "junit": "junit",
    "codeclimate": "gitlab", "gitlab_codeclimate": "gitlab",
}  # fmt: skip
_LABEL_KINDS = ("text", "rawtext", "url", "semver", "hash", "rfc3339", "spdx", "email")
_HADOLINT_KEYS = (
    "disable-ignore-pragma", "failure-threshold", "format", "ignored", "label-schema", "no-color", "no-fail",
    "override", "strict-labels", "trustedRegistries",
)  # fmt: skip
_UNPINNED = "security/unpinned-action"


class Migrated(NamedTuple):
    """``text`` is that of a cilint.yaml; each of ``notes`` is a line about what it does not keep."""

    text: str
    notes: tuple[str, ...]


def tool_of(path: str) -> str | None:
    """The linter whose settings a file of this name holds."""
    name = path.replace("\\", "/").rpartition("/")[2]
    if "." + name.removeprefix(".") in migrate_dclint.PLACES:
        return "dclint"
    stem, _, ending = name.removeprefix(".").rpartition(".")
    return stem if stem in PLACES and ending in ("yaml", "yml") else None


def migrate(sources: Sequence[tuple[str, str]], catalogue: Catalogue) -> Migrated:
    """The configuration that says the same as these files, each a path and its text.

    Raises CilintError for a file that is not well-formed or that its own linter would not understand.
    """
    draft = Draft(catalogue)
    readers = {"hadolint": _hadolint, "zizmor": _zizmor, "actionlint": _actionlint}
    for path, text in sources:
        tool = tool_of(path)
        if tool is None:
            names = ", ".join(places[0] for places in PLACES.values())
            raise CilintError("no settings of a known linter", path=path, hint=f"known are {names}")
        value = read_yaml(path, text)
        if tool == "dclint":
            migrate_dclint.read(value, draft, catalogue.rules)
        elif value.data is not None:
            readers[tool](value, draft)
    return Migrated(draft.text([path for path, _ in sources]), draft.notes)


def _hadolint(value: Value, draft: Draft) -> None:
    entries = _given(value, "the file")
    for key, entry in entries.items():
        match key:
            case "ignored":
                for item in entry.items("`ignored`"):
                    identity = item.text("each of `ignored`")
                    draft.turn_off(_numbered(identity), identity, item.place)
            case "override":
                _override(entry, draft)
            case "trustedRegistries":
                _registries(entry, draft)
            case "label-schema":
                _labels(entry, "strict-labels" in entries and entries["strict-labels"].data is True, draft)
            case "strict-labels":
                entry.boolean("`strict-labels`")
            case "disable-ignore-pragma":
                if entry.boolean("`disable-ignore-pragma`"):
                    draft.locked["docker"] = None
            case _:
                _running(key, entry, value.keys[key], draft)


def _running(key: str, value: Value, place: Place, draft: Draft) -> None:
    """Keys about how hadolint runs, which are the command line's business here."""
    match key:
        case "failure-threshold":
            draft.note(place, _threshold(value))
        case "format":
            draft.note(place, _format(value))
        case "no-color":
            if value.boolean("`no-color`"):
                draft.note(place, "`no-color` belongs on the command line: `--color never`, or NO_COLOR")
        case "no-fail":
            if value.boolean("`no-fail`"):
                draft.note(place, "`no-fail` has no counterpart: findings make the exit status 1")
        case _:
            _unknown(draft, place, "hadolint", key, _HADOLINT_KEYS)


def _given(value: Value, what: str, allowed: Sequence[str] | None = None) -> dict[str, Value]:
    """The entries of a mapping that are not left empty."""
    return {key: entry for key, entry in value.mapping(what, allowed).items() if entry.data is not None}


def _numbered(identity: str) -> str:
    """The tool that one of hadolint's rules comes from."""
    return "shellcheck" if identity.startswith("SC") else "hadolint"


def _unknown(draft: Draft, place: Place, tool: str, key: str, keys: Sequence[str]) -> None:
    hint = suggestion(key, keys, few=0)
    draft.note(place, f"`{key}` is no key of {tool}'s that is known here{f': {hint}' if hint else ''}")


def _override(value: Value, draft: Draft) -> None:
    for level, identities in _given(value, "`override`", tuple(_HADOLINT_LEVELS)).items():
        for item in identities.items(f"`{level}`"):
            identity = item.text(f"each of `{level}`")
            draft.grade(_numbered(identity), identity, _HADOLINT_LEVELS[level], item.place)


def _registries(value: Value, draft: Draft) -> None:
    hosts = value.texts("`trustedRegistries`")
    entry = draft.entry("docker/trusted-registry", "hadolint trustedRegistries")
    entry.options["registries"] = [host.replace("hub.docker.com", "docker.io") for host in hosts]


def _labels(value: Value, strict: bool, draft: Draft) -> None:
    entries = value.mapping("`label-schema`")
    schema = {name: kind.choice(f"the kind of `{name}`", _LABEL_KINDS) for name, kind in entries.items()}
    origin = "hadolint label-schema"
    draft.entry("docker/label-value", origin).options["schema"] = {
        name: kind.removeprefix("raw") for name, kind in schema.items()
    }
    draft.entry("docker/required-label", origin).options["labels"] = list(schema)
    if strict:
        draft.entry("docker/unknown-label", "hadolint strict-labels").options["labels"] = list(schema)


def _threshold(value: Value) -> str:
    level = value.choice("`failure-threshold`", (*_HADOLINT_LEVELS, "ignore", "none"))
    if level in ("ignore", "none"):
        return f"`failure-threshold: {level}` has no counterpart: findings make the exit status 1"
    return f"`failure-threshold` belongs on the command line: `--fail-on {_HADOLINT_LEVELS[level].label}`"


def _format(value: Value) -> str:
    name = value.text("`format`")
    if name not in _REPORTS:
        return f"`format: {name}` has no counterpart among the reports"
    return f"`format` belongs on the command line: `--report {_REPORTS[name]}`"


def _zizmor(value: Value, draft: Draft) -> None:
    for key, entry in _given(value, "the file").items():
        if key != "rules":
            _unknown(draft, value.keys[key], "zizmor", key, ("rules",))
            continue
        for identity, body in _given(entry, "`rules`").items():
            place = entry.keys[identity]
            parts = _given(body, f"`{identity}`")
            if draft.counterparts("zizmor", identity):
                _audit(identity, parts, body, draft)
            elif parts:
                draft.note(place, f"zizmor's {identity} has no counterpart")


def _audit(identity: str, parts: dict[str, Value], body: Value, draft: Draft) -> None:
    """What is said of one of zizmor's rules that has a counterpart."""
    for key, part in parts.items():
        place = body.keys[key]
        match key:
            case "disable":
                if part.boolean("`disable`"):
                    draft.turn_off("zizmor", identity, place)
            case "ignore":
                for item in part.items("`ignore`"):
                    _ignored(identity, item, draft)
            case "remap":
                for name, level in _given(part, "`remap`", ("severity",)).items():
                    severity = _ZIZMOR_LEVELS[level.choice(f"`{name}`", tuple(_ZIZMOR_LEVELS))]
                    draft.grade("zizmor", identity, severity, level.place)
            case "config" if identity == "unpinned-uses":
                for policies in _given(part, "`config`", ("policies",)).values():
                    _pins(policies, draft)
            case "config":
                draft.note(place, f"the `config` of zizmor's {identity} has no counterpart")
            case _:
                _unknown(draft, place, "zizmor", key, ("disable", "ignore", "config", "remap"))


def _ignored(identity: str, item: Value, draft: Draft) -> None:
    """A file's name, with or without a line; zizmor looks at the last part of paths alone."""
    name, _, line = item.text("each of `ignore`").partition(":")
    if not line:
        draft.turn_off("zizmor", identity, item.place, _literal(name))
        return
    rules = ", ".join(draft.counterparts("zizmor", identity))
    where = f"line {line.partition(':')[0]} of {name}"
    draft.note(item.place, f"lines cannot be listed: write `# cilint: ignore[{rules}] why` at {where}")


def _literal(name: str) -> str:
    """A pattern as in .gitignore that fits this very name alone, in any folder."""
    return "".join(f"\\{char}" if char in "*?[]!#\\ " else char for char in name)


def _pins(value: Value, draft: Draft) -> None:
    """Whose actions need no commit: owners and repositories can be trusted, or all."""
    trusted = []
    for pattern, pin in value.mapping("`policies`").items():
        loose = pin.choice(f"the policy of `{pattern}`", ("any", "ref-pin", "hash-pin")) != "hash-pin"
        name = pattern.lower().removesuffix("/*")
        place = value.keys[pattern]
        if loose and pattern == "*":
            draft.turn_off("zizmor", "unpinned-uses", place)
        elif loose and name.count("/") < 2 and not set(name) & set("*@"):
            trusted.append(name)
        elif loose or pattern != "*":
            draft.note(place, f"`{pattern}: {pin.raw}` has no counterpart: {_UNPINNED} knows `trusted` alone")
    if trusted:
        draft.entry(_UNPINNED, "zizmor unpinned-uses policies").options["trusted"] = trusted


def _actionlint(value: Value, draft: Draft) -> None:
    for key, entry in _given(value, "the file").items():
        match key:
            case "self-hosted-runner":
                for labels in _given(entry, "`self-hosted-runner`", ("labels",)).values():
                    draft.runner_labels.update(dict.fromkeys(labels.texts("`labels`")))
            case "config-variables":
                if entry.texts("`config-variables`"):
                    text = "`config-variables` has no counterpart: names of variables are not checked"
                    draft.note(value.keys[key], text)
            case "paths":
                _messages(entry, draft)
            case _:
                keys = ("self-hosted-runner", "config-variables", "paths")
                _unknown(draft, value.keys[key], "actionlint", key, keys)


def _messages(value: Value, draft: Draft) -> None:
    """Patterns of actionlint's own messages, which say nothing of other linters' findings."""
    for pattern, body in _given(value, "`paths`").items():
        for ignored in _given(body, f"`{pattern}`", ("ignore",)).values():
            for item in ignored.items("`ignore`"):
                text = item.text("each of `ignore`")
                draft.note(
                    item.place,
                    f"`{text}` in {pattern} has no counterpart: name the rule in `overrides` instead",
                )
