"""What bash knows and the plain ``sh`` of Debian and others does not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cilint.pipeline.effects.shell_scripts import ShellScript, blocks_of
from cilint.pipeline.effects.shell_variables import parts_of, words_of
from cilint.syntax.shell import Command, Word
from cilint.text.source import Span

_VARIABLES = frozenset({
    "RANDOM", "SRANDOM", "SECONDS", "UID", "EUID", "BASHPID", "BASH_SOURCE", "BASH_VERSION", "BASH_SUBSHELL",
    "FUNCNAME", "PIPESTATUS", "DIRSTACK", "OSTYPE", "HOSTTYPE", "MACHTYPE", "EPOCHSECONDS", "EPOCHREALTIME",
})  # fmt: skip
_COMMANDS = frozenset(
    {"source", "pushd", "popd", "shopt", "declare", "typeset", "mapfile", "readarray", "let"}
)
_BRACES = r"\{[^{}\s'\"]*(?:,|\.\.)[^{}\s'\"]*\}"
_REDIRECTS = ("<<<", "&>", "&>>")
_OPERATORS = ("/", "//", "/#", "/%", ":", "^", "^^", ",", ",,", "@", "indirect")
_MARKS = ("(", "{", "&>", "<<<", "function")
"""A script without any of these uses nothing of the grammar that is bash's own."""


class ShellExtension:
    """One use of something that only bash and its like understand."""

    def __init__(self, script: ShellScript, what: str, span: Span) -> None:
        self.script = script
        self.path: str = script.path
        self.what: str = what
        self._span = span

    def __repr__(self) -> str:
        return f"<extension {self.what}>"

    @property
    def span(self) -> Span:
        return self.script.place(*self._span)


def extensions(script: ShellScript) -> tuple[ShellExtension, ...]:
    """Those of a script for ``sh``, unless the image's ``sh`` is busybox's, which knows most of them."""
    if not script.is_posix or script.program == "ash":
        return ()
    found = [*_in_commands(script), *_in_variables(script), *_in_grammar(script)]
    if not found or _is_generous(script):
        return ()
    return tuple(ShellExtension(script, what, span) for what, span in found)


def _is_generous(script: ShellScript) -> bool:
    from cilint.pipeline.effects.bases import base_of

    return script.stage is None or base_of(script.stage).busybox


def _in_commands(script: ShellScript) -> Iterator[tuple[str, Span]]:
    for command in script.commands:
        found = _extension(command)
        if found is not None:
            yield found


def _extension(command: Command) -> tuple[str, Span] | None:
    name, words = command.name, command.words
    if command.kind == "test":
        if words and words[0].raw == "[[":
            return "`[[ … ]]`", words[0].span
        return _equality(command)
    if command.kind == "arithmetic":
        return "`(( … ))`", command.span
    if command.wrappers or not words:
        return None
    if name in _COMMANDS and words[0].raw == name:
        return f"`{name}`", words[0].span
    if name == "echo" and words[0].raw == name and len(words) > 1:
        flag = words[1].raw
        return (f"`echo {flag}`", words[1].span) if flag in ("-n", "-e", "-ne", "-en", "-E") else None
    if name == "test":
        return _equality(command)
    if name == "set":
        return next((("`set -o pipefail`", each.span) for each in words if each.raw == "pipefail"), None)
    return None


def _equality(command: Command) -> tuple[str, Span] | None:
    return next((("`==` in a test", each.span) for each in command.words if each.raw == "=="), None)


def _in_variables(script: ShellScript) -> Iterator[tuple[str, Span]]:
    if "$" not in script.parsed.text:
        return
    assigned = {each.name for command in script.commands for each in command.assignments}
    for part in parts_of(script):
        if part.text in _VARIABLES and part.text not in assigned and part.text not in script.known:
            yield f"`${part.text}`", part.span
        elif part.operator in _OPERATORS:
            yield "such a `${…}`", part.span
        elif part.subscript:
            yield "an array", part.span


def _in_grammar(script: ShellScript) -> Iterator[tuple[str, Span]]:
    if not any(mark in script.parsed.text for mark in _MARKS):
        return
    for command in script.commands:
        for redirect in command.redirects:
            if redirect.operator in _REDIRECTS:
                yield f"`{redirect.operator}`", redirect.span
        for assignment in command.assignments:
            if assignment.elements is not None:
                yield "an array", assignment.span
        for word in words_of(command):
            yield from _in_word(word)
    for block in blocks_of(script, "function", "for"):
        start = block.span.start
        if block.kind == "for" and block.name == "((":
            yield "`for ((…))`", Span(start, start + len("for"))
        elif block.raw.startswith("function"):
            yield "`function`", Span(start, start + len("function"))


def _in_word(word: Word) -> Iterator[tuple[str, Span]]:
    for part in word.parts:
        if part.kind == "process":
            yield "`<(…)`", part.span
        elif part.kind == "brace" and not part.quoted:
            found = re.match(_BRACES, word.input.outer[part.span.start : word.span.end])
            if found:
                yield f"`{found.group()}`", Span(part.span.start, part.span.start + found.end())
