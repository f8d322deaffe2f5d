"""Compose files as ``docker buildx bake`` takes them: every service that is built is a target.

The names of attributes that differ, and the key ``x-bake``, are those of docs.docker.com, "Building with Bake
from a Compose file".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cilint.model.bake import MAX_DEPTH, MAX_LENGTH, BakeFile
from cilint.syntax.yaml import Mapping, Node, Scalar, Sequence, parse
from cilint.text.hints import Any

_VARIABLE = re.compile(r"\$\{(\w+)(?::?-([^}]*))?[^}]*\}|\$(\w+)")
_KEYS = {"cache_from": "cache-from", "cache_to": "cache-to", "no_cache": "no-cache"}


def read_compose(source: str) -> BakeFile:
    """The services that are built, all of them in the group ``default``; variables with their defaults."""
    if len(source) > MAX_LENGTH:
        return BakeFile({}, {}, {})
    variables: dict[str, str] = {}

    def named(match: re.Match[str]) -> str:
        name = match.group(1) or match.group(3)
        variables.setdefault(name, match.group(2) or "")
        return f"${{{name}}}"

    root = parse(_VARIABLE.sub(named, source)).root
    targets = {name: _target(service) for name, service in built_services(root)}
    return BakeFile(variables, {"default": list(targets)} if targets else {}, targets)


def built_services(root: object) -> Iterator[tuple[str, Mapping]]:
    """The services with a ``build``, by name."""
    services = root.get("services") if isinstance(root, Mapping) else None
    for pair in services.pairs if isinstance(services, Mapping) else ():
        service = pair.value.resolved
        if isinstance(pair.key, Scalar) and isinstance(service, Mapping) and service.get("build") is not None:
            yield pair.key.text, service


def _target(service: Mapping) -> dict[str, Any]:
    build, image = _plain(service.get("build")), _plain(service.get("image"))
    given = build if isinstance(build, dict) else {"context": build}
    found = {_KEYS.get(key, key): value for key, value in given.items()}
    if image:
        found["tags"] = [image, *(found.get("tags") or ())]
    if isinstance(found.get("args"), list):
        found["args"] = dict(str(each).partition("=")[::2] for each in found["args"])
    own = found.pop("x-bake", None)
    return {**found, **own} if isinstance(own, dict) else found


def _plain(node: Node | None, depth: int = 0) -> Any:
    """Texts, lists and dictionaries; None for what lies too deep."""
    node = node.resolved if node is not None else None
    if isinstance(node, Scalar):
        return node.text
    if depth > MAX_DEPTH:
        return None
    if isinstance(node, Sequence):
        return [_plain(item, depth + 1) for item in node.items]
    pairs = node.pairs if isinstance(node, Mapping) else ()
    named = {pair.key.text: pair.value for pair in pairs if isinstance(pair.key, Scalar)}
    return {key: _plain(value, depth + 1) for key, value in named.items()}
