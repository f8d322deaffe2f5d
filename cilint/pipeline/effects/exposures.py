"""Where steps print secrets: to the log, to the summary, to outputs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cilint.findings.finding import FileEdit
from cilint.pipeline.effects.programs import programs_of
from cilint.pipeline.effects.secret_variables import derived, holds_secret, secret_variables
from cilint.pipeline.invocations import Invocation
from cilint.pipeline.sites import Site
from cilint.syntax.shell import Command, Script, Word
from cilint.syntax.shell_tree import SHELLS
from cilint.text.edit import Edit
from cilint.text.hints import TYPE_CHECKING
from cilint.text.source import Span

if TYPE_CHECKING:
    from cilint.pipeline.pipeline import Pipeline

_VERBOSE = {
    "curl": ("-v", "--verbose", "--trace", "--trace-ascii"),
    "wget": ("-d", "--debug", "-S"),
    "http": ("-v", "--verbose"),
    "https": ("-v", "--verbose"),
}
_SHOWN = re.compile(r"GITHUB_(?:STEP_SUMMARY|OUTPUT)|/dev/(?:stdout|stderr|tty)")
_FILTERS = frozenset(
    ("sort", "cat", "head", "tail", "base64", "rev", "tr", "xxd", "od", "fold", "uniq", "grep")
)
"""Programs that print what they read, maybe in another form, which no masking knows."""
_SILENT = ("-q", "--quiet", "--silent", "-c", "--count", "-v", "--invert-match")
_EVERYTHING = re.compile(r"\b(?:os\.environ|process\.env|ENV|Deno\.env\.toObject\(\))\s*[,)}]")
_PROGRAM_PRINT = re.compile(r"(?:console\.\w+|core\.(?:info|notice|warning|setOutput)|print)\s*\([^)\n]*")


_LISTS = ("env", "printenv", "export", "declare", "typeset", "set")


class Exposure:
    """One such place. ``what`` says what shows the secret, as the beginning of a sentence."""

    def __init__(self, path: str, span: Span, what: str, edits: tuple[FileEdit, ...] = ()) -> None:
        self.path = path
        self.span = span
        self.what = what
        self.edits = edits


def exposures(pipeline: Pipeline) -> Iterator[Exposure]:
    """The exposures in the workflows that deploy to Dokploy, each once."""
    entries = {id(deploy.site.call.entry) for deploy in pipeline.deploys if deploy.to_dokploy}
    seen = set()
    for site in pipeline.runs.sites:
        for found in _in_step(site) if id(site.call.entry) in entries else ():
            if (found.path, found.span) not in seen:
                seen.add((found.path, found.span))
                yield found


def _in_step(site: Site) -> Iterator[Exposure]:
    script, secrets = site.script, secret_variables(site)
    if script is None:
        yield from _in_program(site, secrets)
        return
    names = derived(script, frozenset(secrets))
    used = any(holds_secret(word, names) for command in script.commands for word in _words(command))
    for command in script.commands:
        if command.name == "set" and used:
            yield from _tracing(site, command)
        elif command.name in _VERBOSE:
            yield from _verbose(site, command, names)
        elif command.name in ("echo", "printf", "cat", "tee"):
            yield from _printing(site, command, names | _parameters(script, command, names))
        elif command.name in _LISTS or command.wrappers[-1:] == ("env",):
            yield from _listing(site, command, names)
        elif command.name in SHELLS:
            yield from _traced_shell(site, command, names)
        for program in programs_of(command):
            if _prints(program.text, names) and _destination(command) is not None:
                yield Exposure(site.path, site.file_span(command.words[0].span), "this prints the secret")


def _parameters(script: Script, command: Command, names: frozenset[str]) -> set[str]:
    """The parameters of the function that a command is part of in which calls hand it secrets."""
    calls = script.named(command.function) if command.function else ()
    given = [(at, word) for call in calls for at, word in enumerate(call.words[1:], 1)]
    found = {str(at) for at, word in given if holds_secret(word, names)}
    return found | {"@", "*"} if found else found


def _tracing(site: Site, command: Command) -> Iterator[Exposure]:
    argv = command.argv()
    for at, word in enumerate(argv):
        letters = word[1:] if re.fullmatch(r"-[a-z]+", word) else ""
        if "x" not in letters and not (word == "xtrace" and argv[at - 1] in ("-o", f"-{letters}o")):
            continue
        span = site.file_span(command.words[at].span)
        edits = _without_line(site, command) if letters == "x" and len(argv) == 2 else None
        if edits is None and len(letters) > 1:
            edits = (FileEdit(site.path, Edit(span, "-" + letters.replace("x", ""))),)
        yield Exposure(
            site.path, span, f"`set {word}` prints every command with the secrets in it", edits or ()
        )


def _traced_shell(site: Site, command: Command, names: frozenset[str]) -> Iterator[Exposure]:
    inner = command.inner.commands if command.inner is not None and "x" in command.shell_flags else ()
    if any(holds_secret(word, names) for each in inner for word in _words(each)):
        what = f"`{command.name} -x` prints every command with the secrets in it"
        yield Exposure(site.path, site.file_span(command.words[1].span), what)


def _without_line(site: Site, command: Command) -> tuple[FileEdit, ...] | None:
    """Take away a command that has a line of its own in a block."""
    run, script = site.step.run, site.script
    if run is None or script is None or run.style != "literal":
        return None
    start = script.text.rfind("\n", 0, command.span.start) + 1
    end = script.text.find("\n", command.span.end)
    if end < 0 or script.text[start:end].strip() != command.raw or not script.text[end + 1 :].strip():
        return None
    first, following = site.file_span(command.span).start, end + 1
    while script.text[following] in " \n":
        following += 1
    after = site.file_span(Span(following, following + 1)).start
    return (FileEdit(site.path, Edit(Span(first, after), "")),)


def _verbose(site: Site, command: Command, names: frozenset[str]) -> Iterator[Exposure]:
    call = Invocation(site, command)
    flag = call.arguments.flag(*_VERBOSE[command.name])
    if flag is None or not any(holds_secret(word, names) for word in _words(command)):
        return
    span = call.span_of(flag.word)
    edits: tuple[FileEdit, ...] = ()
    if flag.word.raw == flag.name and flag.value is None:
        before = next(word for at, word in enumerate(command.words) if command.words[at + 1] is flag.word)
        edits = (FileEdit(site.path, Edit(Span(call.span_of(before).end, span.end), "")),)
    yield Exposure(
        site.path, span, f"`{command.name} {flag.name}` prints the request with the secret in it", edits
    )


def _printing(site: Site, command: Command, names: frozenset[str]) -> Iterator[Exposure]:
    words = list(command.words[1:] if command.name in ("echo", "printf") else ())
    words += [r.heredoc.body for r in command.redirects if r.heredoc]
    words += [r.target for r in command.redirects if r.operator == "<<<" and r.target]
    shown = next((word for word in words if holds_secret(word, names) and "add-mask" not in word.raw), None)
    target = _destination(command)
    if shown is None or target is None:
        return
    edits = _without_line(site, command) if not command.redirects and command.name != "cat" else None
    what = f"`{command.name}` writes the secret to {target}"
    yield Exposure(site.path, site.file_span(shown.span), what, edits or ())


def _destination(command: Command) -> str | None:
    """Where what a command prints can be read; None where it goes into a file or another program."""
    reader = command.piped_to
    if isinstance(reader, Command):
        text = " ".join(word.raw for word in reader.words)
        if reader.name == "tee":
            return _place(text) or _destination(reader)
        shown = reader.name in _FILTERS and not reader.has_flag(*_SILENT)
        return _destination(reader) if shown else None
    if command.substitution is not None:
        return None
    redirect = next((each for each in command.redirects if each.moves_output), None)
    if redirect is None or redirect.target is None:
        return "the log"
    return "the log" if redirect.target.raw in ("&2", "2", "1") else _place(redirect.target.raw)


def _place(text: str) -> str | None:
    match = _SHOWN.search(text)
    if match is None:
        return None
    return {"GITHUB_STEP_SUMMARY": "the summary", "GITHUB_OUTPUT": "an output"}.get(match.group(), "the log")


def _listing(site: Site, command: Command, names: frozenset[str]) -> Iterator[Exposure]:
    argv = command.argv()
    asked = argv[1:] if command.name == "printenv" else []
    everything = command.name in _LISTS and argv[1:] in ([], ["-p"], ["-0"])
    if not names or _destination(command) is None or not (everything or names & set(asked)):
        return
    yield Exposure(site.path, site.file_span(command.span), f"`{command.raw}` prints the secret")


def _words(command: Command) -> list[Word]:
    words = [*command.written, *(each.value for each in command.assignments if each.value)]
    for redirect in command.redirects:
        target = redirect.heredoc.body if redirect.heredoc else redirect.target
        words += [target] if target else []
    return words


def _in_program(site: Site, secrets: dict[str, str]) -> Iterator[Exposure]:
    """Programs in other languages: a secret as an argument of what prints."""
    scalar = site.step.run or site.step.inputs.get("script")
    for match in _PROGRAM_PRINT.finditer(scalar.text) if scalar else ():
        if scalar and ("secrets." in match.group() or _shows(match.group(), secrets)):
            yield Exposure(site.path, scalar.source_span(*match.span()), "this prints the secret")


def _prints(program: str, names: Iterable[str]) -> bool:
    names = tuple(names)
    return bool(names) and any(_shows(match.group(), names) for match in _PROGRAM_PRINT.finditer(program))


def _shows(call: str, names: Iterable[str]) -> bool:
    """Whether what a call prints is one of the variables, or all of them."""
    if _EVERYTHING.search(call + ")"):
        return True
    return any(
        re.search(rf"\b(?:env|environ|getenv|ENV)\W{{0,5}}(?:get\W{{1,3}})?{re.escape(name)}\b", call)
        for name in names
    )
