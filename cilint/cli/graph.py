"""``cilint graph``: the pipeline as a picture, with what breaks the policy marked on it."""

from __future__ import annotations

import argparse
from importlib import import_module

from cilint.cli.here import Here, here
from cilint.cli.options import add_configuration, configuration_of
from cilint.cli.put import put
from cilint.cli.workflows import selected
from cilint.findings.finding import Finding
from cilint.lint.cache import Entry, Trace
from cilint.lint.request import Request
from cilint.lint.run import run as lint
from cilint.pipeline.draw import draw
from cilint.pipeline.graph import marked

FORMATS = ("mermaid", "dot", "svg")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths", metavar="PATH", nargs="*", help="workflow files (default: all of the project)"
    )
    parser.add_argument("--format", choices=FORMATS, default="mermaid", help="default: mermaid")
    parser.add_argument("--output", metavar="FILE", help="write to a file instead of standard output")
    add_configuration(parser)


def run(args: argparse.Namespace) -> int:
    """Draw; the status is 0 whatever is marked. Raises CilintError for wrong paths or configuration."""
    request = configuration_of(args)
    place = here(request)
    found = selected(place, args.paths)
    graph = draw(found.pipeline, found.workflows)
    paths = {held.path for group in graph.groups for node in group.nodes for held in node.places}
    paths |= {group.path for group in graph.groups}
    findings = [each for each in _findings(place, request) if not args.paths or each.path in paths]
    text = str(import_module(f"cilint.report.graph_{args.format}").render(marked(graph, findings)))
    return put(Entry([(args.output, text)], "", 0))


def _findings(place: Here, request: Request) -> list[Finding]:
    """What a check of the whole project finds."""
    result = lint(request._replace(paths=(place.root,)), Trace())
    return [found for each in result.outcomes if each.root == place.root for found in each.findings]
