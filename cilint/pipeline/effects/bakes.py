"""Builds that bake files and compose files describe."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.pipeline.effects.recipes import Reader
from cilint.pipeline.invocations import Invocation
from cilint.pipeline.runs import Runs
from cilint.pipeline.sites import Site


def action_targets(runs: Runs, site: Site) -> Iterator[Reader]:
    yield from ()


def command_targets(runs: Runs, call: Invocation) -> Iterator[Reader]:
    yield from ()
