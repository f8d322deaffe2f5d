"""The URLs that a Next.js project's files make: the app and the pages router, and what lies in public/."""

from __future__ import annotations

from collections.abc import Iterable

from cilint.model.next_config import Rewrite
from cilint.model.package import join
from cilint.text.hints import Literal
from cilint.text.values import NamedTuple

RouteKind = Literal["handler", "page", "file"]
_METADATA = {
    "sitemap": "/sitemap.xml",
    "robots": "/robots.txt",
    "manifest": "/manifest.webmanifest",
    "favicon.ico": "/favicon.ico",
}
_NOT_PAGES = frozenset({"_app", "_document", "_error", "_middleware"})


class Route(NamedTuple):
    """One URL pattern, such as ``/api/orders/[id]``, without basePath, and the file that answers it."""

    pattern: str
    path: str
    kind: RouteKind

    @property
    def dynamic(self) -> bool:
        return "[" in self.pattern

    @property
    def last(self) -> str:
        """The last segment, ``health`` of ``/api/health``."""
        return self.pattern.rpartition("/")[2]

    def matches(self, url_path: str) -> bool:
        """Whether the file answers this path (``/a/b``, without query)."""
        return _matches(split(self.pattern), split(url_path))


def split(url_path: str) -> list[str]:
    """The segments of a URL path; a query, a fragment and a trailing slash do not count."""
    bare = url_path.partition("?")[0].partition("#")[0]
    return [segment for segment in bare.split("/") if segment]


def _matches(pattern: list[str], segments: list[str]) -> bool:
    for at, part in enumerate(pattern):
        if part.startswith("[[..."):
            return True
        if part.startswith("[..."):
            return at < len(segments)
        if at >= len(segments) or (not part.startswith("[") and part != segments[at]):
            return False
    return len(pattern) == len(segments)


def rewrite_matches(rewrite: Rewrite, url_path: str) -> bool | None:
    """Whether a rewrite's source takes this path; None where its pattern is beyond plain parameters."""
    segments = split(url_path)
    pattern = split(rewrite.source.partition("(")[0]) if "(" in rewrite.source else split(rewrite.source)
    for at, part in enumerate(pattern):
        if part.startswith(":") and part.endswith(("*", "+")):
            return part.endswith("*") or at < len(segments)
        if ":" in part and (not part.startswith(":") or part.endswith("?")):
            return None
        if at >= len(segments):
            return False
        if not part.startswith(":") and part != segments[at]:
            return None if "(" in rewrite.source and at == len(pattern) - 1 else False
    if "(" in rewrite.source:
        return None
    return len(pattern) == len(segments)


class Routers(NamedTuple):
    """Where the routers lie, as paths from the project's root; None where there is none."""

    app: str | None
    pages: str | None


def routers(paths: Iterable[str], folder: str) -> Routers:
    """The routers of the application in ``folder``; one at its top hides one in ``src``."""
    prefix = join(folder, "")
    inside = [path[len(prefix) :] for path in paths if path.startswith(prefix)]

    def place(name: str) -> str | None:
        for candidate in (name, f"src/{name}"):
            if any(path.startswith(candidate + "/") for path in inside):
                return prefix + candidate
        return None

    return Routers(place("app"), place("pages"))


def routes(paths: Iterable[str], folder: str, extensions: tuple[str, ...]) -> tuple[Route, ...]:
    """Every route of the application in ``folder``, plain ones before dynamic ones."""
    listed = tuple(paths)
    found: list[Route] = []
    places = routers(listed, folder)
    public = join(folder, "public/")
    for path in listed:
        route = None
        if places.app and path.startswith(places.app + "/"):
            route = _app_route(path, path[len(places.app) + 1 :], extensions)
        elif places.pages and path.startswith(places.pages + "/"):
            route = _pages_route(path, path[len(places.pages) + 1 :], extensions)
        elif path.startswith(public):
            route = Route("/" + path[len(public) :], path, "file")
        if route:
            found.append(route)
    return tuple(sorted(found, key=lambda route: (route.dynamic, route.pattern)))


def _app_route(path: str, inside: str, extensions: tuple[str, ...]) -> Route | None:
    *folders, name = inside.split("/")
    segments = []
    for folder in folders:
        if folder.startswith(("(.", "_")):  # an intercepting route, a private folder
            return None
        if not folder.startswith(("(", "@")):
            segments.append(folder.replace("%5F", "_"))
    stem, _, end = name.partition(".")
    if end in extensions and stem in ("route", "page"):
        return Route("/" + "/".join(segments), path, "handler" if stem == "route" else "page")
    special = None if segments else _METADATA.get(name) or _METADATA.get(stem)
    return Route(special, path, "file") if special else None


def _pages_route(path: str, inside: str, extensions: tuple[str, ...]) -> Route | None:
    end = next((end for end in extensions if inside.endswith("." + end)), None)
    if end is None:
        return None
    segments = inside[: -len(end) - 1].split("/")
    if segments[-1] in _NOT_PAGES:
        return None
    if segments[-1] == "index":
        segments.pop()
    handler = bool(segments) and inside.startswith("api/")
    return Route("/" + "/".join(segments), path, "handler" if handler else "page")
