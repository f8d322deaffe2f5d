from __future__ import annotations

import jsonschema
import pytest

from cilint.errors import CilintError
from cilint.findings.finding import Severity
from cilint.rules.policy import load_policy
from cilint.rules.reader import read_yaml
from cilint.rules.rule import Policy
from tests.rules.test_load import schema

BASE = """\
title: Base
parameters:
  branch: {type: string, default: main, description: The branch.}
  names: {type: list, default: [a]}
rules:
  deploy: on
  docker/slim: warning
"""


def base(name: str) -> Policy:
    if name == "self":
        raise CilintError("the policy `self` extends itself")
    return load_policy("base", "base.yaml", BASE, base)


def test_a_policy_is_read() -> None:
    policy = base("base")
    assert policy.parameters["branch"].default == "main"
    assert policy.rules["deploy"].severity is None
    assert policy.rules["docker/slim"].severity is Severity.WARNING
    assert policy.rules["docker/slim"].places[""].line == 7


def test_a_policy_extends_another() -> None:
    text = """\
title: Mine
extends: base
parameters: {branch: trunk}
rules: {deploy: off, build/x: {severity: error, host: h}}
"""
    policy = load_policy("mine", "mine.yaml", text, base)
    assert policy.parameters["branch"].default == "trunk"
    assert policy.parameters["branch"].type == "string"
    assert list(policy.rules) == ["docker/slim", "deploy", "build/x"]
    assert policy.rules["deploy"].off
    assert policy.rules["build/x"].options == {"host": "h"}


@pytest.mark.parametrize(
    ("text", "line", "column", "said"),
    [
        ("rules: {}", 1, 1, "no `title`"),
        ("title: x\nrule: {}", 2, 1, "did you mean `rules`"),
        ("title: x\nrules: {a: errr}", 2, 12, "did you mean `error`"),
        ("title: x\nrules: {a: {severity: errr}}", 2, 23, "did you mean `error`"),
        ("title: x\nextends: base\nparameters: {branch: 3}", 3, 22, "of type string"),
        ("title: x\nparameters: {branch: trunk}", 2, 22, "must be a mapping"),
        ("title: x\nparameters: {a: {type: txt, default: b}}", 2, 24, ""),
        ("title: x\nparameters: {a: {type: integer, default: true}}", 2, 42, "of type integer"),
        ("title: x\nextends: self", 2, 10, "extends itself"),
    ],
)
def test_mistakes_are_told_with_their_place(text: str, line: int, column: int, said: str) -> None:
    with pytest.raises(CilintError) as caught:
        load_policy("p", "p.yaml", text, base)
    assert (caught.value.path, caught.value.line, caught.value.column) == ("p.yaml", line, column)
    assert said in str(caught.value)


def test_the_schema_for_editors() -> None:
    validator = jsonschema.Draft202012Validator(schema("policy"))
    assert validator.is_valid(read_yaml("a", BASE).plain())
    assert not validator.is_valid({"title": "x", "rules": {"a/b": "errr"}})
    assert not validator.is_valid({"title": "x", "rule": {}})
