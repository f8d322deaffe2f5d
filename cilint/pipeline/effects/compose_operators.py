"""Operators of a shell in the lists of words that services are given as commands and health checks."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.model.compose import Compose, Service, looked_up
from cilint.pipeline.effects.exec_operators import ExecOperator, as_script, first_operator
from cilint.syntax.yaml import Node, Scalar, Sequence
from cilint.text.edit import Edit


def of_services(file: Compose) -> Iterator[ExecOperator]:
    for service in file.services:
        for node, skipped, shell in _lists(service):
            items = [item.resolved for item in node.items] if isinstance(node, Sequence) else []
            scalars = [item for item in items if isinstance(item, Scalar)]
            words = [item.text for item in scalars[skipped:]]
            at = first_operator(words) if len(items) == len(scalars) else None
            if at is not None and isinstance(node, Sequence):
                edits = _as_list([*shell, as_script(words)], node)
                yield ExecOperator(file.path, scalars[skipped + at].span, words[at], words[0], edits)


def _lists(service: Service) -> Iterator[tuple[Node | None, int, list[str]]]:
    """The lists of words, how many of them are no part of the command, and what starts a shell instead."""
    yield service.entry("command"), 0, ["sh", "-c"]
    yield service.entry("entrypoint"), 0, ["sh", "-c"]
    test = looked_up(service.entry("healthcheck"), "test")
    first = test.items[0].resolved if isinstance(test, Sequence) and test.items else None
    if isinstance(first, Scalar) and first.text == "CMD":
        yield test, 1, ["CMD-SHELL"]


def _as_list(words: list[str], node: Sequence) -> tuple[Edit, ...]:
    from cilint.syntax.dockerfile_edit import json_array

    return (Edit(node.span, json_array(words)),) if words[-1] and node.flow else ()
