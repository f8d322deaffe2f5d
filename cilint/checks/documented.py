"""Whether the documentation shows the build's status and names the secrets that workflows want."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from cilint.errors import nearest
from cilint.findings.finding import Severity
from cilint.findings.violation import Options, Violation
from cilint.model.package import read_text
from cilint.pipeline.pipeline import Pipeline
from cilint.text.source import Span

_MOST_PAGES = 60
_MOST_BADGES = 50
_SECRET = re.compile(r"\bsecrets\.([A-Za-z_]\w*)")
_BADGE = re.compile(
    r"(?:github\.com/([\w.-]{1,100}/[\w.-]{1,100})|\.\.)/actions/workflows/([\w.-]{1,100}\.ya?ml)/badge\.svg"
)
"""The status of a workflow as a picture: the repository, where it is written, and the workflow's file."""
_OWN_README = ("readme.md", ".github/readme.md", "docs/readme.md")
_WORKFLOW = re.compile(r"\.github/workflows/[^/]+\.ya?ml\Z")
_PLACE = re.compile(r"\$\{\{[^}\n]{0,200}\}\}")


def run(pipeline: Pipeline, options: Options) -> Iterator[Violation]:
    """One violation a build without a badge, one a badge without a workflow, one a secret without a word;
    values: ``problem``.
    """
    pages = {path: read_text(pipeline.project.files, path) or "" for path in _pages(pipeline)}
    readmes = [text for path, text in pages.items() if path.rpartition("/")[2].lower() == "readme.md"]
    if not readmes:
        return
    for build in pipeline.build_workflows:
        file = build.path.rpartition("/")[2]
        if not any(re.search(rf"workflow\S*/{re.escape(file)}", text) for text in readmes):
            problem = "no README shows the status of this workflow; add its badge"
            yield Violation(build.path, build.span, {"problem": problem})
    yield from _lost_badges(pipeline)
    told = "\n".join(pages.values())
    seen = set()
    for workflow in pipeline.project.workflows:
        for name, span in _secrets(workflow.source.text):
            if name not in seen and name.upper() != "GITHUB_TOKEN" and name not in told:
                seen.add(name)
                problem = f"no page of the documentation speaks of the secret {name}"
                yield Violation(workflow.path, span, {"problem": problem})


def _lost_badges(pipeline: Pipeline) -> Iterator[Violation]:
    """The badges in the project's own README whose workflow there is not.

    Ours is the one repository that all badges are of, or any of whose badges is of a workflow that there is;
    those of others are not judged.
    """
    files = {path.rpartition("/")[2] for path in pipeline.project.paths if _WORKFLOW.match(path)}
    for path in sorted(pipeline.project.paths):
        source = pipeline.project.source(path) if path.lower() in _OWN_README else None
        badges = list(islice(_BADGE.finditer(source.text), _MOST_BADGES)) if source else []
        repositories = {badge[1].lower() for badge in badges if badge[1]}
        sure = {badge[1].lower() for badge in badges if badge[1] and badge[2] in files}
        ours = sure or (repositories if len(repositories) == 1 else set())
        for badge in badges:
            if badge[2] not in files and (badge[1] is None or badge[1].lower() in ours):
                meant = nearest(badge[2], files)
                problem = f"the badge is of the workflow {badge[2]}, which does not exist"
                problem += f"; {meant} is meant" if meant else ""
                yield Violation(path, Span(*badge.span(2)), {"problem": problem}, severity=Severity.WARNING)


def _pages(pipeline: Pipeline) -> list[str]:
    """The pages that people read, those in the root first."""
    found = [
        path for path in pipeline.project.files.listing() if path.lower().endswith((".md", ".mdx", ".rst"))
    ]
    return sorted(found, key=lambda path: (path.count("/"), path))[:_MOST_PAGES]


def _secrets(text: str) -> Iterator[tuple[str, Span]]:
    for place in _PLACE.finditer(text):
        for found in _SECRET.finditer(place.group()):
            yield found[1], Span(*place.span())
