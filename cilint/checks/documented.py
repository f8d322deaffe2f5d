"""Whether the documentation shows the build's status and names the secrets that workflows want."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cilint.findings.violation import Options, Violation
from cilint.model.package import read_text
from cilint.pipeline.pipeline import Pipeline
from cilint.text.source import Span

_MOST_PAGES = 60
_SECRET = re.compile(r"\bsecrets\.([A-Za-z_]\w*)")
_PLACE = re.compile(r"\$\{\{[^}\n]{0,200}\}\}")


def run(pipeline: Pipeline, options: Options) -> Iterator[Violation]:
    """One violation a build without a badge, one a secret without a word; values: ``problem``."""
    pages = {path: read_text(pipeline.project.files, path) or "" for path in _pages(pipeline)}
    readmes = [text for path, text in pages.items() if path.rpartition("/")[2].lower() == "readme.md"]
    if not readmes:
        return
    for build in pipeline.build_workflows:
        file = build.path.rpartition("/")[2]
        if not any(re.search(rf"workflow\S*/{re.escape(file)}", text) for text in readmes):
            problem = "no README shows the status of this workflow; add its badge"
            yield Violation(build.path, build.span, {"problem": problem})
    told = "\n".join(pages.values())
    seen = set()
    for workflow in pipeline.project.workflows:
        for name, span in _secrets(workflow.source.text):
            if name not in seen and name.upper() != "GITHUB_TOKEN" and name not in told:
                seen.add(name)
                problem = f"no page of the documentation speaks of the secret {name}"
                yield Violation(workflow.path, span, {"problem": problem})


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
