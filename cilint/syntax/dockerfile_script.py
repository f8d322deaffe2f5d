"""What a shell gets to run for RUN, CMD, ENTRYPOINT and HEALTHCHECK, with the way back to the file."""

from __future__ import annotations

import re

from cilint.syntax.dockerfile_instruction import Heredoc, Instruction
from cilint.syntax.dockerfile_words import Token, heredoc_word
from cilint.syntax.expansion import ExpansionError
from cilint.syntax.mapped import MappedBuilder, MappedText
from cilint.text.source import Span
from cilint.text.values import NamedTuple


class Script(NamedTuple):
    """A script; ``interpreter`` is the program of its ``#!`` line, None for the shell that is in force.

    Of a JSON form it is the same command as shell words: ``["sh", "-c", "a && b"]`` is ``sh -c 'a && b'``.
    Carriage returns before line ends are left out.
    """

    mapped: MappedText
    interpreter: str | None

    @property
    def text(self) -> str:
        return self.mapped.text

    def span(self, start: int, end: int) -> Span:
        """The place in the file of ``text[start:end]``."""
        return self.mapped.span(start, end)


def script_of(instruction: Instruction) -> Script | None:
    """The script of an instruction; None if it runs nothing."""
    if instruction.name not in ("RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK"):
        return None
    if instruction.name == "HEALTHCHECK" and instruction.health_type != "CMD":
        return None
    tokens = instruction.json_tokens
    if tokens is not None:
        return Script(_as_shell(instruction.mapped, tokens, instruction.arguments_span.start), None)
    start, end = instruction.command_start, instruction.arguments_end
    if start == end:
        return None
    if not instruction.heredocs:
        return Script(instruction.mapped.part(start, end), None)
    if len(instruction.heredocs) == 1 and _is_heredoc(instruction.mapped.text[start:end]):
        return _heredoc_script(instruction.heredocs[0])
    return Script(_with_bodies(instruction, start, end), None)


def member_script(instruction: Instruction, number: int) -> Script:
    """A member of a JSON form as a script of its own: what ``["bash", "-c", "…"]`` has bash run."""
    token = (instruction.json_tokens or [])[number]
    builder = MappedBuilder()
    _add_member(builder, instruction.mapped, token, quote="'")
    return Script(builder.build(instruction.mapped.start(token.start)), None)


def _is_heredoc(text: str) -> bool:
    try:
        return heredoc_word(text) is not None
    except ExpansionError:
        return False


def _heredoc_script(heredoc: Heredoc) -> Script:
    builder = MappedBuilder()
    _add_body(builder, heredoc, strip_tabs=heredoc.strip_tabs)
    return Script(builder.build(heredoc.body_span.start), _interpreter(heredoc.body))


def _interpreter(body: str) -> str | None:
    """The basename of the program that the body's first line names."""
    found = re.match(r"#![ \t]*(\S+)(?:[ \t]+(?:-\S+[ \t]+)*([^-\s]\S*))?", body)
    if not found:
        return None
    program = found.group(1).rpartition("/")[2]
    return (found.group(2) or program).rpartition("/")[2] if program == "env" else program


def _with_bodies(instruction: Instruction, start: int, end: int) -> MappedText:
    """The command with the bodies behind it, as a shell reads heredocs."""
    builder = MappedBuilder()
    builder.add_part(instruction.mapped, start, end)
    for heredoc in instruction.heredocs:
        body = heredoc.body_span.start
        builder.add("\n", body - 1 if body else body, body)
        _add_body(builder, heredoc, strip_tabs=False)
        builder.add(heredoc.name, *heredoc.terminator_span)
    return builder.build()


def _add_body(builder: MappedBuilder, heredoc: Heredoc, *, strip_tabs: bool) -> None:
    at = heredoc.body_span.start
    if not strip_tabs and "\r" not in heredoc.body:
        builder.add(heredoc.body, *heredoc.body_span)
        return
    for line in re.findall(r"[^\n]*\n|[^\n]+", heredoc.body):
        content = line.lstrip("\t") if strip_tabs else line
        start = at + len(line) - len(content)
        at += len(line)
        if content.endswith("\r\n"):
            builder.add(content[:-2], start, at - 2)
            builder.add("\n", at - 1, at)
        else:
            builder.add(content, start, at)


def _as_shell(mapped: MappedText, tokens: list[Token], origin: int) -> MappedText:
    """The members of a JSON array as words of a shell; the quotes of both stand in the same places."""
    builder = MappedBuilder()
    for number, token in enumerate(tokens):
        start, end = mapped.start(token.start), mapped.end(token.end)
        if number:
            builder.add(" ", start, start)
        if re.fullmatch(r"[\w@%+=:,./-]+", token.text, re.ASCII):
            _add_member(builder, mapped, token)
            continue
        builder.add("'", start, start + 1)
        _add_member(builder, mapped, token)
        builder.add("'", end - 1, end)
    return builder.build(origin)


def _add_member(builder: MappedBuilder, mapped: MappedText, token: Token, quote: str = "'\\''") -> None:
    origins = token.origins
    if origins is None and (quote == "'" or "'" not in token.text):
        builder.add_part(mapped, token.start + 1, token.end - 1)
        return
    places = origins or tuple(range(token.start + 1, token.end))
    for number, char in enumerate(token.text):
        shown = quote if char == "'" else char
        builder.add(shown, mapped.start(places[number]), mapped.end(places[number + 1]))
