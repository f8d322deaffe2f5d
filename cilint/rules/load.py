"""Reading a rule's file. Every mistake in it is a CilintError with line, column and the nearest right name.

The keys: ``title``, ``severity`` (a level, or levels with conditions of which the first that is true
counts), ``why``, ``message``; either ``select`` (a kind of thing) with ``deny`` and, where needed, ``when``,
``at`` and ``related``, or ``check`` (the name of a built-in analysis); ``options``, ``fix``, ``fix_safety``,
``decision``, ``equivalents``, ``references``, ``since``, ``enabled``, ``policy`` and ``examples``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from cilint.errors import CilintError
from cilint.findings.finding import Severity
from cilint.rules.condition import Scope
from cilint.rules.fields import union
from cilint.rules.lambdas import Compiler
from cilint.rules.reader import SEVERITIES, TYPES, Value, read_yaml, unknown
from cilint.rules.rule import EditTemplate, Expression, FixTemplate, Option, Related, Rule
from cilint.text.hints import Any
from cilint.text.values import NamedTuple

KEYS = (
    "title", "severity", "decision", "why", "select", "check", "when", "deny", "at", "related", "message",
    "options", "fix", "fix_safety", "equivalents", "references", "since", "enabled", "policy", "examples",
)  # fmt: skip
TOOLS = ("hadolint", "buildkit", "actionlint", "zizmor", "shellcheck", "checkov", "trivy", "dclint")

_ID = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
_HINTS: dict[str, Any] = {
    "string": str, "integer": int, "number": float, "boolean": bool,
    "list": list[str], "mapping": dict[str, Any],
}  # fmt: skip


class Setting(NamedTuple):
    """What a rule may speak of: kinds of things and their classes, checks, types of parameters.

    ``bounded``: the rule comes with a linted project, so its loops are counted.
    """

    kinds: Mapping[str, type]
    checks: Collection[str]
    parameters: Mapping[str, Any]
    bounded: bool = False


class RuleFile(NamedTuple):
    """A rule with the texts that people read; ``examples`` as written."""

    rule: Rule
    why: str
    decision: str | None
    fix_safety: str | None
    references: tuple[str, ...]
    since: str | None
    option_descriptions: Mapping[str, str]
    examples: tuple[Value, ...]


def rule_id(path: str) -> str:
    """The id of the rule at ``GROUP/NAME.yaml`` below its folder. Raises CilintError for any other path."""
    stem = path.removesuffix(".yaml").removesuffix(".yml")
    if not re.fullmatch(f"{_ID}/{_ID}", stem):
        hint = "small letters, digits and single hyphens"
        raise CilintError("a rule's file is GROUP/NAME.yaml in its folder", path=path, hint=hint)
    return stem


def load_rule(identity: str, path: str, text: str, setting: Setting) -> RuleFile:
    """The rule called ``identity`` whose file, which errors call ``path``, holds ``text``."""
    value = read_yaml(path, text)
    entries = value.mapping("a rule", KEYS)
    for key in ("title", "severity", "why", "message", "examples"):
        if key not in entries:
            raise value.error(f"the rule has no `{key}`")
    return _Loader(identity, path, value, entries, setting).rule_file()


class _Loader:
    def __init__(
        self, identity: str, path: str, value: Value, entries: dict[str, Value], setting: Setting
    ) -> None:
        self.identity = identity
        self.path = path
        self.value = value
        self.entries = entries
        self.setting = setting
        self.options, self.descriptions = self.read_options()
        self.select, self.check = self.subject()
        self.compiler = Compiler(self.scope())

    def rule_file(self) -> RuleFile:
        return RuleFile(
            self.rule(),
            self.text("why") or "",
            self.text("decision"),
            self.text("fix_safety"),
            self.texts("references"),
            self.text("since"),
            self.descriptions,
            tuple(self.entries["examples"].items("`examples`")),
        )

    def rule(self) -> Rule:
        return Rule(
            id=self.identity,
            title=self.text("title") or "",
            path=self.path,
            severity=self.severity(),
            message=self.compiler.template(self.entries["message"], "`message`"),
            select=self.select,
            check=self.check,
            when=self.expression("when"),
            deny=self.expression("deny"),
            at=self.expression("at"),
            related=self.related(),
            options=self.options,
            fix=self.fix(),
            equivalents=self.equivalents(),
            enabled=self.flag("enabled", default=True),
            policy=self.flag("policy", default=False),
        )

    def text(self, key: str) -> str | None:
        return self.entries[key].text(f"`{key}`").strip() if key in self.entries else None

    def texts(self, key: str) -> tuple[str, ...]:
        return self.entries[key].texts(f"`{key}`") if key in self.entries else ()

    def flag(self, key: str, *, default: bool) -> bool:
        return self.entries[key].boolean(f"`{key}`") if key in self.entries else default

    def expression(self, key: str) -> Expression | None:
        value = self.entries.get(key)
        return self.compiler.expression(value, f"`{key}`") if value else None

    def subject(self) -> tuple[str | None, str | None]:
        """The kind that the rule judges, or the check that it names."""
        if ("select" in self.entries) == ("check" in self.entries):
            raise self.value.error("a rule has either `select` with `deny`, or `check`")
        if "select" in self.entries:
            if "deny" not in self.entries:
                raise self.value.error("the rule has no `deny`: what it refuses")
            return self.named("select", "kind", self.setting.kinds), None
        for key in ("when", "deny", "at", "related"):
            if key in self.entries:
                raise self.value.keys[key].error(f"a rule with `check` has no `{key}`: its check decides")
        return None, self.named("check", "check", self.setting.checks)

    def named(self, key: str, what: str, candidates: Collection[str]) -> str:
        value = self.entries[key]
        name = value.text(f"`{key}`")
        if name not in candidates:
            raise unknown(value.place, f"unknown {what} `{name}`", name, candidates)
        return name

    def scope(self) -> Scope:
        hints = {name: _hint(option.type, option.default) for name, option in self.options.items()}
        names: dict[str, Any] = {
            "options": _record("options", hints),
            "parameters": _record("parameters", self.setting.parameters),
        }
        if self.select:
            names["item"] = self.setting.kinds[self.select]
        return Scope(names, open=self.check is not None, bounded=self.setting.bounded)

    def severity(self) -> Severity | tuple[tuple[Severity, Expression], ...]:
        value = self.entries["severity"]
        if not isinstance(value.data, dict):
            return value.severity("`severity`")
        levels = value.mapping("`severity`", SEVERITIES)
        if not levels:
            raise value.error("`severity` names no level")
        return tuple(
            (Severity.of(level), self.compiler.expression(condition, f"`{level}`"))
            for level, condition in levels.items()
        )

    def read_options(self) -> tuple[dict[str, Option], dict[str, str]]:
        options, descriptions = {}, {}
        value = self.entries.get("options")
        for name, entry in value.mapping("`options`").items() if value else ():
            if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
                raise value.keys[name].error("an option is called by small letters, digits and `_`")  # type: ignore[union-attr]
            fields = entry.mapping("an option", ("type", "default", "description"))
            for key in ("type", "default", "description"):
                if key not in fields:
                    raise entry.error(f"the option has no `{key}`")
            options[name] = self.option(fields)
            descriptions[name] = fields["description"].text("`description`").strip()
        return options, descriptions

    def option(self, fields: dict[str, Value]) -> Option:
        type_name = fields["type"].choice("`type`", TYPES)
        default = fields["default"]
        names = parameters_in(default.data)
        for name in names:
            if name not in self.setting.parameters:
                message = f"no policy has a parameter `{name}`"
                raise unknown(default.place, message, name, list(self.setting.parameters))
        return Option(type_name, default.data if names else default.typed("`default`", type_name))

    def related(self) -> tuple[Related, ...]:
        found = []
        for item in self.entries["related"].items("`related`") if "related" in self.entries else ():
            fields = item.mapping("a related place", ("at", "label", "when"))
            if "at" not in fields or "label" not in fields:
                raise item.error("a related place has `at` and `label`")
            when = self.compiler.expression(fields["when"], "`when`") if "when" in fields else None
            at = self.compiler.expression(fields["at"], "`at`")
            found.append(Related(at, self.compiler.template(fields["label"], "`label`"), when))
        return tuple(found)

    def fix(self) -> FixTemplate | None:
        if "fix" not in self.entries:
            return None
        value = self.entries["fix"]
        fields = value.mapping("`fix`", ("safety", "title", "edits"))
        if "safety" not in fields or "title" not in fields:
            raise self.value.keys["fix"].error("a fix has `safety` and `title`")
        if ("edits" in fields) == (self.check is not None):
            wrong = "a rule with `check` has no `edits`: its check gives them" if self.check else "no `edits`"
            raise self.value.keys["fix"].error(f"wrong fix: {wrong}")
        if "fix_safety" not in self.entries:
            raise self.value.keys["fix"].error(
                "a rule with a fix says in `fix_safety` what the fix may change"
            )
        title = self.compiler.template(fields["title"], "`title`")
        safety = fields["safety"]
        return FixTemplate(
            title,
            safety.raw if safety.raw in ("safe", "unsafe") else self.compiler.expression(safety, "`safety`"),  # type: ignore[arg-type]
            self.edits(fields["edits"]) if "edits" in fields else (),
        )

    def edits(self, value: Value) -> tuple[EditTemplate, ...] | Expression:
        if isinstance(value.data, list):
            return tuple(self.edit(item) for item in value.data)
        return self.compiler.expression(value, "`edits`")

    def edit(self, value: Value) -> EditTemplate:
        fields = value.mapping("an edit", ("replace", "with", "delete", "insert", "before", "after"))
        if set(fields) == {"delete"}:
            return EditTemplate("delete", self.compiler.expression(fields["delete"], "`delete`"), None)
        for keys, action, place, text in (
            ({"replace", "with"}, "replace", "replace", "with"),
            ({"insert", "before"}, "before", "before", "insert"),
            ({"insert", "after"}, "after", "after", "insert"),
        ):
            if set(fields) == keys:
                at = self.compiler.expression(fields[place], f"`{place}`")
                return EditTemplate(action, at, self.compiler.template(fields[text], f"`{text}`", "written"))
        raise value.error(
            "an edit has `replace` with `with`, or `delete`, or `insert` with `before` or `after`"
        )

    def equivalents(self) -> dict[str, tuple[str, ...]]:
        value = self.entries.get("equivalents")
        entries = value.mapping("`equivalents`", TOOLS) if value else {}
        return {tool: ids.texts(f"`{tool}`") for tool, ids in entries.items()}


def parameters_in(default: object) -> list[str]:
    """The parameters that an option's default names."""
    return re.findall(r"\{parameters\.(\w+)\}", default) if isinstance(default, str) else []


def _hint(type_name: str, default: object) -> Any:
    return union(_HINTS[type_name], None) if default is None else _HINTS[type_name]


def parameter_hints(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The types of a policy's parameters (by name, with ``type`` and ``default``) as type hints."""
    return {name: _hint(each.type, each.default) for name, each in parameters.items()}


def _record(name: str, hints: Mapping[str, Any]) -> type:
    """A class with the given fields, for the checker to look names up in."""
    return type(name, (), {"__annotations__": dict(hints)})
