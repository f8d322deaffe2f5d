"""What BuildKit refuses of COPY and ADD: modes, checksums, and sources that only ADD fetches."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cilint.model.dockerfile_copies import is_git, is_remote
from cilint.syntax.dockerfile import DockerfileError, Instruction
from cilint.text.hints import TYPE_CHECKING
from cilint.text.hole import HOLE
from cilint.text.source import Span

if TYPE_CHECKING:
    from cilint.model.dockerfile import Stage

_MODE = r"[ugoa]*(?:[-+=][rwxXstugo]*)+"
_DIGEST = r"sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128}"


def copy_problems(instruction: Instruction, stage: Stage | None) -> Iterator[DockerfileError]:
    """The errors of one COPY or ADD; values with unknown parts are not judged."""
    words = instruction.arguments
    heredocs = {heredoc.span for heredoc in instruction.heredocs}
    if len(words) < 2:
        yield _error(instruction.span, f"{instruction.name} needs a source and a destination")
        return
    if words[-1].span in heredocs:
        yield _error(words[-1].span, f"a heredoc cannot be the destination of {instruction.name}")
    if stage is None:
        return
    yield from _mode_problem(instruction, stage)
    sources = [word for word in words[:-1] if word.span not in heredocs]
    texts = [stage.expand(word.text, instruction) for word in sources]
    for word, text in zip(sources, texts, strict=True):
        if instruction.name == "COPY" and is_remote(text):
            yield _error(word.span, f"COPY cannot fetch {text}; ADD can")
    if instruction.name == "ADD":
        yield from _checksum_problem(instruction, stage, texts)


def _error(span: Span, message: str) -> DockerfileError:
    return DockerfileError(span, message, fatal=False)


def _mode_problem(instruction: Instruction, stage: Stage) -> Iterator[DockerfileError]:
    flag = instruction.flag("chmod")
    mode = stage.expand(flag.value, instruction) if flag and flag.value else ""
    if not flag or not mode or HOLE in mode:
        return
    if not (re.fullmatch(r"0*[0-7]{1,4}", mode) or re.fullmatch(rf"{_MODE}(?:,{_MODE})*", mode)):
        place = flag.value_span or flag.span
        yield _error(place, f"invalid mode {mode}: write an octal number up to 7777, or one such as u+x")


def _checksum_problem(
    instruction: Instruction, stage: Stage, sources: list[str]
) -> Iterator[DockerfileError]:
    flag = instruction.flag("checksum")
    if not flag or not flag.value:
        return
    checksum = stage.expand(flag.value, instruction)
    if len(sources) != 1:
        yield _error(flag.span, "a checksum is that of one source")
    elif HOLE in sources[0] + checksum or not checksum:
        return
    elif not is_remote(sources[0]):
        yield _error(flag.span, "a checksum is only for what ADD fetches: a URL or a Git repository")
    elif not is_git(sources[0]) and not re.fullmatch(_DIGEST, checksum):
        place = flag.value_span or flag.span
        yield _error(place, f"invalid checksum {checksum}: write the algorithm and all of its digits")
