"""Tests: ``[ … ]``, ``[[ … ]]``, ``test …``, ``(( … ))`` and the patterns of a ``case``.

The grammar of tests follows POSIX ``test`` and the Bash manual 6.4. The words are read here, for
tree-sitter's own tree of tests knows neither precedence nor quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from cilint.syntax.shell_arithmetic import calculate
from cilint.syntax.shell_expand import glob_matches, pattern_of
from cilint.syntax.shell_input import Input
from cilint.syntax.shell_scan import Scanner
from cilint.syntax.shell_tree import Block, Command
from cilint.syntax.shell_words import Environment, Word
from cilint.text.hints import Literal
from cilint.text.hole import HOLE
from cilint.text.source import Span
from cilint.text.values import NamedTuple


class Test(NamedTuple):
    """One comparison or question.

    ``operator`` is as written (``=``, ``!=``, ``-eq``, ``=~``, ``-z``, …), ``-n`` for a word alone, ``case``
    for a pattern. ``left`` is None for a question with one operand and in ``(( ))``. ``variable`` is the
    variable asked about, if it stands alone on one side, and ``value`` the static text it is compared with.
    ``command`` is None for a ``case``. ``negated`` counts the ``!`` before it, not the operator.
    """

    variable: str | None
    operator: str
    value: str | None
    span: Span
    command: Command | None
    left: Word | None
    right: Word | None
    negated: bool = False


class Combined(NamedTuple):
    """Tests joined by ``&&`` (``-a``) or ``||`` (``-o``), or one turned round by ``!``."""

    operator: Literal["&&", "||", "!"]
    parts: tuple[Condition, ...]


Condition = Test | Combined
_BINARY = frozenset(
    ["=", "==", "!=", "=~", "<", ">", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef"]
)
_NUMERIC = {"-eq": "==", "-ne": "!=", "-lt": "<", "-le": "<=", "-gt": ">", "-ge": ">="}
_DEEPEST = 30


def tokens(input_: Input, start: int, end: int) -> list[Word]:
    """The words of ``[ … ]`` or ``[[ … ]]`` with the brackets; in the second operators too."""
    double = input_.masked.startswith("[[", start)
    words: list[Word] = []
    at = start
    while at < end:
        if input_.masked[at].isspace():
            at += 1
        elif input_.masked.startswith("\\\n", at):
            at += 2
        else:
            regex = bool(words) and input_.masked[words[-1].start : words[-1].end] == "=~"
            stop = _token_end(input_, at, end, double and bool(words), regex)
            words.append(Word(input_, at, stop))
            at = stop
    return words


def _token_end(input_: Input, at: int, end: int, double: bool, regex: bool) -> int:
    masked = input_.masked
    if double and not regex:
        if masked[at : at + 2] in ("&&", "||"):
            return at + 2
        if masked[at] in "()":
            return at + 1
    scanner = Scanner(Word(input_, at, end))
    depth = 0
    while at < end and not (masked[at].isspace() and depth == 0):
        char = masked[at]
        if double and not regex and (char in "()" or masked[at : at + 2] in ("&&", "||")):
            break
        if regex and char in "()":
            depth += 1 if char == "(" else -1
        at = scanner.step(at) if char in "'\"\\$`" else at + 1
    return min(at, end)


def condition_of(command: Command) -> Condition | None:
    """What a test command asks; None where it is no test or cannot be read."""
    words = command.words
    name = command.name
    if name in ("[", "[["):
        close = "]" if name == "[" else "]]"
        if len(words) < 2 or words[-1].static != close:
            return None
        words = words[1:-1]
    elif name == "test":
        words = words[1:]
    else:
        return None
    reader = _Reader(command, words)
    condition = reader.either(0)
    return condition if reader.at == len(words) else None


def tests_in(commands: tuple[Command, ...], blocks: Iterator[Block]) -> Iterator[Test]:
    """All tests of a script, command by command, then the patterns of ``case``."""
    for command in commands:
        condition = condition_of(command)
        if condition is not None:
            yield from _leaves(condition, negated=False)
        elif command.kind == "arithmetic":
            yield from _compared(command)
    for block in blocks:
        if block.kind == "case" and block.words:
            yield from _patterns(block, block.words[0])


def _leaves(condition: Condition, *, negated: bool) -> Iterator[Test]:
    if isinstance(condition, Test):
        yield condition._replace(negated=negated)
        return
    for part in condition.parts:
        yield from _leaves(part, negated=negated != (condition.operator == "!"))


def _patterns(block: Block, subject: Word) -> Iterator[Test]:
    for item in block.items:
        for pattern in item.patterns if isinstance(item, Block) else ():
            yield Test(_variable(subject), "case", pattern.static, pattern.span, None, subject, pattern)


@cache
def _comparison() -> re.Pattern[str]:
    return re.compile(r"(?<!\w)([A-Za-z_]\w*+)\}?\s*+([=!<>]=|[<>])\s*+(\d++|\$?\{?[A-Za-z_])")


def _compared(command: Command) -> Iterator[Test]:
    text = command.written[-1]
    for match in _comparison().finditer(text.static or ""):
        name, operator, value = match.groups()
        number = value if value.isdigit() else None
        yield Test(name, operator, number, command.span, command, None, None)


def _variable(word: Word | None) -> str | None:
    parts = word.parts if word is not None else ()
    return parts[0].text if len(parts) == 1 and parts[0].kind == "variable" else None


class _Reader:
    """Recursive descent: or, and, not, primary."""

    def __init__(self, command: Command, words: tuple[Word, ...]) -> None:
        self.command = command
        self.words = words
        self.at = 0
        self.single = command.name != "[["

    def _peek(self, ahead: int = 0) -> str:
        """The next word as written, unquoted operators only; empty at the end."""
        at = self.at + ahead
        return self.words[at].raw if at < len(self.words) else ""

    def either(self, depth: int) -> Condition | None:
        return self._chain("||", "-o", depth)

    def _chain(self, operator: Literal["&&", "||"], old: str, depth: int) -> Condition | None:
        parts: list[Condition] = []
        while True:
            part = self._chain("&&", "-a", depth) if operator == "||" else self._negation(depth)
            if part is None:
                return None
            parts.append(part)
            if self._peek() != (old if self.single else operator):
                return parts[0] if len(parts) == 1 else Combined(operator, tuple(parts))
            self.at += 1

    def _negation(self, depth: int) -> Condition | None:
        if depth > _DEEPEST or self.at >= len(self.words):
            return None
        if self._peek() == "!" and self._peek(1):
            self.at += 1
            inner = self._negation(depth + 1)
            return None if inner is None else Combined("!", (inner,))
        if self._peek() in ("(", r"\("):
            self.at += 1
            grouped = self.either(depth + 1)
            if self._peek() not in (")", r"\)"):
                return None
            self.at += 1
            return grouped
        return self._primary()

    def _primary(self) -> Test:
        words, at = self.words, self.at
        operator = self._peek(1).lstrip("\\")
        if operator in _BINARY and at + 2 < len(words):
            self.at += 3
            return self._test(operator, words[at], words[at + 2])
        flag = self._peek()
        if len(flag) == 2 and flag[0] == "-" and flag[1].isalpha() and at + 1 < len(words):
            self.at += 2
            return self._test(flag, None, words[at + 1])
        self.at += 1
        return self._test("-n", None, words[at])

    def _test(self, operator: str, left: Word | None, right: Word) -> Test:
        first = left if left is not None else right
        span = Span(first.span.start, right.span.end)
        variable, value = _variable(left), right.static
        if left is None:
            variable, value = _variable(right), None
        elif variable is None and _variable(right) is not None:
            variable, value = _variable(right), left.static
        return Test(variable, operator, value, span, self.command, left, right)


def holds(condition: Condition, env: Environment, outputs: Mapping[Span, str]) -> bool | None:
    """Whether a condition is true, as far as the known variables and outputs tell; None where they do not."""
    if isinstance(condition, Test):
        return _test_holds(condition, env, outputs)
    values = [holds(part, env, outputs) for part in condition.parts]
    if condition.operator == "!":
        return None if values[0] is None else not values[0]
    decides = condition.operator == "||"
    if decides in values:
        return decides
    return None if None in values else not decides


def _test_holds(test: Test, env: Environment, outputs: Mapping[Span, str]) -> bool | None:
    assert test.right is not None
    right = test.right.text(env, outputs)
    if test.left is None:
        if test.operator not in ("-z", "-n"):
            return None
        filled = True if right.replace(HOLE, "") else (None if right else False)
        return filled if test.operator == "-n" or filled is None else not filled
    left = test.left.text(env, outputs)
    double = test.command is not None and test.command.name == "[["
    if test.operator in ("=", "==", "!="):
        pattern = pattern_of(test.right, env, outputs) if double else escaped(right)
        same = same_text(left, pattern)
        return same if test.operator != "!=" or same is None else not same
    if test.operator in _NUMERIC:
        return _compare(left, right, _NUMERIC[test.operator], env if double else {})
    if test.operator == "=~":
        return None if HOLE in left + right else regex_found(right, left)
    if test.operator in ("<", ">") and HOLE not in left + right:
        return left < right if test.operator == "<" else left > right
    return None


def escaped(text: str) -> str:
    """A text as a pattern that matches it alone."""
    return "".join("\\" + char if char in "*?[\\" else char for char in text)


def same_text(text: str, pattern: str) -> bool | None:
    """Whether a text matches a pattern, both of which may have holes."""
    if len(text) > 1000 or len(pattern) > 1000:
        return None
    if HOLE in text:
        if HOLE in pattern or set(pattern) & set("*?["):
            return None
        plain = re.sub(r"\\(.)", r"\1", pattern)
        return None if glob_matches(escaped(text).replace(HOLE, "*"), plain) else False
    if HOLE in pattern:
        return None if glob_matches(pattern.replace(HOLE, "*"), text) else False
    return glob_matches(pattern, text)


def _compare(left: str, right: str, operator: str, env: Environment) -> bool | None:
    numbers = [_integer(text, env) for text in (left, right)]
    if None in numbers:
        return None
    return bool(calculate(f"{numbers[0]} {operator} {numbers[1]}", {}))


def _integer(text: str, env: Environment) -> int | None:
    text = text.strip()
    digits = text.removeprefix("-")
    if digits.isascii() and digits.isdigit() and len(digits) < 12:
        return int(text)
    return None if HOLE in text else calculate(text, env)


def regex_found(pattern: str, text: str) -> bool | None:
    """Whether an extended regular expression is found in a text; None for one that is not plain and cheap.

    Only literals, sets, groups without repetition, alternatives, anchors and at most three repetitions are
    tried, for the pattern comes from the linted project.
    """
    if (
        len(pattern) > 200
        or len(text) > 64
        or re.search(r"\)[*+?{]|\(\?|\\[^.d/$-]|\[\[|[*+?}][*+?{]", pattern)
    ):
        return None
    if sum(pattern.count(char) for char in "*+{?") > 3:
        return None
    try:
        return re.search(pattern, text) is not None
    except re.error:
        return None
