"""Changes of a request's command that let a step notice a refusal."""

from __future__ import annotations

from cilint.findings.finding import FileEdit, Safety
from cilint.pipeline.effects.requests import ClientRequest
from cilint.syntax.shell import Block
from cilint.text.edit import Edit
from cilint.text.source import Span

_FAIL = ("-f", "--fail", "--fail-with-body")
_OUTPUT = (
    "-o",
    "--output",
    "-w",
    "--write-out",
    "-O",
    "--remote-name",
    "-i",
    "--include",
    "-D",
    "--dump-header",
)


class RequestMend:
    """The changes for one request; each gives edits, or None where a local change is not enough."""

    def __init__(self, request: ClientRequest) -> None:
        self._request = request
        self._call = request.call

    @property
    def safety(self) -> Safety:
        """Safe where only an option is added; unsafe where something like ``|| true`` has to go."""
        return "unsafe" if self._alternative else "safe"

    @property
    def fail(self) -> tuple[FileEdit, ...] | None:
        """Let curl fail on an error status, and take away what swallows that."""
        call, command = self._call, self._call.command
        if call.name != "curl" or call.arguments.option("-w", "--write-out") or not command.words:
            return None
        if self._request.tolerated or not (self._alternative or call.failure.outcome == "fails"):
            return None
        edits = []
        if not call.arguments.has_flag(*_FAIL):
            end = call.span_of(command.words[0]).end
            edits.append(FileEdit(call.path, Edit(Span(end, end), " --fail-with-body")))
        if self._alternative:
            edits.append(FileEdit(call.path, Edit(self._alternative, "")))
        return tuple(edits) or None

    @property
    def _alternative(self) -> Span | None:
        """What stands behind ``||`` right after the command, with the operator."""
        command, parent = self._call.command, self._call.command.parent
        if not isinstance(parent, Block) or parent.kind != "list" or command.index + 2 != len(parent.items):
            return None
        if parent.operators[command.index] != "||":
            return None
        site = self._call.site
        return Span(self._call.span.end, site.file_span(parent.items[-1].span).end)

    @property
    def exactly_200(self) -> tuple[FileEdit, ...] | None:
        """Compare the status with 200, behind a plain curl statement on one line."""
        call, command, run = self._call, self._call.command, self._call.site.step.run
        if call.name != "curl" or run is None or run.style == "folded":
            return None
        parent = command.parent
        alone = (
            isinstance(parent, Block) and parent.sequential and not command.wrappers and not command.redirects
        )
        if not alone or command.index in parent.background or call.arguments.has_flag(*_OUTPUT):  # type: ignore[union-attr]
            return None
        if command.substitution or "\n" in command.raw:
            return None
        start, end = call.span
        tail = " --output /dev/null --write-out '%{http_code}'); [ \"$code\" = 200 ]"
        return (
            FileEdit(call.path, Edit(Span(start, start), "code=$(")),
            FileEdit(call.path, Edit(Span(end, end), tail)),
        )
