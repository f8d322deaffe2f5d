"""A health probe that Node.js makes, for images that have Node.js and not the program that is asked for."""

from __future__ import annotations

from cilint.pipeline.effects.bases import node_major
from cilint.pipeline.effects.tools import has_program
from cilint.text.edit import Edit
from cilint.text.hints import TYPE_CHECKING
from cilint.text.hole import HOLE
from cilint.text.source import Span

if TYPE_CHECKING:
    from cilint.pipeline.effects.health import HealthProbe

_PLAIN = frozenset({
    "-f", "--fail", "--fail-with-body", "-s", "--silent", "-S", "--show-error", "-q", "--quiet", "-nv",
    "--no-verbose", "-o", "--output", "-O", "--output-document", "-m", "--max-time", "--connect-timeout",
    "-T", "--timeout", "-t", "--tries", "--spider", "-v", "--verbose",
})  # fmt: skip
"""Options that change nothing in what a probe decides."""


def by_node(probe: HealthProbe) -> tuple[Edit, ...] | None:
    """The edit that lets Node.js ask for the same URL; None where the probe is more than a plain request."""
    url = probe.url
    others = [command for command in probe.call.parsed.commands if command is not probe.call.command]
    if url is None or HOLE in url.text or url.scheme != "http" or any(each.name != "exit" for each in others):
        return None
    plain = all(not option.name or option.name in _PLAIN for option in probe.call.arguments.parse())
    old = (node_major(probe.stage) or 18) < 18
    if not plain or old or has_program(probe.stage, "node") is not True or probe.call.command.redirects:
        return None
    from cilint.syntax.dockerfile_edit import json_array

    asked = f"{url.scheme}://{'127.0.0.1' if url.is_local else url.host}"
    asked += f":{url.port}" if url.written else ""
    _, _, rest = url.text.partition("://")
    path = rest[rest.index("/") :] if "/" in rest else "/"
    code = f"fetch('{asked}{path}').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"
    if "'" in path or "\\" in path:
        return None
    check = probe.instruction
    place = Span(check.mapped.start(check.command_start), check.arguments_span.end)
    return (Edit(place, json_array(["node", "-e", code])),)
