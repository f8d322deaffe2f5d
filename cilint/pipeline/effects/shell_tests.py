"""Comparisons of scripts that do not ask what they seem to ask."""

from __future__ import annotations

import re
from functools import cached_property

from cilint.pipeline.effects.shell_scripts import ShellScript, is_inner
from cilint.syntax.shell import Block, Command, Word
from cilint.syntax.shell_tests import Test
from cilint.text.edit import Edit
from cilint.text.source import Span

_OF_FILES = frozenset(f"-{letter}" for letter in "abcdefghprstuwxkLOGSN")
_NUMERIC = {">": "-gt", "<": "-lt"}
_EQUAL = ("=", "==", "!=")
_REGEX = re.compile(r"[\^$*+?(|\[]")
_UNQUOTABLE = re.compile(r"[\s;&<>\"'`\\#]")


class ShellTest:
    """One comparison, or question, of ``[``, ``[[`` or ``test``."""

    def __init__(self, script: ShellScript, test: Test, command: Command, right: Word) -> None:
        self.script = script
        self.path: str = script.path
        self.operator: str = test.operator
        self._test = test
        self._right = right
        self._command = command

    def __repr__(self) -> str:
        return f"<test {self._test.operator}>"

    @property
    def span(self) -> Span:
        return self.script.place(*self._test.span)

    @property
    def _is_double(self) -> bool:
        return self._command.name == "[["

    # -- [ -f *.txt ] ------------------------------------------------------------------------------

    @property
    def wildcard(self) -> Span | None:
        """The word with wildcards that is asked for as one file."""
        if self._test.left is not None or self.operator not in _OF_FILES:
            return None
        is_glob = any(part.kind == "glob" and not part.quoted for part in self._right.parts)
        return self.script.place(*self._right.span) if is_glob else None

    # -- [[ $count > 5 ]] --------------------------------------------------------------------------

    @cached_property
    def _text_order(self) -> Span | None:
        """The ``<`` or ``>`` beside a number, in the script."""
        left, right = self._test.left, self._right
        if left is not None and self.operator in _NUMERIC and (_is_number(left) or _is_number(right)):
            end = left.span.end
            between = self._command.input.outer[end : right.span.start]
            return Span(end + len(between) - len(between.lstrip()), end + len(between.rstrip()))
        for redirect in self._command.redirects:
            target = redirect.target
            if redirect.operator in _NUMERIC and redirect.fd is None and target and _is_number(target):
                return Span(redirect.span.start, redirect.span.start + 1)
        return None

    @property
    def text_order(self) -> Span | None:
        """The operator that compares a number as a text, or that writes to a file of its name."""
        return self.script.place(*self._text_order) if self._text_order else None

    @property
    def _order(self) -> str:
        return (
            self._command.input.outer[self._text_order.start : self._text_order.end]
            if self._text_order
            else ""
        )

    @property
    def is_redirect(self) -> bool:
        """Whether the operator in a ``[`` is a redirection."""
        return not self._is_double and not self._order.startswith("\\")

    @property
    def in_numbers(self) -> tuple[Edit, ...]:
        """The edit that compares numbers; none of what stands outside of the brackets."""
        place, operator = self.text_order, self._order.removeprefix("\\")
        if place is None or operator not in _NUMERIC or self.operator != operator:
            return ()
        return (Edit(place, _NUMERIC[operator]),)

    # -- [[ $a =~ "^b" ]], [[ $a == $b ]] ----------------------------------------------------------

    @property
    def quoted_regex(self) -> Span | None:
        """The regular expression whose quotes make it a plain text."""
        word = self._right
        text = word.static
        if not self._is_double or self.operator != "=~" or not text or not word.quoted:
            return None
        return self.script.place(*word.span) if _REGEX.search(text) else None

    @property
    def without_quotes(self) -> tuple[Edit, ...]:
        """The edits that take the quotes away; none where the text needs them."""
        place, text = self.quoted_regex, self._right.raw[1:-1]
        if place is None or text != self._right.static or _UNQUOTABLE.search(text):
            return ()
        return (Edit(Span(place.start, place.start + 1), ""), Edit(Span(place.end - 1, place.end), ""))

    @property
    def pattern_variable(self) -> Span | None:
        """The variable without quotes whose wildcards are not compared but matched."""
        parts = self._right.parts
        if not self._is_double or self.operator not in _EQUAL or len(parts) != 1:
            return None
        part = parts[0]
        if part.kind != "variable" or part.quoted or part.operator or part.text in self.script.known:
            return None
        return self.script.place(*part.span) if part.text.isidentifier() else None

    @property
    def with_quotes(self) -> tuple[Edit, ...]:
        span = self._right.span
        if self.pattern_variable is None or not self.script.can_quote(self._command):
            return ()
        return (self.script.insert_before(span, '"'), self.script.insert_after(span, '"'))

    # -- false; if [ $? -ne 0 ] --------------------------------------------------------------------

    @property
    def asked_command(self) -> str:
        """The program whose exit status is asked for."""
        before = self._before
        return before.name if before is not None else ""

    @property
    def settled_status(self) -> Span | None:
        """The ``$?`` that is always 0, as the script stops where the command before it fails."""
        if self._test.variable != "?" or not self.script.never_goes_on or self._before is None:
            return None
        words = (self._test.left, self._right)
        return next(
            (self.script.place(*word.span) for word in words if word and word.variables == ("?",)), None
        )

    @property
    def _before(self) -> Command | None:
        """The plain command right before the statement that the test begins, where it is in a sequence that
        nothing keeps from stopping."""
        statement = _statement(self._command)
        sequence = statement.parent if statement is not None else None
        if statement is None or not isinstance(sequence, Block) or statement.index < 1:
            return None
        before = sequence.items[statement.index - 1]
        if not isinstance(before, Command) or statement.index - 1 in sequence.background:
            return None
        around = [sequence, *sequence.blocks]
        if before.name == "set" or any(block.kind in _FORGIVING for block in around):
            return None
        return before


_FORGIVING = frozenset({"condition", "list", "not", "function", "substitution", "process", "pipeline"})


def _statement(command: Command) -> Command | Block | None:
    """The ``if``, the list or the test itself, of which the command is the first."""
    node: Command | Block = command
    while (
        isinstance(node.parent, Block) and node.index == 0 and node.parent.kind in ("condition", "if", "list")
    ):
        node = node.parent
    return node if isinstance(node.parent, Block) and node.parent.sequential else None


def _is_number(word: Word) -> bool:
    text = word.static or ""
    return text.removeprefix("-").isdigit()


def tests(script: ShellScript) -> tuple[ShellTest, ...]:
    """The comparisons of a script, without those of scripts inside of it and of ``case``."""
    return tuple(
        ShellTest(script, test, test.command, test.right)
        for test in script.parsed.tests
        if test.command is not None and test.right is not None and not is_inner(test.command)
    )
