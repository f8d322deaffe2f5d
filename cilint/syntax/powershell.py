"""What is not closed in a PowerShell script.

The facts are those of PowerShell's own tokenizer (PowerShell/PowerShell, engine/parser/tokenizer.cs and
CharTraits.cs). What a character means may depend on whether a command or an expression is read, which only a
whole parser knows; where that decides, nothing is said.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from cilint.text.values import NamedTuple

_S = "'\u2018\u2019\u201a\u201b"  # all that PowerShell takes for a single quote, and for a double one
_D = '"\u201c\u201d\u201e'
_BLANK = " \t\v\f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_END_OF_TOKEN = re.compile(rf"[{_BLANK}\r\n\0&(),;{{|}}]")  # any other character is a part of the token
_MARK = re.compile(
    rf"""(?P<escape>`(?:\r\n|.)?)
    |(?P<verbatim>--%)
    |(?P<here>@[{_S}{_D}])
    |(?P<single>[{_S}])
    |(?P<double>[{_D}])
    |(?P<block><\#)
    |(?P<comment>\#)
    |(?P<variable>\$[$?^{{])
    |(?P<open>[@$]?[({{])
    |(?P<close>[)}}])""",
    re.VERBOSE | re.DOTALL,
)
_SINGLE = re.compile(rf"[{_S}][^{_S}]*(?:[{_S}]{{2}}[^{_S}]*)*[{_S}](?![{_S}])")
_IN_DOUBLE = re.compile(rf"(?P<skip>[{_D}]{{2}}|`.|\$[$?^])|(?P<inner>\$[({{])|[{_D}]", re.DOTALL)
_HEADER = re.compile(rf"[{_BLANK}]*(?=[\r\n]|\Z)")
_IN_HERE = re.compile(rf"(?P<skip>`[^\r\n]|\$[$?^])|(?P<inner>\$[({{])|[\r\n][{_D}]@")
_SINGLE_FOOTER = re.compile(rf"[\r\n][{_S}]@")
_INDENTED_FOOTER = {
    "'": re.compile(rf"[\r\n][{_BLANK}]+([{_S}]@)"),
    '"': re.compile(rf"[\r\n][{_BLANK}]+([{_D}]@)"),
}
_VERBATIM = re.compile(rf"(?:[{_D}][^{_D}\r\n]*[{_D}]?|&(?!&)|[^{_D}|&\r\n])*")
_BRACED = re.compile(r"\$\{[^{}`]*(?:`.[^{}`]*)*\}", re.DOTALL)
_PARENTHESIS = re.compile(r"[()]")
_DOUBLED = re.compile(rf"[`{_D}]([{_D}])")
_LINE = re.compile(r"[^\r\n]*")
_CONTINUATION = re.compile(rf"`[{_BLANK}\r\n]*")
_TELLING = re.compile(rf"[{_S}{_D}(){{}}]|<#")  # in what may be a comment
_CLOSERS = {"(": ")", "{": "}"}
MAX_DEPTH = 20
"""How many subexpressions are followed into one another's strings; each is read once more for each string."""


class Problem(NamedTuple):
    """What is wrong, in plain words; ``start`` and ``end`` are offsets into the script."""

    message: str
    start: int
    end: int


class _StopError(Exception):
    """Ends a scan: with a problem, or with none where it is not certain how to read on."""

    def __init__(self, problem: Problem | None) -> None:
        super().__init__()
        self.problem = problem


def error_in(script: str) -> Problem | None:
    """The first string, comment or bracket that certainly is not closed, or closes nothing."""
    try:
        _Scanner(script).run()
    except _StopError as stop:
        return stop.problem
    return None


class _Scanner:
    def __init__(self, text: str, depth: int = 0) -> None:
        self.text = text
        self.depth = depth
        self.opened: list[tuple[str, int, bool]] = []  # bracket, offset, whether it is within a token
        self.token_start = 0  # where a token starts, though the character before does not end one
        self.joined = -1  # where none starts, though it does
        self.inline_end = 0  # up to where `_check_inline` has looked

    def run(self) -> None:
        """Raises _StopError."""
        at = 0
        while mark := _MARK.search(self.text, at):
            at = self._next(mark)
        if self.opened:
            raise self._not_closed(*self.opened[-1][:2])

    def _next(self, mark: re.Match[str]) -> int:
        """Where to read on after a mark."""
        kind, start, end = mark.lastgroup, *mark.span()
        fresh = self._is_fresh(start)
        match kind:
            case "escape":
                return self._escape(mark.group(), end, fresh=fresh)
            case "single" | "double":
                return self._string(start, fresh=fresh)
            case "here":
                return self._here_string(start, fresh=fresh)
            case "block" | "comment":
                return self._comment(start, block=kind == "block", fresh=fresh)
            case "verbatim":
                whole = fresh and (end == len(self.text) or _END_OF_TOKEN.match(self.text, end))
                return self._matched(_VERBATIM, end).end() if whole else end
            case "variable":
                self.joined = self._braced(start) if mark.group() == "${" else end
                return self.joined
            case "open":
                within = not fresh and mark.group() == "$("
                if within:
                    self._check_inline(start)
                self.opened.append((mark.group(), start, within))
            case _:
                return self._close(mark.group(), start)
        return end

    def _is_fresh(self, at: int) -> bool:
        """Whether a token certainly starts here."""
        if at in (self.token_start, self.joined):
            return at != self.joined
        return _END_OF_TOKEN.match(self.text, at - 1) is not None

    def _matched(self, pattern: re.Pattern[str], at: int) -> re.Match[str]:
        found = pattern.match(self.text, at)
        assert found is not None  # it matches the empty text, too
        return found

    def _escape(self, text: str, end: int, *, fresh: bool) -> int:
        if fresh and _CONTINUATION.fullmatch(text):
            self.token_start = end
        else:
            self.joined = end
        return end

    def _string(self, start: int, *, fresh: bool) -> int:
        if self.text[start] in _S:
            closed = _SINGLE.match(self.text, start)
            end = closed.end() if closed else None
        else:
            end = self._expandable(_IN_DOUBLE, start + 1, here=False)
        if end is None:
            raise _fault("this string is not closed", start, self._matched(_LINE, start).end())
        if fresh:
            self.token_start = end
        return end

    def _expandable(self, pattern: re.Pattern[str], at: int, *, here: bool) -> int | None:
        """The end of a string in which variables and subexpressions stand."""
        while mark := pattern.search(self.text, at):
            at = mark.end()
            if mark.group("inner") == "${":
                at = self._braced(mark.start())
            elif mark.group("inner"):
                at = self._subexpression(mark.start(), here=here)
            elif not mark.group("skip"):
                return at
        return None

    def _braced(self, start: int) -> int:
        found = _BRACED.match(self.text, start)
        if found is None:
            raise self._not_closed("${", start)
        return found.end()

    def _subexpression(self, start: int, *, here: bool) -> int:
        """The end of a `$(…)` in a string. PowerShell looks for it first, whatever quotes are between, and
        takes two double quotes in it for one."""
        end = self._closing(start)
        if end is None:
            raise self._not_closed("$(", start)
        if self.depth == MAX_DEPTH:
            raise _StopError(None)
        inner = self.text[start + 2 : end - 1]
        try:
            _Scanner(inner if here else _DOUBLED.sub(r"\1", inner), self.depth + 1).run()
        except _StopError as stop:
            if stop.problem is None:
                raise
            left_out = [] if here else [each.start() for each in _DOUBLED.finditer(inner)]
            message, first, last = stop.problem
            # The n-th character that is left out stands before n fewer.
            behind = [at - count for count, at in enumerate(left_out)]
            first += bisect_right(behind, first)
            last += bisect_right(behind, last - 1)
            raise _fault(message, start + 2 + first, start + 2 + last) from None
        return end

    def _closing(self, start: int) -> int | None:
        depth = 0
        for mark in _PARENTHESIS.finditer(self.text, start):
            depth += 1 if mark.group() == "(" else -1
            if depth == 0:
                return mark.end()
        return None

    def _check_inline(self, start: int) -> None:
        """Stop where it makes a difference whether a `$(…)` within a word is a command's, and so read as in a
        string, or an expression's."""
        if start >= self.inline_end:
            self.inline_end = self._closing(start) or len(self.text)
            inner = self.text[start : self.inline_end]
            if "#" in inner or _DOUBLED.search(inner):
                raise _StopError(None)

    def _here_string(self, start: int, *, fresh: bool) -> int:
        quote = "'" if self.text[start + 1] in _S else '"'
        header = _HEADER.match(self.text, start + 2)
        if not fresh:
            if header is None:  # an expression could not go on so
                return self._string(start + 1, fresh=False)
            if self.text[start - 1] not in "=:]+":
                raise _StopError(None)
        if header is None:
            end = self._matched(_LINE, start).end()
            raise _fault(
                f"nothing may follow `@{quote}` on its line: the text starts on the next", start, end
            )
        footer_end = self._footer(quote, header.end())
        if footer_end is None:
            indented = _INDENTED_FOOTER[quote].search(self.text, header.end())
            if indented:
                raise _fault(f"`{quote}@` closes only at the very start of a line", *indented.span(1))
            raise _fault(f"this string is not closed: no line starts with `{quote}@`", start, start + 2)
        self.token_start = footer_end
        return footer_end

    def _footer(self, quote: str, at: int) -> int | None:
        if quote == '"':
            return self._expandable(_IN_HERE, at, here=True)
        found = _SINGLE_FOOTER.search(self.text, at)
        return found.end() if found else None

    def _comment(self, start: int, *, block: bool, fresh: bool) -> int:
        line_end = self._matched(_LINE, start).end()
        if not fresh and (block or _TELLING.search(self.text, start, line_end)):
            raise _StopError(None)
        if not block:
            return line_end
        end = self.text.find("#>", start + 2)
        if end < 0:
            raise _fault("this comment is not closed: its `#>` is missing", start, start + 2)
        self.token_start = end + 2
        return end + 2

    def _close(self, bracket: str, at: int) -> int:
        if self.opened and _CLOSERS[self.opened[-1][0][-1]] == bracket:
            if self.opened.pop()[2]:
                self.joined = at + 1
        elif any(_CLOSERS[opener[-1]] == bracket for opener, *_ in self.opened):
            raise self._not_closed(*self.opened[-1][:2])
        elif bracket == ")" and self.depth and not self.opened:
            return len(self.text)  # PowerShell passes over what else it took for the subexpression
        else:
            raise _fault(f"this `{bracket}` closes nothing", at, at + 1)
        return at + 1

    def _not_closed(self, bracket: str, at: int) -> _StopError:
        missing = _CLOSERS[bracket[-1]]
        return _fault(f"this `{bracket}` is not closed: its `{missing}` is missing", at, at + len(bracket))


def _fault(message: str, start: int, end: int) -> _StopError:
    return _StopError(Problem(message, start, end))
