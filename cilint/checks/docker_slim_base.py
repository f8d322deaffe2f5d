"""Whether the final stage is built on the full variant of an image that has a slim one."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.findings.violation import Options, Violation
from cilint.model.dockerfile import Stage
from cilint.pipeline.effects.bases import library_name
from cilint.pipeline.pipeline import Pipeline
from cilint.text.hole import HOLE

_HAVE_SLIM = frozenset(
    {"node", "python", "ruby", "rust", "perl", "pypy", "debian", "openjdk", "erlang", "elixir"}
)


def run(pipeline: Pipeline, _options: Options) -> Iterator[Violation]:
    """At most one violation a file; values: ``image``, ``slim``."""
    for dockerfile in pipeline.dockerfiles:
        stage = dockerfile.final
        image = stage.root_image if stage else None
        if stage is None or image is None or library_name(image) not in _HAVE_SLIM:
            continue
        tag = image.tag or ""
        if HOLE in tag or any(part in tag for part in ("slim", "alpine", "windows", "nanoserver")):
            continue
        bottom: Stage = stage.chain[-1] if stage.chain else stage
        values = {
            "image": image.text,
            "slim": f"{image.path}:{tag + '-' if tag not in ('', 'latest') else ''}slim",
        }
        yield Violation(dockerfile.path, bottom.base_span or bottom.span, values)
