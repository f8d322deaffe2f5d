"""A project's own rules and policies, added to the built-in ones.

They are data from a stranger: bounded in number, size and time, and never able to replace a built-in rule.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from cilint.errors import CilintError
from cilint.model.files import Files
from cilint.rules.compile import builtin_setting, read_text
from cilint.rules.load import RuleFile, Setting, load_rule, rule_id
from cilint.rules.names import suggestion
from cilint.rules.policy import load_policy
from cilint.rules.rule import Catalogue, Policy, is_path

MAX_RULES = 500
MAX_SIZE = 256 * 1024


def with_user(catalogue: Catalogue, files: Files, rule_files: Sequence[str], policy: str | None) -> Catalogue:
    """The catalogue with the rules of a project's folders or files, and with its policy where that is a path.

    Paths are relative to the project's root; a policy's may be absolute. The policy is then called by the
    path as given. Raises CilintError.
    """
    policies = dict(catalogue.policies)
    if policy is not None and is_path(policy):
        policies[policy] = _policy(policy, files, catalogue, ())
    rules = dict(catalogue.rules)
    if rule_files:
        setting = builtin_setting(policies.values(), bounded=True)
        for file in read_user_rules(files, rule_files, setting):
            if file.rule.id in rules:
                hint = "give the file another name"
                raise CilintError(f"there is a rule {file.rule.id} already", path=file.rule.path, hint=hint)
            rules[file.rule.id] = file.rule
    return Catalogue(rules, policies)


def read_user_rules(files: Files, rule_files: Sequence[str], setting: Setting) -> list[RuleFile]:
    """The rules in folders or files of a project, with their texts."""
    found = []
    for entry in rule_files:
        for identity, path in user_rule_paths(files, entry):
            found.append(load_rule(identity, path, _text(files, path), setting))
            if len(found) > MAX_RULES:
                raise CilintError(f"a project may have at most {MAX_RULES} rules of its own", path=path)
    return found


def user_rule_paths(files: Files, entry: str) -> list[tuple[str, str]]:
    """Id and path of each rule in a folder, or of the one rule file ``GROUP/NAME.yaml``."""
    entry = entry.rstrip("/")
    if entry.endswith((".yaml", ".yml")):
        return [(rule_id("/".join(entry.split("/")[-2:])), entry)]
    prefix = "" if entry == "." else f"{entry}/"
    paths = [p for p in files.listing() if p.startswith(prefix) and p.endswith((".yaml", ".yml"))]
    if not paths:
        raise CilintError("there are no rule files here", path=entry)
    return [(_id_below(path, prefix), path) for path in paths]


def _id_below(path: str, prefix: str) -> str:
    try:
        return rule_id(path.removeprefix(prefix))
    except CilintError as error:
        raise CilintError(error.message, path=path, hint=error.hint) from None


def _text(files: Files, path: str) -> str:
    data = files.read(path)
    if data is None:
        raise CilintError("there is no such file in the project", path=path)
    if len(data) > MAX_SIZE:
        raise CilintError(f"the file is longer than {MAX_SIZE} bytes", path=path)
    return data.decode("utf-8", "replace").removeprefix("\ufeff")


def _policy(path: str, files: Files, catalogue: Catalogue, opened: tuple[str, ...]) -> Policy:
    if path in opened:
        raise CilintError(f"the policy `{path}` extends itself")

    def base(name: str) -> Policy:
        if not is_path(name):
            if name not in catalogue.policies:
                raise CilintError(f"unknown policy `{name}`", hint=suggestion(name, catalogue.policies))
            return catalogue.policies[name]
        beside = os.path.normpath(os.path.join(os.path.dirname(path), name)).replace(os.sep, "/")
        return _policy(beside, files, catalogue, (*opened, path))

    text = read_text(path) if os.path.isabs(path) else _text(files, path)
    return load_policy(path, path, text, base)
