"""What becomes of a command's failure."""

from __future__ import annotations

from cilint.syntax.shell_run import Result, Run
from cilint.syntax.shell_tree import Block, Command, Shell
from cilint.text.hints import Literal
from cilint.text.values import NamedTuple

Outcome = Literal["fails", "ignored", "handled", "hangs", "maybe"]
_TALK = frozenset(
    {
        "echo",
        "printf",
        ":",
        "true",
        "sleep",
        "break",
        "continue",
        "exit",
        "return",
        "set",
        "let",
        "date",
        "cat",
    }
)


class Failure(NamedTuple):
    """What follows from a command's failure.

    ``fails``: the script fails on every way. ``ignored``: it goes on, at most saying so. ``handled``: it goes
    on after doing something about it (``reaction``). ``hangs``: a loop tries again for ever. ``maybe``: it
    depends on what is not known. ``reason`` says in a few words what keeps the failure from counting.
    """

    outcome: Outcome
    reason: str
    reaction: tuple[Command, ...]


def failure_of(command: Command, failed: Run, succeeded: Run, shell: Shell) -> Failure:
    """Judge by two runs, in which the command fails and succeeds."""
    reaction = tuple(sorted(failed.executed - succeeded.executed, key=lambda one: one.span.start))
    if failed.ends == {"fail"}:
        return Failure("fails", "", reaction)
    if failed.ends == {"hang"}:
        return Failure("hangs", "the loop tries again for ever", reaction)
    reason = reason_of(command, shell)
    same = failed.ends == succeeded.ends and not reaction and command.substitution is None
    if not failed.ends or ("fail" in failed.ends and not same):
        return Failure("maybe", reason, reaction)
    return Failure("handled" if any(_acts(one) for one in reaction) else "ignored", reason, reaction)


def _acts(command: Command) -> bool:
    """Whether it does more than talk, wait, ask or count."""
    if command.kind in ("test", "arithmetic"):
        return False
    if command.kind == "assignment":
        values = [one.value for one in command.assignments]
        return not all(value and [part.kind for part in value.parts] == ["arithmetic"] for value in values)
    return command.name not in _TALK


def reason_of(command: Command, shell: Shell) -> str:
    """What stands between the command's exit status and the script's, the nearest thing."""
    node = command
    parent = command.parent
    while parent is not None:
        reason = _passed(node, parent, shell) if isinstance(parent, Block) else _used(node, parent)
        if reason:
            return reason
        node, parent = parent, parent.parent  # type: ignore[assignment]
    return "no `set -e`" if not shell.errexit else "`set +e`"


def _passed(node: Command, parent: Block, shell: Shell) -> str:
    if node.index in parent.background:
        return "in the background (`&`)"
    if parent.kind == "pipeline" and node.index < len(parent.items) - 1 and not shell.pipefail:
        return "in a pipeline without `pipefail`"
    if parent.kind == "not":
        return "negated by `!`"
    if parent.kind == "condition":
        return "tested by a condition"
    if parent.kind == "list" and node.index < len(parent.items) - 1:
        following = parent.items[node.index + 1]
        operator = parent.operators[node.index]
        return f"followed by `{operator} {following.raw.partition(chr(10))[0][:40]}`"
    if parent.kind == "process":
        return "in a process substitution"
    return ""


def _used(node: object, parent: object) -> str:
    if not isinstance(node, Block) or not isinstance(parent, Command) or node.kind != "substitution":
        return ""
    if parent.kind == "assignment":
        return ""
    return f"its output is an argument of `{parent.name}`, whose own status counts"


__all__ = ["Failure", "Outcome", "Result", "failure_of"]
