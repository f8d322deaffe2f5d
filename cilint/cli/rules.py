"""``cilint rules``: the catalogue, the examples of rules tried, and the beginning of a new rule."""

from __future__ import annotations

import argparse
import os
import sys

from cilint.cli.here import Here, here, own_files
from cilint.cli.options import add_configuration, configuration_of
from cilint.errors import CilintError
from cilint.lint.disk import DiskFiles
from cilint.rules.load import RuleFile
from cilint.text.hints import Any


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("list", "test", "new"), nargs="?", default="list")
    parser.add_argument(
        "names", metavar="NAME", nargs="*", help="test: rule files or folders; new: GROUP/NAME"
    )
    parser.add_argument("--report", choices=("text", "json"), default="text")
    add_configuration(parser)


def run(args: argparse.Namespace) -> int:
    """List the rules (status 0), try their examples (1 where one is wrong), or write a template."""
    if args.action == "new":
        return _new(args.names)
    place = here(configuration_of(args))
    return _test(place, args.names) if args.action == "test" else _list(place, args.report)


def _list(place: Here, report: str) -> int:
    from cilint.config.resolve import resolve

    active = {each.rule.id: each for each in resolve(place.settings, place.catalogue)}
    rows: list[dict[str, Any]] = []
    for name, rule in place.catalogue.rules.items():
        on = active.get(name)
        severity = on.severity if on else None
        safety = rule.fix.safety if rule.fix else None
        rows.append(
            {
                "rule": name,
                "severity": (severity or rule.level).label,
                "active": on is not None and not on.off,
                "fix": safety if safety is None or isinstance(safety, str) else "safe or unsafe",
                "title": rule.title,
                "equivalents": {tool: list(ids) for tool, ids in rule.equivalents.items()},
            }
        )
    if report == "json":
        import json

        sys.stdout.write(json.dumps({"version": 1, "rules": rows}, indent=2) + "\n")
    else:
        width = max((len(row["rule"]) for row in rows), default=0)
        for row in rows:
            level = row["severity"] if row["active"] else "off"
            fix = {"safe": "fix", "unsafe": "fix --unsafe"}.get(
                row["fix"], "fix (--unsafe)" if row["fix"] else ""
            )
            sys.stdout.write(f"{row['rule']:<{width}}  {level:<7}  {fix:<14}  {row['title']}".rstrip() + "\n")
    return 0


def _test(place: Here, paths: list[str]) -> int:
    """Try the examples of the rule files at the paths; without any, of all rules that there are."""
    from cilint.lint.trial import try_rule

    files = [file for path in paths for file in _rule_files(place, path)] if paths else _all_files(place)
    problems = [problem for file in files for problem in try_rule(file, place.catalogue)]
    for problem in problems:
        sys.stdout.write(f"{problem}\n")
    sys.stdout.write(f"{len(files)} rules tried, {len(problems)} problems.\n")
    return int(bool(problems))


def _all_files(place: Here) -> list[RuleFile]:
    from cilint.rules.document import builtin_file

    own = own_files(place)
    return [
        own[name] if name in own else builtin_file(name, place.catalogue) for name in place.catalogue.rules
    ]


def _rule_files(place: Here, path: str) -> list[RuleFile]:
    from cilint.rules.compile import builtin_setting
    from cilint.rules.user import read_user_rules

    full = os.path.abspath(path)
    if not os.path.exists(full):
        raise CilintError("does not exist", path=path)
    top = full if os.path.isdir(full) else os.path.dirname(os.path.dirname(full))
    entry = os.path.relpath(full, top).replace(os.sep, "/")
    setting = builtin_setting(place.catalogue.policies.values(), bounded=True)
    return read_user_rules(DiskFiles(top), [entry], setting)


def _new(names: list[str]) -> int:
    from cilint.rules.document import template
    from cilint.rules.load import rule_id

    if len(names) != 1:
        raise CilintError(
            "`cilint rules new` takes one GROUP/NAME", hint="for example ci/rules/team/no-latest"
        )
    path = names[0] if names[0].endswith(".yaml") else f"{names[0]}.yaml"
    identity = rule_id("/".join(path.split("/")[-2:]))
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    try:
        with open(path, "x", encoding="utf-8") as file:
            file.write(template(identity))
    except FileExistsError:
        raise CilintError("there is such a file already", path=path) from None
    sys.stdout.write(f"wrote {path}; name its folder in `rule_files` of cilint.yaml\n")
    return 0
