"""Reads an ordinary command line without loading argparse, which takes as long as linting a small file.

It takes the same declarations as ``argparse.ArgumentParser``. Whatever is not plainly right (an unknown or
shortened option, a missing value, ``--help``) is left to argparse, which explains it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from types import SimpleNamespace

from cilint.text.hints import Any
from cilint.text.values import NamedTuple


class _Option(NamedTuple):
    name: str
    action: str | None
    convert: Callable[[str], Any] | None
    choices: Collection[str] | None


class _NotPlainError(Exception):
    """Something for argparse to explain."""


class Quick:
    """Options with one value, repeatable ones, flags, and one list of operands."""

    def __init__(self) -> None:
        self._options: dict[str, _Option] = {}
        self._defaults: dict[str, Any] = {}
        self._operands = ""

    def add_argument_group(self, *_title: str) -> Quick:
        return self

    def add_argument(
        self,
        *names: str,
        action: str | None = None,
        default: Any = None,
        type: Callable[[str], Any] | None = None,  # noqa: A002 -- argparse's word
        choices: Collection[str] | None = None,
        **_described: object,
    ) -> None:
        name = next((each for each in names if each.startswith("--")), names[0]).lstrip("-").replace("-", "_")
        if not names[0].startswith("-"):
            self._operands = name
            default = []
        self._defaults[name] = False if action == "store_true" else default
        for each in names:
            self._options[each] = _Option(name, action, type, choices)

    def read(self, argv: Sequence[str]) -> SimpleNamespace | None:
        """The values by name, as argparse would give them; None for what is not plainly right."""
        values = {
            name: list(value) if isinstance(value, list) else value for name, value in self._defaults.items()
        }
        words = iter(argv)
        try:
            for word in words:
                if word == "-" or not word.startswith("-"):
                    values[self._operands].append(word)
                else:
                    self._take(word, words, values)
        except (_NotPlainError, KeyError):
            return None
        return SimpleNamespace(**values)

    def _take(self, word: str, words: Iterator[str], values: dict[str, Any]) -> None:
        written, equals, value = word.partition("=")
        option = self._options[written]
        if option.action == "store_true":
            if equals:
                raise _NotPlainError
            values[option.name] = True
            return
        if not equals:
            value = next(words, "-")
            if value.startswith("-"):
                raise _NotPlainError
        converted = self._converted(option, value)
        if option.action == "append":
            values[option.name].append(converted)
        else:
            values[option.name] = converted

    def _converted(self, option: _Option, value: str) -> Any:
        if option.choices is not None and value not in option.choices:
            raise _NotPlainError
        if option.convert is None:
            return value
        try:
            return option.convert(value)
        except Exception:
            raise _NotPlainError from None
