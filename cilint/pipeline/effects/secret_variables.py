"""The variables that hold secrets where a step runs."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.pipeline.sites import Site
from cilint.syntax.shell import Script, Word


def secret_variables(site: Site) -> dict[str, str]:
    """Variables of workflow, job and step that hold a secret, with the text that they are given."""
    found: dict[str, str] = {}
    for layer in reversed(site.env_layers):
        for name, value in layer.items():
            found.pop(name, None)
            if "secrets." in value.text or "secrets[" in value.text:
                found[name] = value.text
    return found


def derived(script: Script, names: frozenset[str]) -> frozenset[str]:
    """These variables and those that the script makes of them."""
    found = set(names)
    for _ in range(2):  # a function may be defined after what uses it
        for command in script.commands:
            for assignment in command.assignments:
                words = [assignment.value] if assignment.value else list(assignment.elements or ())
                if any(holds_secret(word, found) for word in words):
                    found.add(assignment.name)
    return frozenset(found)


def holds_secret(word: Word, names: set[str] | frozenset[str]) -> bool:
    """Whether a word expands to a secret's text; lengths and stand-ins for one that is set do not."""
    return any(True for _ in _secrets(word, names))


def _secrets(word: Word, names: set[str] | frozenset[str]) -> Iterator[str]:
    for part in word.parts:
        read = part.kind == "variable" and part.operator not in ("+", ":+", "length")
        compared = bool(set("=!<>") & set(part.text))
        pasted = part.kind == "expression" and "secrets." in part.text and not compared
        if pasted or (read and part.text in names):
            yield part.text
