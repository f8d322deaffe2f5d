"""What BuildKit refuses although its parser reads it: the errors that a build would end with.

The rules are those of BuildKit's frontend (dockerfile/instructions, dockerfile2llb). Only what is certain
is told: values with unknown parts are not judged. Some errors have rules of their own and are not told here:
instructions before FROM, what ONBUILD must not hold, ports beyond 65535, what COPY --from names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from cilint.errors import nearest
from cilint.model.dockerfile import Dockerfile, Stage
from cilint.model.dockerfile_copy_problems import copy_problems
from cilint.model.dockerfile_mount_problems import BOOLEAN, mount_problems
from cilint.model.dockerfile_origins import origin_problem
from cilint.model.dockerfile_platforms import is_platform
from cilint.model.dockerfile_ports import port_problem
from cilint.syntax.dockerfile import DockerfileError, Flag, Instruction, Mount
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

_CHOICES = {"network": ("default", "none", "host"), "security": ("sandbox", "insecure")}
"""The values of some flags of RUN."""
_FLAGS_NOT_READ = frozenset({"ARG", "STOPSIGNAL"})
_FLAGS_EXPANDED = ("chown", "chmod", "checksum")
_EXPANDED = frozenset(
    {"ADD", "ARG", "COPY", "ENV", "EXPOSE", "LABEL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"}
)
_CHECK_OPTIONS = ("skip", "error", "experimental")
_WITHOUT_WORKDIR = frozenset({
    "almalinux", "alpine", "archlinux", "busybox", "centos", "debian", "fedora", "nginx", "node", "python",
    "rockylinux", "ubuntu",
})  # fmt: skip
"""Official images that set no WORKDIR (their Dockerfiles at github.com/docker-library)."""
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
    misplaced = [each for each in dockerfile.preamble if each.name != "ARG"]
    unknown = next((each for each in misplaced if each.name not in GRAMMAR), None)
    if unknown:
        yield _unknown_instruction(unknown)
    elif not misplaced and not dockerfile.stages and dockerfile.instructions:
        yield _error(dockerfile.instructions[-1].span, "no FROM: there is nothing to build")
    directive = dockerfile.document.directive("check")
    message = _check_problem(directive.value) if directive else ""
    if directive and message:
        yield _error(directive.value_span, message)
    for stage in dockerfile.stages:
        yield from _from_problems(dockerfile, stage)
        for copy in stage.copies:
            flag = copy.instruction.flag("from")
            if flag and flag.value_span and "$" in (flag.value or ""):
                yield _error(flag.value_span, "COPY --from knows no variables; name a stage FROM it instead")


def _check_problem(value: str) -> str:
    """What is wrong with the options of ``# check=…``; empty if nothing is."""
    for option in value.split(";") if value.strip() else ():
        key, equals, text = option.partition("=")
        if not equals or key.strip() not in _CHECK_OPTIONS:
            close = nearest(key.strip(), _CHECK_OPTIONS)
            return f"invalid check option {option.strip()}" + (f"; did you mean {close}?" if close else "")
        if key.strip() == "error" and text.strip() not in BOOLEAN:
            return f"check option error is true or false, not {text.strip() or 'empty'}"
    return ""


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
    elif stage.image and not stage.image.valid:
        upper = "; a stage is found by its name in lower case only" if dockerfile.stage(stage.base) else ""
        yield _error(words[0].span, f"invalid image reference {stage.base}{upper}")
    flag = stage.from_.flag("platform")
    if flag and flag.value and stage.platform == "":
        yield _error(flag.span, f"platform {flag.value} is empty")
    elif flag and flag.value and stage.platform and not is_platform(stage.platform):
        yield _error(flag.value_span or flag.span, f"unknown platform {stage.platform}")


def _instruction_problems(instruction: Instruction, stage: Stage | None) -> Iterator[DockerfileError]:
    name = instruction.name
    if name not in GRAMMAR:
        yield _unknown_instruction(instruction)
        return
    if name not in _FLAGS_NOT_READ and instruction.health_type != "NONE":
        yield from _flag_problems(instruction)
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
    elif flag.name in _CHOICES and flag.value not in _CHOICES[flag.name]:
        *others, last = _CHOICES[flag.name]
        choices = f"{', '.join(others)} or {last}"
        yield _error(flag.span, f"flag --{flag.name} is {choices}, not {flag.value or 'empty'}")


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
    texts: list[tuple[str | None, Span | None, str]] = []
    escape = instruction.escape
    for pair in instruction.pairs:
        texts += [(pair.name, pair.name_span, escape)] if instruction.name != "ARG" else []
        texts.append((pair.value, pair.value_span, escape))
    heredocs = {heredoc.span for heredoc in instruction.heredocs}
    if not instruction.pairs:
        words = [word for word in instruction.arguments if word.span not in heredocs]
        texts += [(word.text, word.span, escape) for word in words]
    for flag in instruction.flags:
        texts += [(flag.value, flag.value_span, escape)] if flag.name in _FLAGS_EXPANDED else []
    for heredoc in instruction.heredocs:  # quotes mean nothing in it
        body = heredoc.body.replace("'", " ").replace('"', " ")
        texts += [(body, heredoc.span, "\\")] if heredoc.expand and "$" in body else []
    for text, span, char in texts:
        error = _expansion_error(text, state.visible, state.missing, char) if text else None
        if error and span:
            yield _error(span, error)


def _names(instruction: Instruction, _: Stage | None) -> Iterator[DockerfileError]:
    for pair in instruction.pairs:
        if not pair.name:
            yield _error(pair.span, f"a name of {instruction.name} is blank")


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
    if not re.fullmatch(r"\+?(?:(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:ns|us|µs|μs|ms|s|m|h)){1,20}", value):
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
            message = port_problem(text) if HOLE not in text else ""
            if message:
                yield _error(word.span, message)


_SIGNAL = (
    r"ABRT|ALRM|BUS|CHLD|CLD|CONT|FPE|HUP|ILL|INT|IOT?|KILL|PIPE|POLL|PROF|PWR|QUIT|SEGV|STKFLT|STOP|SYS|TERM|TRAP"
    r"|TSTP|TTIN|TTOU|URG|USR[12]|VTALRM|WINCH|XCPU|XFSZ|RTMIN(?:\+(?:[1-9]|1[0-5]))?|RTMAX(?:-(?:[1-9]|1[0-4]))?"
)


def _stopsignal(instruction: Instruction, stage: Stage | None) -> Iterator[DockerfileError]:
    text = stage.expand(instruction.text, instruction) if stage else HOLE
    if HOLE in text or not instruction.text:
        return
    if not re.fullmatch(rf"(?:SIG)?(?:{_SIGNAL})|[+-]?0*[1-9][0-9]{{0,17}}", text.upper()):
        yield _error(instruction.arguments_span, f"unknown signal {text or instruction.text}")


def _run(instruction: Instruction, stage: Stage | None) -> Iterator[DockerfileError]:
    for mount in instruction.mounts:
        yield from mount_problems(mount, _folder(instruction, stage) if stage else HOLE)
        if stage and mount.type != "secret":
            yield from _mount_origin_problems(mount, stage)
        if stage:
            yield from _mount_expansion_problems(mount, instruction, stage)
    flag = instruction.flag("device")
    syntax = stage.dockerfile.document.directive("syntax") if stage else None
    stable = syntax is None or (syntax.value.startswith("docker/dockerfile:") and "labs" not in syntax.value)
    if flag and stable:
        yield _error(
            flag.name_span,
            "RUN --device needs a labs version of the syntax, such as docker/dockerfile:1-labs",
        )


def _mount_origin_problems(mount: Mount, stage: Stage) -> Iterator[DockerfileError]:
    option = mount.option("from")
    if option and option.value and "$" not in option.value:
        message = origin_problem(stage, option.value, numbers=False)
        if message:
            yield _error(option.span, message)


def _mount_expansion_problems(
    mount: Mount, instruction: Instruction, stage: Stage
) -> Iterator[DockerfileError]:
    state = stage.state(instruction)
    for option in mount.options:
        if option.value and option.key != "from":
            error = _expansion_error(option.value, state.visible, state.missing, instruction.escape)
            if error:
                yield _error(option.span, error)


def _folder(instruction: Instruction, stage: Stage) -> str:
    """The working directory of a RUN; a hole where it is that of an image that is not known well enough."""
    folder = stage.state(instruction).workdir
    image = stage.root_image
    if folder != HOLE or image is None or image.official not in _WITHOUT_WORKDIR:
        return folder
    return HOLE if any(each.name == "WORKDIR" for each in stage.lineage) else "/"


def _volume(instruction: Instruction, stage: Stage | None) -> Iterator[DockerfileError]:
    if instruction.text and not instruction.arguments:
        yield _error(instruction.span, "VOLUME needs an argument")
    for word in instruction.arguments:
        if not (stage.expand(word.text, instruction) if stage else word.text).strip():
            yield _error(word.span, "a VOLUME is empty")


_CHECKS: dict[str, Callable[[Instruction, Stage | None], Iterator[DockerfileError]]] = {
    "ADD": copy_problems,
    "ARG": _names,
    "COPY": copy_problems,
    "ENV": _names,
    "EXPOSE": _expose,
    "HEALTHCHECK": _healthcheck,
    "LABEL": _names,
    "RUN": _run,
    "SHELL": _shell,
    "STOPSIGNAL": _stopsignal,
    "VOLUME": _volume,
}
