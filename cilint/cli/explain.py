"""``cilint explain``: what a rule wants and why, with examples."""

from __future__ import annotations

import argparse
import sys

from cilint.cli.here import here, rule_file
from cilint.cli.options import configuration_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("rule", metavar="RULE", help="a rule's id, such as docker/non-root, or a group")
    parser.add_argument("--config", metavar="FILE", help="use this configuration file")
    parser.add_argument("--report", choices=("markdown", "json"), default="markdown")


def run(args: argparse.Namespace) -> int:
    """Print the page of a rule, or of each rule of a group."""
    from cilint.rules.document import explained, markdown

    place = here(configuration_of(args))
    names = [name for name, rule in place.catalogue.rules.items() if rule.group == args.rule] or [args.rule]
    pages = [explained(rule_file(place, name), place.catalogue) for name in names]
    if args.report == "json":
        import json

        sys.stdout.write(json.dumps(pages if len(pages) > 1 else pages[0], indent=2) + "\n")
    else:
        sys.stdout.write("\n".join(markdown(page) for page in pages))
    return 0
