"""What ``run`` steps write for later steps: outputs (``$GITHUB_OUTPUT``) and variables (``$GITHUB_ENV``).

Format of the files: ``name=value``, or ``name<<WORD``, lines, ``WORD`` (GitHub's workflow commands).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cilint.pipeline.invocations import Invocation
from cilint.pipeline.shell_state import environment, state_in
from cilint.pipeline.sites import Site
from cilint.syntax.shell import Command
from cilint.syntax.shell_outputs import printed
from cilint.text.hints import Any
from cilint.text.hole import HOLE

_MAX_WRITES = 200


def writes(site: Site, file: str) -> bool:
    """Whether the step may write to ``GITHUB_OUTPUT`` or ``GITHUB_ENV``."""
    return site.step.run is not None and file in site.step.run.text


def written(site: Site, file: str, contexts: Mapping[str, Any]) -> dict[str, str]:
    """The values that the step's script writes to a file, with HOLEs for what is not known of them."""
    values: dict[str, str] = {}
    if site.script is None or not writes(site, file):
        return values
    end, name, lines = "", "", []
    for certain, text in _pieces(site, file, contexts):
        if certain is None:
            values = {**dict.fromkeys(_named(text), ""), **values}
            continue
        for line in text.removesuffix("\n").split("\n"):
            if end and line.strip() != end:
                lines.append(line)
                continue
            value = "\n".join(lines)
            if not end:
                name, equals, value = line.partition("=")
                start, heredoc, word = line.partition("<<")
                if heredoc and len(start) < len(name):
                    name, end, lines = start, word.strip(), []
                    continue
                if not equals:
                    continue
            end = ""
            if HOLE not in name:
                values[name] = value if certain or values.get(name) == value else HOLE
    return values


def _named(text: str) -> list[str]:
    """The names to which a text of one line each would have given values."""
    pairs = [line.partition("=") for line in text.split("\n") if "<<" not in line]
    return [name for name, equals, _ in pairs if equals and HOLE not in name]


def _pieces(site: Site, file: str, contexts: Mapping[str, Any]) -> Iterator[tuple[bool | None, str]]:
    """What is written, in order, and whether it surely is; None for what is left unset."""
    script = site.script
    assert script is not None
    writing = [command for command in script.commands if _goes_to(command, file)]
    for command in writing[:_MAX_WRITES]:
        call = Invocation(site, command)
        state = state_in(call, contexts)
        outer = environment(call, contexts)
        env = script.environment(command, outer, call.shell) or outer
        yield None if state is False else state is True and not command.loops, _printed(command, env)


def _printed(command: Command, env: Mapping[str, Any]) -> str:
    if command.name in ("echo", "printf"):
        return printed(command.name, command.argv(env)[1:])
    if command.name in ("cat", "tee"):
        for redirect in command.redirects:
            if redirect.heredoc is not None:
                return redirect.heredoc.body.text(env)
    return HOLE


def _goes_to(command: Command, file: str) -> bool:
    """Whether its output ends in the file: by a redirection, of a group around it too, or through ``tee``."""
    if command.substitution is not None:
        return False
    if command.name == "tee":
        return any(redirect.heredoc for redirect in command.redirects) and file in command.raw
    target = command.output_to
    if target is not None:
        return file in target.raw
    after = command.piped_to
    if after is not None:
        return isinstance(after, Command) and after.name == "tee" and file in after.raw
    groups = (redirect for block in command.blocks for redirect in reversed(block.redirects))
    around = next((redirect.target for redirect in groups if redirect.moves_output), None)
    return around is not None and file in around.raw
