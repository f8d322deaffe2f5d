"""Regular expressions whose time is bounded: those that can backtrack without end are refused.

A pattern is refused where something of variable length is repeated, or where a repetition has branches that
may begin alike. What is left takes at most a power of the text's length, and the text is cut to suit.
"""

from __future__ import annotations

import re
from math import factorial

from cilint.text.hints import Any

MAX_STEPS = 20_000_000
MAX_SUBJECT = 10_000
MAX_PATTERN = 500
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")


class PatternError(ValueError):
    """Why a pattern is refused."""


def subject_limit(pattern: str) -> int:
    """How much of a text (code points) the pattern is tried on. Raises PatternError where it is refused."""
    if len(pattern) > MAX_PATTERN:
        raise PatternError(f"the pattern is longer than {MAX_PATTERN} characters")
    try:
        parsed = re._parser.parse(pattern)  # type: ignore[attr-defined] # noqa: SLF001
    except (re.error, RecursionError, OverflowError) as error:
        raise PatternError(f"not a regular expression: {error}") from error
    power = _variable_repeats(parsed, repeated=False)
    if not pattern.startswith(("^", "\\A")):
        power += 1
    if power > 4:
        raise PatternError("the pattern has too many repetitions of variable length")
    return MAX_SUBJECT if power < 2 else min(MAX_SUBJECT, int((MAX_STEPS * factorial(power)) ** (1 / power)))


def _variable_repeats(parsed: Any, *, repeated: bool) -> int:
    """How many repetitions of variable length (beyond ``?``) the parsed pattern has."""
    found = 0
    for operation, argument in parsed:
        name = str(operation)
        if name in _REPEATS:
            low, high, inner = argument
            if repeated and low != high:
                raise PatternError("a repetition inside a repetition can take for ever")
            variable = low != high and high > 1
            found += variable + _variable_repeats(inner, repeated=repeated or high > 1)
        elif name == "BRANCH":
            branches = argument[1]
            if repeated and not _differ(branches):
                raise PatternError("inside a repetition, alternatives must begin with different characters")
            found += max(_variable_repeats(branch, repeated=repeated) for branch in branches)
        elif name == "SUBPATTERN":
            found += _variable_repeats(argument[-1], repeated=repeated)
        elif name not in ("LITERAL", "NOT_LITERAL", "ANY", "IN", "AT"):
            raise PatternError("look-around, back-references and conditions are not supported in patterns")
    return found


def _differ(branches: list[Any]) -> bool:
    heads = [branch[0] if len(branch) else None for branch in branches]
    literals = {chr(head[1]).lower() for head in heads if head is not None and str(head[0]) == "LITERAL"}
    return len(literals) == len(branches)
