"""``cilint simulate``: which jobs and steps run under which event, and why."""

from __future__ import annotations

import argparse
import os
import sys

from cilint.cli.here import here
from cilint.cli.options import configuration_of, names
from cilint.cli.workflows import Selection, selected
from cilint.errors import CilintError, nearest
from cilint.pipeline.runs import Runs
from cilint.pipeline.simulation import Table, Wish, calls_of, ids, table
from cilint.report.terminal import style_for

_WIDTH = 100  # where there is no terminal


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths", metavar="PATH", nargs="*", help="workflow files (default: all of the project)"
    )
    parser.add_argument(
        "--event", metavar="EVENT", action="append", default=[], help="these events, with commas"
    )
    parser.add_argument(
        "--ref", metavar="REF", default="", help="events about this branch or tag: main, or refs/tags/v1"
    )
    parser.add_argument("--job", metavar="JOB", action="append", default=[], help="the jobs with these ids")
    parser.add_argument("--report", choices=("text", "json"), default="text")
    parser.add_argument("--color", choices=("auto", "always", "never"), default="auto")
    parser.add_argument("--config", metavar="FILE", help="use this configuration file")
    parser.add_argument("--policy", metavar="POLICY", help="the policy whose main branch counts")


def run(args: argparse.Namespace) -> int:
    """Print the tables; the status is 0 whatever runs."""
    place = here(configuration_of(args))
    found = selected(place, args.paths)
    runs = found.pipeline.runs
    wish = Wish(names(args.event), args.ref, names(args.job))
    _check(found, runs, wish)
    tables = [table(runs, workflow, wish) for workflow in found.workflows]
    if wish.jobs:
        tables = [
            each for each in tables if any(set(wish.jobs) & set(row.job.split("/")) for row in each.rows)
        ]
    if args.report == "json":
        sys.stdout.write(_json(found, tables))
    else:
        from cilint.report.simulation import text

        sys.stdout.write(text(tables, style_for(args.color), _width()) or "No workflows.\n")
    return 0


def _check(found: Selection, runs: Runs, wish: Wish) -> None:
    """Raises CilintError for an event that GitHub does not have or a job that is in none of the workflows."""
    from cilint.model.schema_data import WORKFLOW_SHAPES

    events = {*WORKFLOW_SHAPES["on-strict"][1]}
    for event in wish.events:
        if event not in events:
            raise CilintError(f"GitHub has no event `{event}`", hint=_hint(event, events))
    jobs = {name for workflow in found.workflows for call in calls_of(runs, workflow) for name in ids(call)}
    for job in wish.jobs:
        if job not in jobs:
            raise CilintError(f"no workflow has a job `{job}`", hint=_hint(job, jobs))


def _hint(name: str, known: set[str]) -> str | None:
    close = nearest(name, known)
    return f"did you mean `{close}`?" if close else None


def _json(found: Selection, tables: list[Table]) -> str:
    import json

    from cilint import __version__
    from cilint.report.simulation import data

    paths = {reason.place.path for each in tables for row in each.rows for reason in row.reasons}
    paths |= {row.place.path for each in tables for row in each.rows} | {
        each.workflow.path for each in tables
    }
    sources = {path: source for path in paths if (source := found.pipeline.project.source(path))}
    head = {"version": 1, "cilint": __version__, "main": found.pipeline.main}
    written = json.dumps({**head, "workflows": data(tables, sources)}, indent=2)
    return written.replace("##[", "##\\u005b") + "\n"  # a command to the log of a GitHub job


def _width() -> int:
    """Columns of the terminal, or those that COLUMNS names."""
    given = os.environ.get("COLUMNS", "")
    if given.isdecimal() and int(given) > 0:
        return max(40, int(given))
    try:
        return max(40, os.get_terminal_size(sys.stdout.fileno()).columns or _WIDTH)
    except (OSError, ValueError):
        return _WIDTH
