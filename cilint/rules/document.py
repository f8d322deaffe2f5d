"""What a rule's file says to people: the data and the page of ``explain``, and the template of a new rule."""

from __future__ import annotations

import os
from collections.abc import Mapping

from cilint.findings.finding import Severity
from cilint.rules.catalogue import folder
from cilint.rules.compile import builtin_setting, read_text
from cilint.rules.example import Example, Flags, read_examples
from cilint.rules.load import RuleFile, load_rule
from cilint.rules.rule import DEFAULT_POLICY, Catalogue, Expression, Rule
from cilint.text.hints import Any


def builtin_file(identity: str, catalogue: Catalogue) -> RuleFile:
    """The file of a built-in rule that the catalogue has. Raises CilintError."""
    path = os.path.join(folder(), f"{identity}.yaml")
    setting = builtin_setting(catalogue.policies.values())
    return load_rule(identity, f"rules/{identity}.yaml", read_text(path), setting)


def explained(file: RuleFile, catalogue: Catalogue) -> dict[str, Any]:
    """Everything that is to be said of a rule, as plain data; texts are Markdown."""
    rule = file.rule
    policy = catalogue.policies.get(DEFAULT_POLICY)
    examples = read_examples(file, policy.parameters if policy else {})
    return {
        "rule": rule.id,
        "title": rule.title,
        "severity": rule.level.label,
        "severities": _severities(rule),
        "policy": rule.policy,
        "enabled": rule.enabled,
        "decision": file.decision,
        "why": file.why,
        "options": _options(file),
        "fix": _safety(rule),
        "fix_safety": file.fix_safety,
        "equivalents": {tool: list(ids) for tool, ids in rule.equivalents.items()},
        "references": list(file.references),
        "since": file.since,
        "file": rule.path,
        "examples": [_example(example) for example in examples],
    }


def _options(file: RuleFile) -> dict[str, Any]:
    descriptions = file.option_descriptions
    return {
        name: {"type": option.type, "default": option.default, "description": descriptions[name]}
        for name, option in file.rule.options.items()
    }


def _severities(rule: Rule) -> list[str]:
    """All severities that the rule's findings may have, the highest first."""
    if isinstance(rule.severity, Severity):
        return [rule.severity.label]
    levels = {*(level for level, _ in rule.severity), Severity.INFO}
    return [level.label for level in sorted(levels, reverse=True)]


def _safety(rule: Rule) -> str | None:
    if rule.fix is None:
        return None
    return "safe or unsafe" if isinstance(rule.fix.safety, Expression) else rule.fix.safety


def _example(example: Example) -> dict[str, Any]:
    return {
        "title": example.title,
        "bad": example.bad,
        "path": example.path,
        "files": dict(example.files),
        "flags": _plain(example.flags),
        "fixed": None if example.fixed is None else dict(example.fixed),
        "options": dict(example.options),
        "parameters": dict(example.parameters),
    }


def _plain(flags: Flags) -> dict[str, list[str]] | list[str]:
    if isinstance(flags, Mapping):
        return {path: list(texts) for path, texts in flags.items()}
    return list(flags)


def markdown(data: Mapping[str, Any]) -> str:
    """The page of a rule, from what ``explained`` gives."""
    blocks = [f"# {data['rule']}", f"**{data['title']}** ({_standing(data)})", data["why"].rstrip()]
    if data["decision"]:
        blocks.append(f"Decision: {data['decision']}")
    if data["options"]:
        lines = [_option(name, option) for name, option in data["options"].items()]
        blocks += ["## Options", "\n".join(lines)]
    if data["fix"]:
        blocks += ["## Fix", f"{data['fix'].capitalize()}. {data['fix_safety']}"]
    for example in data["examples"]:
        blocks += _example_blocks(example)
    if data["equivalents"]:
        lines = [f"- {tool}: {', '.join(ids)}" for tool, ids in data["equivalents"].items()]
        blocks += ["## In other tools", "\n".join(lines)]
    if data["references"]:
        blocks += ["## References", "\n".join(f"- {reference}" for reference in data["references"])]
    return "\n\n".join(blocks) + "\n"


def _option(name: str, option: Mapping[str, Any]) -> str:
    return f"- `{name}` ({option['type']}, default {_shown(option['default'])}): {option['description']}"


def _standing(data: Mapping[str, Any]) -> str:
    said = [" or ".join(data["severities"])]
    if data["policy"]:
        said.append("only where a policy or a selection names it")
    if not data["enabled"]:
        said.append("off unless asked for by its id")
    return ", ".join(said)


def _example_blocks(example: Mapping[str, Any]) -> list[str]:
    kind = "Refused" if example["bad"] else "Accepted"
    blocks = [f"## {kind}" + (f": {example['title']}" if example["title"] else "")]
    chosen = {**example["options"], **example["parameters"]}
    if chosen:
        values = ", ".join(f"`{name}` = {_shown(value)}" for name, value in chosen.items())
        blocks.append(f"With {values}:")
    blocks += [_file(path, text) for path, text in example["files"].items()]
    if example["fixed"]:
        blocks += ["After the fix:", *(_file(path, text) for path, text in example["fixed"].items())]
    return blocks


def _file(path: str, text: str) -> str:
    language = "yaml" if path.endswith((".yml", ".yaml")) else "json" if path.endswith(".json") else ""
    language = "dockerfile" if "Dockerfile" in path else language
    fence = "````" if "```" in text else "```"
    return f"`{path}`\n\n{fence}{language}\n{text.rstrip()}\n{fence}"


def _shown(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, list):
        return "[" + ", ".join(str(each) for each in value) + "]"
    return f"`{value}`"


def template(identity: str) -> str:
    """The text of a new rule's file, which is right as it stands but for what it is about."""
    return TEMPLATE.format(identity=identity)


TEMPLATE = """\
# {identity}: this file is the rule, its documentation and its test. `cilint rules test` tries the examples.
title: A job runs on a machine of its own
severity: warning
why: |
  Say what goes wrong without the rule, for somebody who has just met it.
select: job
when: item.uses is None
deny: any(label.text == options.label for label in item.runs_on)
at: first(item.runs_on)
message: "the job {{item.id}} runs on {{options.label}}"
options:
  label: {{type: string, default: self-hosted, description: The label that is refused.}}
examples:
  - bad: |
      on: push
      jobs:
        build:
          runs-on: self-hosted
          steps: [{{run: make}}]
    path: .github/workflows/build.yml
    flags: [self-hosted]
  - good: |
      on: push
      jobs:
        build:
          runs-on: ubuntu-24.04
          steps: [{{run: make}}]
        call:
          uses: ./.github/workflows/other.yml
    path: .github/workflows/build.yml
  - bad: |
      on: push
      jobs:
        build:
          runs-on: ubuntu-20.04
          steps: [{{run: make}}]
    path: .github/workflows/build.yml
    options: {{label: ubuntu-20.04}}
    flags: [ubuntu-20.04]
"""
