"""The examples in a rule's file, as values.

An example is ``bad: TEXT`` or ``good: TEXT``: the text of one file, at ``path`` or where files of the rule's
group usually lie. ``files: {PATH: TEXT}`` puts others beside it; with ``bad: true`` or ``good: true`` these
are all there is. A bad example has ``flags``: the texts under the carets, in order of path and place (of a
place of several lines its first line will do; for a file that does not exist its path), as a list or as
``{PATH: [TEXT …]}``. ``fixed`` is the text of the one file after the fix, or ``{PATH: TEXT}`` for each file
that the fix changes or writes; a last line ``…`` stands for any rest of a file. ``options`` and
``parameters`` replace defaults, ``severity`` is that of all findings, ``title`` says what the example shows.
"""

from __future__ import annotations

from collections.abc import Mapping

from cilint.findings.finding import Severity
from cilint.rules.load import RuleFile
from cilint.rules.reader import Value, unknown
from cilint.rules.rule import Parameter, Place, Rule
from cilint.text.hints import Any
from cilint.text.values import NamedTuple

KEYS = ("title", "bad", "good", "path", "files", "flags", "fixed", "options", "parameters", "severity")
_WORKFLOWS = {"build": "backend-build.yml", "registry": "backend-build.yml",
              "ci": "backend-build.yml",
              "deploy": "backend-deploy.yml"}  # fmt: skip
_PATHS = {"docker": "Dockerfile", "compose": "compose.yaml", "action": "action.yml"}

Flags = tuple[str, ...] | Mapping[str, tuple[str, ...]]


class Example(NamedTuple):
    """One example. ``path`` is the file that it shows; ``fixed`` has what a fix changes or writes."""

    title: str
    bad: bool
    path: str
    files: Mapping[str, str]
    flags: Flags
    fixed: Mapping[str, str] | None
    options: Mapping[str, Any]
    parameters: Mapping[str, Any]
    severity: Severity | None
    place: Place


def default_path(group: str) -> str:
    """Where the one file of an example lies, for rules of the group."""
    return _PATHS.get(group) or f".github/workflows/{_WORKFLOWS.get(group, f'{group}.yml')}"


def read_examples(file: RuleFile, parameters: Mapping[str, Parameter]) -> tuple[Example, ...]:
    """The examples of a rule; ``parameters`` are those of the policy. Raises CilintError."""
    return tuple(_example(value, file.rule, parameters) for value in file.examples)


def _example(value: Value, rule: Rule, parameters: Mapping[str, Parameter]) -> Example:
    entries = value.mapping("an example", KEYS)
    if ("bad" in entries) == ("good" in entries):
        raise value.error("an example has either `bad` or `good`")
    bad = "bad" in entries
    _fit(value, entries, bad)
    path = entries["path"].text("`path`") if "path" in entries else default_path(rule.group)
    title = entries["title"].text("`title`") if "title" in entries else ""
    option_types = {name: option.type for name, option in rule.options.items()}
    parameter_types = {name: parameter.type for name, parameter in parameters.items()}
    return Example(
        title,
        bad,
        path,
        _files(value, entries["bad" if bad else "good"], entries.get("files"), path),
        _flags(entries["flags"]) if bad else (),
        _fixed(entries["fixed"], path) if "fixed" in entries else None,
        _chosen(entries.get("options"), "option", option_types),
        _chosen(entries.get("parameters"), "parameter", parameter_types),
        entries["severity"].severity("`severity`") if "severity" in entries else None,
        value.place,
    )


def _fit(value: Value, entries: Mapping[str, Value], bad: bool) -> None:
    if bad and "flags" not in entries:
        raise value.error("a bad example says in `flags` which texts are found")
    for key in () if bad else ("flags", "fixed", "severity"):
        if key in entries:
            raise value.keys[key].error(f"a good example has no `{key}`")


def _files(value: Value, main: Value, others: Value | None, path: str) -> dict[str, str]:
    files = {}
    for name, text in others.mapping("`files`").items() if others else ():
        files[name] = text.source("a file's text") if text.data is not None else ""
    if main.data is not True:
        files[path] = main.source("the example's text")
    if not files:
        raise value.error("the example has no file")
    return files


def _flags(value: Value) -> Flags:
    flags: Flags
    if isinstance(value.data, dict):
        flags = {path: texts.texts("`flags`") for path, texts in value.mapping("`flags`").items()}
    else:
        flags = value.texts("`flags`")
    if not flags:
        raise value.error("`flags` is empty: what does the example show?")
    return flags


def _fixed(value: Value, path: str) -> dict[str, str]:
    if isinstance(value.data, dict):
        return {name: text.source("a fixed file") for name, text in value.mapping("`fixed`").items()}
    return {path: value.source("`fixed`")}


def _chosen(value: Value | None, what: str, types: Mapping[str, str]) -> dict[str, Any]:
    found = {}
    for name, entry in value.mapping(f"`{what}s`").items() if value else ():
        if name not in types:
            assert value is not None
            raise unknown(value.keys[name], f"unknown {what} `{name}`", name, list(types))
        found[name] = entry.typed(f"the {what} `{name}`", types[name])
    return found
