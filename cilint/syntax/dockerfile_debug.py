"""How cilint reads a Dockerfile, as plain data for ``cilint debug dockerfile``."""

from __future__ import annotations

from cilint.syntax.dockerfile import Document, Instruction, parse
from cilint.text.hints import Any
from cilint.text.source import SourceFile


def describe(source: SourceFile) -> dict[str, Any]:
    """The file's escape character, first fatal error, instructions and stages; lines are 1-based."""
    document = parse(source.text)
    fatal = document.fatal
    line = fatal and source.position(fatal.span.start).line
    return {
        "path": source.path,
        "escape": document.escape,
        "error": fatal and {"line": line, "message": fatal.message},
        "instructions": [_instruction(instruction) for instruction in document.instructions],
        "stages": _stages(document),
    }


def _instruction(instruction: Instruction) -> dict[str, Any]:
    return {
        "instruction": instruction.name,
        "line": instruction.line,
        "end_line": instruction.end_line,
        "flags": [flag.content.text for flag in instruction.flags],
        "heredocs": [heredoc.name for heredoc in instruction.heredocs],
    }


def _stages(document: Document) -> list[dict[str, Any]]:
    stages = []
    for instruction in document.instructions:
        if instruction.name == "FROM":
            words = [word.text for word in instruction.arguments]
            named = len(words) == 3 and words[1].lower() == "as"
            stages.append({"name": words[2].lower() if named else None, "line": instruction.line})
    return stages
