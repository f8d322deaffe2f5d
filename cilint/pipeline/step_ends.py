"""Steps that are meant to fail: whose script ends in failure whatever the programs in it do."""

from __future__ import annotations

import re
from collections.abc import Mapping

from cilint.pipeline.evaluate import SUCCEEDS, condition
from cilint.pipeline.invocations import Invocation
from cilint.pipeline.shell_state import environment, guarded, is_judged
from cilint.pipeline.sites import Site
from cilint.syntax.shell import Command
from cilint.syntax.shell_tests import condition_of, holds
from cilint.text.hints import Any

_OPEN_ENDED = re.compile(r"\b(?:if|for|while|catch|switch|function|return)\b|=>|&&|\|\||\?")


def is_tolerated(site: Site, contexts: Mapping[str, Any]) -> bool:
    """Whether a failure of the step may not count: ``continue-on-error``."""
    given = site.step.continue_on_error
    if given is None:
        return False
    text = given.text.strip()
    return text == "true" or ("${{" in text and condition(text, contexts, SUCCEEDS) is not False)


def surely_fails(site: Site, contexts: Mapping[str, Any]) -> bool:
    """Whether the step's own script fails where it runs; composite actions are not entered."""
    if site.step.action is not None:
        program = site.step.github_script
        text = program.text if program else ""
        return "core.setFailed(" in text and _OPEN_ENDED.search(text) is None
    script = site.script
    if script is None or script.error:
        return False
    for command in script.commands:
        if command.name not in ("exit", "false"):
            if _refuses(site, command, contexts):
                return True
            continue
        call = Invocation(site, command)
        env = environment(call, contexts)
        state = guarded(call, command, env) if _is_plain(command) else None
        if state is False:
            continue
        ends = command.argv(env)[1:2] if command.name == "exit" else ["1"]
        status = ends[0].isdigit() and int(ends[0]) % 256 != 0 if ends else False
        if command.name == "false" and (command.parent is not script.root or not call.shell.errexit):
            continue
        # any other end of the script comes first, or may come
        return state is True and status and is_judged(command)
    return False


def _refuses(site: Site, command: Command, contexts: Mapping[str, Any]) -> bool:
    """Whether it is a test that stands alone and is surely not met, where that ends the script."""
    script, call = site.script, Invocation(site, command)
    if script is None or command.parent is not script.root or not call.shell.errexit:
        return False
    test = condition_of(command)
    if test is None or command.index in script.root.background:
        return False
    known = environment(call, contexts)
    env = script.environment(command, known, call.shell) or known
    return holds(test, env, {}) is False and is_judged(command)


def _is_plain(command: Command) -> bool:
    """Whether it ends the script itself, in no function, subshell or loop."""
    return not (command.function or command.subshell or command.substitution is not None or command.loops)
