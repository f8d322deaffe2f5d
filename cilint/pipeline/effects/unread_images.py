"""What may build or publish images in ways that are not read: so that nothing is said to be missing.

That is scripts and tasks of the repository, programs in other languages than the shell's, actions and
workflows of others, and build tools whose own files say what is built. Only their words are looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cilint.model.references import ActionReference
from cilint.model.workflow import Step, Workflow
from cilint.pipeline.effects.handed_texts import handed_texts
from cilint.pipeline.effects.handovers import handed_over
from cilint.pipeline.effects.image_actions import BUILDX_ACTIONS, SPECS
from cilint.pipeline.effects.image_build import ImageBuild
from cilint.pipeline.effects.programs import programs_of
from cilint.pipeline.invocations import Invocation
from cilint.pipeline.runs import Runs
from cilint.pipeline.scenarios import Scenario
from cilint.pipeline.sites import Call, Site
from cilint.syntax.shell import Command
from cilint.text.hole import HOLE

_IMAGES = re.compile(
    r"docker|podman|buildah|buildx|buildkit|nerdctl|kaniko|skopeo|\bcrane\b|\bko\b|\bjib|earthly|dagger"
    r"|goreleaser|skaffold|\bwerf\b|\bimages?\b|container|build-?image|ghcr",
    re.IGNORECASE,
)
_PUBLISHING = re.compile(r"push|publish|release|imagetools|type=registry|deploy", re.IGNORECASE)
_OTHER_PUSHES = re.compile(r"\bgit\b[\s'\",\[]{1,4}push|(?<!image)(?<!images)(?<!api)\.push\(")
_NAMES = re.compile(r"docker|image|container|push|publish|release|deploy|ship", re.IGNORECASE)
_JVM = r"[iI]mage|[dD]ocker|jib"
_TOOLS = {
    "earthly": "--push", "dagger": "call|run", "goreleaser": "release", "skaffold": "build|run|deploy",
    "werf": "build|converge|publish|export", "mvn": _JVM, "mvnw": _JVM, "gradle": _JVM, "gradlew": _JVM,
    "sbt": "publish", "bazel": "push|image", "bazelisk": "push|image", "pants": "publish",
    "heroku": "container", "okteto": "build|deploy", "cog": "push", "devspace": "build|deploy",
    "garden": "build|publish|deploy", "semantic-release": "", "ansible-playbook": "", "s2i": "build",
    "gcloud": r"builds\s+submit|run\s+deploy", "aws": "codebuild", "flyctl": "deploy", "nix": "run|build",
    "devcontainer": "--push", "copilot": "deploy", "kbld": "", "docker-compose": "push|build",
}  # fmt: skip
"""Programs that build what files of their own describe, with the words that tell that it may be images."""
_DESCRIBED = re.compile(r"\bbake\b|\bcompose\b.*(?:build|push)", re.DOTALL)
_HARMLESS = re.compile(
    "setup|login|meta|scan|scout|lint|trivy|grype|anchore|dockle|prune|delete|clean|cach|free|sbom|snyk|wait"
    "|retention|description"
)
_ACTING = re.compile("push|publish|release|deploy|build|registry|tags|password|token|set")
"""Words in the name or the inputs of an action that publishes."""
_WORKFLOWS = re.compile(
    r"docker|image|container|build|publish|release|deploy|push|ship|delivery|pipeline|main|\bc[id]\b",
    re.IGNORECASE,
)
"""Words in the name of a workflow of others, or of the job that calls it, that may publish."""
_READ = {*SPECS, *BUILDX_ACTIONS}


class UnreadImage:
    """One of them: ``publishes`` says whether it may publish, too."""

    def __init__(self, runs: Runs, call: Call, site: Site | None, publishes: bool) -> None:
        self._runs = runs
        self._call = call
        self._site = site
        self.publishes = publishes

    @property
    def entry(self) -> Workflow:
        """The workflow that events start."""
        return self._call.entry

    def may_happen(self, scenario: Scenario) -> bool:
        reach = self._runs.reach(self.entry)
        state = reach.step(self._site, scenario) if self._site else reach.job(self._call, scenario)
        return state is not False

    def may_follow(self, site: Site) -> bool:
        """Whether it may come after a step: in the same job, or in one that waits for that."""
        if self._call is site.call:
            return self._site is site or (self._site is not None and self._runs.precedes(site, self._site))
        return self._runs.needs(self._call, site.call)


def unread_images(runs: Runs, builds: tuple[ImageBuild, ...]) -> Iterator[UnreadImage]:
    """Everything that may build or publish images, but for these builds, which are read."""
    texts = _Texts(runs, builds)
    for site in runs.sites:
        found = [text for text in texts.of(site) if _IMAGES.search(text)]
        if found:
            yield UnreadImage(runs, site.call, site, any(map(_publishes, found)))
    for workflow in runs.project.workflows:
        for job in workflow.jobs:
            foreign = job.uses is not None and not job.uses.text.startswith(("./", "$/"))
            if foreign and _WORKFLOWS.search(
                f"{job.uses.text.partition('@')[0] if job.uses else ''} {job.id}"
            ):
                yield UnreadImage(runs, Call(workflow, job, None, None), None, publishes=True)


def _publishes(text: str) -> bool:
    return _PUBLISHING.search(_OTHER_PUSHES.sub("", text)) is not None


class _Texts:
    """What tells of the parts of steps that are not read."""

    def __init__(self, runs: Runs, builds: tuple[ImageBuild, ...]) -> None:
        self._runs = runs
        self._read = {(build.path, build.span) for build in builds}

    def of(self, site: Site) -> Iterator[str]:
        step = site.step
        if step.action is not None and (site.path, site.span) not in self._read:
            yield from self._of_action(step, step.action)
        if step.action is not None and "script" in step.inputs:
            yield step.inputs["script"].text
        elif site.script is None and step.run is not None:
            yield step.run.text
        for handed in handed_over(self._runs, site):
            found = handed_texts(self._runs.project, handed)
            yield from found or ([f"image {handed.command.raw}"] if _NAMES.search(handed.command.raw) else [])
        for command in site.script.commands if site.script else ():
            if (site.path, site.file_span(command.span)) not in self._read:
                yield from _of_command(site, command)

    def _of_action(self, step: Step, action: ActionReference) -> Iterator[str]:
        """The name of an action that is not known to do something else, with those of its inputs."""
        name = action.image.path if action.image else action.path if action.kind == "local" else action.name
        known = self._runs.project.local_action(action.text) if action.kind == "local" else None
        read = action.name in _READ or (known is not None and known.using == "composite")
        if not read and not _HARMLESS.search(name):
            told = " ".join((name, *step.inputs))
            yield f"publish {name}" if _ACTING.search(told) or action.image else name


def _of_command(site: Site, command: Command) -> Iterator[str]:
    yield from (program.text for program in programs_of(command))
    words = _TOOLS.get(command.name)
    if words is not None and re.search(words, command.raw):
        yield f"publish image {command.raw}"
    unknown = not command.name and command.kind == "command" and HOLE in Invocation(site, command).name
    if unknown or _DESCRIBED.search(command.raw):
        yield command.raw
