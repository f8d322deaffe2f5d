"""``cilint config``: the effective configuration with the origin of every value; its JSON Schema."""

from __future__ import annotations

import argparse
import sys

from cilint.cli.here import here
from cilint.cli.options import add_configuration, configuration_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("show", "schema"), nargs="?", default="show")
    parser.add_argument("--report", choices=("text", "json"), default="text")
    add_configuration(parser)


def run(args: argparse.Namespace) -> int:
    """Print what holds in the working folder, or the schema of cilint.yaml."""
    import json

    place = here(configuration_of(args))
    if args.action == "schema":
        from cilint.config.schema import schema

        sys.stdout.write(json.dumps(schema(place.catalogue), indent=2) + "\n")
        return 0
    from cilint.config.effective import effective

    entries = effective(place.settings, place.catalogue)
    if args.report == "json":
        data = [{"key": each.key, "value": each.value, "origin": each.origin} for each in entries]
        sys.stdout.write(json.dumps({"version": 1, "configuration": data}, indent=2) + "\n")
        return 0
    sys.stdout.write(f"# {place.settings.path or 'no configuration file'}\n")
    for each in entries:
        value = each.value if isinstance(each.value, str) else json.dumps(each.value)
        sys.stdout.write(f"{each.key}: {value}  # {each.origin}\n")
    return 0
