"""Whether generated types are there when types are checked."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cilint.findings.violation import Options, Violation
from cilint.model.edits import insert_step
from cilint.pipeline.effects.gates import Gate
from cilint.pipeline.pipeline import Pipeline
from cilint.text.hints import TYPE_CHECKING
from cilint.text.values import NamedTuple

if TYPE_CHECKING:
    from cilint.model.package import Package


class _Generated(NamedTuple):
    """Types that a package makes: since which version, how they are called, what makes them."""

    package: str
    since: tuple[int, int]
    what: str
    command: str
    makers: str


_GENERATED = (
    _Generated(
        "next", (15, 5), "the types of Next.js's routes", "npx next typegen", r"\bnext (typegen|build|dev)\b"
    ),
    _Generated(
        "@prisma/client", (7, 0), "Prisma's client", "npx prisma generate", r"\bprisma (\S+ )*generate\b"
    ),
)
_INSTALL = ("preinstall", "install", "postinstall", "prepare")


def run(pipeline: Pipeline, options: Options) -> Iterator[Violation]:
    """One violation a type check and kind of types; values: ``what``, ``command``."""
    for gate in pipeline.gates:
        package = _package(pipeline, gate) if gate.kind == "type-check" else None
        for generated in _GENERATED if package else ():
            assert package is not None
            if (package.version_of(generated.package) or (0, 0)) < generated.since:
                continue
            if not _is_made(pipeline, gate, package, generated):
                yield _violation(gate, generated)


def _package(pipeline: Pipeline, gate: Gate) -> Package | None:
    """The package that is checked: that of the script, else of the folder."""
    if gate.scripts:
        return gate.scripts[0].package
    folder = gate.site.working_directory.removeprefix("./").strip("/").removeprefix(".")
    return next((each for each in pipeline.packages if each.folder == folder), None)


def _is_made(pipeline: Pipeline, gate: Gate, package: Package, generated: _Generated) -> bool:
    """Whether a command before the check, or an install, makes the types."""
    run = gate.site.step.run
    texts = [*gate.texts, *(called.script.text for called in gate.scripts)]
    texts += [package.scripts.get(name, "") for name in _INSTALL]
    texts += [site.step.run.text for site in pipeline.runs.earlier(gate.site) if site.step.run]
    if gate.call and run:
        texts.append(run.text[: gate.call.command.span.start])
    everything = "\n".join(texts)
    names = re.findall(r"\b(?:run|yarn|pnpm|bun) ([\w:.-]+)", everything)
    everything += "\n".join(package.scripts.get(name, "") for name in names[:100])
    return re.search(generated.makers, everything) is not None


def _violation(gate: Gate, generated: _Generated) -> Violation:
    values = {"what": generated.what, "command": generated.command}
    step = gate.site.step
    run = step.run
    lines = [f"run: {generated.command}"]
    if step.working_directory:
        lines.append(f"working-directory: {step.working_directory}")
    alone = gate.call is not None and run is not None and run.text.strip() == gate.call.command.raw
    edits = None
    if alone and gate.site.parent is None:
        edits = insert_step(step, lines, name=f"Generate {generated.what}")
    return Violation(gate.path, gate.span, values, edits=edits or ())
