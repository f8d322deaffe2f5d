"""Whether a command of a script runs in a scenario, as far as the script's own conditions tell."""

from __future__ import annotations

from cilint.pipeline.evaluate import UNKNOWN, interpolate
from cilint.pipeline.filters import matches
from cilint.pipeline.invocations import Invocation
from cilint.pipeline.reach import both
from cilint.pipeline.runs import Runs
from cilint.pipeline.scenarios import SHA, Scenario
from cilint.syntax.expression import HOLE
from cilint.syntax.shell import Guard, Word


def shell_state(runs: Runs, call: Invocation, scenario: Scenario) -> bool | None:
    """The three-valued and of the conditions around the command.

    A condition that compares texts which the scenario gives is decided; of any other only that it may hold
    is known. A command after ``&&`` of another command counts as run: on the way where all succeeds.
    """
    state: bool | None = True
    env: dict[str, str] | None = None
    for guard in call.command.guards:
        if guard.kind == "list" and guard.wanted and not _tests(guard):
            continue
        if env is None:
            env = environment(runs, call, scenario)
        state = both(state, _holds(guard, call, runs, scenario, env))
    return state


def environment(runs: Runs, call: Invocation, scenario: Scenario) -> dict[str, str]:
    """The variables that the runner sets and those of the step, in the scenario."""
    reach = runs.reach(call.site.call.entry)
    github = reach.github(scenario)
    found = {"GITHUB_SHA": SHA}
    for name in ("ref", "ref_name", "ref_type", "event_name", "head_ref", "base_ref", "repository"):
        value = github.get(name)
        if isinstance(value, str):
            found[f"GITHUB_{name.upper()}"] = value
    contexts = reach.contexts(call.site, scenario)
    for name, value in contexts["env"].items():
        found[name] = HOLE if value is UNKNOWN else str(value)
    return found


def _tests(guard: Guard) -> bool:
    return any(command.kind == "test" or command.name in ("test", "[") for command in guard.commands)


def _holds(guard: Guard, call: Invocation, runs: Runs, scenario: Scenario, env: dict[str, str]) -> bool | None:
    if len(guard.commands) != 1 or not _tests(guard):
        return None
    words = [word for word in guard.commands[0].words if word.raw not in ("[", "]", "[[", "]]", "test")]
    if len(words) != 3:
        return None
    contexts = runs.reach(call.site.call.entry).contexts(call.site, scenario)
    left, right = (interpolate(_text(word, env), contexts) for word in (words[0], words[2]))
    if HOLE in left + right or words[1].raw not in ("=", "==", "!="):
        return None
    pattern = guard.commands[0].raw.startswith("[[") and not words[2].quoted
    same = matches(right.replace("*", "**"), left) if pattern else left == right
    return (same == (words[1].raw != "!=")) == guard.wanted


def _text(word: Word, env: dict[str, str]) -> str:
    """The word's text with its ``${{ }}`` left in place."""
    pieces = []
    for part in word.parts:
        if part.literal or part.kind == "expression":
            pieces.append(part.text)
        else:
            pieces.append(env.get(part.text, HOLE) if part.kind == "variable" and not part.operator else HOLE)
    return "".join(pieces)
