"""Reads the parts of a word: quotes, escapes, expansions and what lies between them.

What the quoting means follows POSIX.1-2024, Shell Command Language, 2.2 and 2.6, and the Bash manual 3.1.2.
"""

from __future__ import annotations

import re
from functools import cache

from cilint.syntax.shell_words import Kind, Mode, Part, Word
from cilint.text.hole import HOLE


@cache
def _run(mode: Mode) -> re.Pattern[str]:
    return re.compile({"plain": r"[^'\"\\$`*?\[{~<>]+", "double": r'[^"\\$`]+', "heredoc": r"[^\\$`]+"}[mode])


@cache
def _name() -> re.Pattern[str]:
    return re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[0-9]|[@*#?$!-]")


@cache
def _parameter() -> re.Pattern[str]:
    return re.compile(
        r"([#!]?)([A-Za-z_]\w*|[0-9]+|[@*#?$!-])(?:\[([^\]]*)\])?(:?[-=?+]|##?|%%?|/[/#%]?|\^\^?|,,?|@|:|)",
        re.ASCII,
    )


_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "e": "\x1b"}


MAX_NESTED = 20
"""So deep may `${x:-${y:-…}}` be nested; what lies deeper is not read."""


class Scanner:
    """Reads the parts of one word; positions are offsets into its input, ``limit`` is the word's end."""

    __slots__ = ("input", "limit", "masked", "parts", "pending", "pending_span", "word")

    def __init__(self, word: Word) -> None:
        self.word = word
        self.input = word.input
        self.masked = word.input.masked
        self.limit = word.end
        self.parts: list[Part] = []
        self.pending: list[str] = []
        self.pending_span: tuple[int, int, bool] = (0, 0, False)

    def scan(self) -> list[Part]:
        at, mode = self.word.start, self.word.mode
        if mode == "literal":
            self._text(at, self.limit, quoted=True)
            at = self.limit
        if mode == "plain" and self.masked.startswith("~", at):
            at = self._home(at)
        while at < self.limit:
            at = self._next(at, mode)
        self._flush()
        return self.parts

    def step(self, at: int) -> int:
        """The position after the quoted text, escape or expansion that begins at ``at``."""
        return self._next(at, "plain")

    def _next(self, at: int, mode: Mode) -> int:
        """Read one piece at ``at``; gives the position after it."""
        run = _run(mode).match(self.masked, at, self.limit)
        if run is not None:
            self._text(at, run.end(), quoted=mode != "plain")
            return run.end()
        char = self.masked[at]
        if char == "\\":
            return self._backslash(at, mode)
        if char == "$":
            return self._dollar(at, mode)
        if char == "`":
            end = self.substitution_end(at)
            return self._substitution("command", at, end, mode)
        if mode != "plain":
            self._text(at, at + 1, quoted=True)
            return at + 1
        return self._plain(at, char)

    def _plain(self, at: int, char: str) -> int:
        if char == "'":
            end = self.masked.find("'", at + 1, self.limit)
            end = self.limit if end < 0 else end
            self._text(at + 1, end, quoted=True, outer=(at, min(end + 1, self.limit)))
            return end + 1
        if char == '"':
            return self._double(at)
        if char in "<>" and self.masked.startswith("(", at + 1):
            return self._substitution("process", at, self.substitution_end(at), "plain")
        if char in "*?[":
            self._piece("glob", char, at, at + 1, quoted=False)
        elif char == "{":
            self._brace(at)
        else:
            self._text(at, at + 1, quoted=False)
        return at + 1

    def _brace(self, at: int) -> None:
        close = self.masked.find("}", at, self.limit)
        inside = self.masked[at + 1 : close] if close > 0 else ""
        kind: Kind = "brace" if ("," in inside or ".." in inside) and "$" not in inside else "text"
        self._piece(kind, "{", at, at + 1, quoted=False)

    def _home(self, at: int) -> int:
        end = at + 1
        while end < self.limit and (self.masked[end].isalnum() or self.masked[end] in "_-."):
            end += 1
        if end < self.limit and self.masked[end] != "/":
            self._text(at, at + 1, quoted=False)
            return at + 1
        self._piece("home", self.input.text[at:end], at, end, quoted=False)
        return end

    def _double(self, at: int) -> int:
        """A double-quoted stretch; one without text is a part all the same, for it makes a word."""
        inner = at + 1
        while inner < self.limit and self.masked[inner] != '"':
            inner = self._next(inner, "double")
        end = min(inner + 1, self.limit)
        if inner == at + 1:
            self._piece("text", "", at, end, quoted=True)
        return end

    def _backslash(self, at: int, mode: Mode) -> int:
        following = self.masked[at + 1 : at + 2]
        if at + 1 >= self.limit or (mode != "plain" and following not in _ESCAPABLE[mode]):
            self._text(at, at + 1, quoted=True)
            return at + 1
        if following == "\n":
            return at + 2
        if following == " " and self.input.text.startswith("\r\n", at + 1):
            return at + 3
        self._text(at + 1, at + 2, quoted=True, outer=(at, at + 2))
        return at + 2

    def _dollar(self, at: int, mode: Mode) -> int:
        following = self.masked[at + 1 : at + 2] if at + 1 < self.limit else ""
        if following == "(":
            end = self.substitution_end(at)
            ending = self.input.endings.get(at)
            arithmetic = ending.kind == "arithmetic" if ending else self.masked.startswith("$((", at)
            return self._substitution("arithmetic" if arithmetic else "command", at, end, mode)
        if following == "{":
            return self._braced(at, mode)
        if mode == "plain" and following == "'":
            return self._ansi(at)
        if mode == "plain" and following == '"':
            return at + 1
        name = _name().match(self.masked, at + 1, self.limit)
        if name is None:
            self._text(at, at + 1, quoted=mode != "plain")
            return at + 1
        self._piece("variable", self.input.text[at + 1 : name.end()], at, name.end(), quoted=mode != "plain")
        return name.end()

    def _braced(self, at: int, mode: Mode) -> int:
        close = self.brace_end(at)
        inner_end = close - 1 if self.masked[close - 1 : close] == "}" and close - 1 > at + 1 else close
        match = _parameter().match(self.masked, at + 2, inner_end)
        span, quoted = self.input.span(at, close), mode != "plain"
        if match is None:
            name = self.input.text[at + 2 : inner_end]
            self._add(Part("variable", name, span, quoted, "?unreadable"), at, close)
            return close
        prefix, _, subscript, operator = match.groups()
        name = self.input.text[match.start(2) : match.end(2)]
        argument = None
        if operator and self.word.depth < MAX_NESTED:
            depth = self.word.depth + 1
            # patterns and their quotes count inside of double quotes too
            inside: Mode = "double" if quoted and operator[0] not in "#%/^," else "plain"
            argument = Word(self.input, match.end(), inner_end, inside, depth)
        elif match.end() != inner_end:
            operator = "?unreadable"
        operator = {"#": "length", "!": "indirect"}.get(prefix, operator)
        self._add(Part("variable", name, span, quoted, operator, argument, subscript or ""), at, close)
        return close

    def _ansi(self, at: int) -> int:
        r"""``$'…'`` with C's escapes (Bash manual 3.1.2.4); numeric ones of other bases are left alone."""
        end = at + 2
        pieces: list[str] = []
        while end < self.limit and self.masked[end] != "'":
            char = self.input.text[end]
            if char == "\\" and end + 1 < self.limit:
                escaped = self.input.text[end + 1]
                pieces.append(_ESCAPES.get(escaped, escaped if escaped in "\\'\"?" else "\\" + escaped))
                end += 2
            else:
                pieces.append(char)
                end += 1
        end = min(end + 1, self.limit)
        self._piece("text", "".join(pieces), at, end, quoted=True)
        return end

    def _substitution(self, kind: Kind, at: int, end: int, mode: Mode) -> int:
        self._piece(kind, self.input.text[at:end], at, end, quoted=mode != "plain")
        return end

    def _text(self, start: int, end: int, *, quoted: bool, outer: tuple[int, int] | None = None) -> None:
        at = start
        for hole in self.input.opaque_within(start, end):
            if hole.start > at:
                self._literal(at, hole.start, quoted)
            if hole.start >= start:
                kind: Kind = hole.kind
                self._piece(kind, self.input.text[hole.start : hole.end], hole.start, hole.end, quoted=quoted)
            at = max(at, hole.end)
        if at < end or (outer is not None and at == start):
            self._literal(at, end, quoted, outer)

    def _literal(self, start: int, end: int, quoted: bool, outer: tuple[int, int] | None = None) -> None:
        """Add literal text; it joins the text before it when that is quoted alike."""
        first, last = outer or (start, end)
        if self.pending and self.pending_span[2] == quoted:
            first = self.pending_span[0]
        else:
            self._flush()
        self.pending.append(self.input.text[start:end].replace(HOLE, ""))
        self.pending_span = (first, last, quoted)

    def _flush(self) -> None:
        if self.pending:
            start, end, quoted = self.pending_span
            self.parts.append(Part("text", "".join(self.pending), self.input.span(start, end), quoted))
            self.pending = []

    def _piece(self, kind: Kind, text: str, start: int, end: int, *, quoted: bool) -> None:
        self._add(Part(kind, text, self.input.span(start, end), quoted), start, end)

    def _add(self, part: Part, _start: int, _end: int) -> None:
        self._flush()
        self.parts.append(part)

    def substitution_end(self, at: int) -> int:
        """The end of the ``$(…)``, ``<(…)`` or backtick that starts at ``at``."""
        ending = self.input.endings.get(at)
        if ending is not None:
            return min(ending.end, self.limit)
        if self.masked[at] == "`":
            close = self.masked.find("`", at + 1, self.limit)
            return self.limit if close < 0 else close + 1
        depth = 0
        for match in _parentheses().finditer(self.masked, at, self.limit):
            if match[0] == "(":
                depth += 1
            elif match[0] == ")":
                depth -= 1
                if depth == 0:
                    return match.end()
        return self.limit

    def brace_end(self, at: int) -> int:
        """The end of the ``${…}`` that starts at ``at``."""
        depth = 0
        for match in _braces().finditer(self.masked, at, self.limit):
            if match[0] == "${":
                depth += 1
            elif match[0] == "}":
                depth -= 1
                if depth == 0:
                    return match.end()
        return self.limit


_ESCAPABLE: dict[Mode, str] = {"double": '$`"\\\n', "heredoc": "$`\\\n"}


@cache
def _parentheses() -> re.Pattern[str]:
    return re.compile(r"""[()]|\\.|'[^']*'|"(?:[^"\\]|\\.)*+\"""", re.DOTALL)


@cache
def _braces() -> re.Pattern[str]:
    return re.compile(r"\$\{|\}|\\.|'[^'}]*'", re.DOTALL)
