"""What builds are made from: context, Dockerfile, stage and arguments, in each leg of their job.

docker/build-push-action: without ``context`` it is the repository as committed, and ``file`` is seen from
there; else both are seen from the workspace. A command sees both from the folder that it runs in. A bake
target's ``dockerfile`` is seen from its context (docs.docker.com, "Bake file reference").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from posixpath import join, normpath

from cilint.model.bake import text
from cilint.pipeline.effects.image_actions import BUILDX_ACTIONS, BuildPush, OwnWords, Spec
from cilint.pipeline.effects.image_build import ImageBuild
from cilint.pipeline.effects.image_commands import CommandBuild
from cilint.pipeline.effects.tags import pieces
from cilint.pipeline.effects.views import CommandView, View
from cilint.pipeline.invocations import Invocation
from cilint.syntax.shell import Argument, Arguments, Command
from cilint.syntax.shell_moves import MOVING, Moves
from cilint.text.hints import Any
from cilint.text.hole import HOLE
from cilint.text.source import Span
from cilint.text.values import NamedTuple

_COMMITTED = "{{defaultContext}}"
_PLAIN_NAME = re.compile(r"[A-Za-z_]\w*")
_PROGRAMS = ("docker", "podman", "buildah", "nerdctl", "img", "depot")
_VERBS = {"image", "builder", "buildx", "build", "bud", "b"}
_LOOSE = ("podman", "buildah", "nerdctl")
_FILE, _TARGET, _ARGUMENT = ("-f", "--file"), ("--target",), ("--build-arg",)
_VALUED = (*_FILE, *_TARGET, *_ARGUMENT, "-t", "--tag", "--platform", "--label", "--secret", "-o", "--output")


class Written(NamedTuple):
    """A value and the words that give it; ``base`` is the folder that a path is seen from."""

    text: str
    span: Span
    base: str = "."

    @property
    def path(self) -> str | None:
        """The path from the root of the repository; None for what lies elsewhere or is not known."""
        if not self.text or HOLE in self.base + self.text or self.text.startswith(("/", "~", "-")):
            return None
        found = normpath(join(self.base, self.text))
        remote = re.search(r"[:#\\$*]|\.git$|^github\.com/", self.text)
        return None if remote or found.startswith(("..", "/")) else found


class Source(NamedTuple):
    """What one leg of a build is made from; None for what is not known.

    ``dockerfiles`` are the paths of which the first one that is there counts, empty where that is not known.
    ``is_committed``: the repository is taken as it was committed, whatever the steps before have done.
    """

    context: Written | None = None
    dockerfile: Written | None = None
    dockerfiles: tuple[str, ...] = ()
    target: Written | None = None
    arguments: tuple[Written, ...] = ()
    is_committed: bool = False


def sources(build: ImageBuild) -> Iterator[Source]:
    """One for each leg, and for each turn of a loop; nothing for tools whose words are not known."""
    reader = build.reader
    for site in build.eyes.legs(build.site):
        view = build.eyes.view(site, None)
        if isinstance(reader, BuildPush) and reader.tool in BUILDX_ACTIONS:
            yield _of_action(view)
        elif isinstance(reader, OwnWords):
            yield _of_own_words(view, reader.spec)
        elif isinstance(reader, CommandBuild) and reader.call.name in (*_PROGRAMS, "executor"):
            command = CommandView(view, reader.call.at(site))
            read = _of_command if not reader.kaniko else _of_kaniko
            yield from (read(reader.call, each) for each in command.variants)
        elif build.tool in ("bake", "depot", "docker/bake-action", "depot/bake-action"):
            yield _of_bake(build, view)


def command_of(build: ImageBuild) -> Command | None:
    """The command that builds, by bake too; None for an action."""
    from cilint.pipeline.effects.bakes import BakeTarget

    call = build.reader.bake.call if isinstance(build.reader, BakeTarget) else build.call
    return call.command if call else None


# -- docker/build-push-action ----------------------------------------------------------------------


def _of_action(view: View) -> Source:
    context = _input(view, "context")
    place, committed = context.text if context else _COMMITTED, False
    if place.startswith(_COMMITTED):
        folder = place.removeprefix(_COMMITTED).removeprefix(":").lstrip("/") or "."
        context, committed = Written(folder, context.span if context else view.site.span), True
    assert context is not None
    base = context.path if committed else "."
    file = _input(view, "file", base=base or HOLE)
    if context.path is None:
        return Source()
    return Source(
        context,
        file or Written("Dockerfile", view.site.span, context.path),
        candidates(file, context.path),
        _input(view, "target"),
        tuple(_inputs(view, "build-args")),
        committed,
    )


def _of_own_words(view: View, spec: Spec) -> Source:
    """An action with words of its own; its Dockerfile may be seen from the workspace or the context."""
    context = _first_input(view, spec.context) or Written(".", view.site.span)
    file = _first_input(view, spec.file)
    if context.path is None or (file is None and not spec.needs_file):
        return Source()
    found = candidates(file, context.path)
    if file and found:
        found = (*found, *candidates(file._replace(base=context.path), context.path))
    return Source(
        context,
        file or Written("Dockerfile", view.site.span, context.path),
        found,
        _first_input(view, spec.target),
        tuple(each for name in spec.arguments for each in _inputs(view, name, listed=spec.listed)),
    )


def _first_input(view: View, names: tuple[str, ...]) -> Written | None:
    return next((found for name in names if (found := _input(view, name))), None)


def _input(view: View, name: str, base: str = ".") -> Written | None:
    """An input that is given and not empty."""
    value = view.input(name)
    return Written(value.strip(), view.site.input_span(name), base) if value and value.strip() else None


def _inputs(view: View, name: str, *, listed: bool = False) -> Iterator[Written]:
    """The names in a list of ``NAME=value``; ``listed``: with commas, where a value may look like a name."""
    scalar = view.site.step.inputs.get(name)
    for piece in pieces(scalar.text, commas=listed) if scalar else ():
        assert scalar is not None
        if listed and "=" not in piece.text:
            continue
        span = scalar.source_span(piece.start, piece.start + len(piece.text))
        for line in view.text(piece.text).split("\n"):
            found = line.partition("=")[0].strip().strip("\"'")
            if _PLAIN_NAME.fullmatch(found):
                yield Written(found, span)


def candidates(
    file: Written | None, context: str, names: tuple[str, ...] = ("Dockerfile",)
) -> tuple[str, ...]:
    """BuildKit also takes ``dockerfile`` for ``Dockerfile``."""
    found = [file.path] if file else [normpath(join(context, name)) for name in names]
    paths = [path for path in found if path]
    return tuple(each for path in paths for each in dict.fromkeys((path, _lower(path))))


def _lower(path: str) -> str:
    folder, slash, name = path.rpartition("/")
    return folder + slash + ("dockerfile" if name == "Dockerfile" else name)


# -- commands --------------------------------------------------------------------------------------


def _of_command(call: Invocation, arguments: Arguments) -> Source:
    operands = list(arguments.operands(*_VALUED))
    while operands and operands[0].value in _VERBS:
        del operands[0]
    if arguments.open or len(operands) != 1 or call.command.inner is not None or call.command.shells:
        return Source()
    folder = folder_of(call)
    context = _argument(call, operands[0], folder)
    if context is None or context.path is None:
        return Source()
    names = ("Containerfile", "Dockerfile") if call.name in ("podman", "buildah") else ("Dockerfile",)
    given = arguments.options(*_FILE)
    file = _argument(call, given[-1], folder) if len(given) == 1 else None
    found = candidates(file, context.path, names) if len(given) < 2 else ()
    if file and found and call.name in _LOOSE:  # these look into the context, too
        found = (*found, *candidates(file._replace(base=context.path), context.path))
    targets = [_argument(call, each) for each in arguments.options(*_TARGET)]
    return Source(
        context,
        file or (Written(names[-1], context.span, context.path) if not given else None),
        found,
        targets[-1] if targets else None,
        tuple(_passed(call, arguments)),
    )


def _of_kaniko(call: Invocation, arguments: Arguments) -> Source:
    """kaniko's executor, run in its own image: what it is told in words is seen from where it runs."""
    folder = folder_of(call)
    given = arguments.option("-c", "--context")
    context = _argument(call, given, folder) if given else None
    if context is None or arguments.has_flag("--context-sub-path"):
        return Source()
    context = context._replace(text=context.text.removeprefix("dir://"))
    written = arguments.option("-f", "--dockerfile")
    file = _argument(call, written, folder) if written else None
    if context.path is None or call.name != "executor":
        return Source()
    found = candidates(file, context.path)
    inside = candidates(file._replace(base=context.path), context.path) if file and found else ()
    targets = [_argument(call, each) for each in arguments.options(*_TARGET)]
    return Source(
        context,
        file or Written("Dockerfile", context.span, context.path),
        (*found, *inside),
        targets[-1] if targets else None,
        tuple(_passed(call, arguments)),
    )


def _passed(call: Invocation, arguments: Arguments) -> Iterator[Written]:
    """The names of build arguments."""
    for each in arguments.options(*_ARGUMENT):
        found = _argument(call, each)
        name = found.text.partition("=")[0] if found else ""
        if found and _PLAIN_NAME.fullmatch(name):
            yield found._replace(text=name)


def _argument(call: Invocation, argument: Argument, base: str = ".") -> Written | None:
    text = call.text(argument)
    return Written(text, call.span_of(argument.value_word), base) if text else None


def folder_of(call: Invocation) -> str:
    """The folder that a command runs in, seen from the checkout; a HOLE where it is not known."""
    moves = Moves(call.site.working_directory)
    script = call.site.script
    for command in script.commands if script else ():
        if command is call.command:
            break
        if command.name in MOVING:
            operands = Invocation(call.site, command).words
            known = len(operands) == 1 and operands[0] not in ("-", "") and operands[0][0] != "~"
            moves.take(command, join(moves.at(command), operands[0]) if known else HOLE)
    return moves.at(call.command)


# -- bake ------------------------------------------------------------------------------------------


def _of_bake(build: ImageBuild, view: View) -> Source:
    from cilint.pipeline.effects.bakes import BakeTarget

    target = build.reader
    assert isinstance(target, BakeTarget)
    call = target.bake.call
    given, values = target.described(view)
    elsewhere = call is None and (view.input("source") or ".") not in (".", _COMMITTED)
    if elsewhere or "dockerfile-inline" in given or (call is None and view.input("workdir")):
        return Source()
    base = folder_of(call) if call else "."
    span = call.span if call else view.site.input_span("targets")
    context = Written(text(given.get("context"), values) or ".", span, base)
    if context.path is None:
        return Source()
    name = text(given.get("dockerfile"), values)
    file = Written(name or "Dockerfile", span, context.path)
    stage = text(given.get("target"), values)
    return Source(
        context,
        file,
        candidates(file, context.path),
        Written(stage, span) if stage else None,
        tuple(Written(each, span) for each in _own_arguments(target.own)),
        call is None and not view.input("source"),
    )


def _own_arguments(own: Mapping[str, Any]) -> Iterator[str]:
    """The arguments that a target itself gives: what it inherits is meant for several Dockerfiles."""
    given = own.get("args")
    for name, value in given.items() if isinstance(given, dict) else ():
        if value is not None and _PLAIN_NAME.fullmatch(str(name)):
            yield str(name)
