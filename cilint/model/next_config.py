"""What next.config says about URLs, read as text: it is a program, and it is never run.

Only what is written as a literal counts; whatever the program computes is unknown (None), never guessed.
"""

from __future__ import annotations

import re
from functools import cache

from cilint.model.files import Files
from cilint.model.package import join, read_text
from cilint.text.values import NamedTuple

CONFIG_NAMES = tuple(f"next.config.{end}" for end in ("ts", "mts", "mjs", "js", "cjs"))
_LITERAL = r"""(?:"([^"\\\n]*)"|'([^'\\\n]*)'|`([^`\\$]*)`)"""
_PLAIN_WORDS = (
    r"(?:source|destination|basePath|locale|permanent|statusCode|has|missing|type|key|value|beforeFiles"
    r"|afterFiles|fallback|return|async|await|undefined|true|false|null|as|const|satisfies)"
)
MAX_CHARS = 1 << 16


class Rewrite(NamedTuple):
    """One rewrite or redirect; ``prefixed`` is False where it says ``basePath: false``."""

    source: str
    destination: str
    conditional: bool = False
    prefixed: bool = True


class NextConfig(NamedTuple):
    """The facts. None means that the file computes the value; without a file all are Next's defaults."""

    path: str | None = None
    base_path: str | None = ""
    standalone: bool | None = False
    rewrites: tuple[Rewrite, ...] | None = ()
    page_extensions: tuple[str, ...] | None = ("tsx", "ts", "jsx", "js")


def read_config(files: Files, folder: str) -> NextConfig:
    """The configuration of the application in ``folder``."""
    for name in CONFIG_NAMES:
        path = join(folder, name)
        text = read_text(files, path)
        if text is not None:
            return parse_config(path, text)
    return NextConfig()


def parse_config(path: str, text: str) -> NextConfig:
    """The facts that the text of a next.config states in so many words."""
    code = _without_comments(text[:MAX_CHARS])
    opaque = _is_opaque(code)
    rewrites: tuple[Rewrite, ...] | None = ()
    for name in ("rewrites", "redirects"):
        found = _rewrites(code, name)
        rewrites = None if found is None or rewrites is None else rewrites + found
    output = _string(code, "output")
    return NextConfig(
        path,
        None if opaque and "basePath" not in code else _base_path(code),
        output == "standalone" if output else (None if opaque or output is None else False),
        None if opaque else rewrites,
        _extensions(code),
    )


@cache
def _tokens() -> re.Pattern[str]:
    """Strings (group 1) and comments; one without its end goes on to the end, for linear time."""
    strings = r"""("(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?|`(?:\\.|[^`\\])*(?:`|\Z))"""
    return re.compile(strings + r"|//[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)


def _without_comments(text: str) -> str:
    return _tokens().sub(lambda found: found[1] or " ", text)


def _skeleton(code: str) -> str:
    """The code with the inside of every string blanked, so that brackets and words can be counted."""
    return _tokens().sub(lambda found: ('"' + " " * (len(found[0]) - 2) + '"')[: len(found[0])], code)


def _is_opaque(code: str) -> bool:
    """Whether part of the configuration comes from elsewhere: a relative import, a spread, a merge."""
    bare = _skeleton(code)
    if re.search(r"\bObject\.assign\b|\b(?:deep)?merge\w*\(", bare):
        return True
    if re.search(r"""(?:\bfrom|\brequire\(|\S\s*\bimport\()\s*["'`]\.""", code):
        return True
    spread = set(re.findall(r"\.\.\.\s*([A-Za-z_$][\w$]*)", bare))
    declared = set(re.findall(r"\b(?:const|let|var|function)\s+([A-Za-z_$][\w$]*)", bare))
    return not spread <= declared or "...(" in bare


def _string(code: str, key: str) -> str | None:
    """The literal that ``key`` is set to; ``""`` where the key does not occur, None where it is computed."""
    words = re.findall(rf"\b{key}\b", _skeleton(code) + "".join(re.findall(rf"""["']{key}["']\s*:""", code)))
    if not words:
        return ""
    value = rf"""(?<![\w$.])["']?{key}["']?\s*:\s*{_LITERAL}\s*(?:as\s+const\s*)?(?=[,}}])"""
    found = re.findall(value, code)
    return "".join(found[0]) if len(found) == len(words) == 1 else None


def _base_path(code: str) -> str | None:
    """``basePath: false`` inside a rewrite is not the configuration's own."""
    return _string(re.sub(r"\bbasePath\s*:\s*false\b", "", code), "basePath")


def _extensions(code: str) -> tuple[str, ...] | None:
    if "pageExtensions" not in code:
        return NextConfig().page_extensions
    found = re.search(r"\bpageExtensions\s*:\s*\[([^\]]*)\]", code)
    listed = tuple("".join(item) for item in re.findall(_LITERAL, found[1])) if found else ()
    return listed or None


def _rewrites(code: str, name: str) -> tuple[Rewrite, ...] | None:
    """The pairs that the function ``name`` returns; None where it computes any of them."""
    bare = _skeleton(code)
    mentions = [found.start() for found in re.finditer(rf"\b{name}\b", bare)]
    if not mentions:
        return ()
    start = re.compile(rf"{name}\s*(?::\s*(?:async\s*)?(?:function\s*)?)?\(\s*\)").match(bare, mentions[0])
    if len(mentions) != 1 or not start:
        return None
    end = _closing(bare, start.end())
    if end is None:
        return None
    body, words = code[start.end() : end], re.findall(r"[A-Za-z_$][\w$]*", bare[start.end() : end])
    if (
        not all(re.fullmatch(_PLAIN_WORDS, word) for word in words)
        or re.search(r"[?+]|\.\.\.", bare[start.end() : end])
        or "${" in body
    ):
        return None
    return _pairs(body, words)


def _pairs(body: str, words: list[str]) -> tuple[Rewrite, ...] | None:
    sources = list(re.finditer(rf"\bsource\s*:\s*{_LITERAL}", body))
    if len(sources) != words.count("source"):
        return None
    found = []
    for at, source in enumerate(sources):
        rest = body[source.end() : sources[at + 1].start() if at + 1 < len(sources) else len(body)]
        destination = re.search(rf"\bdestination\s*:\s*{_LITERAL}", rest)
        if not destination:
            return None
        found.append(
            Rewrite(
                "".join(filter(None, source.groups())),
                "".join(filter(None, destination.groups())),
                conditional=bool(re.search(r"\b(?:has|missing)\s*:", rest)),
                prefixed=not re.search(r"\bbasePath\s*:\s*false\b", rest),
            )
        )
    return tuple(found)


def _closing(bare: str, start: int) -> int | None:
    """The offset after the bracketed body that begins at or after ``start``."""
    depth = 0
    for at in range(start, len(bare)):
        if bare[at] in "([{":
            depth += 1
        elif bare[at] in ")]}":
            depth -= 1
            if depth == 0:
                return at + 1
            if depth < 0:
                return None
    return None
