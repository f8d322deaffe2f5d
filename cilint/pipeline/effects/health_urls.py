"""The URL that a health probe asks for, also where JavaScript or Python puts it together. Nothing is run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from cilint.text.hole import HOLE
from cilint.text.values import NamedTuple

MAX_CODE = 8_000
_LOCAL = ("localhost", "0.0.0.0", "[::1]", "::1", "[::]", "ip6-localhost")  # noqa: S104 - nothing is bound


class Url(NamedTuple):
    """The parts of a URL, with holes for what is not known. ``port`` is None where it is not known.

    ``written`` tells that the port stands in the text; ``path`` is without query, ``/`` where there is none.
    """

    text: str
    scheme: str
    host: str
    port: int | None
    path: str
    written: bool = True

    @property
    def is_local(self) -> bool:
        """Whether it surely means the machine that asks."""
        return self.host.lower() in _LOCAL or re.fullmatch(r"127(?:\.\d{1,3}){3}", self.host) is not None


def parse_url(text: str) -> Url | None:
    """The parts of an absolute HTTP URL; None for anything else."""
    found = re.match(
        r"(https?)://(?:[^@/?#]*@)?(\[[^\]/]*\]|[^:/?#]*)(?::([^/?#]*))?([^?#]*)", text, re.IGNORECASE
    )
    if not found:
        return None
    scheme, port = found[1].lower(), found[3]
    number: int | None = {"http": 80, "https": 443}[scheme]
    if port:
        number = int(port) if port.isdecimal() and len(port) < 6 else None
    elif HOLE in found[2]:
        number = None
    path = found[4] or (HOLE if text.endswith(HOLE) else "/")
    return Url(text, scheme, found[2], number, path, written=bool(port))


def url_in_code(code: str, env: Mapping[str, str]) -> Url | None:
    """The first URL in a script: a literal, a template, a sum of texts, options of ``http.get({…})``."""
    code = code[:MAX_CODE]
    for found in _strings().finditer(code):
        if found[0][1:8].lower().startswith(("http://", "https:/")):
            return parse_url(_joined(code, found.start(), env))
    return _from_options(code, env)


@cache
def _strings() -> re.Pattern[str]:
    return re.compile(r""""(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`""", re.DOTALL)


@cache
def _reference() -> re.Pattern[str]:
    """A variable of the environment in Node.js, Bun, Deno or Python, and the literal in its stead."""
    name = r"""\w+\.env\.(\w+)|\w+\.env\[["'](\w+)["']\]|Deno\.env\.get\(["'](\w+)["']\)"""
    getter = r"""os\.(?:environ\.get|getenv)\(\s*["'](\w+)["']\s*(?:,\s*["']?(\w+)["']?\s*)?\)"""
    python = getter + r"""|os\.environ\[["'](\w+)["']\]"""
    return re.compile(rf"""\(*\s*(?:{name}|{python})\s*(?:(?:\|\||\?\?)\s*["'`]?([\w.:-]+)["'`]?)?\s*\)*""")


def _joined(code: str, at: int, env: Mapping[str, str]) -> str:
    """The text of the string at ``at`` and of what ``+`` joins to it; a hole for what is not known."""
    result = ""
    while True:
        found = _strings().match(code, at)
        if found:
            result += _literal(found[0], env, formatted=at > 0 and code[at - 1] in "fF")
            at = found.end()
        else:
            value = _reference().match(code, at) or re.compile(r"\d{1,5}\b").match(code, at)
            if value is None:
                return result + HOLE
            result += _value(value[0], env)
            at = value.end()
        plus = re.compile(r"\s*\+\s*").match(code, at)
        if plus is None:
            return result
        at = plus.end()


def _literal(string: str, env: Mapping[str, str], *, formatted: bool) -> str:
    """The text of a string as it is written, with what a template fills in."""
    text = re.sub(r"\\(.)", r"\1", string[1:-1], flags=re.DOTALL)
    if string[0] == "`":
        return re.sub(r"\$\{([^}]*)\}", lambda found: _value(found[1], env), text)
    return re.sub(r"\{([^}]*)\}", lambda found: _value(found[1], env), text) if formatted else text


def _value(expression: str, env: Mapping[str, str]) -> str:
    text = expression.strip()
    if re.fullmatch(r"\d{1,5}", text):
        return text
    found = _reference().fullmatch(text)
    if not found:
        return HOLE
    names, default = (*found.groups()[:4], found[6]), found[7] or found[5]
    name = next(each for each in names if each)
    return env.get(name) or default or HOLE


def _from_options(code: str, env: Mapping[str, str]) -> Url | None:
    """``{host: 'localhost', port: 3000, path: '/health'}``."""
    for found in re.finditer(r"\{([^{}]{1,500})\}", code):
        fields = {
            key: value.strip() for key, value in re.findall(r"""["']?(\w+)["']?\s*:\s*([^,]+)""", found[1])
        }
        path = fields.get("path", "")
        if not _strings().fullmatch(path) or not ({"host", "hostname", "port"} & fields.keys()):
            continue
        host = _field(fields.get("hostname") or fields.get("host") or "'localhost'", env)
        scheme = "https" if "https" in code else "http"
        port = _field(fields["port"], env) if "port" in fields else ""
        url = parse_url(
            f"{scheme}://{host}{f':{port}' if port else ''}{_literal(path, env, formatted=False)}"
        )
        return url._replace(written="port" in fields) if url else None
    return None


def _field(value: str, env: Mapping[str, str]) -> str:
    return _literal(value, env, formatted=False) if _strings().fullmatch(value) else _value(value, env)
