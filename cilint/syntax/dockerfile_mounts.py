"""The value of ``RUN --mount=…``: comma-separated options, quoted as in CSV."""

from __future__ import annotations

from cilint.syntax.mapped import MappedText
from cilint.text.source import Span
from cilint.text.values import NamedTuple


class MountOption(NamedTuple):
    """``key=value`` or a bare ``key`` (value None) of a mount; key in lower case, value as written."""

    key: str
    value: str | None
    span: Span
    key_span: Span
    value_span: Span | None


class Mount:
    """One ``--mount`` of a RUN. Values are as written, variables are not expanded."""

    __slots__ = ("error", "options", "span")

    def __init__(self, span: Span, options: tuple[MountOption, ...], error: str | None = None) -> None:
        self.span = span
        self.options = options
        self.error = error
        """Why the value is no CSV, if so."""

    def option(self, *keys: str) -> MountOption | None:
        """The last option with one of these keys; the last one counts."""
        return next((option for option in reversed(self.options) if option.key in keys), None)

    def value(self, *keys: str) -> str | None:
        option = self.option(*keys)
        return option.value if option else None

    @property
    def type(self) -> str:
        return (self.value("type") or "bind").lower()

    @property
    def target(self) -> str | None:
        return self.value("target", "dst", "destination")

    @property
    def source(self) -> str | None:
        return self.value("source", "src")

    @property
    def from_(self) -> str | None:
        return self.value("from")

    @property
    def id(self) -> str | None:
        return self.value("id")

    @property
    def sharing(self) -> str | None:
        return self.value("sharing")


def read_mount(span: Span, value: MappedText) -> Mount:
    """The mount of a ``--mount`` flag that stands at ``span``."""
    text = value.text
    if '"' in text:
        return _read_quoted(span, value)
    options, at = [], 0
    for field in text.split(","):
        options.append(_option(value, field, at, at + len(field)))
        at += len(field) + 1
    return Mount(span, tuple(options))


def _option(value: MappedText, field: str, start: int, end: int) -> MountOption:
    key, equals, text = field.partition("=")
    split = min(start + len(key), end)
    written = value.span(min(split + 1, end), end) if equals else None
    return MountOption(
        key.lower(), text if equals else None, value.span(start, end), value.span(start, split), written
    )


def _read_quoted(span: Span, value: MappedText) -> Mount:
    """Fields of which some are in double quotes; offsets inside those are exact but for doubled quotes."""
    text = value.text
    options: list[MountOption] = []
    at = 0
    while at <= len(text):
        if not text.startswith('"', at):
            end = text.find(",", at)
            end = len(text) if end < 0 else end
            if '"' in text[at:end]:
                return Mount(span, tuple(options), 'bare " in non-quoted field')
            options.append(_option(value, text[at:end], at, end))
        else:
            close = at + 1
            while (close := text.find('"', close)) >= 0 and text.startswith('""', close):
                close += 2
            if close < 0 or (close + 1 < len(text) and text[close + 1] != ","):
                return Mount(span, tuple(options), 'extraneous or missing " in quoted field')
            options.append(_option(value, text[at + 1 : close].replace('""', '"'), at + 1, close))
            end = close + 1
        at = end + 1
    return Mount(span, tuple(options))
