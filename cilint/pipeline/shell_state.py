"""Whether a command of a script runs in a scenario, as far as the script's own conditions tell."""

from __future__ import annotations

from collections.abc import Mapping

from cilint.pipeline.evaluate import UNKNOWN, interpolate
from cilint.pipeline.invocations import Invocation
from cilint.pipeline.reach import both
from cilint.pipeline.runs import Runs
from cilint.pipeline.scenarios import SHA, Scenario
from cilint.syntax.shell import Block, Command, Guard, Word
from cilint.syntax.shell_expand import pattern_of
from cilint.syntax.shell_tests import Condition, Test, condition_of, holds, same_text
from cilint.text.hints import Any
from cilint.text.hole import HOLE

_VARIABLES = (
    "ref",
    "ref_name",
    "ref_type",
    "event_name",
    "head_ref",
    "base_ref",
    "repository",
    "repository_owner",
)


def shell_state(runs: Runs, call: Invocation, scenario: Scenario) -> bool | None:
    """Whether the command runs where its step does, on the way where every other command succeeds.

    Conditions that compare what the scenario gives are decided; of any other, both outcomes are possible.
    """
    script, guards = call.site.script, call.command.guards
    if script is None or not guards:
        return True
    contexts = runs.reach(call.site.call.entry).contexts(call.site, scenario)
    env = environment(runs, call, scenario, contexts)
    state: bool | None = True
    for guard in guards:
        inside = script.environment(call.command, env, call.shell) or env
        known = {**env, **inside}
        case = guard.kind == "case"
        holds_here = (
            _case_holds(call.command, guard, known, contexts) if case else _holds(guard, known, contexts)
        )
        state = both(state, holds_here)
    if state is None and call.command not in script.simulate({}, call.shell, env).executed:
        return False
    return state


def environment(
    runs: Runs, call: Invocation, scenario: Scenario, contexts: Mapping[str, Any]
) -> dict[str, str]:
    """The variables that the runner sets and those of the step, in the scenario."""
    github = runs.reach(call.site.call.entry).github(scenario)
    found = {"GITHUB_SHA": SHA}
    for name in _VARIABLES:
        value = github.get(name)
        if isinstance(value, str):
            found[f"GITHUB_{name.upper()}"] = value
    for name, value in contexts["env"].items():
        if value is not UNKNOWN:
            found[name] = str(value)
    return found


def _holds(guard: Guard, env: Mapping[str, Any], contexts: Mapping[str, Any]) -> bool | None:
    tests = [condition_of(command) for command in guard.commands]
    if not tests or None in tests:
        # `login && push`: on the way where everything succeeds, what follows runs.
        return True if guard.kind == "list" and guard.wanted else None
    state: bool | None = True
    for test in tests:
        assert test is not None
        state = both(state, _decided(test, env, contexts))
    return None if state is None else state == guard.wanted


def _case_holds(
    command: Command, guard: Guard, env: Mapping[str, Any], contexts: Mapping[str, Any]
) -> bool | None:
    """Whether a ``case`` comes to this item: to the first that has a pattern which its subject matches."""
    item = next(
        (block for block in command.blocks if block.kind == "item" and block.span == guard.span), None
    )
    case = item.parent if item else None
    if item is None or not isinstance(case, Block) or not case.words:
        return None
    subject = interpolate(_source(case.words[0], env), contexts)
    for other in case.items[: item.index + 1]:
        patterns = other.patterns if isinstance(other, Block) else ()
        matched = [same_text(subject, pattern_of(pattern, env, {})) for pattern in patterns]
        if True in matched:
            return other is item
        if None in matched:
            return None
    return False


def _decided(condition: Condition, env: Mapping[str, Any], contexts: Mapping[str, Any]) -> bool | None:
    """A condition with the ``${{ }}`` of its words resolved, which the shell never sees."""
    if not isinstance(condition, Test) or condition.operator not in ("=", "==", "!="):
        return holds(condition, env, {})
    left, right = condition.left, condition.right
    if left is None or right is None or not (left.expressions or right.expressions):
        return holds(condition, env, {})
    texts = [interpolate(_source(word, env), contexts) for word in (left, right)]
    if HOLE in texts[0] + texts[1]:
        return None
    same = texts[0] == texts[1]
    return same == (condition.operator != "!=")


def _source(word: Word, env: Mapping[str, Any]) -> str:
    """The word's text with its ``${{ }}`` left in place."""
    pieces = []
    for part in word.parts:
        if part.literal or part.kind == "expression":
            pieces.append(part.text)
        else:
            pieces.append(
                str(env.get(part.text, HOLE)) if part.kind == "variable" and not part.operator else HOLE
            )
    return "".join(pieces)
