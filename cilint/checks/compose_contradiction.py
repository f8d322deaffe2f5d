"""Keys of a Compose file that exclude one another, or of which one is needed; Compose refuses all of these.

Facts: compose-go's ``checkConsistency`` and its package validation.
"""

from __future__ import annotations

from collections.abc import Iterator

from cilint.findings.violation import Options, Violation
from cilint.model.compose import Compose, Service, entries, looked_up
from cilint.pipeline.pipeline import Pipeline
from cilint.syntax.yaml import Mapping, Node, Scalar, Sequence
from cilint.text.source import Span

_PROBES = ("CMD", "CMD-SHELL", "NONE")
_FILES = {"secrets": ("file", "environment"), "configs": ("file", "environment", "content")}
_WITH_EXTERNAL = ("external", "name")

Problem = tuple[Span, str]


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """Values: ``problem``."""
    for file in pipeline.compose_files:
        for span, problem in () if file.document.errors else _problems(file):
            yield Violation(file.path, span, {"problem": problem})


def _problems(file: Compose) -> Iterator[Problem]:
    for service in file.services:
        yield from _network(service)
        yield from _replicas(service)
        yield from _dockerfile(service)
        yield from _probe(service)
    for section, keys in _FILES.items():
        for pair in file.sections.get(section, ()):
            yield from _content(file, pair.key, pair.value.resolved, keys)
    for pair in file.sections.get("volumes", ()):
        yield from _external(pair.value.resolved)


def _network(service: Service) -> Iterator[Problem]:
    mode, networks = service.pair("network_mode"), service.entry("networks")
    joined = networks.items if isinstance(networks, Sequence) else [*entries(networks)]
    if mode and joined and service.text("network_mode"):
        yield mode.key.span, f"{service.name} has `networks` and `network_mode`, which takes their place"


def _replicas(service: Service) -> Iterator[Problem]:
    deploy = service.entry("deploy")
    replicas = looked_up(deploy, "replicas")
    scale = service.entry("scale")
    numbers = [number for node in (scale, replicas) if (number := _number(node)) is not None]
    if service.container_name and any(number > 1 for number in numbers):
        yield (
            service.container_span,
            f"{service.name} is to run {max(numbers)} times, and only one container can have this name",
        )
    if scale and len(set(numbers)) > 1:
        yield scale.span, f"`scale` says {numbers[0]} and `deploy.replicas` {numbers[1]}"


def _number(node: Node | None) -> int | None:
    return node.value if isinstance(node, Scalar) and type(node.value) is int else None


def _dockerfile(service: Service) -> Iterator[Problem]:
    build = service.entry("build")
    inline = build.pair("dockerfile_inline") if isinstance(build, Mapping) else None
    if isinstance(build, Mapping) and inline and build.pair("dockerfile"):
        yield inline.key.span, "the build has a `dockerfile` and another one in `dockerfile_inline`"


def _probe(service: Service) -> Iterator[Problem]:
    check = service.entry("healthcheck")
    test = looked_up(check, "test")
    first = test.items[0].resolved if isinstance(test, Sequence) and test.items else None
    if isinstance(first, Scalar) and first.text not in _PROBES and "$" not in first.text:
        yield first.span, "a list for `test` begins with CMD, CMD-SHELL or NONE"


def _content(file: Compose, key: Node, node: Node, keys: tuple[str, ...]) -> Iterator[Problem]:
    """A secret or config has one source; what is laid over another file may leave it to that."""
    if not isinstance(node, Mapping):
        return
    given = [pair for name in keys if (pair := node.pair(name))]
    if len(given) > 1:
        yield given[1].key.span, f"only one of {_listed(keys)} can be given"
    elif not given and file.is_base and not any(map(node.pair, ("external", "driver", "<<"))):
        yield key.span, f"nothing says what it holds: give {_listed(keys)}, or `external: true`"


def _listed(keys: tuple[str, ...]) -> str:
    return " or ".join([", ".join(f"`{key}`" for key in keys[:-1]), f"`{keys[-1]}`"])


def _external(node: Node) -> Iterator[Problem]:
    external = node.get("external") if isinstance(node, Mapping) else None
    if not isinstance(node, Mapping) or not isinstance(external, Scalar) or external.value is not True:
        return
    for pair in node.pairs:
        if isinstance(pair.key, Scalar) and not pair.key.text.startswith(("x-", *_WITH_EXTERNAL, "<<")):
            yield pair.key.span, f"an external volume is made elsewhere, so it takes no `{pair.key.text}`"
