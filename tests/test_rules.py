"""Every built-in rule meets the demands of ``cilint.rules.examples``; every policy names what there is."""

from __future__ import annotations

import os

import jsonschema
import pytest

from cilint.errors import CilintError
from cilint.lint.trial import try_rule
from cilint.rules.catalogue import CHECKOUT
from cilint.rules.compile import builtin_setting, read_policies, read_text, rule_paths
from cilint.rules.load import RuleFile, load_rule, rule_id
from cilint.rules.reader import read_yaml
from cilint.rules.rule import Catalogue, Policy
from tests.rules.test_load import schema


class Rules:
    """All rule files, each read by itself so that a wrong one fails alone."""

    def __init__(self) -> None:
        self.policies: dict[str, Policy] = read_policies(CHECKOUT)
        self.files: dict[str, RuleFile] = {}
        self.errors: dict[str, CilintError] = {}
        setting = builtin_setting(self.policies.values())
        for path in rule_paths(CHECKOUT):
            try:
                text = read_text(os.path.join(CHECKOUT, path))
                self.files[path] = load_rule(rule_id(path), f"rules/{path}", text, setting)
            except CilintError as error:
                self.errors[path] = error
        self.catalogue = Catalogue({file.rule.id: file.rule for file in self.files.values()}, self.policies)


@pytest.fixture(scope="module")
def rules() -> Rules:
    return Rules()


@pytest.mark.parametrize("path", rule_paths(CHECKOUT))
def test_rule(path: str, rules: Rules) -> None:
    if path in rules.errors:
        raise rules.errors[path]
    problems = [str(problem) for problem in try_rule(rules.files[path], rules.catalogue)]
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("path", rule_paths(CHECKOUT))
def test_rule_fits_the_schema_for_editors(path: str) -> None:
    data = read_yaml(path, read_text(os.path.join(CHECKOUT, path))).plain()
    jsonschema.Draft202012Validator(schema("rule")).validate(data)


@pytest.mark.parametrize("name", sorted(os.listdir(os.path.join(CHECKOUT, "policies"))))
def test_policy_fits_the_schema_and_names_what_there_is(name: str, rules: Rules) -> None:
    data = read_yaml(name, read_text(os.path.join(CHECKOUT, "policies", name))).plain()
    jsonschema.Draft202012Validator(schema("policy")).validate(data)
    known = {*rules.catalogue.rules, *rules.catalogue.groups}
    assert set(rules.policies[name.removesuffix(".yaml")].rules) <= known
