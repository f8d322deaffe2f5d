"""Builds that bake files and compose files describe."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from posixpath import join, normpath

from cilint.model.bake import BakeFile, read_bake, text, texts
from cilint.model.compose_bake import built_services, read_compose
from cilint.model.kinds import COMPOSE_NAMES
from cilint.model.references import ImageReference
from cilint.pipeline.effects.metadata import makes, metadata_tags
from cilint.pipeline.effects.recipes import Reader, Recipe, either, output_loads, output_pushes
from cilint.pipeline.effects.tags import Tag, pieces
from cilint.pipeline.effects.views import CommandView, View, legs_of, words_of
from cilint.pipeline.invocations import Invocation
from cilint.pipeline.runs import Runs
from cilint.pipeline.shell_state import runner_variables, shell_state
from cilint.pipeline.sites import Site
from cilint.syntax.yaml import Mapping as YamlMapping
from cilint.syntax.yaml import Node, Scalar, parse
from cilint.text.hints import Any
from cilint.text.hole import HOLE
from cilint.text.source import Span

_BAKE_NAMES = ("docker-bake.json", "docker-bake.hcl", "docker-bake.override.json", "docker-bake.override.hcl")
_FLAGS = re.compile(r"\$\w*(?:FLAG|ARG|OPT|PUSH)|\$\{[^}]*(?:--|FLAG|ARG|OPT|PUSH)", re.IGNORECASE)
"""An expression or variable among the words of a command that brings options, and no target."""
_METADATA_TARGET = "docker-metadata-action"
_COMPOSE_VARIABLE = re.compile(r"\$\{(\w+)(?::?-([^}]*))?[^}]*\}|\$(\w+)")


class Bake:
    """One ``bake``: by docker/bake-action, or by a command where ``call`` is given."""

    def __init__(self, runs: Runs, site: Site, call: Invocation | None = None) -> None:
        self.runs = runs
        self.site = site
        self.call = call

    @cached_property
    def file(self) -> BakeFile:
        """All its files as one; empty where none of them is in the repository."""
        found = BakeFile({}, {}, {})
        for path in self._paths():
            source = self.runs.project.source(path)
            if source:
                read = _read(path, source.text)
                targets = {name: {**found.targets.get(name, {}), **own} for name, own in read.targets.items()}
                found = BakeFile(
                    {**found.variables, **read.variables},
                    {**found.groups, **read.groups},
                    {**found.targets, **targets},
                )
        return found

    def _paths(self) -> list[str]:
        if self.call:
            folder = self.site.working_directory
            given = [each.value or "" for each in self.call.arguments.options("-f", "--file")]
        else:
            folder = self.site.input("workdir") or "."
            given = [piece.text.removeprefix("cwd://") for piece in pieces(self.site.input("files") or "")]
        names = [name for name in given if HOLE not in name and "${{" not in name]
        names = names or [*COMPOSE_NAMES, *_BAKE_NAMES]
        return [normpath(join(folder, name)) for name in names]

    def names(self) -> list[str]:
        """The targets that any leg of the job builds."""
        reach = self.runs.reach(self.site.call.entry)
        views = (View(self.runs, leg, None, reach) for leg in legs_of(self.runs, self.site))
        return list(dict.fromkeys(name for view in views for name in self.names_in(view)))

    def names_in(self, view: View) -> list[str]:
        """The targets that the step builds in a leg of its job; none where that is not known."""
        is_flag = False
        if self.call:
            words = words_of(CommandView(view, self.call.at(view.site)).arguments)
            given = [word for word in words[words.index("bake") + 1 :] if word] if "bake" in words else []
            is_flag = _FLAGS.search(self.call.command.raw) is not None
        else:
            given = [piece.text for piece in pieces(view.input("targets") or "")]
        known = [name for name in given if HOLE not in name]
        if len(known) < len(given) and not is_flag:
            return []
        return self.file.members(known or ["default"], view.site.env)


def _read(path: str, source: str) -> BakeFile:
    if path.endswith((".yml", ".yaml")):
        return read_compose(source)
    return read_bake(source, json=path.endswith(".json"))


class BakeTarget:
    """One target of a bake."""

    def __init__(self, bake: Bake, name: str) -> None:
        self.bake = bake
        self.name = name
        action = bake.site.step.action
        self.tool = action.name if action else "depot" if bake.call and bake.call.name == "depot" else "bake"

    def state(self, view: View) -> bool | None:
        call = self.bake.call
        if self.name not in self.bake.names_in(view):
            return False
        if call is None or view.scenario is None:
            return True
        return shell_state(self.bake.runs, call.at(view.site), view.scenario)

    def place(self, name: str) -> Span | None:
        given = self.bake.site.step.inputs.get(name) if self.bake.call is None else None
        return given.span if given else None

    @property
    def own(self) -> Mapping[str, Any]:
        """The attributes that the target itself has, without those that it inherits."""
        return self.bake.file.targets[self.name]

    def described(self, view: View) -> tuple[dict[str, Any], dict[str, str]]:
        """All its attributes with what ``set`` changes, and the variables that they may use."""
        values = self.bake.file.values(self._environment(view))
        return {**self.bake.file.attributes(self.name), **self._overrides(view)}, values

    def read(self, view: View) -> Recipe:
        given, values = self.described(view)
        output = "\n".join(texts(given.get("output"), values))
        push, load = self._flags(view)
        return Recipe(
            push=either(push, output_pushes(output)),
            load=either(load, output_loads(output)),
            tags=tuple(self._tags(view, given.get("tags"), values)),
            platforms=",".join(texts(given.get("platforms"), values)),
            by_digest="push-by-digest=true" in output,
            cache_from="\n".join(texts(given.get("cache-from"), values)),
            cache_to="\n".join(texts(given.get("cache-to"), values)),
            no_cache=text(given.get("no-cache"), values) == "true",
            context=text(given.get("context"), values) or ".",
            file=text(given.get("dockerfile"), values) or None,
            target=text(given.get("target"), values) or None,
            labels=_SOURCE if _SOURCE in str(given.get("labels", "")) or self._is_metadata else "",
            runner=view.runner,
        )

    def arguments(self, env: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """The build arguments and their values, where variables have the values of ``env``."""
        args, values = self.bake.file.attributes(self.name).get("args"), self.bake.file.values(env)
        for name, value in args.items() if isinstance(args, dict) else ():
            yield name, text(value, values)

    @property
    def _is_metadata(self) -> bool:
        return _METADATA_TARGET in self.bake.file.ancestors(self.name) or self.name == _METADATA_TARGET

    def _environment(self, view: View) -> dict[str, str]:
        call = self.bake.call
        if call:
            found = CommandView(view, call.at(view.site)).env
        else:
            found = {**runner_variables(view.contexts), **view.contexts["env"]}
        return {name: value for name, value in found.items() if isinstance(value, str)}

    def _flags(self, view: View) -> tuple[bool | None, bool | None]:
        """Whether it pushes and whether it loads by the words of the step."""
        call = self.bake.call
        if call is None:
            return view.flag("push"), view.flag("load")
        arguments = CommandView(view, call.at(view.site)).arguments
        hidden = any(HOLE in text and "push" in word.raw.lower() for text, word in arguments.items)
        push = True if arguments.has_flag("--push") else None if hidden else False
        return push, arguments.has_flag("--load")

    def _overrides(self, view: View) -> dict[str, list[str]]:
        """What ``set`` gives: ``target.key=value``, where ``*`` is every target."""
        if self.bake.call:
            given = [each.value or "" for each in self.bake.call.arguments.options("--set")]
        else:
            given = [piece.text for piece in pieces(view.input("set") or "", commas=False)]
        found: dict[str, list[str]] = {}
        for line in given:
            key, _, value = line.partition("=")
            target, _, attribute = key.strip().partition(".")
            if target in ("*", self.name):
                name = {"platform": "platforms"}.get(attribute.rstrip("+"), attribute.rstrip("+"))
                found.setdefault(name, []).extend(
                    value.strip().split(",") if name == "platforms" else [value.strip()]
                )
        return found

    def _tags(self, view: View, given: object, values: Mapping[str, str]) -> Iterator[Tag]:
        path, span = self.bake.site.path, self.bake.call.span if self.bake.call else self.bake.site.span
        if self._is_metadata:
            for step in self.bake.runs.earlier(self.bake.site):
                if makes(step):
                    yield from metadata_tags(View(view.runs, step, view.scenario, view.reach))
            return
        for name in texts(given, values):
            yield Tag(ImageReference.parse(name), path, span)


_SOURCE = "org.opencontainers.image.source"


def action_targets(runs: Runs, site: Site) -> Iterator[Reader]:
    """The targets that docker/bake-action builds."""
    bake = Bake(runs, site)
    yield from (BakeTarget(bake, name) for name in bake.names())


def command_targets(runs: Runs, call: Invocation) -> Iterator[Reader]:
    """What ``docker buildx bake``, ``docker compose build`` or ``docker compose push`` build or push."""
    if "bake" in call.words[:2]:
        bake = Bake(runs, call.site, call)
        yield from (BakeTarget(bake, name) for name in bake.names())
    elif set(call.words) & {"build", "push"}:
        yield from _services(runs, call)


class ComposeService:
    """One service of a compose file that is built; ``docker compose push`` pushes it."""

    tool = "compose"

    def __init__(self, runs: Runs, call: Invocation, service: YamlMapping) -> None:
        self.runs = runs
        self.call = call
        self.service = service

    def state(self, view: View) -> bool | None:
        return shell_state(self.runs, self.call.at(view.site), view.scenario) if view.scenario else True

    def place(self, name: str) -> Span | None:  # noqa: ARG002 -- a compose file is another file
        return None

    def read(self, view: View) -> Recipe:
        command = CommandView(view, self.call.at(view.site))
        words, build = words_of(command.arguments), self.service.get("build")
        image = self.service.get("image")
        name = _expanded(image.text, command.env) if isinstance(image, Scalar) else ""
        platforms = build.get("platforms") if isinstance(build, YamlMapping) else None
        items = [item.resolved for item in getattr(platforms, "items", ())]
        return Recipe(
            push="push" in words or command.arguments.has_flag("--push"),
            tags=(Tag(ImageReference.parse(name), self.call.path, self.call.span),) if name else (),
            platforms=",".join(item.text for item in items if isinstance(item, Scalar)),
            runner=view.runner,
            cached=True,
        )

    def arguments(self, env: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """The build arguments and their values, where variables have the values of ``env``."""
        build = self.service.get("build")
        args = build.get("args") if isinstance(build, YamlMapping) else None
        pairs = args.pairs if isinstance(args, YamlMapping) else ()
        for pair in pairs:
            value = pair.value.resolved
            written = value.text if isinstance(value, Scalar) else ""
            if isinstance(pair.key, Scalar):
                yield pair.key.text, _expanded(written, env) if written else env.get(pair.key.text, "")
        for item in getattr(args, "items", ()) if not pairs else ():
            entry = item.resolved
            name, equals, written = entry.text.partition("=") if isinstance(entry, Scalar) else ("", "", "")
            yield name, _expanded(written, env) if equals else env.get(name, "")


def described_arguments(reader: Reader, variables: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The build arguments that a bake or Compose file makes of one of these variables, with its name."""
    if isinstance(reader, BakeTarget | ComposeService):
        for variable in variables:
            marked = {variable: HOLE + variable}
            yield from (
                (name, variable) for name, value in reader.arguments(marked) if HOLE + variable in value
            )


def _expanded(name: str, env: Mapping[str, object]) -> str:
    """``${TAG:-latest}`` in an image's name, as compose has it: what is not set is empty."""

    def value(match: re.Match[str]) -> str:
        found = env.get(match.group(1) or match.group(3))
        return found if isinstance(found, str) else match.group(2) or HOLE

    return _COMPOSE_VARIABLE.sub(value, name)


def _services(runs: Runs, call: Invocation) -> Iterator[ComposeService]:
    known = (word for word in call.words if word and HOLE not in word)
    wanted = [word for word in known if word not in ("compose", "build", "push")]
    for root in compose_files(runs, call):
        for name, service in built_services(root):
            if not wanted or name in wanted:
                yield ComposeService(runs, call, service)


def compose_files(runs: Runs, call: Invocation) -> Iterator[Node | None]:
    """What the files say that a ``docker compose`` reads, as far as they are in the repository."""
    given = [each.value or "" for each in call.arguments.options("-f", "--file")]
    for name in given or COMPOSE_NAMES:
        path = normpath(join(call.site.working_directory, name))
        source = runs.project.source(path) if HOLE not in path else None
        if source:
            yield parse(source.text).root
        if source and not given:
            return
