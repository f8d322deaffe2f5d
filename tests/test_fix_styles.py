"""What a fix does to a workflow does not depend on how the file is written, and it goes on to be written so."""

from __future__ import annotations

import io
import os
from collections.abc import Callable

import pytest
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from cilint.model.kinds import kind_of
from cilint.rules.active import activate
from cilint.rules.catalogue import CHECKOUT
from cilint.rules.compile import builtin_setting, read_policies, read_text, rule_paths
from cilint.rules.example import Example, read_examples
from cilint.rules.examples import apply_fixes, judge_files
from cilint.rules.load import RuleFile, load_rule, rule_id
from cilint.rules.rule import DEFAULT_POLICY, LINT_CHECKS, PROGRAM_CHECKS, Level

POLICIES = read_policies(CHECKOUT)
PARAMETERS = POLICIES[DEFAULT_POLICY].parameters
CHANGED_BY_RUAMEL = ("compose/depends-on-order", "compose/service-keys-order", "workflow/merge-key")
"""What these do depends on comments, which ruamel indents anew, and on anchors, which it drops."""


def indented(mapping: int, sequence: int, offset: int) -> Callable[[str], str]:
    """Written by ruamel, which keeps comments, quotes and flow collections."""

    def style(text: str) -> str:
        yaml, out = YAML(), io.StringIO()
        yaml.preserve_quotes, yaml.width = True, 100_000
        yaml.indent(mapping=mapping, sequence=sequence, offset=offset)
        yaml.dump(yaml.load(text), out)
        return out.getvalue()

    return style


STYLES: dict[str, Callable[[str], str]] = {
    "four columns": indented(4, 6, 4),
    "flat lists": indented(2, 2, 0),
    "four columns, flat lists": indented(4, 2, 0),
    "Windows": lambda text: "\ufeff" + text.replace("\n", "\r\n"),
    "no last line end": lambda text: text.rstrip("\n"),
}
INDENTED = ("four columns", "flat lists", "four columns, flat lists")


def is_yaml(path: str) -> bool:
    return kind_of(path) in ("workflow", "action", "compose")


def meaning(text: str) -> object:
    """What the file says; the line ends at the end of a text do not count."""

    def tidy(value: object) -> object:
        if isinstance(value, dict):
            return [(str(key), tidy(inner)) for key, inner in value.items()]
        if isinstance(value, list):
            return [tidy(inner) for inner in value]
        return value.rstrip("\n") if isinstance(value, str) else value

    return tidy(YAML(typ="safe", pure=True).load(text.removeprefix("\ufeff").replace("\r\n", "\n")))


def mended(file: RuleFile, example: Example, files: dict[str, str]) -> dict[str, str]:
    """The files after all fixes of the rule. Windows' mark of order is no part of a text that is judged."""
    marked = {path for path, text in files.items() if text.startswith("\ufeff")}
    files = {path: text.removeprefix("\ufeff") for path, text in files.items()}
    parameters = {**{name: each.default for name, each in PARAMETERS.items()}, **example.parameters}
    active = [activate(file.rule, parameters, Level(options=example.options))]
    for _ in range(10):
        findings = judge_files(files, active, parameters)
        if not any(finding.fix for finding in findings):
            break
        files = apply_fixes(files, findings)
    return {path: ("\ufeff" if path in marked else "") + text for path, text in files.items()}


def rules() -> list[RuleFile]:
    setting = builtin_setting(POLICIES.values())
    texts = {path: read_text(os.path.join(CHECKOUT, path)) for path in rule_paths(CHECKOUT)}
    files = [load_rule(rule_id(path), f"rules/{path}", text, setting) for path, text in texts.items()]
    left_out = {*LINT_CHECKS, *PROGRAM_CHECKS}
    return [each for each in files if each.rule.fix and each.rule.check not in left_out]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("file", rules(), ids=lambda file: file.rule.id)
def test_a_fix_means_the_same_in_every_style(file: RuleFile, style: str) -> None:
    for example in read_examples(file, PARAMETERS):
        shown = {path: text for path, text in example.files.items() if is_yaml(path) and text.strip()}
        if example.fixed is None or not shown or (file.rule.id in CHANGED_BY_RUAMEL and style in INDENTED):
            continue
        try:
            styled = {path: STYLES[style](text) for path, text in shown.items()}
            same = all(meaning(styled[path]) == meaning(text) for path, text in shown.items())
        except YAMLError:  # what is wrong in an example may be its YAML
            continue
        if not same:
            continue
        plain = mended(file, example, dict(example.files))
        other = mended(file, example, {**example.files, **styled})
        assert plain.keys() == other.keys()
        for path in filter(is_yaml, plain):
            assert meaning(other[path]) == meaning(plain[path]), other[path]
            assert style != "Windows" or path not in styled or "\n" not in other[path].replace("\r\n", "")
            if style in INDENTED and path in styled and styled[path] not in (shown[path], other[path]):
                assert STYLES[style](other[path]) == other[path]
