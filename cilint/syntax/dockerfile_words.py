"""The words of a Dockerfile's instructions: flags, blank-separated and quoted words, JSON arrays.

Everything works on the logical text of an instruction and gives ranges of it; BuildKit's rules
(frontend/dockerfile/parser) decide, also where they are odd.
"""

from __future__ import annotations

import re
from functools import cache

from cilint.syntax.expansion import SPACES
from cilint.text.hints import Literal
from cilint.text.values import NamedTuple

BLANKS = "\t\v\f\r "
"""What separates words where quotes mean nothing."""

_BLANK_RUN = re.compile(r"[\t\v\f\r ]+")
_PLAIN_FLAG = re.compile(r"--[!#-&(-\[\]-~]+(?=[\t\n\v\f\r ]|$)")
_NOT_BLANK = re.compile(r"[^\t\v\f\r ]+")


class Token(NamedTuple):
    """A piece of a logical text; ``origins`` are the offsets of its characters where some were dropped."""

    text: str
    start: int
    end: int
    origins: tuple[int, ...] | None = None


class NotStringsError(ValueError):
    """A JSON array with a member that is not a string, which BuildKit refuses."""


def keyword_end(text: str, start: int) -> int:
    """Where the instruction's name that begins at ``start`` ends."""
    found = _BLANK_RUN.search(text, start)
    return found.start() if found else len(text)


def skip_spaces(text: str, start: int) -> int:
    while start < len(text) and text[start] in SPACES:
        start += 1
    return start


def read_flags(text: str, start: int) -> tuple[list[Token], int]:
    """The leading ``--…`` words from ``start`` on, and where the arguments begin. A lone ``--`` ends them.

    BuildKit goes through this part byte by byte: blanks of ASCII alone stand between flags.
    """
    flags: list[Token] = []
    at = _skip_blanks(text, start)
    while text.startswith("--", at):
        plain = _PLAIN_FLAG.match(text, at)
        flag = Token(plain.group(), at, plain.end()) if plain else _quoted_flag(text, at)
        at = flag.end
        if flag.text == "--":
            break
        flags.append(flag)
        at = _skip_blanks(text, at)
    return flags, skip_spaces(text, at)


def _skip_blanks(text: str, start: int) -> int:
    while start < len(text) and text[start] in BLANKS:
        start += 1
    return start


def _ends_flag(char: str) -> bool:
    """Whether a character is a blank, or has a byte in UTF-8 that is one in Latin-1, as ``à`` has."""
    if char in BLANKS:
        return True
    return not char.isascii() and any(byte in b"\x85\xa0" for byte in char.encode(errors="surrogatepass"))


def _quoted_flag(text: str, start: int) -> Token:
    """One flag with quotes or backslashes, both of which BuildKit drops."""
    chars: list[str] = []
    origins: list[int] = []
    quote = ""
    at = start
    while at < len(text):
        char = text[at]
        if not quote and _ends_flag(char):
            at += not char.isascii()
            break
        if char == quote or (not quote and char in "'\""):
            quote = "" if quote else char
            at += 1
            continue
        if char == "\\":
            at += 1
            if at == len(text):
                break
            char = text[at]
        chars.append(char)
        origins.append(at)
        at += 1
    return Token("".join(chars), start, at, tuple(origins))


def blank_words(text: str, start: int, end: int) -> list[Token]:
    """Words as FROM, EXPOSE, COPY … have them: separated by blanks, quotes mean nothing."""
    return [Token(m.group(), m.start(), m.end()) for m in _NOT_BLANK.finditer(text, start, end)]


def _quoted_pattern(escape: str) -> re.Pattern[str]:
    e, blank = re.escape(escape), re.escape(SPACES)
    double = rf'"(?:[^"{e}]|{e}.)*+(?:"|({e})?\Z)'
    return re.compile(rf"(?:[^{blank}'\"{e}]|{e}(?!\Z).|({e})\Z|'[^']*+(?:'|\Z)|{double})++", re.DOTALL)


_QUOTED = {escape: _quoted_pattern(escape) for escape in ("\\", "`")}  # all that BuildKit takes as escape


def quoted_words(text: str, start: int, end: int, escape: str) -> list[Token]:
    """Words as ENV, LABEL and ARG have them: quotes and escapes keep blanks, and stay in the word."""
    text = text[:end]
    if text.isascii() and not any(char in text for char in ("'", '"', escape)):
        return blank_words(text, start, end)  # the same, without the larger pattern
    words = []
    for found in _QUOTED[escape].finditer(text, start):
        word_end = found.end() - 1 if found.group(1) or found.group(2) else found.end()
        if word_end > found.start():
            words.append(Token(text[found.start() : word_end], found.start(), word_end))
    return words


_STRING = r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+"'
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


@cache
def _array_pattern() -> re.Pattern[str]:
    blank = r"[ \t\r\n]*+"
    return re.compile(rf"\[{blank}(?:{_STRING}{blank}(?:,{blank}{_STRING}{blank})*+)?\]{blank}\Z")


@cache
def _string_pattern() -> re.Pattern[str]:
    return re.compile(_STRING)


def json_words(text: str, start: int, end: int) -> list[Token] | None:
    """The members of the JSON array in that range; None if it is no JSON array.

    A token covers the member with its quotes; its text is decoded, and ``origins`` (if any) ends with the
    offset of the closing quote. Raises NotStringsError for an array of other things than strings.
    """
    if start >= end or text[start] != "[":
        return None
    source = text[start:end]
    if not _array_pattern().match(source):
        if _is_array(source):
            raise NotStringsError("when using JSON array syntax, arrays must be comprised of strings only")
        return None
    return [_member(m.group(), start + m.start()) for m in _string_pattern().finditer(source)]


def _is_array(source: str) -> bool:
    import json  # only for the rare text that begins with a bracket and is no array of strings

    def refuse(name: str) -> None:
        raise ValueError(name)

    try:
        return isinstance(json.loads(source, parse_constant=refuse), list)
    except (ValueError, RecursionError):
        return False


def _member(literal: str, start: int) -> Token:
    body = literal[1:-1]
    end = start + len(literal)
    if "\\" not in body:
        return Token(body, start, end)
    chars: list[str] = []
    origins: list[int] = []
    at = 0
    while at < len(body):
        origins.append(start + 1 + at)
        if body[at] != "\\":
            chars.append(body[at])
            at += 1
        elif body[at + 1] != "u":
            chars.append(_ESCAPES.get(body[at + 1], body[at + 1]))
            at += 2
        else:
            chars.append(chr(int(body[at + 2 : at + 6], 16)))
            at += 6
    return _joined_surrogates(Token("".join(chars), start, end, (*origins, end - 1)))


def _joined_surrogates(token: Token) -> Token:
    """Pairs of ``\\ud83d\\ude00`` are one character; halves alone become U+FFFD, as in Go."""
    assert token.origins is not None
    chars: list[str] = []
    origins: list[int] = []
    text, at = token.text, 0
    while at < len(text):
        origins.append(token.origins[at])
        high, low = ord(text[at]), ord(text[at + 1]) if at + 1 < len(text) else 0
        if 0xD800 <= high < 0xDC00 <= low < 0xE000:
            chars.append(chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)))
            at += 2
        else:
            chars.append("\ufffd" if 0xD800 <= high < 0xE000 else text[at])
            at += 1
    return token._replace(text="".join(chars), origins=(*origins, token.origins[-1]))


class HeredocWord(NamedTuple):
    """A word such as ``<<-"EOF"`` of a logical text, and what it asks for."""

    name: str
    descriptor: int
    expand: bool
    strip_tabs: bool
    start: int
    end: int


@cache
def _heredoc_pattern() -> re.Pattern[str]:
    return re.compile(r"([0-9]*)<<(-?)[\t\n\f\r ]*([^<]*)\Z")


def heredoc_words(text: str) -> list[HeredocWord]:
    """The heredocs that a logical line (with its keyword) asks for, in order.

    Raises ExpansionError for a terminator that BuildKit cannot read.
    """
    if "<<" not in text:
        return []
    from cilint.syntax.expansion import ExpansionError, Lexer

    lexer = Lexer(text, {}, raw_quotes=True, raw_escapes=True, keep_unset=True)
    try:
        _, words = lexer.run()
    except ExpansionError:  # BuildKit, too, sees no heredocs then
        return []
    found = (heredoc_word(word, *span) for word, span in zip(words, lexer.spans, strict=True))
    return [word for word in found if word]


def heredoc_word(word: str, start: int = 0, end: int = 0) -> HeredocWord | None:
    """What ``word`` asks for if it is a heredoc. Raises ExpansionError."""
    matched = _heredoc_pattern().match(word)
    if not matched or not matched.group(3):
        return None
    from cilint.syntax.expansion import Lexer

    rest = matched.group(3)
    _, names = Lexer(rest, {}, keep_unset=True).run()
    if len(names) != 1:
        return None
    _, raw = Lexer(rest, {}, raw_quotes=True, keep_unset=True).run()
    expand = _quotes(names[0]) == _quotes(raw[0]) if len(raw) == 1 else True
    return HeredocWord(names[0], int(matched.group(1)[:9] or 0), expand, matched.group(2) == "-", start, end)


def _quotes(text: str) -> int:
    return text.count("'") + text.count('"')


Form = Literal["json", "shell", "words", "text", "pairs", "health", "nested", "unknown"]

GRAMMAR: dict[str, Form] = {
    "ADD": "words",
    "ARG": "pairs",
    "CMD": "shell",
    "COPY": "words",
    "ENTRYPOINT": "shell",
    "ENV": "pairs",
    "EXPOSE": "words",
    "FROM": "words",
    "HEALTHCHECK": "health",
    "LABEL": "pairs",
    "MAINTAINER": "text",
    "ONBUILD": "nested",
    "RUN": "shell",
    "SHELL": "shell",
    "STOPSIGNAL": "text",
    "USER": "text",
    "VOLUME": "words",
    "WORKDIR": "text",
}
"""How the arguments of each instruction are read, unless they are JSON."""

MAYBE_JSON = frozenset({"ADD", "CMD", "COPY", "ENTRYPOINT", "HEALTHCHECK", "RUN", "SHELL", "VOLUME"})
HEREDOC_INSTRUCTIONS = frozenset({"ADD", "COPY", "RUN"})
