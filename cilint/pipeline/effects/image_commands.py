"""Builds and publications of images by commands: docker, podman, kaniko, skopeo, crane and others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cilint.pipeline.effects.image_actions import metadata_outputs
from cilint.pipeline.effects.recipes import Recipe, either, output_loads, output_pushes
from cilint.pipeline.effects.tags import Tag, fields, image_of
from cilint.pipeline.effects.value_origins import with_variables
from cilint.pipeline.effects.views import CommandView, View, words_of
from cilint.pipeline.invocations import Invocation
from cilint.pipeline.partial import equal
from cilint.pipeline.runs import Runs
from cilint.pipeline.shell_state import shell_state
from cilint.syntax.shell import Argument, Arguments
from cilint.syntax.shell_origins import given_to
from cilint.text.hole import HOLE
from cilint.text.source import Span

BUILDERS = ("docker", "podman", "buildah", "nerdctl", "img", "depot", "executor", "pack")
PUSHERS = ("docker", "podman", "buildah", "nerdctl", "img", "skopeo", "crane", "regctl", "oras")
COMPOSERS = ("docker-compose", "podman-compose")
TOOLS = (
    "ko", "buildctl", "buildctl-daemonless.sh", "mvn", "mvnw", "gradle", "gradlew", "nixpacks", "railpack",
    "gcloud", "az", "apko",
)  # fmt: skip
"""Programs with words of their own, which image_tools reads."""
_CRANE_TAGS = ("-t", "--tag", "--new_tag")
_CREATE = ["manifest", "create"]
_BUILD_WORDS = frozenset({"build", "bud", "b"})
_PLACES = {
    "push": ("--push", "-o", "--output", "--publish"),
    "platforms": ("--platform",),
    "cache-to": ("--cache-to",),
    "cache-from": ("--cache-from",),
    "load": ("--load", "-o", "--output"),
    "builder": ("--builder",),
    "tags": ("-t", "--tag"),
}


def is_build(call: Invocation) -> bool:
    """Whether a command builds an image from a Dockerfile."""
    words = call.words
    if call.name == "executor":
        return call.arguments.flag("-d", "--destination", "--no-push") is not None
    if call.name == "docker" and words[:1] in (("run",), ("container",)):
        return any("kaniko-project/executor" in word for word in words)
    if "compose" in words[:2] or call.name in COMPOSERS or "bake" in words[:2]:
        return False
    return bool(_BUILD_WORDS & set(words[:2])) and words[:1] != ("run",)


class CommandBuild:
    """One command that builds. ``call`` is the command where its step is, whatever the matrix."""

    def __init__(self, runs: Runs, call: Invocation) -> None:
        self.runs = runs
        self.call = call
        self.kaniko = call.name == "executor" or call.words[:1] == ("run",)
        self.tool = "kaniko" if self.kaniko else "buildx" if "buildx" in call.words[:1] else call.name

    def state(self, view: View) -> bool | None:
        return shell_state(self.runs, self.call.at(view.site), view.scenario) if view.scenario else True

    def place(self, name: str) -> Span | None:
        found = self.call.arguments.flag(*_PLACES.get(name, ()))
        if found is None:
            return None
        words = [found.word, found.value_word or found.word]
        first, last = self.call.span_of(words[0]), self.call.span_of(words[1])
        return Span(first.start, last.end)

    def read(self, view: View) -> Recipe:
        return self.turns(view)[0]

    def turns(self, view: View) -> tuple[Recipe, ...]:
        """What it builds: in a ``for`` over known words once for each of them."""
        command = CommandView(view, self.call.at(view.site))
        return tuple(self._recipe(view, command, arguments) for arguments in command.variants)

    def _recipe(self, view: View, command: CommandView, arguments: Arguments) -> Recipe:
        words = words_of(arguments)
        return Recipe(
            push=self._pushes(command, arguments),
            load=either(arguments.has_flag("--load"), output_loads(_joined(arguments, "-o", "--output"))),
            tags=tuple(self._tags(command, arguments)),
            platforms=self._platforms(arguments, command),
            by_digest="push-by-digest=true" in _joined(arguments, "-o", "--output"),
            cache_from=_joined(arguments, "--cache-from"),
            cache_to=_joined(arguments, "--cache-to"),
            no_cache=arguments.has_flag("--no-cache"),
            context=words[-1] if len(words) > 1 else None,
            file=_joined(arguments, "-f", "--file", "--dockerfile") or None,
            target=_joined(arguments, "--target") or None,
            labels=_joined(arguments, "--label", "--annotation"),
            runner=view.runner,
        )

    def _platforms(self, arguments: Arguments, command: CommandView) -> str:
        given = _joined(arguments, "--platform", "--custom-platform")
        default = command.env.get("DOCKER_DEFAULT_PLATFORM", "")
        return given or (default if isinstance(default, str) else "")

    def _pushes(self, command: CommandView, arguments: Arguments) -> bool | None:
        if self.kaniko:
            return not arguments.has_flag("--no-push")
        flag = arguments.flag("--push", "--publish")
        states: list[bool | None] = [
            output_pushes(each.value or "") for each in arguments.options("-o", "--output")
        ]
        if flag is not None:
            text = (flag.value or "true").lower()
            states.append(None if HOLE in text else text in ("true", "1"))
        return either(*states, None if self._hidden_push(command, arguments) else False)

    def _hidden_push(self, command: CommandView, arguments: Arguments) -> bool:
        """Whether a variable or expression that is not known may bring ``--push``."""
        call = self.call
        texts = [
            word.raw
            for text, word in arguments.items
            if HOLE in text and (not word.quoted or equal(text, "--push") is not False)
        ]
        texts += [call.command.words[0].raw] if command.is_assumed else []
        if texts and call.site.script:
            texts += [each for text in texts for each in given_to(call.site.script, call.command, text)]
        return any("push" in text.lower() for text in texts)

    def _tags(self, command: CommandView, arguments: Arguments) -> Iterator[Tag]:
        names = ("-d", "--destination") if self.kaniko else ("-t", "--tag", "--manifest")
        found = [*arguments.operands()[1:2]] if self.call.name == "pack" else []
        found += arguments.options(*names)
        tags = [*_named(self.call, found), *_output_names(self.call, arguments)]
        yield from _with_metadata(self.runs, self.call, command.view, tags, arguments)


def _joined(arguments: Arguments, *names: str) -> str:
    return "\n".join(each.value or "" for each in arguments.options(*names))


def _output_names(call: Invocation, arguments: Arguments) -> Iterator[Tag]:
    """The names of ``--output type=image,name=…``."""
    for argument in arguments.options("-o", "--output"):
        for name in fields(argument.value or "").get("name", "").strip('"').split(","):
            if name:
                yield Tag(image_of(name), call.path, call.span_of(argument.value_word))


def _with_metadata(
    runs: Runs, call: Invocation, view: View, tags: list[Tag], arguments: Arguments
) -> Iterator[Tag]:
    """The tags, where a metadata step makes those that are not known by their words with its own."""
    raw = call.command.raw
    made: list[Tag] = []
    if "outputs." in raw or "METADATA" in raw or any(HOLE in text for text, _ in arguments.items):
        found = metadata_outputs(runs, call.site, view, with_variables(call.site, call.command, raw))
        made = [tag._replace(path=call.path, span=call.span) for tag in found]
    yield from (tag for tag in tags if not made or tag.image.text != HOLE)
    yield from made


def _named(call: Invocation, found: Iterable[Argument]) -> Iterator[Tag]:
    for argument in found:
        if argument.value:
            text = argument.value.removeprefix("docker://")
            yield Tag(image_of(text), call.path, call.span_of(argument.value_word))


class CommandPush:
    """One command that pushes or copies images."""

    def __init__(self, runs: Runs, call: Invocation) -> None:
        self.runs = runs
        self.call = call

    @property
    def merges(self) -> bool:
        """Whether it makes one image of several platforms' images."""
        words = self.call.words
        return words[:3] == ("buildx", "imagetools", "create") or words[:1] == ("manifest",)

    def state(self, view: View) -> bool | None:
        return shell_state(self.runs, self.call.at(view.site), view.scenario) if view.scenario else True

    def tags(self, view: View) -> Iterator[Tag]:
        command = CommandView(view, self.call.at(view.site))
        if "xargs" in self.call.command.wrappers:
            unknown = [Tag(image_of(HOLE), self.call.path, self.call.span)]
            piped = Arguments(self.call.name, ((HOLE, self.call.command.words[-1]),))
            yield from _with_metadata(self.runs, self.call, view, unknown, piped)
            return
        found: list[Tag] = []
        for arguments in command.variants:
            for tag in _named(self.call, destinations(self.call.name, arguments)):
                every = arguments.has_flag("--all-tags", "-a") and tag.image.tag is None
                found.append(tag._replace(image=tag.image._replace(tag=HOLE)) if every else tag)
        yield from _with_metadata(self.runs, self.call, view, found, command.arguments)

    def sources(self, view: View) -> Iterator[str]:
        """The images that are put together; HOLE for those that are not known."""
        script, words = view.site.script, self.call.words
        calls = [self.call.at(view.site)]
        if words[:2] == ("manifest", "push"):
            created = script.named(self.call.name) if script else ()
            calls = [Invocation(view.site, each) for each in created if each.argv()[1:3] == _CREATE]
        skipped = 3 if words[:1] == ("manifest",) or words[:1] == ("buildx",) else 0
        for call in calls:
            for arguments in CommandView(view, call).variants:
                for argument in arguments.operands(*_CRANE_TAGS)[skipped:]:
                    yield argument.value or HOLE

    @property
    def opaque(self) -> bool:
        """Whether where it pushes is made by something that is not read."""
        return any("$(" in word.raw or "`" in word.raw for word in self.call.command.words)


def is_push(call: Invocation) -> bool:
    """Whether a command publishes an image that exists already."""
    words = call.words
    if words[:3] == ("buildx", "imagetools", "create"):
        return not call.arguments.has_flag("--dry-run")
    if call.name == "crane" and words[:1] in (("append",), ("mutate",), ("rebase",)):
        return call.arguments.option(*_CRANE_TAGS) is not None
    if call.name in ("skopeo", "crane", "regctl"):
        return bool({"copy", "cp", "push", "tag", "sync"} & set(words[:2])) and len(words) > 2
    if call.name == "oras":
        return words[:1] == ("copy",) or words[:1] == ("cp",)
    named = words[-1:] != ("push",) or "xargs" in call.command.wrappers
    return "push" in words[:2] and "compose" not in words[:1] and named


def destinations(program: str, arguments: Arguments) -> tuple[Argument, ...]:
    """The arguments that name where an image is pushed."""
    words, operands = words_of(arguments), arguments.operands()
    if program == "crane" and words[:1] == ("tag",):
        return operands[1:2]
    if program == "crane" and words[:1] in (("append",), ("mutate",), ("rebase",)):
        return arguments.options(*_CRANE_TAGS)
    if program in ("skopeo", "crane", "regctl", "oras"):
        return operands[-1:] if len(operands) > 2 else ()
    if words[:3] == ("buildx", "imagetools", "create"):
        return arguments.options("-t", "--tag")
    if program in ("podman", "buildah") and len(operands) > 2:
        return operands[-1:]  # podman push IMAGE DESTINATION
    return operands[-1:]
