"""What a word becomes: parameter expansion, word splitting and simple braces, with HOLE for what is unknown.

Follows the Bash manual 3.5. Nothing is guessed: a variable that is not known, or whose operator needs more
than is known, gives a HOLE.
"""

from __future__ import annotations

from collections.abc import Mapping

from cilint.syntax.shell_words import Environment, Part, Value, Word
from cilint.text.hole import HOLE
from cilint.text.source import Span

Outputs = Mapping[Span, str]
_LONGEST = 4096
"""Texts longer than this are not matched against patterns."""
_MOST_FIELDS = 1000


def expand(word: Word, env: Environment, outputs: Outputs) -> str:
    """The word as one text, as in an assignment or a test."""
    return "".join(part_text(part, env, outputs) for part in word.parts)


def part_text(part: Part, env: Environment, outputs: Outputs) -> str:
    if part.literal:
        return part.text
    if part.kind == "command":
        return outputs.get(part.span, HOLE)
    if part.kind == "arithmetic":
        from cilint.syntax.shell_arithmetic import calculate

        number = calculate(part.text[3:-2], env)
        return HOLE if number is None else str(number)
    if part.kind == "variable":
        value = parameter(part, env, outputs)
        return value if isinstance(value, str) else " ".join(value)
    return str(env.get(part.text, HOLE)) if part.kind == "expression" else HOLE


def fields(word: Word, env: Environment, outputs: Outputs) -> list[str]:
    """The words that the shell makes of one; a quoted one makes exactly one, but for ``"${array[@]}"``."""
    made: list[str] = [""]
    seen = False
    braces = False
    for part in word.parts:
        braces = braces or part.kind == "brace"
        pieces = _pieces(part, env, outputs)
        seen = seen or bool(pieces)
        if pieces:
            made[-1] += pieces[0]
            made += pieces[1:]
        if len(made) > _MOST_FIELDS:
            return [HOLE]
    if not seen and word.parts:
        return []
    return _braced(made[0]) if braces and len(made) == 1 else made


def _pieces(part: Part, env: Environment, outputs: Outputs) -> list[str]:
    """What one part adds: its first piece joins the field before, its last the one after."""
    if part.kind == "variable":
        value = parameter(part, env, outputs)
        if isinstance(value, tuple):
            if part.subscript == "*" and part.quoted:
                return [" ".join(value)]
            return list(value) if part.quoted else [piece for text in value for piece in text.split()]
        return [value] if part.quoted else _split(value)
    text = part_text(part, env, outputs)
    return _split(text) if part.kind in ("command", "expression") and not part.quoted else [text]


def _split(text: str) -> list[str]:
    """Split at blanks; blanks at either end part the text from its neighbours."""
    pieces = text.split()
    if not pieces:
        return ["", ""] if text else []
    return [*([""] if text[0].isspace() else []), *pieces, *([""] if text[-1].isspace() else [])]


def _braced(text: str) -> list[str]:
    """``a{b,c}d`` as its words; nested or several braces stay as they are written."""
    start, end = text.find("{"), text.find("}")
    inside = text[start + 1 : end]
    if text.count("{") != 1 or end < start:
        return [text]
    if "," in inside:
        return [text[:start] + choice + text[end + 1 :] for choice in inside.split(",")]
    first, _, last = inside.partition("..")
    if _whole(first) and _whole(last) and abs(int(last) - int(first)) < _MOST_FIELDS:
        step = 1 if int(last) >= int(first) else -1
        numbers = range(int(first), int(last) + step, step)
        return [f"{text[:start]}{number}{text[end + 1 :]}" for number in numbers]
    return [text]


def _whole(text: str) -> bool:
    return text.isascii() and text.removeprefix("-").isdigit() and len(text) < 10


def parameter(part: Part, env: Environment, outputs: Outputs) -> Value:
    """The value of ``$name`` or ``${name…}``; HOLE where it is not known."""
    given = env.get(part.text, HOLE)
    value = given if part.text in ("@", "*") else _indexed(given, part.subscript)
    operator = part.operator
    if not operator:
        return value
    if operator in ("?unreadable", "indirect", "@"):
        return HOLE
    argument = part.argument
    if operator == "length":
        if isinstance(value, tuple):
            return str(len(value))
        return HOLE if HOLE in value else str(len(value))
    if operator.strip(":") in ("-", "=", "?", "+"):
        return _substitute(value, operator, argument, env, outputs)
    if isinstance(value, tuple):
        return HOLE
    return _changed(value, operator, argument, env, outputs)


def _indexed(value: Value, index: str) -> Value:
    if isinstance(value, str):
        return value if index in ("", "0", "@", "*") else HOLE
    if index in ("@", "*"):
        return value
    if index == "" or index.isdigit():
        at = int(index or 0) if len(index) < 6 else len(value)
        return value[at] if at < len(value) else ""
    return HOLE


def _substitute(
    value: Value, operator: str, argument: Word | None, env: Environment, outputs: Outputs
) -> Value:
    """``:-``, ``:=``, ``:?`` and ``:+``: they ask whether the variable holds anything."""
    if value == HOLE or argument is None:
        return HOLE
    text = value if isinstance(value, str) else "".join(value)
    if text.replace(HOLE, ""):
        filled = True
    elif HOLE in text:
        return HOLE
    else:
        filled = not operator.startswith(":")
    kind = operator.strip(":")
    if kind == "+":
        return expand(argument, env, outputs) if filled else ""
    if filled:
        return value
    return HOLE if kind == "?" else expand(argument, env, outputs)


def _changed(value: str, operator: str, argument: Word | None, env: Environment, outputs: Outputs) -> str:
    """Case, prefix, suffix, replacement and substring."""
    if operator in ("^^", ",,", "^", ",") and argument is not None and argument.start == argument.end:
        return _cased(value, operator)
    if HOLE in value or argument is None or len(value) > _LONGEST:
        return HOLE
    if operator in ("#", "##", "%", "%%"):
        pattern = pattern_of(argument, env, outputs)
        return HOLE if HOLE in pattern else _trimmed(value, operator, pattern)
    text = expand(argument, env, outputs)
    if HOLE in text:
        return HOLE
    if operator == ":":
        return _substring(value, text)
    if operator in ("/", "//"):
        old, _, new = text.partition("/")
        special = set("*?[\\") & set(old)
        return HOLE if special or not old else value.replace(old, new, -1 if operator == "//" else 1)
    return HOLE


def _cased(value: str, operator: str) -> str:
    changed = value.upper() if operator[0] == "^" else value.lower()
    if len(operator) == 2:
        return changed
    return HOLE if value.startswith(HOLE) else changed[:1] + value[1:]


def _trimmed(value: str, operator: str, pattern: str) -> str:
    """Remove the shortest (``#``, ``%``) or longest (``##``, ``%%``) match from the start or end."""
    lengths = range(len(value) + 1) if len(operator) == 1 else range(len(value), -1, -1)
    if not set(pattern) & set("*?[\\"):
        fits = value.startswith(pattern) if operator[0] == "#" else value.endswith(pattern)
        cut = len(pattern) if fits else 0
        return value[cut:] if operator[0] == "#" else value[: len(value) - cut]
    if len(value) * len(value) * len(pattern) > 1_000_000:
        return HOLE
    for length in lengths:
        if operator[0] == "#" and glob_matches(pattern, value[:length]):
            return value[length:]
        if operator[0] == "%" and glob_matches(pattern, value[len(value) - length :]):
            return value[: len(value) - length]
    return value


def _substring(value: str, place: str) -> str:
    offset, _, length = place.partition(":")
    offset, length = offset.strip() or "0", length.strip()  # an empty offset is 0
    if not _whole(offset) or (length and not _whole(length)):
        return HOLE
    rest = value[int(offset) :] if int(offset) >= -len(value) else ""
    return rest[: int(length)] if length else rest


def pattern_of(word: Word, env: Environment, outputs: Outputs) -> str:
    """A word as a pattern for ``glob_matches``: what is quoted in it stands for itself."""
    pieces = []
    for part in word.parts:
        text = part_text(part, env, outputs)
        if part.quoted:
            text = "".join("\\" + char if char in "*?[\\" else char for char in text)
        pieces.append(text)
    return "".join(pieces)


def glob_matches(pattern: str, text: str) -> bool:
    """Whether a shell pattern (``*``, ``?``, ``[…]``, ``\\x``) matches all of a text, in bounded time."""
    tokens = _tokens(pattern)
    at = here = 0
    star, mark = -1, 0
    while at < len(text):
        if here < len(tokens) and tokens[here] == "*":
            star, mark = here, at
            here += 1
        elif here < len(tokens) and _fits(tokens[here], text[at]):
            here += 1
            at += 1
        elif star >= 0:
            mark += 1
            here, at = star + 1, mark
        else:
            return False
    return all(rest == "*" for rest in tokens[here:])


def _tokens(pattern: str) -> list[str]:
    """Single characters as ``\\x``, the wildcards ``*`` and ``?``, and sets as ``[…]``."""
    tokens, at = [], 0
    while at < len(pattern):
        char = pattern[at]
        close = pattern.find("]", at + 2) if char == "[" else -1
        if char == "\\" and at + 1 < len(pattern):
            tokens.append(pattern[at : at + 2])
            at += 2
        elif close > 0:
            tokens.append(pattern[at : close + 1])
            at = close + 1
        else:
            tokens.append(char if char in "*?" else "\\" + char)
            at += 1
    return tokens


def _fits(wildcard: str, char: str) -> bool:
    if wildcard[0] == "\\":
        return wildcard[1] == char
    if wildcard == "?":
        return True
    if wildcard[0] != "[":
        return False
    inside = wildcard[1:-1]
    negated = inside[:1] in ("!", "^")
    inside = inside[1:] if negated else inside
    found, at = False, 0
    while at < len(inside):
        if inside[at + 1 : at + 2] == "-" and at + 2 < len(inside):
            found = found or inside[at] <= char <= inside[at + 2]
            at += 3
        else:
            found = found or inside[at] == char
            at += 1
    return found != negated
