"""Whether a command of a script runs in a scenario, as far as the script's own conditions tell."""

from __future__ import annotations

import re
from collections.abc import Mapping

from cilint.pipeline.evaluate import UNKNOWN, interpolate
from cilint.pipeline.invocations import Invocation
from cilint.pipeline.partial import both
from cilint.pipeline.scenarios import SHA, Scenario
from cilint.syntax.shell import Block, Command, Guard
from cilint.syntax.shell_expand import pattern_of
from cilint.syntax.shell_tests import Test, condition_of, holds, same_text
from cilint.text.hints import TYPE_CHECKING, Any
from cilint.text.hole import HOLE

if TYPE_CHECKING:
    from cilint.pipeline.runs import Runs

_VARIABLES = (
    "ref",
    "ref_name",
    "ref_type",
    "event_name",
    "head_ref",
    "base_ref",
    "repository",
    "repository_owner",
    "run_number",
    "run_id",
)
_LEAVING = ("exit", "return")
MAX_KEPT = 100
"""So many environments of a step are kept, one for each event and leg of the matrix."""
_EXPRESSION = re.compile(r"\$\{\{.*?\}\}", re.DOTALL)


def shell_state(runs: Runs, call: Invocation, scenario: Scenario) -> bool | None:
    """Whether the command runs where its step does, on the way where every other command succeeds.

    Conditions that compare what the scenario gives are decided; of any other, both outcomes are possible.
    """
    if call.site.script is None or not (call.command.guards or _leavings(call)):
        return True
    return state_in(call, runs.reach(call.site.call.entry).contexts(call.site, scenario))


def state_in(call: Invocation, contexts: Mapping[str, Any]) -> bool | None:
    """Whether the command runs where its step does and expressions have these contexts."""
    script = call.site.script
    if script is None:
        return True
    env = environment(call, contexts)
    state = guarded(call, call.command, env)
    if state is None and call.command not in script.simulate({}, call.shell, env).executed:
        return False
    for leaving in _leavings(call) if state is not False else ():
        left = _left(call, leaving, env)
        state = both(state, None if left is None else not left)
    return state


def _leavings(call: Invocation) -> list[Command]:
    """The ``exit`` and ``return`` before the command that end what it is part of."""
    script, command = call.site.script, call.command
    return [
        each
        for each in (script.named(*_LEAVING) if script else ())
        if each.span.start < command.span.start
        and each.function == command.function
        and not each.subshell
        and each.substitution is None
        and not any(shell.name == "trap" for shell in each.shells)
    ]


def _left(call: Invocation, leaving: Command, env: Mapping[str, Any]) -> bool | None:
    """Whether the script is left there. A failure that may be is none on the way where all succeeds."""
    status = leaving.argv(env)[1:2]
    fails = bool(status) and status[0].strip("0") != ""
    asked = [command for guard in leaving.guards for command in guard.commands]
    if any(guard.kind == "list" and not guard.wanted for guard in leaving.guards) and not any(
        condition_of(command) for command in asked
    ):
        return False  # `login || exit 0`: the command before succeeds
    state = guarded(call, leaving, env)
    tests = [condition_of(command) for command in asked]
    # what a script needs, such as a secret, is there where all goes well
    needed = bool(tests) and all(isinstance(test, Test) and test.operator in ("-z", "-n") for test in tests)
    return False if state is None and (fails or needed) else state


def guarded(call: Invocation, command: Command, env: Mapping[str, Any]) -> bool | None:
    """Whether the conditions around a command hold."""
    script = call.site.script
    assert script is not None
    state: bool | None = True
    for guard in command.guards:
        at = guard.commands[0] if guard.commands else command  # nothing is known on a way that is not gone
        known = {**env, **(script.environment(at, env, call.shell) or env)}
        holding = _case_holds(command, guard, known) if guard.kind == "case" else _holds(guard, known)
        state = both(state, holding)
    return state


def runner_variables(contexts: Mapping[str, Any]) -> dict[str, str]:
    """The variables that the runner sets for every step, as far as they are known."""
    found = {"GITHUB_SHA": SHA}
    for name in _VARIABLES:
        value = contexts["github"].get(name)
        if isinstance(value, str):
            found[f"GITHUB_{name.upper()}"] = value
    return found


def is_judged(command: Command) -> bool:
    """Whether only tests decide whether the command runs, and no program's success."""
    return all(condition_of(each) is not None for guard in command.guards for each in guard.commands)


def environment(call: Invocation, contexts: Mapping[str, Any]) -> dict[str, str]:
    """The variables that the runner sets and those of the step.

    A ``${{ }}`` of the script, which the runner replaces before the shell sees it, is there under its text.
    All commands of the script are given one object, which is not to be changed.
    """
    kept = call.site.environments
    if id(contexts) not in kept or kept[id(contexts)][0] is not contexts:
        if len(kept) >= MAX_KEPT:
            kept.clear()
        kept[id(contexts)] = contexts, _environment(call, contexts)
    return kept[id(contexts)][1]


def _environment(call: Invocation, contexts: Mapping[str, Any]) -> dict[str, str]:
    found = runner_variables(contexts)
    for name, value in contexts["env"].items():
        if value is not UNKNOWN:
            found[name] = str(value)
    run = call.site.step.run
    for source in set(_EXPRESSION.findall(run.text)) if run and "${{" in run.text else ():
        text = interpolate(source, contexts)
        if text != HOLE:
            found[source] = text
    return found


def _holds(guard: Guard, env: Mapping[str, Any]) -> bool | None:
    tests = [condition_of(command) for command in guard.commands]
    if not tests or None in tests:
        # `login && push`: on the way where everything succeeds, what follows runs.
        return True if guard.kind == "list" and guard.wanted else None
    state: bool | None = True
    for test in tests:
        assert test is not None
        state = both(state, holds(test, env, {}))
    return None if state is None else state == guard.wanted


def _case_holds(command: Command, guard: Guard, env: Mapping[str, Any]) -> bool | None:
    """Whether a ``case`` comes to this item: to the first that has a pattern which its subject matches."""
    item = next(
        (block for block in command.blocks if block.kind == "item" and block.span == guard.span), None
    )
    case = item.parent if item else None
    if item is None or not isinstance(case, Block) or not case.words:
        return None
    subject = case.words[0].text(env)
    for other in case.items[: item.index + 1]:
        patterns = other.patterns if isinstance(other, Block) else ()
        matched = [same_text(subject, pattern_of(pattern, env, {})) for pattern in patterns]
        if True in matched:
            return other is item
        if None in matched:
            return None
    return False
