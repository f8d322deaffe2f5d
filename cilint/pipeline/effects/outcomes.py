"""What a script makes of an HTTP answer, found by running it in thought with answers of several statuses."""

from __future__ import annotations

from cilint.pipeline.effects.clients import ERRORS, SILENT, answer, hides_failure, succeeds
from cilint.pipeline.effects.requests import TOLERATED, ClientRequest, Outcome
from cilint.text.hints import TYPE_CHECKING

if TYPE_CHECKING:
    from cilint.syntax.shell_run import Run

_REDIRECTS = (301, 302)
_OTHER_SUCCESSES = (201, 204)


def outcome_of(request: ClientRequest) -> Outcome:
    """Judge by the ends of the script for answers that it should refuse."""
    if request.tolerated:
        return Outcome(False, False, False, TOLERATED)
    if hides_failure(request.call.arguments):
        return Outcome(None, None, None)  # the option that fails may be among what is not seen
    detects = _all_fail([_ending(request, status) for status in ERRORS])
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
    if succeeds(request.call.arguments, 404):
        return SILENT.get(request.call.name, "the status is never looked at")
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
    return request.call.ending(answer(request.call.arguments, status))


def succeeds_on(request: ClientRequest, status: int) -> bool:
    """Whether an answer with this status is all that the script wants, whatever else it says."""
    return _ending(request, status).ends == {"ok"}
