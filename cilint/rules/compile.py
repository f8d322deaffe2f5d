"""The built-in rules and policies as one Python module: data and lambdas, so that a check reads no YAML."""

from __future__ import annotations

import os
from collections.abc import Iterable

from cilint.errors import CilintError
from cilint.findings.finding import Severity
from cilint.rules.load import RuleFile, Setting, load_rule, parameter_hints, rule_id
from cilint.rules.policy import load_policy
from cilint.rules.rule import LINT_CHECKS, Catalogue, Expression, Policy
from cilint.text.hints import Any

HEADER = '''"""Made from rules/ by cilint.rules.compile; not to be edited."""
from cilint.findings.finding import Severity
from cilint.rules.functions import COMPILED
from cilint.rules.rule import Catalogue, EditTemplate, FixTemplate, Level, Option, Parameter, Policy, Related
from cilint.rules.rule import Expression as E, Rule

globals().update(COMPILED)
N = tuple.__new__
'''


def read_folder(folder: str, shown: str = "rules") -> tuple[list[RuleFile], dict[str, Policy]]:
    """All rules and policies of a folder, in order of their ids; errors call the folder ``shown``."""
    policies = read_policies(folder, shown)
    setting = builtin_setting(policies.values())
    files = []
    for path in rule_paths(folder):
        text = read_text(os.path.join(folder, path))
        files.append(load_rule(rule_id(path), f"{shown}/{path}", text, setting))
    return files, policies


def builtin_setting(policies: Iterable[Policy], *, bounded: bool = False) -> Setting:
    """What rules may speak of in this version of cilint, with the parameters of the policies."""
    from cilint.pipeline.kinds import KINDS

    parameters: dict[str, Any] = {}
    for policy in policies:
        parameters |= parameter_hints(policy.parameters)
    return Setting(KINDS, check_names(), parameters, bounded)


def check_names() -> tuple[str, ...]:
    """The names of the built-in checks."""
    import cilint.checks

    names = [name for folder in cilint.checks.__path__ for name in os.listdir(folder)]
    modules = [name[:-3] for name in names if name.endswith(".py") and not name.startswith("_")]
    return (*sorted(modules), *LINT_CHECKS)


def compile_folder(folder: str) -> Catalogue:
    """The catalogue of a folder of rules, checked. Raises CilintError."""
    files, policies = read_folder(folder)
    rules = {file.rule.id: file.rule for file in files}
    return Catalogue(rules, {name: _without_places(policy) for name, policy in policies.items()})


_AT_ONCE = ("when", "deny")


def _without_places(policy: Policy) -> Policy:
    return policy._replace(rules={name: level._replace(places={}) for name, level in policy.rules.items()})


def module_text(catalogue: Catalogue, listing: str) -> str:
    """The source of the compiled module; ``listing``, of what it was made, is empty in a package."""
    rules = "".join(f"    {identity!r}: {_emitted(rule)},\n" for identity, rule in catalogue.rules.items())
    policies = "".join(f"    {name!r}: {_emitted(policy)},\n" for name, policy in catalogue.policies.items())
    return f"{HEADER}\nLISTING = {listing!r}\nCATALOGUE = Catalogue({{\n{rules}}}, {{\n{policies}}})\n"


def _emitted(value: Any, *, at_once: bool = False) -> str:
    """Source that gives the value; tuples are made directly, which is quicker than calling their classes.

    ``at_once``: an expression that every run evaluates, so that it is emitted as code.
    """
    if isinstance(value, Expression):
        function, source = (value.source, "") if at_once else (None, value.source)
        return f"N(E, ({function}, {value.line}, {value.column}, {source!r}))"
    if isinstance(value, Severity):
        return f"Severity.{value.name}"
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        pairs = zip(value._fields, value, strict=True)
        fields = "".join(_emitted(each, at_once=name in _AT_ONCE) + ", " for name, each in pairs)
        return f"N({type(value).__name__}, ({fields}))"
    if isinstance(value, tuple):
        return f"({''.join(_emitted(each) + ', ' for each in value)})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {_emitted(each)}" for key, each in value.items()) + "}"
    return repr(value)


def rule_paths(folder: str) -> list[str]:
    """Paths of the rule files below a folder, relative to it, sorted."""
    found = []
    for group in sorted(os.listdir(folder)):
        inner = os.path.join(folder, group)
        if group == "policies" or group.startswith(".") or not os.path.isdir(inner):
            continue
        found += [f"{group}/{name}" for name in sorted(os.listdir(inner)) if name.endswith((".yaml", ".yml"))]
    return found


def read_text(path: str) -> str:
    """The text of a rule or a policy. Raises CilintError for a file that cannot be read."""
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise CilintError(f"cannot be read: {error}", path=path) from error


def read_policies(folder: str, shown: str = "rules") -> dict[str, Policy]:
    """The policies of a folder of rules, by name. Raises CilintError."""
    inner = os.path.join(folder, "policies")
    present = os.listdir(inner) if os.path.isdir(inner) else []
    names = sorted(name[:-5] for name in present if name.endswith(".yaml"))
    policies: dict[str, Policy] = {}
    opened: list[str] = []

    def policy(name: str) -> Policy:
        if name not in names:
            raise CilintError(f"unknown policy `{name}`", hint=f"there are {', '.join(names)}")
        if name not in policies:
            if name in opened:
                raise CilintError(f"the policy `{name}` extends itself")
            opened.append(name)
            path = os.path.join(inner, f"{name}.yaml")
            policies[name] = load_policy(name, f"{shown}/policies/{name}.yaml", read_text(path), policy)
        return policies[name]

    return {name: policy(name) for name in names}
