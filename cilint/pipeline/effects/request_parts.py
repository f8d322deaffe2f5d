"""Headers and body of the requests that curl, wget and HTTPie send, as far as they are known."""

from __future__ import annotations

import re

from cilint.pipeline.effects.clients import HTTPIE, may_hide
from cilint.pipeline.effects.read_texts import file_text, substituted
from cilint.pipeline.invocations import Invocation
from cilint.syntax.shell import Word
from cilint.text.hints import Any
from cilint.text.hole import HOLE
from cilint.text.values import NamedTuple

_DATA = ("-d", "--data", "--data-raw", "--data-binary", "--data-ascii", "--json")
_OTHER_DATA = ("--data-urlencode", "-F", "--form", "--form-string", "-T", "--upload-file")
_WGET_DATA = ("--post-data", "--body-data")


class Header(NamedTuple):
    """One header; ``name`` in small letters, ``word`` is where it is written."""

    name: str
    value: str
    word: Word


class Body(NamedTuple):
    """What a request sends. ``text`` is None where it is not known, ``word`` is where it is written."""

    text: str | None
    word: Word | None
    is_json: bool  # whether the client itself says that it is JSON


def headers(call: Invocation) -> tuple[Header, ...] | None:
    """The headers that are given; None where there may be others."""
    arguments = call.arguments
    if may_hide(arguments) or arguments.has_flag("-K", "--config", "-b", "--cookie"):
        return None
    if call.name in HTTPIE:
        given = [(call.text(each), each.word) for each in arguments.operands()]
        given = [(text, word) for text, word in given if re.match(r"[A-Za-z][\w-]*:(?![/=])", text)]
    else:
        options = arguments.options("-H", "--header")
        given = [(call.text(each), each.value_word or each.word) for each in options]
    found = []
    for text, word in given:
        name, colon, value = text.partition(":")
        if not colon or HOLE in name:
            return None
        found.append(Header(name.strip().lower(), value.strip(), word))
    return tuple(found)


def body(call: Invocation) -> Body | None:
    """The body; None where nothing is sent."""
    arguments = call.arguments
    if call.name in HTTPIE:
        return _httpie_body(call)
    if arguments.has_flag(*_OTHER_DATA, "--post-file", "--body-file"):
        return Body(None, None, False)
    given = arguments.options(*(_DATA if call.name == "curl" else _WGET_DATA))
    if not given:
        return Body(None, None, True) if may_hide(arguments) or arguments.has_flag("-K", "--config") else None
    first = given[0]
    text: str | None = call.text(first) if len(given) == 1 else None
    if text == HOLE:
        text = substituted(call, first.value_word) or text
    if text is not None and text.startswith("@") and first.name != "--data-raw" and call.name == "curl":
        text = file_text(call, text[1:], first.value_word)
    return Body(text, first.value_word, first.name == "--json")


def _httpie_body(call: Invocation) -> Body | None:
    fields: dict[str, str] = {}
    for word in call.words:
        match = re.match(r"([A-Za-z]\w*):?=(.*)", word, re.DOTALL)
        if match:
            fields[match.group(1)] = match.group(2)
    if fields:
        import json  # rarely needed

        return Body(json.dumps(fields), None, is_json=True)
    piped = call.command.piped_from or call.command.redirects
    return Body(None, None, is_json=True) if piped or may_hide(call.arguments) else None


class Unknown(NamedTuple):
    """Stands for a text of which nothing can be said."""


UNKNOWN = Unknown()


def read_json(text: str) -> Any:
    """The value that a text with holes is; UNKNOWN where the holes decide. Raises ValueError for no JSON."""
    filled, outside = _fill(text)
    import json  # only where a request has a body

    try:
        return json.loads(filled)
    except RecursionError:
        return UNKNOWN
    except ValueError:
        # a key without quotes, or a form's field, is wrong whatever the holes are
        if outside and not re.match(r"\s*(?:\{\s*[A-Za-z_]|[A-Za-z_]\w*=)", text):
            return UNKNOWN
        raise


def _fill(text: str) -> tuple[str, bool]:
    """Holes within strings stay holes as JSON writes them, others become ``null``; whether there are such."""
    pieces, inside, outside, escaped = [], False, False, False
    for char in text:
        if char == HOLE:
            outside = outside or not inside
            pieces.append("\\u0000" if inside else "null")
            escaped = False
            continue
        if char == '"' and not escaped:
            inside = not inside
        escaped = char == "\\" and not escaped
        pieces.append(char)
    return "".join(pieces), outside
