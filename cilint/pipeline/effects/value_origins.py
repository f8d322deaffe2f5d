"""Where a value comes from that a text names: variables, inputs, secrets that callers pass on, and files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import normpath

from cilint.model.workflow import entries, mapping_at
from cilint.pipeline.invocations import Invocation
from cilint.pipeline.runs import Runs
from cilint.pipeline.sites import Site
from cilint.syntax.shell import Command
from cilint.syntax.shell_origins import given_to

_MAX_DEPTH = 4
_MAX_WRITES = 20
_MAX_FILES = 10
_MAX_VARIABLES = 100
_VARIABLE = re.compile(r"\$\{?([A-Za-z_]\w*)")
_READS = re.compile(r"\bcat\s+([^\s|;&<>()]+)|\$\(\s*<\s*([^\s()]+)|^([^\s$]+)$")


def said(runs: Runs, call: Invocation, words: list[str]) -> str:
    """Words of a command with what the variables and files in them hold, as far as the scripts say that."""
    found = with_variables(call.site, call.command, " ".join(words))
    files = dict.fromkeys(file for word in words for file in _files(word))
    for name in list(files)[:_MAX_FILES]:
        for site, command in _writers(runs, call, name):
            written = [command.raw, *(each.raw for each in _piped_to(command))]
            written += [redirect.heredoc.body.raw for redirect in command.redirects if redirect.heredoc]
            found += " " + sources(site, with_variables(site, command, " ".join(written)))
    return found


def with_variables(site: Site, command: Command, text: str) -> str:
    """A text with the values of the variables in it: of the script, the step, the job and the workflow."""
    script = site.script
    found = " ".join([text, *(given_to(script, command, text) if script else ())])
    layers = site.env_layers
    for name in list(dict.fromkeys(_VARIABLE.findall(found)))[:_MAX_VARIABLES]:
        value = next((layer[name].text for layer in layers if name in layer), None)
        before = None if value is not None else _written_before(site, name)
        found += f" {value}" if value is not None else f" {sources(*before)}" if before else ""
    return found


def _files(word: str) -> Iterator[str]:
    """The files that words read: ``cat FILE``, ``$(< FILE)``, or the word itself, behind a ``<``."""
    for match in _READS.finditer(word.strip()):
        yield _plain(match[1] or match[2] or match[3])


def _plain(name: str) -> str:
    """A path without quotes; the home folder has one spelling."""
    bare = name.replace('"', "").replace("'", "")
    return normpath(re.sub(r"^(?:~|\$\{?HOME\}?)(?=/)", "~", bare))


def _writers(runs: Runs, call: Invocation, name: str) -> Iterator[tuple[Site, Command]]:
    """The commands of the job's scripts before this one that write to a file."""
    count = 0
    for site in (*runs.earlier(call.site), call.site):
        for command in site.script.commands if site.script else ():
            target = command.output_to
            if site is call.site and command.span.start >= call.command.span.start:
                break
            tee = command.words[-1].raw if command.name == "tee" and len(command.words) > 1 else ""
            if count < _MAX_WRITES and name in (_plain(target.raw) if target else "", _plain(tee or "-")):
                count += 1
                yield site, command


def _piped_to(command: Command) -> list[Command]:
    source = command.piped_from
    return [source] if isinstance(source, Command) else []


def sources(site: Site, text: str, depth: int = 0) -> str:
    """The text with what its ``env``, ``inputs`` and ``secrets`` were given, where the files say that."""
    found = [text]
    for context, name in re.findall(r"\b(env|inputs|secrets)\.([\w-]+)", text) if depth < _MAX_DEPTH else ():
        given = _given(site, context, name)
        if given is not None:
            place, source = given
            resolved = sources(place, source, depth + 1) if place else source
            # what a caller passes on is what counts, not what the callee calls it
            found = [each.replace(f"{context}.{name}", "") for each in found] + [resolved]
    return " ".join(found)


def _given(site: Site, context: str, name: str) -> tuple[Site | None, str] | None:
    """What a name was given, and the step where that is said."""
    if context == "env":
        layers = site.env_layers
        value = next((layer[name] for layer in layers if name in layer), None)
        return (site, value.text) if value else _written_before(site, name)
    if context == "inputs" and site.parent:
        passed = site.parent.step.inputs.get(name.lower())
        return (site.parent, passed.text) if passed else None
    if context == "secrets" and site.call.caller and not site.parent:
        passed = entries(mapping_at(site.call.caller.job.node, "secrets")).get(name)
        return (None, passed.text) if passed else None
    return None


def _written_before(site: Site, name: str) -> tuple[Site, str] | None:
    """The line of an earlier script that gives later steps a variable."""
    for earlier in reversed(list(site.before)):
        text = earlier.step.run.text if earlier.step.run else ""
        if "GITHUB_ENV" in text and (found := re.search(rf"\b{re.escape(name)}=[^\n]*", text)):
            return earlier, found[0]
    return None
