"""The kinds of things in Dockerfiles that rules judge, instruction by instruction and command by command."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property

from cilint.text.hints import TYPE_CHECKING, Any

if TYPE_CHECKING:  # each property loads what it needs
    from cilint.model.dockerfile import Dockerfile
    from cilint.model.project import Project
    from cilint.pipeline.effects.copy_ignored import IgnoredSource
    from cilint.pipeline.effects.docker_commands import RunCommand
    from cilint.pipeline.effects.docker_comments import IgnoringComment
    from cilint.pipeline.effects.docker_copies import Copy
    from cilint.pipeline.effects.docker_descriptions import Definition
    from cilint.pipeline.effects.docker_froms import From, ImageUse
    from cilint.pipeline.effects.docker_lines import Line
    from cilint.pipeline.effects.docker_ports import Exposed
    from cilint.pipeline.effects.docker_processes import Folder, Process, User
    from cilint.pipeline.effects.docker_runs import Run
    from cilint.pipeline.effects.docker_settings import Setting
    from cilint.pipeline.effects.docker_variables import Undefined
    from cilint.pipeline.effects.exec_operators import ExecOperator
    from cilint.pipeline.effects.package_installs import PackageCommand


class DockerfileKinds:
    """The part of a pipeline that its ``dockerfiles`` alone decide."""

    project: Project

    @cached_property
    def dockerfiles(self) -> tuple[Dockerfile, ...]:
        raise NotImplementedError

    def _in_dockerfiles(self, read: Callable[[Dockerfile], Iterable[Any]]) -> tuple[Any, ...]:
        return tuple(item for dockerfile in self.dockerfiles for item in read(dockerfile))

    @cached_property
    def instructions(self) -> tuple[Line, ...]:
        """All instructions; what an ONBUILD holds comes after it."""
        from cilint.pipeline.effects.docker_lines import lines

        return self._in_dockerfiles(lines)

    @cached_property
    def from_instructions(self) -> tuple[From, ...]:
        from cilint.pipeline.effects.docker_froms import froms

        return self._in_dockerfiles(lambda dockerfile: froms(self.project, dockerfile))

    @cached_property
    def image_uses(self) -> tuple[ImageUse, ...]:
        """The images that FROM, COPY and mounts name."""
        from cilint.pipeline.effects.docker_froms import image_uses

        return self._in_dockerfiles(image_uses)

    @cached_property
    def copy_instructions(self) -> tuple[Copy, ...]:
        """COPY and ADD."""
        from cilint.pipeline.effects.docker_copies import copies

        return self._in_dockerfiles(copies)

    @cached_property
    def ignored_sources(self) -> tuple[IgnoredSource, ...]:
        """What COPY and ADD name although .dockerignore leaves it out."""
        from cilint.pipeline.effects.copy_ignored import ignored_sources

        return self._in_dockerfiles(lambda dockerfile: ignored_sources(self.project, dockerfile))

    @cached_property
    def run_instructions(self) -> tuple[Run, ...]:
        from cilint.pipeline.effects.docker_runs import runs

        return self._in_dockerfiles(runs)

    @cached_property
    def run_commands(self) -> tuple[RunCommand, ...]:
        """The commands of RUN instructions."""
        from cilint.pipeline.effects.docker_commands import run_commands

        return self._in_dockerfiles(run_commands)

    @cached_property
    def package_commands(self) -> tuple[PackageCommand, ...]:
        """What package managers do in RUN instructions."""
        from cilint.pipeline.effects.package_installs import package_commands

        return self._in_dockerfiles(package_commands)

    @cached_property
    def variable_settings(self) -> tuple[Setting, ...]:
        """The pairs of ENV, ARG and LABEL."""
        from cilint.pipeline.effects.docker_settings import settings

        return self._in_dockerfiles(settings)

    @cached_property
    def undefined_variables(self) -> tuple[Undefined, ...]:
        from cilint.pipeline.effects.docker_variables import undefined

        return self._in_dockerfiles(undefined)

    @cached_property
    def described_definitions(self) -> tuple[Definition, ...]:
        """ARGs and stages with a comment, where the file asks to have these checked."""
        from cilint.pipeline.effects.docker_descriptions import definitions

        return self._in_dockerfiles(definitions)

    @cached_property
    def ignoring_comments(self) -> tuple[IgnoringComment, ...]:
        """Comments that switch rules of hadolint off."""
        from cilint.pipeline.effects.docker_comments import ignoring_comments

        return self._in_dockerfiles(ignoring_comments)

    @cached_property
    def exec_operators(self) -> tuple[ExecOperator, ...]:
        """The operators in commands that no shell reads."""
        from cilint.pipeline.effects.exec_operators import of_image

        return self._in_dockerfiles(of_image)

    @cached_property
    def exposed_ports(self) -> tuple[Exposed, ...]:
        from cilint.pipeline.effects.docker_ports import exposed

        return self._in_dockerfiles(exposed)

    @cached_property
    def container_commands(self) -> tuple[Process, ...]:
        """CMD, ENTRYPOINT and HEALTHCHECK."""
        from cilint.pipeline.effects.docker_processes import processes

        return self._in_dockerfiles(processes)

    @cached_property
    def working_folders(self) -> tuple[Folder, ...]:
        from cilint.pipeline.effects.docker_processes import folders

        return self._in_dockerfiles(folders)

    @cached_property
    def container_users(self) -> tuple[User, ...]:
        from cilint.pipeline.effects.docker_processes import users

        return self._in_dockerfiles(users)
