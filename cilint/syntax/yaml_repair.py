"""What libyaml's complaints mean in plain words, and how to read on behind them."""

from __future__ import annotations

import re

from cilint.syntax.yaml_nodes import Node, YamlError, scalars
from cilint.text.hints import Any
from cilint.text.source import Span
from cilint.text.values import NamedTuple

# (part of the context, part of the problem, what to say). The first line that fits is taken.
_WORDS: tuple[tuple[str, str, str], ...] = (
    (
        "",
        "mapping values are not allowed",
        "`:` cannot stand here: quote the value, or mend the indentation of the line",
    ),
    (
        "simple key",
        "expected ':'",
        "this line is no `key: value`: a colon is missing, or the line above needs quotes",
    ),
    (
        "",
        "block sequence entries are not allowed",
        "a list item (`- `) cannot start here: put it on a line of its own, indented like its list",
    ),
    ("", "mapping keys are not allowed", "a key cannot start here: put it on a line of its own"),
    ("quoted scalar", "unexpected end of stream", "this quote is never closed"),
    ("quoted scalar", "document indicator", "this quote is not closed before the document ends"),
    (
        "quoted scalar",
        "unknown escape",
        "unknown escape in double quotes: write `\\\\` for a backslash, or use single quotes",
    ),
    (
        "quoted scalar",
        "hexdecimal",
        "an escape in double quotes needs its hexadecimal digits: `\\xNN`, `\\uNNNN`",
    ),
    ("quoted scalar", "Unicode", "this escape is no Unicode character"),
    (
        "block scalar",
        "comment or line break",
        "behind `|` or `>` only a digit, `+` or `-` may stand; the text starts on the next line",
    ),
    ("block scalar", "equal to 0", "the indentation of a block of text cannot be 0"),
    ("block scalar", "tab character", "a tab cannot indent a block of text: use spaces"),
    ("plain scalar", "tab", "a tab cannot indent YAML: use spaces"),
    (
        "block collection",
        "'-'",
        "this line is no item of the list above: indent it like the list's `- `, or less",
    ),
    ("block mapping", "expected key", "this line fits no block above: mend its indentation"),
    ("flow sequence", "", "`[` is not closed, or a comma is missing"),
    ("flow mapping", "", "`{` is not closed, or a comma is missing"),
    (
        "node",
        "undefined tag handle",
        "this tag's `!handle!` is not declared: remove the tag, or quote the value",
    ),
    ("node", "content", "a value is missing or cannot start like this: quote it"),
    ("alias", "", "`*` starts an alias and needs a name: quote the value"),
    ("anchor", "", "`&` starts an anchor and needs a name: quote the value"),
    ("tag", "", "`!` starts a tag and needs a name: quote the value"),
    ("", "unexpected ':'", "a space is missing behind `:`, or the value needs quotes"),
    ("", "<document start>", "this line does not belong to what stands above: mend its indentation"),
    ("", "%YAML", "this `%YAML` line is not understood: remove it"),
    ("", "incompatible YAML", "this YAML version is not understood: remove the `%YAML` line"),
    ("directive", "", "this `%` directive is not understood: remove it, or quote the value"),
)
_KEY = re.compile(r"(?P<lead>[ ]*(?:-[ ]+)*)(?:[\w.$/-]+|\"[^\"\n]*\"|'[^'\n]*'):(?=\s|$)")
_WHERE_FOUND = re.compile("escape|hexdecimal|tab character")
_AT_CONTEXT = ("quoted scalar", "flow", "anchor", "alias", "block scalar", "simple key", "tag", "directive")


class Trouble(NamedTuple):
    """libyaml's complaint, with code point offsets."""

    context: str
    context_at: int
    problem: str
    at: int

    @classmethod
    def of(cls, failure: Exception, text: str, root: Node | None) -> Trouble | None:
        """What a scanner's or parser's exception says; None for one of another kind.

        ``root`` is what was read before it: libyaml often notices a mistake lines below it.
        """
        if len(failure.args) != 4:
            return None
        context, context_mark, problem, mark = failure.args
        at = min(_index(mark, len(text)), len(text))
        trouble = cls(str(context or ""), min(_index(context_mark, at), len(text)), str(problem or ""), at)
        return _unclosed_quote(trouble, text, root) or _missing_colon(trouble, text) or trouble

    def at_colon(self, text: str) -> bool:
        """Whether a colon inside a plain scalar of a flow collection is the trouble."""
        colon = text[self.at : self.at + 1] == ":" and text[self.at + 1 : self.at + 2].strip(" \t\r\n,[]{}")
        return "unexpected ':'" in self.problem or ("flow node" in self.context and bool(colon))


def _unclosed_quote(trouble: Trouble, text: str, root: Node | None) -> Trouble | None:
    """Text behind a quoted value of several lines: its first quote was meant to be closed much earlier."""
    if "expected key" not in trouble.problem:
        return None
    end = len(text[: trouble.at].rstrip(" \t"))
    for node in scalars(root):
        if (
            node.span.end == end
            and node.style in ("single", "double")
            and "\n" in text[node.span.start : end]
        ):
            return Trouble(
                "while scanning a quoted scalar", node.span.start, "found unexpected end of stream", end
            )
    return None


def _missing_colon(trouble: Trouble, text: str) -> Trouble | None:
    """A key's colon out of place since the line above, indented alike, is none of `key: value`."""
    line = line_start(text, trouble.at)
    above = line_start(text, len(text[:line].rstrip()))
    if "mapping values" not in trouble.problem or above >= line:
        return None
    word = _first_word(text, above)
    key = _KEY.match(text, line)
    if (
        key is None
        or key.end() <= trouble.at
        or key.end("lead") - line != word - above
        or _KEY.match(text, above)
    ):
        return None
    return Trouble("while scanning a simple key", word, "could not find expected ':'", trouble.at)


def _index(mark: Any, default: int) -> int:
    index = getattr(mark, "index", None)
    return index if isinstance(index, int) else default


def explain(trouble: Trouble, text: str) -> YamlError:
    """The error in plain words, on the text that has to be changed."""
    place = _place(trouble, text)
    end = _line_end(text, place)
    if trouble.context_at == place and any(word in trouble.context for word in ("quoted", "flow")):
        end = min(place + 1, end)
    span = Span(place, place + max(len(text[place:end].rstrip()), min(1, len(text) - place)))
    return YamlError(span, _message(trouble, text))


def _message(trouble: Trouble, text: str) -> str:
    if "cannot start any token" in trouble.problem:
        found = text[trouble.at : trouble.at + 1]
        if found == "\t":
            return "a tab cannot indent YAML: use spaces"
        return f"a value cannot begin with {'a backtick' if found == '`' else f'`{found}`'}: quote it"
    if "expected key" in trouble.problem:
        before = text[line_start(text, trouble.at) : trouble.at].rstrip(" \t")[-1:]
        if before in ("'", '"', "]", "}"):
            return f"text behind the closing `{before}`: quote the whole value, and escape its own quotes"
    for context, problem, message in _WORDS:
        if context in trouble.context and problem in trouble.problem:
            return message
    return f"not valid YAML: {trouble.problem or trouble.context or 'unreadable'}"


def _place(trouble: Trouble, text: str) -> int:
    if any(word in trouble.context for word in _AT_CONTEXT) and not _WHERE_FOUND.search(trouble.problem):
        return trouble.context_at
    at = trouble.at
    if not text[at : _line_end(text, at)].strip():  # reported behind the end: the last line with text counts
        shown = len(text[:at].rstrip())
        at = max(line_start(text, shown), 0) if text[at:].strip() == "" else at
        at = _first_word(text, at)
    return at


def repair(trouble: Trouble, text: str, tried: set[int]) -> str:
    """``text`` without what could not be read, of the same length; ``tried`` are starts of lines, kept."""
    if (
        text[trouble.at : trouble.at + 1] == "\t"
        and not text[line_start(text, trouble.at) : trouble.at].strip()
    ):
        return _untabbed(text, line_start(text, trouble.at))
    place = _place(trouble, text)
    line = line_start(text, place)
    key = _KEY.match(text, line)
    again, start = line in tried, line
    tried.add(line)
    if not again and key is not None and place >= key.end():
        start = key.end()
        column = key.end("lead") - line
    else:
        column = _first_word(text, line) - line
    return _blanked(text, start, _block_stop(text, line, column))


def _block_stop(text: str, line: int, column: int) -> int:
    """The end of the line at ``line`` and of those below that are blank or indented beyond ``column``."""
    stop = _line_end(text, line)
    while stop < len(text):
        begin = stop + 1
        end = _line_end(text, begin)
        if text[begin:end].strip() and _first_word(text, begin) - begin <= column:
            break
        stop = end
    return stop


def _untabbed(text: str, line: int) -> str:
    """With a space for each tab that indents the line at ``line`` and those below it that start with tabs."""
    pieces, at = [text[:line]], line
    while at < len(text):
        stop = min(_line_end(text, at) + 1, len(text))
        words = _first_word(text, at)
        if "\t" not in text[at:words]:
            break
        pieces.append(text[at:words].replace("\t", " ") + text[words:stop])
        at = stop
    return "".join([*pieces, text[at:]])


def _blanked(text: str, start: int, stop: int) -> str:
    return text[:start] + re.sub(r"[^\r\n]", " ", text[start:stop]) + text[stop:]


def line_start(text: str, at: int) -> int:
    """Where the line with the offset ``at`` begins."""
    return text.rfind("\n", 0, at) + 1


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _first_word(text: str, line: int) -> int:
    """The first character of the line at ``line`` that is no blank."""
    end = _line_end(text, line)
    return line + len(text[line:end]) - len(text[line:end].lstrip(" \t"))


_UNREADABLE = r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"


def readable(text: str) -> tuple[str, list[YamlError]]:
    """``text`` with U+FFFD for each character that YAML forbids, and one error for each kind of them."""
    errors: dict[str, YamlError] = {}

    def replace(found: re.Match[str]) -> str:
        code = ord(found[0])
        if 0xD800 <= code < 0xE000:
            kind, message = "bytes", "this byte is not UTF-8: save the file as UTF-8"
        else:
            kind, message = "control", f"control character U+{code:04X} is not allowed in YAML: remove it"
        errors.setdefault(kind, YamlError(Span(*found.span()), message))
        return "\ufffd"

    return re.sub(_UNREADABLE, replace, text), list(errors.values())
