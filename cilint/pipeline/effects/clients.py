"""Command lines of HTTP clients: what they ask for, and what they make of an answer.

Exit statuses as curl, wget and HTTPie have them: curl succeeds whatever the status unless ``--fail``, which
sees 400 and above only; wget fails on those and on redirects that name no place, which is how Dokploy
refuses; HTTPie with ``--check-status`` from 300.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from cilint.syntax.shell import Argument, Arguments
from cilint.syntax.shell_run import Result
from cilint.text.hole import HOLE

HTTPIE = ("http", "https", "xh", "xhs")
CLIENTS = ("curl", "wget", *HTTPIE)
ERRORS = (401, 404, 500, 502, 503)
"""Statuses that stand for all that say no."""
SILENT = {
    "curl": "curl ends with status 0 whatever the server answers",
    "http": "HTTPie ends with status 0 whatever the server answers",
    "https": "HTTPie ends with status 0 whatever the server answers",
}
"""What is to be said of clients whose exit status does not tell the answer's."""
_FAILING = ("-f", "--fail", "--fail-with-body", "--check-status")
_STATUS_FORMATS = ("%{http_code}", "%{response_code}", "%{code}")
_ADDRESS_NAME = re.compile(r"url|uri|hook|endpoint|host|api", re.IGNORECASE)


def address_of(arguments: Arguments) -> Argument | None:
    """The argument that is the address: ``--url``, or the first operand that looks like one."""
    given = arguments.option("--url")
    if given:
        return given
    operands = arguments.operands()
    if arguments.program in HTTPIE:
        operands = tuple(each for each in operands if not (each.value or "").isupper())
    return max(operands, key=_looks_like_address, default=None)


def _looks_like_address(argument: Argument) -> int:
    """How much an operand looks like an address; of options in an unquoted variable, the less the better."""
    value, word = argument.value or "", argument.word
    if "://" in value or _ADDRESS_NAME.search(word.raw):
        return 3
    if "/" in value or (HOLE in value and (word.quoted or word.expressions)):
        return 2
    return 1 if HOLE not in value else 0


def may_hide(arguments: Arguments) -> bool:
    """Whether a variable may add arguments that nobody sees: ``$OPTIONS``, ``"${ALL[@]}"``.

    What stands where the address is wanted is taken for the address, quoted or not.
    """
    argument = address_of(arguments)
    address = argument.value_word if argument else None
    others = [(text, word) for text, word in arguments.items if HOLE in text and word is not address]
    if Arguments(arguments.program, tuple(others)).open:
        return True
    parts = (part for _, word in others for part in word.parts)
    return any(part.subscript == "@" or (part.kind == "variable" and part.text == "@") for part in parts)


@cache
def _setting() -> re.Pattern[str]:
    return re.compile(r"""\s*(-{0,2})([\w-]+)(?:\s*[=:\s]\s*(?:"((?:[^"\\]|\\.)*)"|(\S.*?)))?\s*""")


def configured(text: str) -> Iterator[str]:
    """The arguments that a configuration file of curl holds (its manual page, ``--config``)."""
    for line in text.split("\n"):
        match = None if line.lstrip().startswith("#") else _setting().fullmatch(line)
        if match is not None:
            dashes, name, quoted, plain = match.groups()
            yield (dashes or "--") + name
            value = quoted if quoted is not None else plain
            if value is not None:
                yield re.sub(r"\\(.)", r"\1", value)


def hides_failure(arguments: Arguments) -> bool:
    """Whether what makes the client fail on error statuses may be among arguments that nobody sees."""
    return may_hide(arguments) and not arguments.has_flag(*_FAILING) and arguments.program != "wget"


def answer(arguments: Arguments, status: int) -> Result:
    """What the client does when it is answered with this HTTP status."""
    return Result(succeeds(arguments, status), _output(arguments, status))


def succeeds(arguments: Arguments, status: int) -> bool:
    """Whether the client's exit status is 0 for an answer with this HTTP status."""
    client = arguments.program
    if client == "curl":
        return status < 400 or not arguments.has_flag("-f", "--fail", "--fail-with-body")
    if client == "wget":
        return status < 300
    return status < 300 or (not arguments.has_flag("--check-status") and client.startswith("http"))


def _output(arguments: Arguments, status: int) -> str:
    """What the client prints: the status where it is asked for it, after a body that nobody knows."""
    failed = not succeeds(arguments, status)
    if arguments.program != "curl":
        return "" if failed and arguments.program == "wget" else HOLE
    written = arguments.option("-w", "--write-out")
    text = (written.value or "") if written else ""
    for name in _STATUS_FORMATS:
        text = text.replace(name, str(status))
    text = re.sub(r"%\{[^{}]*\}", HOLE, text).replace("\\n", "\n")
    hidden = (failed and not arguments.has_flag("--fail-with-body")) or arguments.has_flag(
        "-o", "--output", "-O", "--remote-name", "-I", "--head"
    )
    return text if hidden else HOLE + text
