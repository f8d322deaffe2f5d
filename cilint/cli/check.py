"""``cilint check``: lint and report."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence

from cilint.cli.options import add_configuration, add_output, add_paths, failing, request_of
from cilint.cli.output import rendered, targets
from cilint.cli.put import put
from cilint.lint import cache
from cilint.lint.cache import Entry, Trace
from cilint.lint.run import run as lint
from cilint.report.view import View
from cilint.text.hints import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    from cilint.lint.request import Request
    from cilint.report.sarif import Description


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_paths(parser)
    add_configuration(parser)
    add_output(parser)


def run(args: argparse.Namespace) -> int:
    """Lint, write the reports; status 1 where something is at or above ``--fail-on``."""
    started = time.perf_counter()
    reports = targets(args.report)
    request = request_of(args)
    trace = Trace()
    result = lint(request, trace)
    linted = time.perf_counter()
    view = View(result, os.getcwd(), texts_of(request))
    outputs = rendered(reports, view, args.color, args.quiet, lambda: _descriptions(request))
    notes = "".join(f"note: {note}\n" for note in result.notes if not args.quiet)
    worst = result.worst()
    entry = Entry(outputs, notes, int(worst is not None and worst >= failing(args)))
    status = put(entry)
    cache.store(args.argv, trace, entry)
    if args.verbose:
        done = time.perf_counter()
        sys.stderr.write(
            f"linted {view.checked} files in {linted - started:.3f} s, reported in {done - linted:.3f} s\n"
        )
    return status


def texts_of(request: Request) -> dict[str, bytes]:
    """Contents that are not on disk, by absolute path."""
    return {} if request.stdin is None else {os.path.abspath(request.stdin[0]): request.stdin[1]}


def _descriptions(request: Request) -> Sequence[Description]:
    """The rules that hold where the run begins, for reports that tell them all."""
    from cilint.cli.here import descriptions

    return descriptions(request)
