"""Programs that steps hold in another language than the shell's, and what they make of an HTTP answer.

Python, JavaScript and their like are not run in thought as scripts are: they are searched for the ways in
which their libraries and their own tests refuse an answer. What only a program's own words decide is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import islice, pairwise

from cilint.syntax.shell import Command
from cilint.text.hints import Literal
from cilint.text.hole import HOLE
from cilint.text.values import NamedTuple

Language = Literal["python", "javascript", "powershell", "other"]
_LANGUAGES: tuple[tuple[Language, re.Pattern[str]], ...] = (
    ("python", re.compile(r"(?:python|pypy|uv)[\d.]*")),
    ("javascript", re.compile(r"node|nodejs|deno|bun|tsx|ts-node")),
    ("powershell", re.compile(r"pwsh|powershell")),
    ("other", re.compile(r"ruby|php|perl")),
)
_MOST_CALLS, _MOST_VALUES, _LONGEST_CALL, _MOST_SEARCHED = 50, 10, 4000, 65_536
_CODE_OPTIONS = ("-c", "-e", "--eval", "-p", "--print", "-pe", "-r")


class Program(NamedTuple):
    """One program as it is written."""

    language: Language
    text: str


class Verdict(NamedTuple):
    """Whether errors (400 and above), redirects without a place, and other successes than 200 are refused."""

    errors: bool | None
    redirects: bool | None
    successes: bool | None


def language_of(name: str) -> Language | None:
    """The language of an interpreter or of a step's ``shell``."""
    return next((language for language, names in _LANGUAGES if names.fullmatch(name)), None)


def programs_of(command: Command) -> Iterator[Program]:
    """The programs that a command hands to an interpreter: as an option, or as its input."""
    language = language_of(command.name)
    if language is None:
        return
    words = command.words[1:]
    for option, word in pairwise(words):
        if option.raw in _CODE_OPTIONS or (command.name == "deno" and option.raw == "eval"):
            yield Program(language, word.raw)
    for redirect in command.redirects:
        if redirect.heredoc is not None:
            yield Program(language, redirect.heredoc.body.raw)
        elif redirect.operator == "<<<" and redirect.target is not None:
            yield Program(language, redirect.target.raw)


@cache
def _client() -> re.Pattern[str]:
    return re.compile(r"\b(?:curl|wget|https?|xhs?|fetch|requests|urllib\d?|httpx|aiohttp|axios|got|ky)\b")


def speaks_http(text: str) -> bool:
    """Whether a script or program, of whatever language, seems to make HTTP requests."""
    return _client().search(text) is not None


# -- calls -----------------------------------------------------------------------------------------


class HttpCall(NamedTuple):
    """One request in a program: its own text, and that of everything it is made of."""

    text: str
    source: str
    url: str
    method: str


@cache
def _call_pattern() -> re.Pattern[str]:
    verb = r"(?:get|post|put|patch|delete|head|request)"
    return re.compile(
        rf"\b(?:fetch|axios|got|ky|urlopen|urllib3?\.\w*[Rr]equest)(?:\.{verb})?\s*\("
        rf"|\b(?:requests|httpx|session|client|http|https|aiohttp|\$http|Net::HTTP|HTTParty|Faraday)\.{verb}\s*\("
        rf"|\brequire\(\s*['\"](?:node:)?https?['\"]\s*\)\.{verb}\s*\("
        rf"|(?:HTTP::Tiny|LWP::UserAgent|\$\w+)->(?:new(?:\([^()]*\))?->)?{verb}\s*\("
    )


@cache
def _powershell_call() -> re.Pattern[str]:
    return re.compile(
        r"\b(?:Invoke-RestMethod|Invoke-WebRequest|irm|iwr)\b(?:[^`\n|;]|`\r?\n)*", re.IGNORECASE
    )


def _powershell_calls(text: str) -> Iterator[HttpCall]:
    """Requests of a PowerShell script; arguments in a table (``@given``) are looked for in all of it."""
    for match in islice(_powershell_call().finditer(text, 0, _MOST_SEARCHED), _MOST_CALLS):
        call = match.group()
        source = call + "\n" + text[:_LONGEST_CALL] if "@" in call else _with_names(text, call)
        plain = re.sub(r"\$\{?(?:env:)?\w+\}?", HOLE, source)
        method = re.search(r"(?i)\bmethod\s*=?\s*['\"]?([a-z]+)", source)
        literal = _url(plain)
        yield HttpCall(call, source, literal, method.group(1).upper() if method else "GET")


def calls_of(program: Program) -> Iterator[HttpCall]:
    """The requests that a program makes, in order."""
    if program.language == "powershell":
        yield from _powershell_calls(program.text)
        return
    for match in islice(_call_pattern().finditer(program.text), _MOST_CALLS):
        text = match.group()[:-1] + _balanced(program.text, match.end() - 1)
        source = _with_names(program.text, text)
        yield HttpCall(text, source, _url(source), _method(match.group(), source))


def _balanced(text: str, start: int) -> str:
    """From a place up to the parenthesis that closes the first one after it."""
    depth = 0
    for at in range(start, min(len(text), start + _LONGEST_CALL)):
        if text[at] in "([{":
            depth += 1
        elif text[at] in ")]}":
            depth -= 1
            if depth <= 0:
                return text[start : at + 1]
    return text[start : start + _LONGEST_CALL]


def _with_names(program: str, text: str) -> str:
    """The text with the lines that assign the names in it, and the names in those."""
    assigned = _assignments(program)
    found = fresh = text
    names: set[str] = set()
    for _ in range(3):
        mentioned = set(re.findall(r"(?<![.\w])[A-Za-z_]\w*", fresh)) - names
        names |= mentioned
        fresh = "".join("\n" + value for name in sorted(mentioned) for value in assigned.get(name, ()))
        found += fresh
    return found


@lru_cache(maxsize=16)
def _assignments(program: str) -> dict[str, list[str]]:
    """What is assigned to each name, of each the first ten lines; of long programs the beginning."""
    found: dict[str, list[str]] = {}
    for match in _assigning().finditer(program, 0, _MOST_SEARCHED):
        values = found.setdefault(match.group(1), [])
        if len(values) < _MOST_VALUES:
            values.append(match.group(2)[:_LONGEST_CALL])
    return found


@cache
def _assigning() -> re.Pattern[str]:
    return re.compile(r"^.*?(?<![.\w])(\w+)(?:\s*:\s*\w+)?\s*=(?!=)\s*(\S.*)$", re.MULTILINE)


_PATH = re.compile(rf"(?:{HOLE})?/[\w{HOLE}]")


def _url(source: str) -> str:
    """The address as far as a literal says it; HOLE for what is put into it or before it."""
    literals = re.findall(r"\"([^\"\n]*)\"|'([^'\n]*)'|`([^`]*)`", source)
    texts = [next(filter(None, groups), "") for groups in literals]
    texts = [re.sub(r"\$?\{[^{}]*\}", HOLE, text) for text in texts]
    whole = next((text for text in texts if "://" in text), None)
    part = next((text for text in texts if _PATH.match(text)), None)
    if whole is not None:
        return whole if part is None or "/" in whole.partition("://")[2] else whole + part
    return HOLE if part is None else HOLE + part.removeprefix(HOLE)


def _method(beginning: str, source: str) -> str:
    named = re.search(r"(?:\.|->)(get|post|put|patch|delete|head)\s*\($", beginning)
    if named:
        return named.group(1).upper()
    given = re.search(r"method['\"]?\s*[:=]\s*['\"]([A-Za-z]+)|\brequest\(\s*['\"]([A-Z]+)['\"]", source)
    if given:
        return (given.group(1) or given.group(2)).upper()
    return "POST" if re.search(r"\bdata\s*=|\bbody\s*:", source) else "GET"


# -- what becomes of the answer --------------------------------------------------------------------

_FAILING = {
    "python": re.compile(r"\braise\b|\bassert\b|\bSystemExit\b|\bexit\((?!\s*0?\s*\))"),
    "javascript": re.compile(
        r"\bthrow\b|\bassert\b|\bexit\((?!\s*0?\s*\))|\bexitCode\s*=(?!=|\s*0\b)|\bsetFailed\b|\breject\("
    ),
    "powershell": re.compile(r"(?i)\bthrow\b|\bexit\s+[1-9$(]|\bWrite-Error\b"),
    "other": re.compile(r"\braise\b|\bdie\b|\babort\b|\bexit\b(?!\s*\(?\s*0?\s*\)?\s*(?:;|$))|\bthrow\b"),
}
_STATUS = r"(?:status(?:_?[cC]ode)?|\bcode|getcode\(\))\b"
_EXACT = re.compile(
    rf"{_STATUS}\)?\s*(?:[!=]==?|is not|is)\s*(?:200\b|(?:http\.)?HTTPStatus\.OK|(?:requests\.)?codes\.ok)"
    rf"|\b200\s*[!=]==?\s*[\w.]*{_STATUS}|(?i:status\w*)\W{{1,3}}\s*(?:-(?:ne|eq)|[!=]=|ne|eq)\s*\W?200\b"
)
_SUCCESS = re.compile(
    rf"\.is_success\b|{_STATUS}\s*(?:>=|<)\s*(?:200|300)\b|{_STATUS}\s*>\s*299\b|(?:<|<=)\s*(?:300|299)\b"
    rf"|{_STATUS}\s*//\s*100|range\(200,\s*300\)|startswith\(['\"]2|{_STATUS}\s*(?:not )?in\b"
)
_ERROR = re.compile(rf"\.is_error\b|{_STATUS}\s*>=\s*400\b|{_STATUS}\s*>\s*399\b|{_STATUS}\s*<\s*400\b")
_OK = re.compile(r"\??\.ok\b|\{[^{}]{0,300}\bok\b[^}]{0,300}\}\s*=")
_RAISES = re.compile(r"\braise_for_status\s*\(")
_REFUSING_CLIENTS = re.compile(
    r"\burlopen\s*\(|\baxios\b|\bgot\s*[.(]|\bky\s*[.(]|\boctokit\b|\bcheck_call\b"
    r"|\b(?i:Invoke-RestMethod|Invoke-WebRequest|irm|iwr)\b"
    r"(?!(?:[^`\n]|`\r?\n)*-(?i:SkipHttpErrorCheck|(?:ErrorAction|EA)\s+\W?(?:Silently|Ignore|Continue)))"
)


@lru_cache(maxsize=64)
def verdict(program: Program) -> Verdict:
    """What a program does with an answer that is no success."""
    text = program.text
    failing = _FAILING[program.language]
    open_text = _unguarded(program)
    fails = failing.search(open_text) is not None
    if _REFUSING_CLIENTS.search(text) and (_REFUSING_CLIENTS.search(open_text) or fails):
        return Verdict(True, True, bool(_EXACT.search(text) and fails))
    raises = _RAISES.search(open_text) is not None or bool(_RAISES.search(text) and fails)
    if fails:
        if _EXACT.search(text):
            return Verdict(True, True, True)
        if _SUCCESS.search(text) or (_OK.search(text) and program.language == "javascript"):
            return Verdict(True, True, False)
    if raises:
        return Verdict(True, "httpx." in text, False)
    if fails and (_OK.search(text) or _ERROR.search(text)):
        return Verdict(True, False, False)
    return Verdict(None, None, None) if fails else Verdict(False, False, False)


def _unguarded(program: Program) -> str:
    """The text without what a ``try`` or ``.catch`` keeps from ending the program.

    Within a ``try`` leaving the process still ends it, as does everything where the handler fails itself.
    """
    text = program.text
    if program.language == "python":
        return _without_python_tries(text)
    if program.language == "javascript":
        return _without_javascript_tries(text)
    return _without_tries(text, "powershell") if program.language == "powershell" else text


def _without_python_tries(text: str) -> str:
    kept: list[str] = []
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        line = lines[at]
        kept.append(line)
        at += 1
        if line.strip() != "try:":
            continue
        indent = len(line) - len(line.lstrip())
        body: list[str] = []
        while at < len(lines) and (not lines[at].strip() or _indent(lines[at]) > indent):
            body.append(lines[at])
            at += 1
        handler = [each for each in lines[at:] if each.strip()]
        caught = bool(handler) and handler[0].strip().startswith("except")
        if not caught or _FAILING["python"].search(_block(handler)):
            kept += body
        else:
            kept += [each for each in body if re.search(r"\b(?:sys\.|os\._)?exit\((?!\s*0?\s*\))", each)]
    return "\n".join(kept)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _block(lines: list[str]) -> str:
    """The first line and the deeper ones that follow it."""
    first = _indent(lines[0])
    end = next((at for at, line in enumerate(lines) if at and _indent(line) <= first), len(lines))
    return "\n".join(lines[:end])


def _without_javascript_tries(text: str) -> str:
    kept = _without_tries(text, "javascript")
    return kept if _catches_all(kept) is None else _catches_all(kept) or ""


def _without_tries(text: str, language: Language) -> str:
    pieces: list[str] = []
    at = 0
    for match in re.finditer(r"\btry\s*\{", text):
        if match.start() < at:
            continue
        body = _balanced(text, match.end() - 1)
        end = match.end() - 1 + len(body)
        handler = re.match(r"\s*catch\s*(?:\([^)]*\))?\s*\{", text[end:])
        caught = handler is not None and not re.search(
            _FAILING[language], _balanced(text, end + handler.end() - 1)
        )
        exits = " ".join(re.findall(r"process\.exit\([^)]*\)|exitCode\s*=\s*\w+|setFailed", body))
        pieces += [text[at : match.start()], exits if caught else body]
        at = end
    return "".join([*pieces, text[at:]])


def _catches_all(text: str) -> str | None:
    """The text without a chain that a ``.catch`` at its end makes harmless; None where there is none."""
    found = re.search(r"\.catch\s*\(", text)
    if found is None:
        return None
    handler = _balanced(text, found.end() - 1)
    if re.search(_FAILING["javascript"], handler) or re.fullmatch(r"\(\s*[\w.]+\s*\)", handler):
        return None
    statement = max(text.rfind("\n", 0, found.start()), text.rfind(";", 0, found.start())) + 1
    chain = text[statement : found.start()]
    exits = " ".join(re.findall(r"process\.exit\([^)]*\)|exitCode\s*=\s*\w+|setFailed", chain))
    return text[:statement] + exits + text[found.end() - 1 + len(handler) :]
