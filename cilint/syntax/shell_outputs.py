"""What simple commands print, as far as it is known: enough to follow a status code through a script."""

from __future__ import annotations

import re

from cilint.syntax.shell_arguments import Arguments
from cilint.syntax.shell_tests import regex_found
from cilint.text.hole import HOLE

_LONGEST_SEQUENCE = 1000


def printed(name: str, argv: list[str]) -> str:
    """What ``echo`` or ``printf`` prints; HOLE where that takes more than putting texts together."""
    if name == "printf":
        return _printf(argv)
    newline, escapes = "\n", False
    while argv and re.fullmatch(r"-[neE]+", argv[0]):
        newline = "" if "n" in argv[0] else newline
        escapes = "e" in argv[0]
        argv = argv[1:]
    text = " ".join(argv)
    return (_unescaped(text) if escapes else text) + newline


_FIELD = re.compile(
    r"""\s*(?:(?P<name>[A-Za-z_]\w*)|"(?P<quoted>[^"\\]*)"|(?P<variable>\$\w+))
    \s*(?::\s*(?P<value>"[^"\\]*"|[^,{}()\[\]"]*(?:"[^"\\]*")?[^,{}()\[\]"]*))?\s*(?:,|$)""",
    re.VERBOSE,
)


def built(argv: list[str]) -> str | None:
    """The object that ``jq -n '{a: $a, …}'`` prints, with a HOLE for each value; None for other programs."""
    words, at = [], 1
    while at < len(argv):
        step = 3 if argv[at] in ("--arg", "--argjson") else 1
        words += argv[at : at + 1] if step == 1 else []
        at += step
    flags = "".join(word for word in words if word.startswith("-"))
    program = next((word.strip() for word in words if not word.startswith("-")), "")
    if "n" not in flags or not (program.startswith("{") and program.endswith("}")) or HOLE in program:
        return None
    pairs, rest, inner = [], 0, program[1:-1]
    while rest < len(inner.rstrip()):
        match = _FIELD.match(inner, rest)
        if match is None or match.end() == rest:
            return None
        name = match["name"] or match["quoted"] or (match["variable"] or "$")[1:]
        value = (match["value"] or "").strip()
        literal = re.fullmatch(r'"[^"\\]*"|-?\d+|null|true|false', value)
        pairs.append(f'"{name}": ' + (value if literal else f'"{HOLE}"'))
        rest = match.end()
    return "{" + ", ".join(pairs) + "}"


def sequence(argv: list[str]) -> str:
    """What ``seq`` prints for whole numbers; HOLE for anything else."""
    if not 0 < len(argv) < 4 or not all(re.fullmatch(r"-?\d{1,6}", text) for text in argv):
        return HOLE
    first = int(argv[0]) if len(argv) > 1 else 1
    step, last = int(argv[1]) if len(argv) > 2 else 1, int(argv[-1])
    if step == 0 or abs(last - first) > _LONGEST_SEQUENCE * abs(step):
        return HOLE
    return "".join(f"{number}\n" for number in range(first, last + (1 if step > 0 else -1), step))


def _unescaped(text: str) -> str:
    return text.replace("\\n", "\n").replace("\\t", "\t") if "\\" in text else text


def _printf(argv: list[str]) -> str:
    """``%s`` and ``%d`` alone; the format is used up once, more arguments make the rest unknown."""
    if not argv or argv[0].startswith("-"):
        return HOLE
    pieces = re.split(r"%[sd]", _unescaped(argv[0]))
    values = argv[1:]
    if any("%" in piece for piece in pieces) or len(values) > len(pieces) - 1:
        return HOLE
    values += [""] * (len(pieces) - 1 - len(values))
    return pieces[0] + "".join(value + piece for value, piece in zip(values, pieces[1:], strict=True))


def filtered(name: str, arguments: Arguments, text: str) -> str:
    """What a filter prints for a known input."""
    if name == "cat" and not arguments.operands():
        return text
    if name in ("tail", "head") and not arguments.operands():
        count = _count(arguments)
        lines = text.splitlines(keepends=True)
        if count is None or (HOLE in text and not _sure_lines(name, lines, count)):
            return HOLE
        return "".join(lines[-count:] if name == "tail" else lines[:count])
    if name == "tr" and arguments.has_flag("-d") and HOLE not in text:
        operands = arguments.operands()
        deleted = _unescaped(operands[0].value or "") if len(operands) == 1 else ""
        known = {"[:space:]": " \n\t\r", "\\r": "\r", "\\r\n": "\r\n"}.get(deleted, deleted)
        return (
            "".join(char for char in text if char not in known)
            if "-" not in known and "[" not in known
            else HOLE
        )
    return HOLE


def _count(arguments: Arguments) -> int | None:
    option = arguments.option("-n", "--lines")
    text = (option.value or "") if option is not None else ""
    if option is None:
        digits = [item.name[1:] for item in arguments.parse() if item.name[1:].isdigit()]
        text = "".join(digits) if digits else "10"
    return int(text) if text.isdigit() and 0 < int(text) < 1000 else None


def _sure_lines(name: str, lines: list[str], count: int) -> bool:
    """Whether the lines asked for have no hole, which may hold line ends itself."""
    wanted = lines[-count:] if name == "tail" else lines[:count]
    return len(lines) >= count and not any(HOLE in line for line in wanted)


def grep(arguments: Arguments, text: str | None) -> bool | None:
    """The exit status of a plain ``grep`` over a known input."""
    operands = arguments.operands()
    pattern = arguments.option("-e", "--regexp")
    wanted = pattern.value if pattern is not None else (operands[0].value if len(operands) == 1 else None)
    flags = {item.name for item in arguments.parse()}
    if (
        text == ""
        and not flags & {"-v", "--invert-match", "-L"}
        and len(operands) + (pattern is not None) == 1
    ):
        return False  # there is no line in which anything could be found
    if text is None or wanted is None or HOLE in text or HOLE in wanted:
        return None
    lines = text.splitlines() or [""]
    if flags & {"-i", "-v", "-w", "-P", "-c", "-L", "-o"}:
        return None
    if flags & {"-F", "--fixed-strings"}:
        found: list[bool | None] = [wanted == line if "-x" in flags else wanted in line for line in lines]
    else:
        if not flags & {"-E", "--extended-regexp"}:
            if set(wanted) & set("+?(){}|"):
                return None
            wanted = wanted.replace("\\|", "|")
        wanted = f"^({wanted})$" if "-x" in flags else wanted
        found = [regex_found(wanted, line) for line in lines]
    return True if True in found else (None if None in found else False)


def judges_input(name: str, arguments: Arguments) -> bool:
    """Whether a program's exit status judges the text that it reads, and so may be a failure."""
    if name in ("jq", "yq", "gojq", "jaq"):
        return arguments.has_flag("-e", "--exit-status")
    if name in ("awk", "gawk", "mawk", "sed"):
        return any("exit" in text or re.search(r"\bq[1-9]", text) for text, _ in arguments.items)
    return name in _JUDGES


_JUDGES = frozenset(
    {
        "grep",
        "egrep",
        "fgrep",
        "rg",
        "cmp",
        "diff",
        "python",
        "python3",
        "node",
        "perl",
        "ruby",
        "bun",
        "deno",
    }
)
