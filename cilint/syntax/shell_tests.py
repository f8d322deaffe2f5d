"""Tests: ``[ … ]``, ``[[ … ]]``, ``test …``, ``(( … ))`` and the patterns of a ``case``."""

from __future__ import annotations

from cilint.syntax.shell_input import Input
from cilint.syntax.shell_words import Scanner, Word


def tokens(input_: Input, start: int, end: int) -> list[Word]:
    """The words of ``[ … ]`` or ``[[ … ]]`` with the brackets; in the second ``&&``, ``||``, ``(`` and ``)`` too."""
    double = input_.masked.startswith("[[", start)
    words: list[Word] = []
    at = start
    while at < end:
        if input_.masked[at].isspace():
            at += 1
        elif input_.masked.startswith("\\\n", at):
            at += 2
        else:
            regex = bool(words) and words[-1].raw == "=~"
            stop = _token_end(input_, at, end, double and bool(words), regex)
            words.append(Word(input_, at, stop))
            at = stop
    return words


def _token_end(input_: Input, at: int, end: int, double: bool, regex: bool) -> int:
    masked = input_.masked
    if double and not regex:
        if masked[at : at + 2] in ("&&", "||"):
            return at + 2
        if masked[at] in "()":
            return at + 1
    scanner = Scanner(Word(input_, at, end))
    depth = 0
    while at < end and not (masked[at].isspace() and depth == 0):
        char = masked[at]
        if double and not regex and (char in "()" or masked[at : at + 2] in ("&&", "||")):
            break
        if regex and char in "()":
            depth += 1 if char == "(" else -1
        at = scanner.step(at) if char in "'\"\\$`" else at + 1
    return min(at, end)
