"""Everything that rules judge, worked out from one repository when first asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property

from cilint.model.kinds import kind_of
from cilint.model.project import Project
from cilint.pipeline.compose_kinds import ComposeKinds
from cilint.pipeline.dockerfile_kinds import DockerfileKinds
from cilint.pipeline.shell_kinds import ShellKinds
from cilint.text.hints import TYPE_CHECKING, Any

if TYPE_CHECKING:  # each property loads what it needs, so that one file is checked quickly
    from cilint.model.action import Action
    from cilint.model.compose import Compose
    from cilint.model.dockerfile import Dockerfile, Stage
    from cilint.model.nextjs import NextApp
    from cilint.model.package import Package
    from cilint.model.workflow import Job, Workflow
    from cilint.pipeline.effects.build_arguments import BuildArgument
    from cilint.pipeline.effects.build_parts import BuildPath, BuildTarget, PassedArgument
    from cilint.pipeline.effects.builders import Setup, Workbench
    from cilint.pipeline.effects.credentials import Credential
    from cilint.pipeline.effects.deploy_jobs import DeployJob
    from cilint.pipeline.effects.deployments import Deployment
    from cilint.pipeline.effects.deploys import Deploy
    from cilint.pipeline.effects.dokploy_calls import DokployCall
    from cilint.pipeline.effects.emulation import Emulation
    from cilint.pipeline.effects.exposures import Exposure
    from cilint.pipeline.effects.gates import Gate
    from cilint.pipeline.effects.health import HealthProbe
    from cilint.pipeline.effects.health_checks import HealthCheck
    from cilint.pipeline.effects.images import ImageBuild, ImagePush
    from cilint.pipeline.effects.injections import Injection
    from cilint.pipeline.effects.installs import Install
    from cilint.pipeline.effects.layer_caches import LayerCache
    from cilint.pipeline.effects.logins import Login
    from cilint.pipeline.effects.node_setup import NodeSetup, StepInstall
    from cilint.pipeline.effects.privileges import Privilege
    from cilint.pipeline.effects.probes import Probe
    from cilint.pipeline.effects.publications import Merge, Publication, PublishedImage
    from cilint.pipeline.effects.pulls import ImagePull, Promotion
    from cilint.pipeline.effects.registry import RegistryPush
    from cilint.pipeline.effects.requests import Request
    from cilint.pipeline.effects.retention import Retention
    from cilint.pipeline.effects.runners import Runner
    from cilint.pipeline.effects.script_expressions import ScriptExpression
    from cilint.pipeline.effects.secret_uses import SecretUse
    from cilint.pipeline.effects.shipments import Shipment
    from cilint.pipeline.effects.silent_skips import SilentSkip
    from cilint.pipeline.effects.unread_images import UnreadImage
    from cilint.pipeline.effects.unused_names import UnusedName
    from cilint.pipeline.effects.waits import Sleep, WaitLoop
    from cilint.pipeline.effects.wrong_commits import WrongCommit
    from cilint.pipeline.roles import BuildWorkflow, DeployWorkflow
    from cilint.pipeline.runs import Runs
    from cilint.pipeline.sites import Site
    from cilint.pipeline.upstream import UpstreamName, UpstreamTrigger

MAX_PACKAGES = 50
_COMPOSE, _DOCKERFILE, _WORKFLOW = {"compose"}, {"dockerfile"}, {"workflow", "action"}
_IN_DOCKERFILES = {
    "stages",
    "docker_installs",
    "health_probes",
    "image_health_checks",
    *vars(DockerfileKinds),
}
_IN_ALL = vars(ShellKinds)
_BUILT = {"build_targets", "passed_arguments"}


def _homes(name: str) -> set[str]:
    """The kinds of files that things of a kind are found in."""
    if name in _IN_DOCKERFILES:
        return _DOCKERFILE
    if name in vars(ComposeKinds):
        return _COMPOSE
    if name in _BUILT:
        return _COMPOSE | _WORKFLOW
    return _DOCKERFILE | _WORKFLOW if name in _IN_ALL else _WORKFLOW


class Pipeline(ComposeKinds, DockerfileKinds, ShellKinds):
    """One repository as a pipeline.

    ``parameters`` are the policy's. ``targets`` are the paths that findings are wanted for (None: all):
    things that are judged file by file are taken from these alone, what crosses files from the whole
    repository.
    """

    def __init__(
        self,
        project: Project,
        parameters: Mapping[str, Any] | None = None,
        targets: Collection[str] | None = None,
    ) -> None:
        self.project = project
        self.parameters = parameters or {}
        self.targets = targets

    def select(self, kind: str) -> Iterable[Any]:
        """All things of a kind of ``kinds.KINDS``."""
        name = kind + ("es" if kind.endswith(("sh", "ch")) else "s")
        # Without such a file there is nothing to find, and no need to load what would look for it.
        if not self.target_kinds & _homes(name):
            return ()
        found: Iterable[Any] = getattr(self, name)
        return found

    @cached_property
    def target_kinds(self) -> frozenset[str]:
        """The kinds of the files that findings are wanted for."""
        paths = self.project.files.listing() if self.targets is None else self.targets
        return frozenset(kind for path in paths if (kind := kind_of(path)))

    @property
    def main(self) -> str:
        """Name of the main branch."""
        return str(self.parameters.get("branch") or "main")

    def _target_paths(self, kind: str) -> Iterator[str]:
        paths = self.project.files.listing() if self.targets is None else sorted(self.targets)
        return (path for path in paths if kind_of(path) == kind)

    # -- files, one by one -------------------------------------------------------------------------

    @cached_property
    def target_workflows(self) -> tuple[Workflow, ...]:
        found = (self.project.workflow(path) for path in self._target_paths("workflow"))
        return tuple(workflow for workflow in found if workflow)

    @cached_property
    def target_actions(self) -> tuple[Action, ...]:
        found = (self.project.action(path) for path in self._target_paths("action"))
        return tuple(action for action in found if action)

    @property
    def target_yaml_files(self) -> tuple[Workflow | Action, ...]:
        """The target workflows, then the target actions."""
        return (*self.target_workflows, *self.target_actions)

    @cached_property
    def dockerfiles(self) -> tuple[Dockerfile, ...]:
        found = (self.project.dockerfile(path) for path in self._target_paths("dockerfile"))
        return tuple(dockerfile for dockerfile in found if dockerfile)

    @cached_property
    def compose_files(self) -> tuple[Compose, ...]:
        found = (self.project.compose(path) for path in self._target_paths("compose"))
        return tuple(compose for compose in found if compose)

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        return tuple(stage for dockerfile in self.dockerfiles for stage in dockerfile.stages)

    @property
    def workflows(self) -> tuple[Workflow, ...]:
        return self.target_workflows

    @cached_property
    def jobs(self) -> tuple[Job, ...]:
        return tuple(job for workflow in self.target_workflows for job in workflow.jobs)

    @cached_property
    def docker_installs(self) -> tuple[Install, ...]:
        """The dependency installs in Dockerfiles."""
        from cilint.pipeline.effects.installs import stage_installs

        return tuple(install for stage in self.stages for install in stage_installs(stage))

    @cached_property
    def health_probes(self) -> tuple[HealthProbe, ...]:
        """The programs that the HEALTHCHECKs of Dockerfiles run."""
        from cilint.pipeline.effects.health import health_probes

        return tuple(health_probes(self))

    @cached_property
    def image_health_checks(self) -> tuple[HealthCheck, ...]:
        """The HEALTHCHECKs of Dockerfiles as scripts."""
        if not any(stage.healthcheck for file in self.dockerfiles for stage in file.stages):
            return ()
        from cilint.pipeline.effects.health_checks import image_checks

        return tuple(image_checks(self))

    @cached_property
    def next_apps(self) -> tuple[NextApp, ...]:
        """The Next.js applications of the repository."""
        from cilint.model.nextjs import find_apps

        return find_apps(self.project.files)

    # -- what the workflows do ---------------------------------------------------------------------

    @cached_property
    def runs(self) -> Runs:
        from cilint.pipeline.runs import Runs

        return Runs(self.project, self.main, str(self.parameters.get("deploy_target") or "dokploy"))

    @property
    def steps(self) -> tuple[Site, ...]:
        """Every step where it runs."""
        return self.runs.sites

    @cached_property
    def image_builds(self) -> tuple[ImageBuild, ...]:
        from cilint.pipeline.effects.images import image_builds

        return tuple(image_builds(self.runs))

    @cached_property
    def image_pushes(self) -> tuple[ImagePush, ...]:
        from cilint.pipeline.effects.images import image_pushes

        return tuple(image_pushes(self.runs, self.image_builds))

    @cached_property
    def unread_images(self) -> tuple[UnreadImage, ...]:
        """What may build or publish images in ways that are not read."""
        from cilint.pipeline.effects.unread_images import unread_images

        return tuple(unread_images(self.runs, self.image_builds))

    @cached_property
    def setups(self) -> tuple[Setup, ...]:
        """The builders and emulators that steps make."""
        from cilint.pipeline.effects.builders import setups

        return tuple(setups(self.runs))

    @cached_property
    def workbenches(self) -> tuple[Workbench, ...]:
        """Every build of an image with what has been prepared for it."""
        from cilint.pipeline.effects.builders import workbenches

        return tuple(workbenches(self.runs, self.image_builds, self.setups))

    @cached_property
    def emulations(self) -> tuple[Emulation, ...]:
        from cilint.pipeline.effects.emulation import emulations

        return tuple(emulations(self.workbenches, self.setups))

    @cached_property
    def publications(self) -> tuple[Publication, ...]:
        """Every step or command that pushes an image."""
        from cilint.pipeline.effects.handed_publications import handed_publications
        from cilint.pipeline.effects.publications import publications

        read = publications(self.image_builds, self.image_pushes)
        return (*read, *handed_publications(self.runs))

    @cached_property
    def multi_platform_images(self) -> tuple[Merge, ...]:
        """Every published image with the builds that make its platforms."""
        from cilint.pipeline.effects.publications import merges

        return tuple(
            merges(
                self.runs, self.image_builds, self.image_pushes, self.workbenches, lambda: self.unread_images
            )
        )

    @cached_property
    def published_images(self) -> tuple[PublishedImage, ...]:
        from cilint.pipeline.effects.publications import published_images

        return tuple(published_images(self.image_pushes))

    @cached_property
    def registry_pushes(self) -> tuple[RegistryPush, ...]:
        from cilint.pipeline.effects.registry import registry_pushes

        return tuple(registry_pushes(self.runs, self.image_pushes, self.logins))

    @cached_property
    def layer_caches(self) -> tuple[LayerCache, ...]:
        from cilint.pipeline.effects.layer_caches import layer_caches

        return tuple(layer_caches(self.workbenches))

    @cached_property
    def image_pulls(self) -> tuple[ImagePull, ...]:
        from cilint.pipeline.effects.pulls import image_pulls

        return tuple(image_pulls(self.runs, self.image_pushes, self.logins))

    @cached_property
    def promotions(self) -> tuple[Promotion, ...]:
        """The images that are pulled, tagged and pushed again."""
        from cilint.pipeline.effects.pulls import promotions

        return tuple(promotions(self.runs, self.image_pushes))

    @cached_property
    def build_arguments(self) -> tuple[BuildArgument, ...]:
        """The build arguments that are given secrets."""
        from cilint.pipeline.effects.build_arguments import build_arguments

        return tuple(build_arguments(self.image_builds))

    @cached_property
    def build_paths(self) -> tuple[BuildPath, ...]:
        """The build contexts and Dockerfiles that builds name."""
        from cilint.pipeline.effects.build_parts import build_paths

        return tuple(build_paths(self.project, self.image_builds))

    @cached_property
    def build_targets(self) -> tuple[BuildTarget, ...]:
        """The stages that builds name."""
        from cilint.pipeline.effects.build_parts import build_targets

        return tuple(build_targets(self.project, self._target_builds, self.compose_files))

    @cached_property
    def passed_arguments(self) -> tuple[PassedArgument, ...]:
        """The build arguments of builds whose Dockerfiles are known."""
        from cilint.pipeline.effects.build_parts import passed_arguments

        return tuple(passed_arguments(self.project, self._target_builds, self.compose_files))

    @property
    def _target_builds(self) -> tuple[ImageBuild, ...]:
        """The builds of steps; workflows are not read for Compose files alone."""
        return self.image_builds if self.target_kinds & _WORKFLOW else ()

    @cached_property
    def privileges(self) -> tuple[Privilege, ...]:
        """What the jobs of publishing workflows may do without need."""
        from cilint.pipeline.effects.privileges import privileges

        return tuple(privileges(self.runs, self.image_pushes))

    @cached_property
    def retentions(self) -> tuple[Retention, ...]:
        from cilint.pipeline.effects.retention import retentions

        return tuple(retentions(self.runs))

    @cached_property
    def shipments(self) -> tuple[Shipment, ...]:
        from cilint.pipeline.effects.shipments import shipments

        return tuple(shipments(self))

    @cached_property
    def logins(self) -> tuple[Login, ...]:
        from cilint.pipeline.effects.logins import logins

        return tuple(logins(self.runs))

    @cached_property
    def deploys(self) -> tuple[Deploy, ...]:
        from cilint.pipeline.effects.deploys import deploys

        return tuple(deploys(self.runs, self.requests))

    @cached_property
    def build_contexts(self) -> dict[str, str]:
        """The folder that each Dockerfile is built from, by its path."""
        from cilint.pipeline.effects.builders import build_contexts

        return build_contexts(self.project, self.image_builds)

    @cached_property
    def rollouts(self) -> tuple[Deploy, ...]:
        """The deploys to Dokploy and the calls that choose the image for one."""
        from cilint.pipeline.effects.deploys import rollouts

        return tuple(rollouts(self.runs, self.requests, self.deploys))

    @cached_property
    def deployments(self) -> tuple[Deployment, ...]:
        """The deploys among all that the repository does."""
        from cilint.pipeline.effects.deployments import deployments

        return tuple(deployments(self))

    @cached_property
    def exposures(self) -> tuple[Exposure, ...]:
        """Where secrets are printed."""
        from cilint.pipeline.effects.exposures import exposures

        return tuple(exposures(self))

    @cached_property
    def silent_skips(self) -> tuple[SilentSkip, ...]:
        """The deploys that are left out for want of a secret."""
        from cilint.pipeline.effects.silent_skips import silent_skips

        return tuple(silent_skips(self))

    @cached_property
    def wrong_commits(self) -> tuple[WrongCommit, ...]:
        """Uses of the run's own commit where the one that was built is meant."""
        from cilint.pipeline.effects.wrong_commits import wrong_commits

        return tuple(wrong_commits(self))

    @cached_property
    def deploy_jobs(self) -> tuple[DeployJob, ...]:
        from cilint.pipeline.effects.deploy_jobs import deploy_jobs

        return tuple(deploy_jobs(self))

    @cached_property
    def secret_uses(self) -> tuple[SecretUse, ...]:
        """The secrets that workflows which deploy ask for."""
        from cilint.pipeline.effects.secret_uses import secret_uses

        return tuple(secret_uses(self))

    @cached_property
    def sleeps(self) -> tuple[Sleep, ...]:
        """The fixed waits after a deploy."""
        from cilint.pipeline.effects.waits import sleeps

        return tuple(sleeps(self))

    @cached_property
    def wait_loops(self) -> tuple[WaitLoop, ...]:
        """The loops that ask again and again in workflows that deploy."""
        from cilint.pipeline.effects.waits import wait_loops

        return tuple(wait_loops(self))

    @cached_property
    def dokploy_calls(self) -> tuple[DokployCall, ...]:
        from cilint.pipeline.effects.dokploy_calls import dokploy_calls

        return tuple(dokploy_calls(self.runs, self.requests, self.deploys))

    @cached_property
    def script_expressions(self) -> tuple[ScriptExpression, ...]:
        """The ``${{ }}`` in scripts."""
        from cilint.pipeline.effects.script_expressions import script_expressions

        return tuple(script_expressions(self, self.runs.sites))

    @cached_property
    def requests(self) -> tuple[Request, ...]:
        """Every HTTP request that a step makes."""
        from cilint.pipeline.effects.requests import requests

        return tuple(requests(self.runs))

    @cached_property
    def credentials(self) -> tuple[Credential, ...]:
        from cilint.pipeline.effects.credentials import credentials

        return tuple(credentials(self))

    @cached_property
    def probes(self) -> tuple[Probe, ...]:
        from cilint.pipeline.effects.probes import probes

        return tuple(probes(self.runs, self.requests, self.deploys))

    @cached_property
    def packages(self) -> tuple[Package, ...]:
        """The package.json files of the repository."""
        from cilint.model.package import read_package

        paths = [path for path in self.project.files.listing() if path.rpartition("/")[2] == "package.json"]
        found = (read_package(self.project.files, path) for path in paths[:MAX_PACKAGES])
        return tuple(package for package in found if package and package.valid)

    @cached_property
    def upstream_triggers(self) -> tuple[UpstreamTrigger, ...]:
        from cilint.pipeline.upstream import upstream_triggers

        return tuple(upstream_triggers(self))

    @cached_property
    def upstream_names(self) -> tuple[UpstreamName, ...]:
        return tuple(name for trigger in self.upstream_triggers for name in trigger.names)

    @cached_property
    def gates(self) -> tuple[Gate, ...]:
        from cilint.pipeline.effects.gates import gates

        return tuple(gates(self.runs, self.image_builds))

    @cached_property
    def injections(self) -> tuple[Injection, ...]:
        """The texts of others that are pasted into programs."""
        from cilint.pipeline.effects.injections import injections

        return tuple(injections(self))

    @cached_property
    def runners(self) -> tuple[Runner, ...]:
        """The machines that jobs ask for."""
        from cilint.pipeline.effects.runners import runners

        return tuple(runners(self))

    @cached_property
    def unused_names(self) -> tuple[UnusedName, ...]:
        """The inputs, secrets and outputs that nothing reads."""
        from cilint.pipeline.effects.unused_names import unused_names

        return tuple(unused_names(self))

    @cached_property
    def node_setups(self) -> tuple[NodeSetup, ...]:
        from cilint.pipeline.effects.node_setup import node_setups

        return tuple(node_setups(self))

    @cached_property
    def step_installs(self) -> tuple[StepInstall, ...]:
        """The commands of steps that install a project's dependencies."""
        from cilint.pipeline.effects.node_setup import step_installs

        return tuple(step_installs(self))

    @cached_property
    def build_workflows(self) -> tuple[BuildWorkflow, ...]:
        """The workflow that builds the image: the one of the configured name, else the one that does it."""
        from cilint.pipeline.roles import build_workflow

        return build_workflow(self)

    @cached_property
    def deploy_workflows(self) -> tuple[DeployWorkflow, ...]:
        from cilint.pipeline.roles import deploy_workflow

        return deploy_workflow(self)
