"""Which canonical files a project gets, and with what text. Pure: nothing is read but through ``Files``."""

from __future__ import annotations

from cilint.findings.finding import NewFile
from cilint.model.files import Files
from cilint.model.package import join, read_text
from cilint.reference.notes import notes
from cilint.reference.precommit import with_hook
from cilint.reference.shape import BUILD_WORKFLOW, Choices, Shape
from cilint.reference.template import render
from cilint.text.values import NamedTuple

PRE_COMMIT = ".pre-commit-config.yaml"
AT_THE_ROOT = {
    BUILD_WORKFLOW: "backend-build.yml",
    ".github/workflows/backend-deploy.yml": "backend-deploy.yml",
    ".github/workflows/cilint.yml": "cilint.yml",
    "cilint.yaml": "settings.yaml",
    "dokploy-swarm.json": "dokploy-swarm.json",
    "docs/deployment.md": "deployment.md",
}


class Plan(NamedTuple):
    """The files as they should be, sorted by path, and what is left to a person."""

    files: tuple[NewFile, ...]
    notes: tuple[str, ...]
    extended: frozenset[str] = frozenset()
    """Files of the project's own that only gain something, so that they are written without being forced."""


def make_plan(files: Files, choices: Choices = Choices()) -> Plan:  # noqa: B008  (an immutable value)
    """The canonical files for the project. Raises CilintError where no application can be chosen."""
    shape = Shape(files, choices)
    values = shape.values()
    texts = {path: render(template, values) for path, template in AT_THE_ROOT.items()}
    if shape.dockerfile in (None, shape.new_dockerfile):
        texts[shape.new_dockerfile] = render("Dockerfile", values)
    texts[join(shape.context, ".dockerignore")] = render("dockerignore", values)
    if shape.new_health_route:
        texts[shape.new_health_route] = render("health.ts", values)
    if shape.app.node_version is None:
        texts[shape.version_file] = f"{shape.node}\n"
    left = list(notes(shape))
    hook = with_hook(read_text(files, PRE_COMMIT), render("pre-commit-hook.yaml", values))
    if hook is None:
        left.append(
            f"Add the hook `cilint` to {PRE_COMMIT} by hand: its list of repositories could not be read."
        )
    else:
        texts[PRE_COMMIT] = hook
    planned = tuple(NewFile(path, text) for path, text in sorted(texts.items()))
    return Plan(planned, tuple(left), frozenset({PRE_COMMIT}))
