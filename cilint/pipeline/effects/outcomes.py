"""What a script makes of an HTTP answer, found by running it in thought with answers of several statuses.

Exit statuses as curl, wget and HTTPie have them: curl succeeds whatever the status unless ``--fail``, which
sees 400 and above only; wget fails on those and on redirects that name no place, which is how Dokploy
refuses; HTTPie with ``--check-status`` from 300.
"""

from __future__ import annotations

from cilint.pipeline.effects.requests import TOLERATED, ClientRequest, Outcome, may_hide
from cilint.text.hints import TYPE_CHECKING
from cilint.text.hole import HOLE

if TYPE_CHECKING:
    from cilint.syntax.shell_run import Run

_ERRORS = (401, 404, 500, 502, 503)
_REDIRECTS = (301, 302)
_OTHER_SUCCESSES = (201, 204)
_STATUS_FORMATS = ("%{http_code}", "%{response_code}", "%{code}")
_SILENT_CLIENTS = {
    "curl": "curl ends with status 0 whatever the server answers",
    "http": "HTTPie ends with status 0 whatever the server answers",
    "https": "HTTPie ends with status 0 whatever the server answers",
}


def outcome_of(request: ClientRequest) -> Outcome:
    """Judge by the ends of the script for answers that it should refuse."""
    if request.tolerated:
        return Outcome(False, False, False, TOLERATED)
    failing = request.call.arguments.has_flag("-f", "--fail", "--fail-with-body", "--check-status")
    if may_hide(request.call) and not failing and request.call.name != "wget":
        return Outcome(None, None, None)  # the option that fails may be among what is not seen
    detects = _all_fail([_ending(request, status) for status in _ERRORS])
    redirects = _all_fail([_ending(request, status) for status in _REDIRECTS])
    others = _all_fail([_ending(request, status) for status in _OTHER_SUCCESSES])
    exactly = (
        False
        if False in (detects, redirects, others)
        else None
        if None in (detects, redirects, others)
        else True
    )
    return Outcome(detects, redirects, exactly, "" if detects else _reason(request))


def _reason(request: ClientRequest) -> str:
    if request.call.arguments.has_flag("-w", "--write-out"):
        return "the status is asked for, but no error status ends the script with a failure"
    if _succeeds(request, 404):
        return _SILENT_CLIENTS.get(request.call.name, "the status is never looked at")
    failure = request.call.failure
    return (
        f"the command is {failure.reason}"
        if failure.reason.startswith(("followed", "negated", "tested", "in "))
        else failure.reason
    )


def _all_fail(runs: list[Run]) -> bool | None:
    """Whether every run fails; None where one may fail or not."""
    if any("ok" in run.ends and not run.ends & {"fail", "hang"} for run in runs):
        return False
    if all(run.ends and run.ends <= {"fail", "hang"} for run in runs):
        return True
    return None


def _ending(request: ClientRequest, status: int) -> Run:
    from cilint.syntax.shell_run import Result

    return request.call.ending(Result(_succeeds(request, status), _output(request, status)))


def succeeds_on(request: ClientRequest, status: int) -> bool:
    """Whether an answer with this status is all that the script wants, whatever else it says."""
    return _ending(request, status).ends == {"ok"}


def _succeeds(request: ClientRequest, status: int) -> bool:
    """Whether the client's exit status is 0 for an answer with this HTTP status."""
    arguments, client = request.call.arguments, request.call.name
    if client == "curl":
        failing = arguments.has_flag("-f", "--fail", "--fail-with-body")
        return status < 400 or not failing
    if client == "wget":
        return status < 300
    return status < 300 or (not arguments.has_flag("--check-status") and client.startswith("http"))


def _output(request: ClientRequest, status: int) -> str:
    """What the client prints: the status where it is asked for it, after a body that nobody knows."""
    arguments = request.call.arguments
    failed = not _succeeds(request, status)
    if request.call.name != "curl":
        return "" if failed and request.call.name == "wget" else HOLE
    written = arguments.option("-w", "--write-out")
    text = (written.value or "") if written else ""
    for name in _STATUS_FORMATS:
        text = text.replace(name, str(status))
    text = text.replace("\\n", "\n")
    hidden = (failed and not arguments.has_flag("--fail-with-body")) or arguments.has_flag(
        "-o", "--output", "-O", "--remote-name", "-I", "--head"
    )
    return text if hidden else HOLE + text
