"""Changes of a Dockerfile as edits of its text; line ends and everything else stay as they are."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from cilint.syntax.dockerfile import Document, Flag, Instruction
from cilint.syntax.dockerfile_script import Script
from cilint.text.edit import Edit
from cilint.text.source import Span


class EditRefused(Exception):  # noqa: N818 - it says what happened
    """The change cannot be made safely; the message says why."""


def newline_of(document: Document) -> str:
    """The line end of the file's first line."""
    first = document.text.find("\n")
    return "\r\n" if first > 0 and document.text[first - 1] == "\r" else "\n"


def delete_instructions(document: Document, instructions: Iterable[Instruction]) -> list[Edit]:
    """Remove instructions with the comments that are theirs alone, and blank lines that would double.

    A comment directly above goes too if nothing is left of the lines below it up to a blank line or comment.
    """
    spans = {instruction.lines_span for instruction in instructions}
    parts = document.parts
    gone = {at for at, part in enumerate(parts) if part.kind == "instruction" and part.span in spans}
    for at in sorted(gone):
        if at and parts[at - 1].kind == "comment" and _paragraph(document, at) <= gone:
            above = at - 1
            while above >= 0 and parts[above].kind == "comment":
                gone.add(above)
                above -= 1
    _drop_blanks(document, gone)
    return [Edit(Span(parts[first].span.start, parts[last].span.end), "") for first, last in _runs(gone)]


def delete_instruction(document: Document, instruction: Instruction) -> list[Edit]:
    """Remove one instruction; see delete_instructions."""
    return delete_instructions(document, [instruction])


def _paragraph(document: Document, at: int) -> set[int]:
    """The instructions from ``at`` on with nothing between them."""
    found = set()
    while at < len(document.parts) and document.parts[at].kind == "instruction":
        found.add(at)
        at += 1
    return found


def _runs(numbers: set[int]) -> list[tuple[int, int]]:
    """The runs of consecutive numbers, as first and last."""
    runs: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


def _drop_blanks(document: Document, gone: set[int]) -> None:
    """Let the blank lines on one side go where there would be some on both, or at an end of the file."""
    parts = document.parts
    for first, last in _runs(gone):
        before = first == 0 or parts[first - 1].kind == "blank"
        after = last + 1
        while before and after < len(parts) and parts[after].kind == "blank":
            gone.add(after)
            after += 1
        above = first - 1
        while after >= len(parts) and above >= 0 and parts[above].kind == "blank":
            gone.add(above)
            above -= 1


def insert_flag(instruction: Instruction, flag: str) -> list[Edit]:
    """Put a flag, such as ``--link``, behind the flags that are there or behind the keyword."""
    place = instruction.flags[-1].span.end if instruction.flags else instruction.keyword_span.end
    return [Edit(Span(place, place), f" {flag}")]


def set_flag(instruction: Instruction, name: str, value: str) -> list[Edit]:
    """Give a flag a value, in its place or as a new flag."""
    flag = instruction.flag(name)
    if flag is None:
        return insert_flag(instruction, f"--{name}={value}")
    return [Edit(flag.span, f"--{name}={value}")]


def remove_flag(document: Document, instruction: Instruction, flag: Flag) -> list[Edit]:
    """Remove a flag and the blanks before it; on a line of its own, the line."""
    number = instruction.flags.index(flag)
    start = instruction.flags[number - 1].span.end if number else instruction.keyword_span.end
    between = document.text[start : flag.span.start]
    if "\n" in between and instruction.inner_comments:
        start = flag.span.start - (len(between) - len(between.rstrip(" \t")))
    return [Edit(Span(start, flag.span.end), "")]


def insert_before(document: Document, instruction: Instruction, lines: Sequence[str]) -> list[Edit]:
    """Put one more instruction, given by its lines, above one and the comments right above that."""
    place, newline = comments_above(document, instruction), newline_of(document)
    return [
        Edit(Span(place, place), "".join(line + newline for line in _written(document, instruction, lines)))
    ]


def comments_above(document: Document, instruction: Instruction) -> int:
    """Where the comments right above an instruction begin; without any, the instruction."""
    parts = document.parts
    at = next(number for number, part in enumerate(parts) if part.span == instruction.lines_span)
    while at and parts[at - 1].kind == "comment":
        at -= 1
    return parts[at].span.start


def insert_after(document: Document, instruction: Instruction, lines: Sequence[str]) -> list[Edit]:
    """Put one more instruction, given by its lines, below one."""
    place = instruction.lines_span.end
    last = instruction.heredocs[-1].terminator_span if instruction.heredocs else None
    written = last.end if last else instruction.mapped.end(len(instruction.mapped.text))
    if document.text[written:place].strip() or (last and last.start == last.end):
        raise EditRefused("the instruction does not end before the end of the file")
    newline, new = newline_of(document), _written(document, instruction, lines)
    if document.text[:place].endswith("\n"):
        return [Edit(Span(place, place), "".join(line + newline for line in new))]
    return [Edit(Span(place, place), "".join(newline + line for line in new))]


def _written(document: Document, beside: Instruction, lines: Sequence[str]) -> list[str]:
    """The lines of an instruction as the file has them: in the case and indentation of the one beside."""
    start = document.text.rfind("\n", 0, beside.keyword_span.start) + 1
    keyword, blank, rest = lines[0].partition(" ")
    keyword = keyword.lower() if beside.keyword.islower() else keyword
    indent = document.text[start : beside.keyword_span.start]
    new = [indent + line for line in (keyword + blank + rest, *lines[1:])]
    return [*(f"{line} {document.escape}" for line in new[:-1]), new[-1]]


def set_directive(document: Document, name: str, value: str) -> list[Edit]:
    """Give a directive such as ``syntax`` a value, in its place or as the file's first line."""
    present = document.directive(name)
    if present:
        return [Edit(present.value_span, value)]
    return [Edit(Span(0, 0), f"# {name}={value}{newline_of(document)}")]


_BETWEEN = re.compile(r"(?:\s|;|&&|\n[ \t]*#[^\n]*)*")


def drop_commands(
    document: Document,
    instruction: Instruction,
    script: Script,
    commands: Sequence[Span],
    dropped: Collection[int],
) -> list[Edit]:
    """Remove commands of a chain ``a && b && c`` from a RUN; the whole instruction if none is left.

    ``commands`` are the ranges in ``script.text`` of all commands of the chain, in order; ``dropped`` are the
    numbers of those to remove, from 0. Raises EditRefused if the script is more than such a chain.
    """
    if instruction.form == "json" or not commands:
        raise EditRefused("not a chain of commands")
    _check_chain(script.text, commands)
    kept = [number for number in range(len(commands)) if number not in dropped]
    if not kept:
        return delete_instruction(document, instruction)
    edits = []
    first = kept[0]
    if first:
        edits.append(
            Edit(Span(script.mapped.start(commands[0].start), script.mapped.start(commands[first].start)), "")
        )
    for at, number in enumerate(kept):
        following = kept[at + 1] if at + 1 < len(kept) else len(commands)
        if following > number + 1:
            start = script.mapped.end(commands[number].end)
            edits.append(Edit(Span(start, script.mapped.end(commands[following - 1].end)), ""))
    return edits


def _check_chain(text: str, commands: Sequence[Span]) -> None:
    """That nothing but ``&&``, ``;``, blanks and comments stands around and between the commands."""
    at = 0
    for command in [*commands, Span(len(text), len(text))]:
        if command.start < at or not _BETWEEN.fullmatch(text, at, command.start):
            raise EditRefused("the script is more than a chain of commands")
        at = command.end


def json_array(words: Iterable[str]) -> str:
    """The words as the JSON array of an exec form."""
    import json  # only when something is mended

    return json.dumps(list(words), ensure_ascii=False)
