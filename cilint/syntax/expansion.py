"""Variables in Dockerfiles: ``$name``, ``${name}`` and every operator that BuildKit knows.

The grammar is BuildKit's (frontend/dockerfile/shell): quotes and escapes are removed, ``$1`` and ``$@``
are empty, an unset variable is empty. What is not known is three-valued: the value ``HOLE`` may be any text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from cilint.text.hints import TYPE_CHECKING
from cilint.text.hole import HOLE
from cilint.text.values import NamedTuple

if TYPE_CHECKING:
    from cilint.syntax.expansion_pattern import Pattern

SPACES = (
    "\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
)
"""The characters that Go's unicode.IsSpace knows."""

_MAX_DEPTH = 60
_MAX_EXPANDED = 8192
_MAX_MATCH = 1 << 20
_SPECIAL = frozenset("@*#?-$!0")


class ExpansionError(Exception):
    """A word that BuildKit refuses to expand: ``message`` says why, ``offset`` where in the word."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


class Expansion(NamedTuple):
    """An expanded word. ``words`` is ``text`` split at its unquoted blanks; names come in order of use."""

    text: str
    words: tuple[str, ...]
    matched: tuple[str, ...] = ()
    unmatched: tuple[str, ...] = ()


def expand(
    word: str, env: Mapping[str, str | None], *, escape: str = "\\", missing: str | None = None
) -> Expansion:
    """Expand ``word`` as BuildKit does. Raises ExpansionError.

    ``env`` gives a name's value: a text (holes allowed), HOLE for one that may be anything, even unset, and
    None for a variable that is unset unless somebody passes it (``ARG name``): unset to operators, a hole by
    itself.
    ``missing`` is the value of all other names: None is unset, HOLE is unknown.
    """
    if not any(char in word for char in ("$", "'", '"', escape)):
        return Expansion(word, tuple(word.split()))
    lexer = Lexer(word, env, escape=escape, missing=missing)
    text, words = lexer.run()
    return Expansion(text, tuple(words), tuple(lexer.matched), tuple(lexer.unmatched))


@cache
def _blanks() -> re.Pattern[str]:
    return re.compile(f"[{re.escape(SPACES)}]+")


class _Words:
    """Collects the words of a text: unquoted blanks part them."""

    __slots__ = ("_parts", "_start", "spans", "words")

    def __init__(self) -> None:
        self.words: list[str] = []
        self.spans: list[tuple[int, int]] = []
        self._parts: list[str] = []
        self._start = 0

    def add(self, text: str, start: int) -> None:
        """Text without quotes: its blanks end words."""
        for number, piece in enumerate(_blanks().split(text)):
            if number:
                self.flush(start)
            if piece:
                self.add_raw(piece, start)

    def add_raw(self, text: str, start: int) -> None:
        if not self._parts:
            self._start = start
        self._parts.append(text)

    def flush(self, end: int) -> None:
        word = "".join(self._parts)
        if word:
            self.words.append(word)
            self.spans.append((self._start, end))
            self._parts.clear()


class Lexer:
    """Reads one word. ``keep_unset`` leaves unset variables as written, ``raw_…`` keeps quotes and escapes.

    After ``run``, ``spans`` are the places of the words, exact as long as nothing was expanded.
    """

    def __init__(
        self,
        text: str,
        env: Mapping[str, str | None],
        *,
        escape: str = "\\",
        missing: str | None = None,
        raw_quotes: bool = False,
        raw_escapes: bool = False,
        keep_unset: bool = False,
    ) -> None:
        self.matched: dict[str, None] = {}
        self.unmatched: dict[str, None] = {}
        self.spans: list[tuple[int, int]] = []
        self._text = text
        self._at = 0
        self._env = env
        self._escape = escape
        self._missing = missing
        self._raw_quotes = raw_quotes
        self._raw_escapes = raw_escapes
        self._keep_unset = keep_unset
        self._depth = 0
        self._budget = _MAX_EXPANDED

    def run(self) -> tuple[str, list[str]]:
        """The expanded text and its words. Raises ExpansionError."""
        words = _Words()
        text = self._until("", words)
        self.spans = words.spans
        return text, words.words

    def _fail(self, message: str) -> ExpansionError:
        return ExpansionError(message, self._at)

    def _next(self) -> str:
        """The next character; empty at the end."""
        char = self._text[self._at : self._at + 1]
        self._at += len(char)
        return char

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _until(self, stop: str, words: _Words) -> str:
        """Read up to and over ``stop``, or to the end if it is empty."""
        result: list[str] = []
        while char := self._peek():
            start = self._at
            if char == stop:
                self._at += 1
                return "".join(result)
            if char == "$":
                piece = self._dollar()
                words.add(piece, start)
            elif char in "'\"":
                piece = self._single() if char == "'" else self._double()
                words.add_raw(piece, start)
            else:
                piece = self._plain(words)
            result.append(piece)
        if stop:
            raise self._fail(f"unexpected end of statement while looking for matching {stop}")
        words.flush(self._at)
        return "".join(result)

    def _plain(self, words: _Words) -> str:
        start = self._at
        char = self._next()
        if char != self._escape:
            words.add(char, start)
            return char
        raw = char if self._raw_escapes else ""
        escaped = raw + self._next()
        if escaped:
            words.add_raw(escaped, start)
        return escaped

    def _single(self) -> str:
        start = self._at
        end = self._text.find("'", start + 1)
        if end < 0:
            raise self._fail("unexpected end of statement while looking for matching single-quote")
        self._at = end + 1
        return self._text[start : end + 1] if self._raw_quotes else self._text[start + 1 : end]

    def _double(self) -> str:
        quote = self._next() if self._raw_quotes else self._next()[:0]
        result = [quote]
        while char := self._peek():
            if char == '"':
                self._at += 1
                return "".join([*result, quote])
            if char == "$":
                result.append(self._dollar())
                continue
            self._at += 1
            if char == self._escape:
                if self._raw_escapes:
                    result.append(char)
                following = self._peek()
                if not following:
                    break
                if following in ('"', "$", self._escape):
                    char = self._next()
            result.append(char)
        raise self._fail("unexpected end of statement while looking for matching double-quote")

    def _name(self) -> str:
        """A name, a number or one of the special parameters; may be empty."""
        start, text = self._at, self._text
        if text[start : start + 1].isdecimal():
            while self._peek().isdecimal():
                self._at += 1
        elif text[start : start + 1] in _SPECIAL:
            self._at += 1
        else:
            while self._peek().isalpha() or self._peek().isdecimal() or self._peek() == "_":
                self._at += 1
        return text[start : self._at]

    def _value(self, name: str) -> tuple[str | None, bool]:
        """The value of a variable (None: unset) and whether one that is unset may still be passed."""
        if name in self._env:
            self.matched[name] = None
            value = self._env[name]
            return value, value is None
        self.unmatched[name] = None
        if self._missing is not None and (name.isdecimal() or name in _SPECIAL):
            return None, False
        return self._missing, False

    def _spend(self, value: str) -> str:
        """``value``, or a hole once the word has grown out of all bounds."""
        self._budget -= len(value)
        return value if self._budget >= 0 else HOLE

    def _bare(self, name: str, written: str) -> str:
        value, passable = self._value(name)
        if value is None:
            return written if self._keep_unset else HOLE if passable else ""
        return self._spend(value)

    def _dollar(self) -> str:
        self._at += 1
        if self._peek() != "{":
            name = self._name()
            return self._bare(name, "$" + name) if name else "$"
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise self._fail("nested too deep")
        result = self._braced()
        self._depth -= 1
        return result

    def _braced(self) -> str:
        self._at += 1
        start = self._at
        following = self._peek()
        if not following:
            raise self._fail("syntax error: missing '}'")
        if following in "{}:":
            raise self._fail("syntax error: bad substitution")
        name = self._name()
        operator = self._next()
        if operator == "}":
            return self._bare(name, "${" + name + "}")
        if not operator:
            raise self._fail("syntax error: missing '}'")
        if operator == "/":
            return self._replaced(name)
        chosen = self._next() if operator == ":" else operator
        if operator != ":" and operator not in "+-?#%":
            raise self._fail(f"unsupported modifier ({operator}) in substitution")
        word = self._operand("}", raw=chosen in ("#", "%"))
        value, _ = self._value(name)
        if self._keep_unset and value is None:
            written = operator + chosen if operator == ":" else operator
            return "${" + name + written + word + "}"
        if chosen in ("#", "%") and chosen:
            return self._trimmed(value or "", chosen, word)
        if not chosen or chosen not in "+-?":
            raise ExpansionError(f"unsupported modifier ({operator}{chosen}) in substitution", start)
        return self._chosen(name, value, chosen, word, null_is_unset=operator == ":")

    def _operand(self, stop: str, *, raw: bool) -> str:
        before, self._raw_escapes = self._raw_escapes, raw
        try:
            return self._until(stop, _Words())
        except ExpansionError:
            if not self._peek():
                raise self._fail(f"syntax error: missing '{stop}'") from None
            raise
        finally:
            self._raw_escapes = before

    def _chosen(self, name: str, value: str | None, operator: str, word: str, *, null_is_unset: bool) -> str:
        if value == HOLE:
            return HOLE
        unset = value is None or (null_is_unset and not value)
        if operator == "+":
            return "" if unset else word
        if not unset:
            return self._spend(value or "")
        if operator == "-":
            return word
        if value is None and self._value(name)[1]:
            return HOLE
        state = "unset" if value is None else "empty"
        raise self._fail(f"{name}: {word or 'is not allowed to be ' + state}")

    def _trimmed(self, value: str, operator: str, word: str) -> str:
        from cilint.syntax.expansion_pattern import remove_prefix, remove_suffix

        longest = word.startswith(operator)
        pattern = self._pattern(word[1:] if longest else word)
        if pattern is None or HOLE in value or len(value) * len(word) > _MAX_MATCH:
            return HOLE
        remove = remove_suffix if operator == "%" else remove_prefix
        return self._spend(remove(value, pattern, longest=longest))

    def _replaced(self, name: str) -> str:
        from cilint.syntax.expansion_pattern import replace

        every = self._peek() == "/"
        self._at += every
        pattern_text = self._operand("/", raw=True)
        replacement = self._operand("}", raw=True)
        value, _ = self._value(name)
        if self._keep_unset and value is None:
            return "${" + name + "/" + pattern_text + "/" + replacement + "}"
        pattern = self._pattern(pattern_text)
        value = value or ""
        size = len(value) * (len(pattern_text) + len(replacement))
        if pattern is None or HOLE in value or size > _MAX_MATCH:
            return HOLE
        return self._spend(replace(value, pattern, replacement, every=every))

    def _pattern(self, source: str) -> Pattern | None:
        """The pattern, or None when part of it is unknown."""
        from cilint.syntax.expansion_pattern import PatternError, read_pattern

        if HOLE in source:
            return None
        try:
            return read_pattern(source)
        except PatternError as error:
            raise self._fail(f"invalid pattern ({source}) in substitution: {error}") from None
