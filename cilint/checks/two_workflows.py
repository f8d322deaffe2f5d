"""Whether one workflow builds and another one deploys."""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import basename

from cilint.findings.finding import Label, NewFile
from cilint.findings.violation import Options, Violation
from cilint.model.kinds import kind_of
from cilint.pipeline.pipeline import Pipeline
from cilint.pipeline.roles import BuildWorkflow, DeployWorkflow

Roles = tuple[BuildWorkflow, ...] | tuple[DeployWorkflow, ...]

_FOLDER = ".github/workflows/"
_OTHER = {"build": "deploys", "deploy": "builds"}


def run(pipeline: Pipeline, options: Options) -> Iterator[Violation]:
    """One violation for a file in both parts, one for each that is missing; values: ``problem``, ``file``.

    No build is said to be missing where a script, a task or somebody else's workflow may publish the image.
    """
    if not _is_meant(pipeline):
        return
    builds, deploys = pipeline.build_workflows, pipeline.deploy_workflows
    merged = {each.path for each in builds} & {each.path for each in deploys}
    apart = {each.path for each in builds} ^ {each.path for each in deploys}
    if merged and not apart:
        for build in builds:
            yield from _merged(pipeline, build, options.deploy_workflow)
        return
    if not builds and not any(each.publishes for each in pipeline.unread_images):
        yield _missing(pipeline, "build", options.build_workflow, deploys)
    if not deploys:
        yield _missing(pipeline, "deploy", options.deploy_workflow, builds)


def _is_meant(pipeline: Pipeline) -> bool:
    """Whether there may be anything to build: Compose files alone start what others have built."""
    paths = pipeline.project.files.listing()
    kinds = {kind for path in paths if (kind := kind_of(path))}
    return kinds != {"compose"} or any(basename(path) == "package.json" for path in paths)


def _merged(pipeline: Pipeline, build: BuildWorkflow, name: str) -> Iterator[Violation]:
    """A file in both parts, at what deploys; nothing where it has one of them by its name alone."""
    deploy = next((each for each in pipeline.deploys if each.site.call.entry is build.workflow), None)
    if deploy is None:
        return
    problem = (
        f"this workflow builds and deploys; move the deploy into {_FOLDER}{name}, which waits for this one"
    )
    related = tuple(Label(each.path, each.span, "builds here") for each in build.builds[:1])
    path, span = deploy.command
    yield Violation(path, span, {"problem": problem, "file": _FOLDER + name}, related)


def _missing(pipeline: Pipeline, part: str, name: str, others: Roles) -> Violation:
    path = _FOLDER + name
    doing = "builds and publishes the image" if part == "build" else "deploys"
    problem = f"no workflow {doing}: there is neither {path} nor another one that does"
    related = tuple(Label(each.path, each.span, f"the workflow that {_OTHER[part]}") for each in others[:1])
    edits = tuple(_canonical(pipeline, part, path))
    return Violation(path, None, {"problem": problem, "file": path}, related, edits)


def _canonical(pipeline: Pipeline, part: str, path: str) -> Iterator[NewFile]:
    """The file as ``cilint init`` writes it, and what it builds of; none where something is lacking for it.

    That is an application, the scripts that the build runs, and for the deploy a build to wait for.
    """
    from cilint.errors import CilintError
    from cilint.reference.plan import AT_THE_ROOT, PRE_COMMIT, make_plan
    from cilint.reference.shape import Choices, choose_app

    files, builds = pipeline.project.files, pipeline.build_workflows
    try:
        scripts = choose_app(files, None).package.scripts
        plan = make_plan(files, Choices(branch=pipeline.main))
    except CilintError:
        return
    if not {"lint", "build"} <= set(scripts) and (part == "build" or not builds):
        return
    for file in plan.files:
        if file.path == f"{_FOLDER}backend-{part}.yml":
            yield NewFile(path, _waiting(file.text, builds))
        elif part == "build" and file.path not in {*AT_THE_ROOT, PRE_COMMIT}:
            yield from (file,) if files.read(file.path) is None else ()


def _waiting(text: str, builds: tuple[BuildWorkflow, ...]) -> str:
    """The deploy workflow waits for the build workflow by the name that it has."""
    from cilint.syntax.yaml_edit import quote

    if not builds:
        return text
    return text.replace(
        "workflows: [Backend Build]", f"workflows: [{quote(builds[0].workflow.name, flow=True)}]", 1
    )
