"""Templates of messages and of the texts that a fix writes: literal text with expressions in braces.

``{expression}`` is its value, ``{{`` and ``}}`` are braces; ``${{ … }}`` is GitHub's and stays as it is, but
for an ``{expression}`` inside it.
"""

from __future__ import annotations

from cilint.rules.condition import ConditionError, Scope, check
from cilint.text.values import NamedTuple


class Part(NamedTuple):
    """Literal text, or the text of an expression that begins at ``start`` of the template."""

    text: str
    start: int
    expression: bool


def parts(template: str) -> list[Part]:
    """The template's parts. Raises ConditionError for a brace without its partner."""
    found: list[Part] = []
    literal, at, github = "", 0, False
    while at < len(template):
        if template.startswith("${{", at):
            literal, at, github = literal + "${{", at + 3, True
        elif template.startswith("}}", at):
            literal, at, github = literal + ("}}" if github else "}"), at + 2, False
        elif template.startswith("{{", at):
            literal, at = literal + "{", at + 2
        elif template[at] == "{":
            end = _closing(template, at + 1)
            found += [Part(literal, at, False), Part(template[at + 1 : end], at + 1, True)]
            literal, at = "", end + 1
        elif template[at] == "}":
            raise ConditionError("a `}` without `{`", at, at + 1, "a brace itself is written `}}`")
        else:
            literal, at = literal + template[at], at + 1
    return [part for part in [*found, Part(literal, at, False)] if part.text or part.expression]


def _closing(template: str, start: int) -> int:
    """The offset of the brace that ends the expression which begins at ``start``."""
    depth, quote = 0, ""
    for at in range(start, len(template)):
        char = template[at]
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char == "}" and depth == 0:
            return at
        else:
            depth += (char in "([{") - (char in ")]}")
    raise ConditionError("a `{` without `}`", start - 1, start, "a brace itself is written `{{`")


def check_template(template: str, scope: Scope, render: str) -> str:
    """The body of an expression that gives the filled template; ``render`` is ``said`` or ``written``.

    Raises ConditionError with offsets in the template.
    """
    pieces = []
    for part in parts(template):
        if not part.expression:
            pieces.append(repr(part.text))
            continue
        try:
            pieces.append(f"{render}({check(part.text, scope).body})")
        except ConditionError as error:
            start, end = error.start + part.start, error.end + part.start
            raise ConditionError(error.message, start, end, error.hint) from None
    return " + ".join(pieces) or "''"
