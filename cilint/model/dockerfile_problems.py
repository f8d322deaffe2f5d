"""What BuildKit refuses although its parser reads it: the errors that a build would end with.

The rules are those of BuildKit's frontend (dockerfile/instructions, dockerfile2llb). Only what is certain
is told: values with unknown parts are not judged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from cilint.errors import nearest
from cilint.model.dockerfile import Dockerfile, Stage
from cilint.model.dockerfile_mount_problems import mount_problems
from cilint.syntax.dockerfile import DockerfileError, Flag, Instruction
from cilint.syntax.dockerfile_words import GRAMMAR
from cilint.syntax.expansion import ExpansionError, expand
from cilint.text.hole import HOLE
from cilint.text.source import Span

_VALUE, _BOOLEAN, _LIST = "value", "boolean", "list"

FLAGS: dict[str, dict[str, str]] = {
    "ADD": {
        **dict.fromkeys(("chown", "chmod", "checksum"), _VALUE),
        **dict.fromkeys(("link", "keep-git-dir", "unpack"), _BOOLEAN),
        "exclude": _LIST,
    },
    "COPY": {
        **dict.fromkeys(("from", "chown", "chmod"), _VALUE),
        **dict.fromkeys(("link", "parents"), _BOOLEAN),
        "exclude": _LIST,
    },
    "FROM": {"platform": _VALUE},
    "HEALTHCHECK": dict.fromkeys(
        ("interval", "timeout", "start-period", "start-interval", "retries"), _VALUE
    ),
    "RUN": {"mount": _LIST, "device": _LIST, "network": _VALUE, "security": _VALUE},
}
"""The flags of each instruction; others have none."""

_FLAGS_NOT_READ = frozenset({"ARG", "STOPSIGNAL", "ONBUILD"})
_EXPANDED = frozenset(
    {"ADD", "ARG", "COPY", "ENV", "EXPOSE", "LABEL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"}
)
_NEEDS_ARGUMENT = frozenset(GRAMMAR) - {"CMD", "ENTRYPOINT", "RUN", "FROM", "ADD", "COPY"}


def problems(dockerfile: Dockerfile) -> list[DockerfileError]:
    """The errors of a whole file, in order; ``fatal`` is False for all of them."""
    found = list(_stage_problems(dockerfile))
    for instruction in dockerfile.instructions:
        stage = dockerfile.stage_of(instruction)
        if stage or instruction.name in GRAMMAR:
            found += _instruction_problems(instruction, stage)
    return sorted(found)


def _error(span: Span, message: str) -> DockerfileError:
    return DockerfileError(span, message, fatal=False)


def _stage_problems(dockerfile: Dockerfile) -> Iterator[DockerfileError]:
    misplaced = next((each for each in dockerfile.preamble if each.name != "ARG"), None)
    if misplaced and misplaced.name in GRAMMAR:
        yield _error(misplaced.keyword_span, f"{misplaced.name} before the first FROM")
    elif misplaced:
        yield _unknown_instruction(misplaced)
    elif not dockerfile.stages and dockerfile.instructions:
        yield _error(dockerfile.instructions[-1].span, "no FROM: there is nothing to build")
    for stage in dockerfile.stages:
        yield from _from_problems(dockerfile, stage)
        for copy in stage.copies:
            flag = copy.instruction.flag("from")
            if flag and flag.value_span and flag.value:
                yield from _copy_problems(dockerfile, stage, flag.value, flag.value_span)


def _unknown_instruction(instruction: Instruction) -> DockerfileError:
    close = nearest(instruction.name, tuple(GRAMMAR))
    hint = f"; did you mean {close}?" if close else ""
    return _error(instruction.keyword_span, f"unknown instruction {instruction.keyword}{hint}")


def _from_problems(dockerfile: Dockerfile, stage: Stage) -> Iterator[DockerfileError]:
    words = stage.from_.arguments
    if not words or (len(words) != 1 and stage.name is None):
        yield _error(stage.span, "FROM needs an image, or an image, AS and a name")
        return
    if stage.name_span and not re.fullmatch(r"[a-z][a-z0-9_.-]*", stage.name or ""):
        yield _error(
            stage.name_span,
            f"invalid stage name {words[2].text}: it must begin with a letter and may have no symbols",
        )
    error = _expansion_error(words[0].text, dockerfile.global_args, None, stage.from_.escape)
    if error:
        yield _error(words[0].span, error)
    elif not stage.base:
        yield _error(words[0].span, f"base name {words[0].text} is empty")
    elif stage.image and not stage.image.valid and stage.is_reachable:
        upper = "; a stage is found by its name in lower case only" if dockerfile.stage(stage.base) else ""
        yield _error(words[0].span, f"invalid image reference {stage.base}{upper}")
    flag = stage.from_.flag("platform")
    if flag and flag.value and stage.platform == "":
        yield _error(flag.span, f"platform {flag.value} is empty")


def _copy_problems(dockerfile: Dockerfile, stage: Stage, name: str, span: Span) -> Iterator[DockerfileError]:
    found = dockerfile.stage(name)
    if "$" in name:
        yield _error(span, "COPY --from knows no variables; name a stage FROM it instead")
    elif found is stage:
        yield _error(span, f"stage {name} copies from itself")
    elif found and found.index > stage.index and _reaches(found, stage):
        yield _error(span, f"stage {name} needs this stage itself")
    elif not found and re.fullmatch(r"[+-]?[0-9]{1,9}", name):
        yield _error(
            span, f"there is no stage {name}: they are numbered from 0 to {len(dockerfile.stages) - 1}"
        )


def _reaches(stage: Stage, wanted: Stage) -> bool:
    seen: set[Stage] = set()
    waiting = [stage]
    while waiting:
        each = waiting.pop()
        if each is wanted:
            return True
        if each not in seen:
            seen.add(each)
            waiting += each.uses
    return False


def _instruction_problems(instruction: Instruction, stage: Stage | None) -> Iterator[DockerfileError]:
    name = instruction.name
    if name not in GRAMMAR:
        yield _unknown_instruction(instruction)
        return
    if name not in _FLAGS_NOT_READ and instruction.health_type != "NONE":
        yield from _flag_problems(instruction)
    if name in ("ADD", "COPY") and len(instruction.arguments) < 2:
        yield _error(instruction.span, f"{name} needs a source and a destination")
    if name in _NEEDS_ARGUMENT and not instruction.text and not instruction.nested:
        yield _error(instruction.span, f"{name} needs an argument")
    check = _CHECKS.get(name)
    if check:
        yield from check(instruction, stage)
    if stage and name in _EXPANDED:
        yield from _expansion_problems(instruction, stage)


def _flag_problems(instruction: Instruction) -> Iterator[DockerfileError]:
    known = FLAGS.get(instruction.name, {})
    seen = set()
    for flag in instruction.flags:
        kind = known.get(flag.name)
        if kind is None:
            close = nearest(flag.name, tuple(known)) if known else None
            hint = f"; did you mean --{close}?" if close else ""
            yield _error(flag.name_span, f"unknown flag --{flag.name} of {instruction.name}{hint}")
        elif flag.name in seen and kind != _LIST:
            yield _error(flag.span, f"flag --{flag.name} is given twice")
        else:
            yield from _flag_value(flag, kind)
        seen.add(flag.name)


def _flag_value(flag: Flag, kind: str) -> Iterator[DockerfileError]:
    if flag.value is None:
        if kind != _BOOLEAN:
            yield _error(flag.span, f"flag --{flag.name} needs a value")
    elif kind == _BOOLEAN and flag.value.lower() not in ("true", "false"):
        yield _error(flag.span, f"flag --{flag.name} is true or false, not {flag.value or 'empty'}")


def _expansion_error(
    text: str, env: Mapping[str, str | None], missing: str | None, escape: str
) -> str | None:
    if "$" not in text and "'" not in text and '"' not in text:
        return None
    try:
        expand(text, env, escape=escape, missing=missing)
    except ExpansionError as error:
        return error.message
    return None


def _expansion_problems(instruction: Instruction, stage: Stage) -> Iterator[DockerfileError]:
    state = stage.state(instruction)
    if instruction.pairs:
        texts = [(pair.value, pair.value_span) for pair in instruction.pairs]
    else:
        heredocs = {heredoc.span for heredoc in instruction.heredocs}
        texts = [(word.text, word.span) for word in instruction.arguments if word.span not in heredocs]
    for text, span in texts:
        error = _expansion_error(text, state.variables, state.missing, instruction.escape) if text else None
        if error and span:
            yield _error(span, error)


def _names(instruction: Instruction, _: Stage | None) -> Iterator[DockerfileError]:
    for pair in instruction.pairs:
        if not pair.name:
            yield _error(pair.span, f"a name of {instruction.name} is blank")


def _onbuild(instruction: Instruction, _: Stage | None) -> Iterator[DockerfileError]:
    nested = instruction.nested
    if nested and nested.name in ("ONBUILD", "FROM", "MAINTAINER"):
        yield _error(nested.keyword_span, f"{nested.name} is not allowed under ONBUILD")


def _shell(instruction: Instruction, _: Stage | None) -> Iterator[DockerfileError]:
    if instruction.text and (instruction.form != "json" or not instruction.arguments):
        yield _error(instruction.arguments_span, 'SHELL must be a JSON array such as ["/bin/sh", "-c"]')


def _healthcheck(instruction: Instruction, _: Stage | None) -> Iterator[DockerfileError]:
    kind = instruction.health_type
    if kind == "NONE" and instruction.arguments:
        yield _error(instruction.span, "HEALTHCHECK NONE takes no arguments")
    elif kind == "CMD" and not instruction.arguments:
        yield _error(instruction.span, "HEALTHCHECK CMD needs a command")
    elif kind not in ("", "CMD", "NONE"):
        yield _error(instruction.arguments_span, f"unknown type {kind} of HEALTHCHECK; it is CMD or NONE")
    elif kind == "CMD":
        for flag in instruction.flags:
            if (
                flag.value
                and flag.name in FLAGS["HEALTHCHECK"]
                and not _is_health_value(flag.name, flag.value)
            ):
                yield _error(flag.span, f"invalid value {flag.value} of --{flag.name}")


_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


def _is_health_value(name: str, value: str) -> bool:
    """A count for ``retries``, else a duration as Go writes it: 0, or 1 ms at least."""
    if name == "retries":
        return re.fullmatch(r"\+?[0-9]{1,9}|-0+", value) is not None
    if re.fullmatch(r"[+-]?0", value):
        return True
    if not re.fullmatch(r"\+?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h)){1,20}", value):
        return False
    parts = re.findall(r"([0-9.]+)(ns|us|µs|μs|ms|s|m|h)", value)
    seconds = sum(float(number) * _UNITS[unit] for number, unit in parts)
    return seconds == 0 or seconds >= 0.0009999


def _expose(instruction: Instruction, stage: Stage | None) -> Iterator[DockerfileError]:
    if stage is None:
        return
    state = stage.state(instruction)
    for word in instruction.arguments:
        for text in state.expand(word.text, instruction.escape).split():
            if HOLE not in text and not _is_port(text):
                yield _error(word.span, f"invalid port {text}")


def _is_port(text: str) -> bool:
    number, slash, protocol = text.rpartition(":")[2].partition("/")
    if slash and protocol.lower() not in ("tcp", "udp", "sctp"):
        return False
    low, dash, high = number.partition("-")
    numbers = [low, high] if dash else [low]
    if not all(re.fullmatch(r"[0-9]{1,5}", each) and int(each) <= 65535 for each in numbers):
        return False
    return int(numbers[0]) <= int(numbers[-1])


_SIGNAL = (
    r"ABRT|ALRM|BUS|CHLD|CLD|CONT|FPE|HUP|ILL|INT|IOT?|KILL|PIPE|POLL|PROF|PWR|QUIT|SEGV|STKFLT|STOP|SYS|TERM|TRAP"
    r"|TSTP|TTIN|TTOU|URG|USR[12]|VTALRM|WINCH|XCPU|XFSZ|RTMIN(?:\+(?:[1-9]|1[0-5]))?|RTMAX(?:-(?:[1-9]|1[0-4]))?"
)


def _stopsignal(instruction: Instruction, stage: Stage | None) -> Iterator[DockerfileError]:
    text = stage.expand(instruction.text, instruction) if stage else HOLE
    if HOLE in text or not text:
        return
    if not re.fullmatch(rf"(?:SIG)?(?:{_SIGNAL})|0*[1-9][0-9]{{0,2}}", text.upper()):
        yield _error(instruction.arguments_span, f"unknown signal {text}")


def _heredoc_target(instruction: Instruction, _: Stage | None) -> Iterator[DockerfileError]:
    words = instruction.arguments
    if len(words) > 1 and words[-1].span in {heredoc.span for heredoc in instruction.heredocs}:
        yield _error(words[-1].span, f"a heredoc cannot be the destination of {instruction.name}")


def _run(instruction: Instruction, stage: Stage | None) -> Iterator[DockerfileError]:
    for mount in instruction.mounts:
        yield from mount_problems(mount)
    flag = instruction.flag("device")
    syntax = stage.dockerfile.document.directive("syntax") if stage else None
    stable = syntax is None or (syntax.value.startswith("docker/dockerfile:") and "labs" not in syntax.value)
    if flag and stable:
        yield _error(
            flag.name_span,
            "RUN --device needs a labs version of the syntax, such as docker/dockerfile:1-labs",
        )


def _volume(instruction: Instruction, _: Stage | None) -> Iterator[DockerfileError]:
    for word in instruction.arguments:
        if not word.text.strip():
            yield _error(word.span, "a VOLUME is empty")


_CHECKS: dict[str, Callable[[Instruction, Stage | None], Iterator[DockerfileError]]] = {
    "ADD": _heredoc_target,
    "ARG": _names,
    "COPY": _heredoc_target,
    "ENV": _names,
    "EXPOSE": _expose,
    "HEALTHCHECK": _healthcheck,
    "LABEL": _names,
    "ONBUILD": _onbuild,
    "RUN": _run,
    "SHELL": _shell,
    "STOPSIGNAL": _stopsignal,
    "VOLUME": _volume,
}
