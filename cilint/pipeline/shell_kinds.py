"""The kinds of things in shell scripts that rules judge, wherever the scripts stand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property

from cilint.text.hints import TYPE_CHECKING, Any

if TYPE_CHECKING:  # each property loads what it needs
    from cilint.model.action import Action
    from cilint.model.dockerfile import Dockerfile
    from cilint.model.workflow import Job, Workflow
    from cilint.pipeline.effects.shell_calls import ShellCall, ShellLoop
    from cilint.pipeline.effects.shell_directives import ShellDirective
    from cilint.pipeline.effects.shell_expansions import Expansion
    from cilint.pipeline.effects.shell_extensions import ShellExtension
    from cilint.pipeline.effects.shell_programs import ShellProgram
    from cilint.pipeline.effects.shell_scripts import ShellScript
    from cilint.pipeline.effects.shell_substitutions import Substitution
    from cilint.pipeline.effects.shell_tests import ShellTest
    from cilint.pipeline.effects.shell_variables import ShellVariable


class ShellKinds:
    """The part of a pipeline that its scripts decide: those of Dockerfiles, workflows and actions."""

    @cached_property
    def dockerfiles(self) -> tuple[Dockerfile, ...]:
        raise NotImplementedError

    @cached_property
    def target_workflows(self) -> tuple[Workflow, ...]:
        raise NotImplementedError

    @cached_property
    def target_actions(self) -> tuple[Action, ...]:
        raise NotImplementedError

    @cached_property
    def shell_scripts(self) -> tuple[ShellScript, ...]:
        """The scripts of RUN instructions and of ``run`` steps."""
        return (*self._docker_scripts(), *self._step_scripts())

    def _docker_scripts(self) -> Iterator[ShellScript]:
        if self.dockerfiles:
            from cilint.pipeline.effects.shell_scripts import scripts_of

            for dockerfile in self.dockerfiles:
                yield from scripts_of(dockerfile)

    def _step_scripts(self) -> Iterator[ShellScript]:
        from cilint.pipeline.effects.shell_scripts import script_of

        for workflow in self.target_workflows:
            for job in workflow.jobs:
                default = job.default("shell") or _default_shell(job)
                yield from filter(None, (script_of(step, default) for step in job.steps))
        for action in self.target_actions:
            yield from filter(None, (script_of(step, None) for step in action.steps))

    def _in_scripts(self, read: Callable[[ShellScript], Iterable[Any]]) -> tuple[Any, ...]:
        return tuple(item for script in self.shell_scripts for item in read(script))

    @cached_property
    def shell_expansions(self) -> tuple[Expansion, ...]:
        """Expansions without quotes that may be split."""
        from cilint.pipeline.effects.shell_expansions import expansions

        return self._in_scripts(expansions)

    @cached_property
    def shell_calls(self) -> tuple[ShellCall, ...]:
        from cilint.pipeline.effects.shell_calls import calls

        return self._in_scripts(calls)

    @cached_property
    def shell_loops(self) -> tuple[ShellLoop, ...]:
        from cilint.pipeline.effects.shell_calls import loops

        return self._in_scripts(loops)

    @cached_property
    def shell_arrays(self) -> tuple[Expansion, ...]:
        """Arrays without quotes."""
        from cilint.pipeline.effects.shell_expansions import arrays

        return self._in_scripts(arrays)

    @cached_property
    def shell_programs(self) -> tuple[ShellProgram, ...]:
        from cilint.pipeline.effects.shell_programs import programs

        return self._in_scripts(programs)

    @cached_property
    def shell_substitutions(self) -> tuple[Substitution, ...]:
        from cilint.pipeline.effects.shell_substitutions import substitutions

        return self._in_scripts(substitutions)

    @cached_property
    def shell_tests(self) -> tuple[ShellTest, ...]:
        from cilint.pipeline.effects.shell_tests import tests

        return self._in_scripts(tests)

    @cached_property
    def shell_directives(self) -> tuple[ShellDirective, ...]:
        """What comments for ShellCheck in the scripts switch off."""
        from cilint.pipeline.effects.shell_directives import directives

        return self._in_scripts(directives)

    @cached_property
    def unassigned_variables(self) -> tuple[ShellVariable, ...]:
        from cilint.pipeline.effects.shell_variables import unassigned

        return self._in_scripts(unassigned)

    @cached_property
    def shell_extensions(self) -> tuple[ShellExtension, ...]:
        from cilint.pipeline.effects.shell_extensions import extensions

        return self._in_scripts(extensions)


def _default_shell(job: Job) -> str | None:
    """What runs a step without ``shell``: PowerShell on Windows, or where the matrix may name it."""
    labels = [label.text.lower() for label in job.runs_on]
    if any("${{" in label for label in labels):
        span = job.matrix.span if job.matrix is not None else job.node.span
        labels.append(job.workflow.source.text[span.start : span.end].lower())
    return "pwsh" if any("windows" in label or "fromjson" in label for label in labels) else None
