"""What commands read, where a script says it: standard input, process substitutions, files it has written."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.pipeline.invocations import Invocation
from cilint.syntax.shell import Block, Command, Word
from cilint.syntax.shell_outputs import built, printed
from cilint.text.hole import HOLE

_STANDARD = ("-", "/dev/stdin")


def standard_input(call: Invocation) -> str | None:
    """What is written beside a command or printed into it; None where that is not known."""
    for redirect in call.command.redirects:
        word = redirect.heredoc.body if redirect.heredoc else redirect.target
        if redirect.heredoc or redirect.operator == "<<<":
            return call.resolve(word.text(call.env)) if word else None
    source = call.command.piped_from
    return _printed(call, source) if isinstance(source, Command) else None


def file_text(call: Invocation, name: str, word: Word | None) -> str | None:
    """What a file holds that a command is told to read; None where the script does not say that."""
    if name in _STANDARD:
        return standard_input(call)
    if word is not None:
        for block in call.command.substitutions:
            if block.kind == "process" and word.span.covers(block.span):
                return _last_printed(call, block)
    if HOLE in name:
        return None
    return next((text for text in _written(call, name)), None)


def substituted(call: Invocation, word: Word | None) -> str | None:
    """What a word is that is one command substitution, where the command prints what is known."""
    if word is None or len(word.parts) != 1 or word.parts[0].kind != "command":
        return None
    span = word.parts[0].span
    block = next((each for each in call.command.substitutions if each.span == span), None)
    return _last_printed(call, block) if block else None


def _written(call: Invocation, name: str) -> Iterator[str | None]:
    """What the commands before this one have written to a file, the last one first."""
    script = call.site.script
    before = [each for each in script.commands if each.span.start < call.command.span.start] if script else []
    for command in reversed(before):
        target = command.output_to
        copied = command.words[1:] if command.name == "tee" else ()
        if any(word.static == name for word in (*copied, *((target,) if target else ()))):
            yield _printed(call, command)


def _last_printed(call: Invocation, block: Block) -> str | None:
    last = block.items[-1] if len(block.items) == 1 else None
    return _printed(call, last) if isinstance(last, Command) else None


def _printed(call: Invocation, command: Command) -> str | None:
    """What a command prints, as far as it is known; None where nothing of it is."""
    own = Invocation(call.site, command, call.assumed)
    if command.name in ("echo", "printf"):
        return call.resolve(printed(command.name, own.argv[1:]))
    if command.name in ("cat", "tee"):
        return standard_input(own) if command.redirects or command.piped_from else None
    return built(own.argv) if command.name in ("jq", "gojq", "jaq") else None
