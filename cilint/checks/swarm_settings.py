"""Dokploy's Swarm settings, in JSON files and in calls of ``application.update``, against its strict schema.

The keys, and which of them are required, as in Dokploy's ``packages/server/src/db/schema/shared.ts``; the
values that Docker takes as in its API's ``ServiceSpec`` and ``HealthConfig``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cilint.errors import nearest
from cilint.findings.finding import Label
from cilint.findings.violation import Options, Violation
from cilint.pipeline.effects.swarm_probes import probe_problems
from cilint.pipeline.pipeline import Pipeline
from cilint.syntax.yaml import Mapping, Node, Scalar, Sequence, parse
from cilint.text.hole import HOLE
from cilint.text.source import Span
from cilint.text.values import NamedTuple

MAX_FILES = 20
_FILE = re.compile(r"(?:^|/)[^/]*(?:dokploy|swarm)[^/]*\.json$", re.IGNORECASE)
_DURATION = "nanoseconds"
_UPDATE = {
    "Parallelism": "number", "Delay": _DURATION, "FailureAction": "pause continue rollback",
    "Monitor": _DURATION, "MaxFailureRatio": "ratio", "Order": "start-first stop-first",
}  # fmt: skip
_HEALTH = {
    "Test": "command", "Interval": _DURATION, "Timeout": _DURATION, "StartPeriod": _DURATION,
    "Retries": "number",
}  # fmt: skip
_SECTIONS = {
    "healthCheckSwarm": _HEALTH,
    "updateConfigSwarm": _UPDATE,
    "rollbackConfigSwarm": {**_UPDATE, "FailureAction": "pause continue"},
}
_REQUIRED = ("Parallelism", "Order")
_OTHERS = (
    "restartPolicySwarm", "placementSwarm", "modeSwarm", "labelsSwarm", "networkSwarm",
    "stopGracePeriodSwarm",
    "endpointSpecSwarm", "ulimitsSwarm",
)  # fmt: skip
_AS_IN_DOCKER = {name[0].upper() + name[1:].removesuffix("Swarm"): name for name in (*_SECTIONS, *_OTHERS)}
"""Dokploy's settings by the names that Docker's API has for them."""


class Problem(NamedTuple):
    """What is wrong, in plain words, and where."""

    span: Span
    text: str
    related: tuple[Label, ...] = ()


def run(pipeline: Pipeline, options: Options) -> Iterator[Violation]:
    """A violation for each problem; values: ``problem``."""
    paths = [path for path in pipeline.project.files.listing() if _FILE.search(path)]
    for path in paths[:MAX_FILES]:
        source = pipeline.project.source(path)
        for problem in _all_problems(pipeline, source.text) if source else ():
            yield Violation(path, problem.span, {"problem": problem.text}, problem.related)
    for call in pipeline.dokploy_calls:
        text = (
            call.body.text
            if call.body and call.endpoint in ("application.update", "compose.update")
            else None
        )
        if text is None or HOLE in text[text.find("Swarm") :] or not any(name in text for name in _SECTIONS):
            continue
        place = call.body_place
        for problem in _all_problems(pipeline, text.replace(HOLE, "x")):
            yield Violation(place.path, place.span, {"problem": problem.text}, problem.related)


def _all_problems(pipeline: Pipeline, text: str) -> Iterator[Problem]:
    """What is wrong with the settings by themselves, then with what they ask of the image."""
    yield from problems(text)
    root = parse(text).root if '"Test"' in text else None
    if not isinstance(root, Mapping) or root.get("TaskTemplate"):
        return
    for place in (root, root.get("healthCheckSwarm"), root.get("HealthCheck")):
        test = place.get("Test") if isinstance(place, Mapping) else None
        if not isinstance(test, Sequence):
            continue
        words = [item.resolved for item in test.items]
        texts = tuple(word.text for word in words if isinstance(word, Scalar))
        for said, label in probe_problems(pipeline, texts) if len(texts) == len(words) else ():
            yield Problem(test.span, said, (label,) if label else ())


def problems(text: str) -> Iterator[Problem]:
    """What is wrong with the text of settings; nothing for a JSON file about something else."""
    document = parse(text)
    root = document.root
    if document.errors:
        if any(name in text for name in _SECTIONS):
            yield Problem(document.errors[0].span, f"this is no JSON: {document.errors[0].message}")
        return
    if not isinstance(root, Mapping):
        return
    keys = set(root.keys())
    if keys & {"Test", "Parallelism"} and not any(key.endswith("Swarm") for key in keys):
        section = "healthCheckSwarm" if "Test" in keys else "updateConfigSwarm"
        yield from _section(section, root, _first(root))
        return
    as_in_docker = "TaskTemplate" not in keys and any(_AS_IN_DOCKER.get(key) in _SECTIONS for key in keys)
    for pair in root.pairs:
        if isinstance(pair.key, Scalar):
            yield from _setting(pair.key, pair.value.resolved, as_in_docker)


def _first(node: Mapping) -> Span:
    return node.pairs[0].key.span if node.pairs else node.span


def _setting(key: Scalar, value: Node, as_in_docker: bool) -> Iterator[Problem]:
    name = key.text
    if as_in_docker and name in _AS_IN_DOCKER:
        name = _AS_IN_DOCKER[name]
        yield Problem(key.span, f"Dokploy has no setting `{key.text}`; `{name}` is meant")
    known = (*_SECTIONS, *_OTHERS)
    if name in _SECTIONS and isinstance(value, Mapping):
        yield from _section(name, value, key.span)
    elif name in _SECTIONS and not (isinstance(value, Scalar) and value.value is None):
        yield Problem(value.span, f"`{name}` is an object")
    elif name == "stopGracePeriodSwarm":
        yield from _value(name, _DURATION, value)
    elif name not in known and name.lower().endswith("swarm"):
        meant = nearest(name, known)
        yield Problem(
            key.span, f"Dokploy has no setting `{name}`" + (f"; `{meant}` is meant" if meant else "")
        )


def _section(name: str, node: Mapping, at: Span) -> Iterator[Problem]:
    keys = _SECTIONS[name]
    for pair in node.pairs:
        key = pair.key.text if isinstance(pair.key, Scalar) else ""
        if key in keys:
            yield from _value(key, keys[key], pair.value.resolved)
        else:
            meant = nearest(key, tuple(keys))
            said = f"; `{meant}` is meant" if meant else f": it takes {', '.join(keys)}"
            yield Problem(pair.key.span, f"`{name}` has no key `{key}`{said}")
    for key in _REQUIRED if keys is not _HEALTH else ():
        if node.get(key) is None:
            yield Problem(at, f"`{name}` lacks `{key}`, without which Dokploy refuses it")


def _value(key: str, kind: str, node: Node) -> Iterator[Problem]:
    if kind == "command":
        words = [item.resolved for item in node.items] if isinstance(node, Sequence) else []
        texts = [word.text for word in words if isinstance(word, Scalar)]
        if not words or len(texts) != len(words):
            yield Problem(node.span, f"`{key}` is a list of texts")
        elif texts[0] not in ("CMD", "CMD-SHELL", "NONE"):
            yield Problem(words[0].span, f"`{key}` begins with CMD, CMD-SHELL or NONE")
        return
    value = node.value if isinstance(node, Scalar) else node
    if " " in kind:
        if value not in kind.split():
            yield Problem(node.span, f"`{key}` is one of {', '.join(kind.split())}")
    elif isinstance(value, bool) or not isinstance(value, int | float):
        yield Problem(node.span, f"`{key}` is a number" + (" of nanoseconds" if kind == _DURATION else ""))
    elif kind == _DURATION and (value < 0 or 0 < value < 1_000_000):
        yield Problem(
            node.span, f"`{key}` counts nanoseconds, so this is next to nothing: a second is 1000000000"
        )
    elif value < 0 or (kind == "ratio" and value > 1):
        yield Problem(node.span, f"`{key}` is {'between 0 and 1' if kind == 'ratio' else 'not negative'}")
