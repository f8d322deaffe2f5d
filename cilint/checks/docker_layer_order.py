"""Whether all sources are copied before the dependencies are installed: then every change installs anew."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cilint.findings.finding import Label
from cilint.findings.violation import Options, Violation
from cilint.model.dockerfile import StageCopy
from cilint.model.package import LOCKFILES, join, read_package
from cilint.pipeline.effects.builders import context_of
from cilint.pipeline.effects.install_cache import is_cache_clean
from cilint.pipeline.effects.installs import Install, read_install
from cilint.pipeline.effects.stage_commands import run_commands
from cilint.pipeline.pipeline import Pipeline
from cilint.text.edit import Edit
from cilint.text.source import Span

_BESIDE = (".npmrc", ".yarnrc.yml", "pnpm-workspace.yaml")
"""Files that an install reads, if they are there, besides package.json and the lockfile."""
_WHOLE = re.compile(r"([ \t]*\w+(?:[ \t]+--\S+)*[ \t]+)\.(?:/)?[ \t]+([^\s\[<]+)([ \t]*\r?\n)")
_HOOKS = ("preinstall", "install", "postinstall", "prepare")


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """One violation for each install after such a copy, at the copy; values: ``text``."""
    for install in pipeline.docker_installs:
        copy = install.source_copy if install.is_project and not install.offline else None
        if copy is not None:
            path = install.stage.path
            labels = (Label(path, install.span, "installs again after every change of any file"),)
            values = {"text": install.text}
            yield Violation(path, copy.span, values, labels, _reordered(pipeline, install, copy))


def _reordered(pipeline: Pipeline, install: Install, copy: StageCopy) -> tuple[Edit, ...]:
    """The manifests copied and the install run before the copy that is right above it; else nothing."""
    from cilint.syntax.dockerfile_edit import comments_above

    stage, instructions = install.stage, list(install.stage.instructions)
    if copy.instruction not in instructions or install.instruction not in instructions:
        return ()
    at = instructions.index(copy.instruction)
    if instructions[at + 1 : at + 2] != [install.instruction] or not _installs_alone(install):
        return ()
    text = stage.dockerfile.source.text
    first, second = copy.instruction.lines_span, install.instruction.lines_span
    written = _WHOLE.fullmatch(text, first.start, first.end)
    manifests = _manifests(pipeline, install) if copy.destination == install.folder else []
    if written is None or not manifests or not text[: second.end].endswith("\n"):
        return ()
    head, target, end = written.groups()
    names = f"{head}{' '.join(manifests)} {target.rstrip('/')}/{end}"
    following = text[first.end : second.end]
    apart = end if not following.partition("\n")[0].strip() else ""  # a blank line stays between the two
    above = comments_above(stage.dockerfile.document, copy.instruction)
    return Edit(Span(above, above), names + following + apart), Edit(Span(first.end, second.end), "")


def _installs_alone(install: Install) -> bool:
    """Whether nothing in its RUN needs the sources."""
    calls = run_commands(install.stage, install.instruction)
    return not install.instruction.heredocs and all(
        call.command is install.call.command
        or read_install(call) is not None
        or is_cache_clean(call)
        or call.name in ("set", "corepack")
        for call in calls
    )


def _manifests(pipeline: Pipeline, install: Install) -> list[str]:
    """What an install reads of the build context; nothing where more may be read, or that is not known."""
    files, context = pipeline.project.files, context_of(pipeline, install.stage.dockerfile)
    package = read_package(files, join(context, "package.json")) if context is not None else None
    if package is None or not package.valid or package.workspaces or context is None:
        return []
    if any(hook in package.scripts for hook in _HOOKS) or package.has("@prisma/client"):
        return []
    locks = [name for name, manager in LOCKFILES.items() if manager == install.manager]
    found = [name for name in (*locks, *_BESIDE) if files.read(join(context, name)) is not None]
    return ["package.json", *found] if set(found).intersection(locks) else []
