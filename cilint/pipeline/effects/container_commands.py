"""What containers that steps start run by themselves: the command of an image built before, of a service."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cilint.pipeline.effects.bakes import compose_files
from cilint.pipeline.effects.builders import dockerfile_of
from cilint.pipeline.effects.images import ImageBuild
from cilint.pipeline.invocations import Invocation
from cilint.pipeline.runs import Runs
from cilint.syntax.yaml import Mapping, Node, Scalar, Sequence
from cilint.text.hints import TYPE_CHECKING

if TYPE_CHECKING:
    from cilint.model.dockerfile import Stage


def own_commands(runs: Runs, call: Invocation, builds: Iterable[ImageBuild]) -> Iterator[str]:
    """The shell texts that a container runs where the command that starts it names none."""
    if call.arguments.has_flag("-d", "--detach", "--entrypoint"):
        return
    words = list(call.words)
    if call.name == "docker-compose":
        words.insert(0, "compose")
    if words[:1] == ["compose"]:
        yield from _of_services(runs, call, words[1:])
    elif words[:1] == ["run"] and len(words) == 2:
        yield from _of_images(runs, call, words[1], builds)


def _of_services(runs: Runs, call: Invocation, words: list[str]) -> Iterator[str]:
    """``up`` fails with the service that ``--exit-code-from`` names, ``run`` with the one that it runs."""
    named = call.text(call.arguments.option("--exit-code-from"))
    name = named if words[:1] == ["up"] else words[1] if words[:1] == ["run"] and len(words) == 2 else ""
    for root in compose_files(runs, call) if name else ():
        services = root.get("services") if isinstance(root, Mapping) else None
        service = services.get(name) if isinstance(services, Mapping) else None
        if isinstance(service, Mapping):
            yield from filter(None, (_command(service.get(key)) for key in ("entrypoint", "command")))


def _command(node: Node | None) -> str:
    if isinstance(node, Sequence):
        return " ".join(each.text for item in node.items if isinstance(each := item.resolved, Scalar))
    return node.text if isinstance(node, Scalar) else ""


def _of_images(runs: Runs, call: Invocation, image: str, builds: Iterable[ImageBuild]) -> Iterator[str]:
    for build in builds:
        if build.site.call is call.site.call and any(tag.image.text == image for tag in build.tags):
            dockerfile = dockerfile_of(runs.project, build)
            target = dockerfile.stage(build.target) if dockerfile and build.target else None
            stage = target or (dockerfile.final if dockerfile else None)
            yield from _of_stage(stage) if stage else ()


def _of_stage(stage: Stage) -> Iterator[str]:
    """The last ENTRYPOINT and CMD of the stage, or of those that it is built on."""
    for name in ("ENTRYPOINT", "CMD"):
        found = [each for level in (stage, *stage.chain) for each in reversed(level.instructions)]
        script = next((each.script() for each in found if each.name == name), None)
        if script is not None:
            yield script.text
