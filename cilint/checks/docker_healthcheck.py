"""Whether the image that a Dockerfile makes has a HEALTHCHECK."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.findings.finding import Severity
from cilint.findings.violation import Options, Violation
from cilint.model.dockerfile import Stage
from cilint.pipeline.effects.bases import library_name
from cilint.pipeline.effects.health import app_in
from cilint.pipeline.effects.tools import has_program
from cilint.pipeline.pipeline import Pipeline
from cilint.text.edit import Edit


def run(pipeline: Pipeline, options: Options) -> Iterator[Violation]:
    """At most one violation a file, in its final stage; values: ``what``.

    It is an info where the base image may bring one.
    """
    for dockerfile in pipeline.dockerfiles:
        stage = dockerfile.final
        if stage is None or not runs_something(stage):
            continue
        check = stage.healthcheck
        if check is not None and check.health_type == "NONE":
            yield Violation(
                dockerfile.path, check.span, {"what": "`HEALTHCHECK NONE` switches the health check off"}
            )
        elif check is None:
            known = stage.root_image is None or library_name(stage.root_image) is not None
            what = (
                "the image has no HEALTHCHECK"
                if known
                else "no HEALTHCHECK here, and perhaps none in the base"
            )
            severity = None if known else Severity.INFO
            edits = _added(pipeline, stage, options.path) if known else ()
            yield Violation(dockerfile.path, stage.from_.span, {"what": what}, edits=edits, severity=severity)


def runs_something(stage: Stage) -> bool:
    """Whether containers of the stage run something: what is built on ``scratch`` may be files alone."""
    bottom = stage.chain[-1] if stage.chain else stage
    return bottom.base != "scratch" or stage.command is not None or stage.entrypoint is not None


def _added(pipeline: Pipeline, stage: Stage, path: str) -> tuple[Edit, ...]:
    """A HEALTHCHECK above the command, where Node.js and the port are known and the route may be there."""
    from cilint.syntax.dockerfile_edit import EditRefused, insert_after, insert_before, json_array

    port = _port(stage)
    app = app_in(pipeline, stage.dockerfile)
    if has_program(stage, "node") is not True or port is None or not stage.instructions:
        return ()
    if app and app.serves(path) is False:
        routes = app.health_routes()
        if not routes:
            return ()
        path = app.url(routes[0])
    code = (
        f"fetch('http://127.0.0.1:{port}{path}')"
        ".then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"
    )
    lines = [
        "HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3",
        f"  CMD {json_array(['node', '-e', code])}",
    ]
    document = stage.dockerfile.document
    start = next((each for each in stage.instructions if each.name in ("CMD", "ENTRYPOINT")), None)
    try:
        if start is not None:
            return tuple(insert_before(document, start, lines))
        return tuple(insert_after(document, stage.instructions[-1], lines))
    except EditRefused:
        return ()


def _port(stage: Stage) -> str | None:
    value = stage.final_state.env.get("PORT") or ""
    if value.isascii() and value.isdecimal():
        return value
    ports = {each.first for each in stage.ports if each.protocol == "tcp"}
    return str(ports.pop()) if len(ports) == 1 and None not in ports else None
