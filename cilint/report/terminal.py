"""Text that is safe to print: no control or direction characters, known widths, no commands to a CI's log."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from functools import lru_cache

from cilint.text.values import NamedTuple

TAB = 4
HIDDEN = "\u200b"
RED, YELLOW, BLUE, BOLD, DIM, RESET = "\x1b[31m", "\x1b[33m", "\x1b[34m", "\x1b[1m", "\x1b[2m", "\x1b[0m"


class Style(NamedTuple):
    """How text reports print: in colour, and with what a GitHub job's log would take for a command made
    harmless.
    """

    color: bool = False
    neutral: bool = False

    def paint(self, text: str, *codes: str) -> str:
        return f"{''.join(codes)}{text}{RESET}" if self.color and text else text


PLAIN = Style()


def style_for(color: str, to_file: bool = False) -> Style:
    """The style for ``--color`` ``auto``, ``always`` or ``never``, by the terminal and NO_COLOR,
    FORCE_COLOR.
    """
    neutral = os.environ.get("GITHUB_ACTIONS") == "true"
    if color != "auto":
        return Style(color == "always", neutral)
    if os.environ.get("NO_COLOR") or to_file:
        return Style(False, neutral)
    forced = os.environ.get("FORCE_COLOR", "") not in ("", "0")
    return Style(forced or (sys.stdout.isatty() and os.environ.get("TERM") != "dumb"), neutral)


def visible(text: str) -> str:
    """``text`` with each control, direction or undecodable character as a visible one."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_visible, text))


def _visible(char: str) -> str:
    code = ord(char)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if code < 0x7F or char.isprintable():
        return char
    return " " if char.isspace() else "�"


def columns(char: str) -> int:
    """How many terminal columns a visible character takes: 0 for a combining one, 2 for a wide one."""
    if char.isascii():
        return 1
    import unicodedata  # only where a line is not plain ASCII

    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


@lru_cache(4)  # thousands of findings may be on one line of a whole file's length
def laid_out(line: str) -> tuple[str, Sequence[int]]:
    """A source line as printed, and the terminal column of each code point and of the end."""
    if line.isascii() and line.isprintable():
        return line, range(len(line) + 1)
    printed: list[str] = []
    offsets = [0]
    for char in line:
        at = offsets[-1]
        piece = " " * (TAB - at % TAB) if char == "\t" else visible(char)
        printed.append(piece)
        offsets.append(at + (len(piece) if char == "\t" else columns(piece)))
    return "".join(printed), offsets


def neutralised(text: str) -> str:
    """``text`` without what GitHub's runner takes for a command: ``::`` that begins a line, ``##[``
    anywhere.
    """
    lines = text.replace("##[", f"##{HIDDEN}[").split("\n")
    return "\n".join(_disarmed(line) if "::" in line else line for line in lines)


def _disarmed(line: str) -> str:
    at = len(line) - len(line.lstrip())
    return f"{line[:at]}:{HIDDEN}{line[at + 1 :]}" if line.startswith("::", at) else line
