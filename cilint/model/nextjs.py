"""What a Next.js application is: found in a repository, with its routes and what it takes to build it."""

from __future__ import annotations

import re
from functools import cached_property

from cilint.model.files import Files
from cilint.model.next_config import CONFIG_NAMES, NextConfig, read_config
from cilint.model.next_routes import Route, Routers, rewrite_matches, routers, routes, split
from cilint.model.package import (
    NodeVersion,
    Package,
    PackageManager,
    ancestors,
    join,
    node_version,
    package_manager,
    read_package,
    read_text,
)

HEALTH_NAMES = ("health", "healthz", "healthcheck", "ready", "readyz", "live", "livez", "ping", "status")
MAX_PACKAGES = 200
_NEEDED_NODE = ((16, (20, 9)), (15, (18, 18)), (14, (18, 17)))
"""The ``engines`` of Next.js by its major version."""
_DEFAULT_EXTENSIONS = ("tsx", "ts", "jsx", "js")


class NextApp:
    """One Next.js application, read as it is asked for; ``folder`` is ``""`` at the repository's root."""

    def __init__(self, files: Files, package: Package) -> None:
        self.files = files
        self.package = package
        self.folder = package.folder

    @cached_property
    def config(self) -> NextConfig:
        return read_config(self.files, self.folder)

    @cached_property
    def manager(self) -> PackageManager:
        return package_manager(self.files, self.folder)

    @cached_property
    def node_version(self) -> NodeVersion | None:
        return node_version(self.files, self.folder)

    @cached_property
    def routers(self) -> Routers:
        return routers(self.files.listing(), self.folder)

    @cached_property
    def routes(self) -> tuple[Route, ...]:
        """All routes, without basePath; plain ones before dynamic ones."""
        extensions = self.config.page_extensions or _DEFAULT_EXTENSIONS
        return routes(self.files.listing(), self.folder, extensions)

    @property
    def next_version(self) -> tuple[int, int] | None:
        """(major, minor) of the lowest Next.js that package.json admits; None where it is no number."""
        return self.package.version_of("next")

    @property
    def needed_node(self) -> tuple[int, int] | None:
        """(major, minor) of the oldest Node.js that its Next.js runs on; None where that is not known."""
        major = self.next_version[0] if self.next_version else 0
        return next((needed for first, needed in _NEEDED_NODE if major >= first), None)

    @property
    def uses_typescript(self) -> bool:
        return self.package.has("typescript") or self.has_file("tsconfig.json")

    @property
    def uses_prisma(self) -> bool:
        return self.package.has("prisma") or self.package.has("@prisma/client")

    def has_file(self, name: str) -> bool:
        return self.files.read(join(self.folder, name)) is not None

    def has_folder(self, name: str) -> bool:
        prefix = join(self.folder, name) + "/"
        return any(path.startswith(prefix) for path in self.files.listing())

    def route_for(self, url_path: str) -> Route | None:
        """The file that answers this path (basePath included), as far as files alone decide."""
        inside = self._inside(url_path)
        return next((route for route in self.routes if inside and route.matches(inside)), None)

    def serves(self, url_path: str) -> bool | None:
        """Whether the application answers this path; None where its configuration or code decides that.

        False is certain: no file, rewrite, redirect, middleware or custom server can answer.
        """
        if self.config.base_path is None:
            return None
        if self.route_for(url_path):
            return True
        if not any(self.routers) or self.config.page_extensions is None or self._answers_itself(url_path):
            return None
        return self._rewritten(url_path)

    def health_routes(self) -> tuple[Route, ...]:
        """Plain routes that look like a health check, best first: ``/api/health``, then ``/api/v1/ping``."""

        def rank(route: Route) -> tuple[int, int, str]:
            return HEALTH_NAMES.index(route.last), route.pattern.count("/"), route.pattern

        plain = (route for route in self.routes if route.kind != "file" and not route.dynamic)
        return tuple(sorted((route for route in plain if route.last in HEALTH_NAMES), key=rank))

    def reports_version(self, route: Route) -> bool:
        """Whether the route's code mentions a version: what a deploy can compare."""
        return bool(re.search(r"version", read_text(self.files, route.path) or "", re.IGNORECASE))

    def url(self, route: Route) -> str:
        """The path under which a plain route is asked for, basePath included where it is known."""
        return (self.config.base_path or "").rstrip("/") + route.pattern

    def _inside(self, url_path: str) -> str | None:
        """The path without basePath; None where it lies outside."""
        segments, base = split(url_path), split(self.config.base_path or "")
        if segments[: len(base)] != base:
            return None
        return "/" + "/".join(segments[len(base) :])

    def _rewritten(self, url_path: str) -> bool | None:
        if self.config.rewrites is None:
            return None
        answers: list[bool | None] = []
        for rewrite in self.config.rewrites:
            path = self._inside(url_path) if rewrite.prefixed else url_path
            taken = path is not None and rewrite_matches(rewrite, path)
            if taken is False:
                continue
            target = rewrite.destination
            plain = taken and not rewrite.conditional and target.startswith("/") and ":" not in target
            known = any(route.matches(target) for route in self.routes)
            answers.append(True if plain and known else None)
        return True if True in answers else (None if answers else False)

    def _answers_itself(self, url_path: str) -> bool:
        """Whether code in front of the routes may answer: a middleware (proxy), the project's own server."""
        for name in ("middleware", "proxy", "src/middleware", "src/proxy"):
            for end in ("ts", "js", "mts", "mjs"):
                text = read_text(self.files, join(self.folder, f"{name}.{end}"))
                if text and ("rewrite(" in text or "/" + "/".join(split(url_path)) in text):
                    return True
        start = self.package.scripts.get("start", "")[:500]
        own = re.search(r"\b(?:node|tsx|ts-node|bun)\s+(?:\S+\s+)*?(\S*\.[cm]?[jt]s)\b", start)
        return bool(own) and "standalone" not in start


def find_apps(files: Files) -> tuple[NextApp, ...]:
    """Every Next.js application of the repository, by folder: a package that depends on ``next``."""
    paths = [path for path in files.listing() if path.rpartition("/")[2] == "package.json"]
    paths.sort(key=lambda path: (path.count("/"), path))
    packages = (read_package(files, path) for path in paths[:MAX_PACKAGES])
    found = [NextApp(files, package) for package in packages if package and _is_app(files, package)]
    return tuple(sorted(found, key=lambda app: app.folder))


def _is_app(files: Files, package: Package) -> bool:
    """A package that depends on Next.js and holds an application: a library may depend on it too."""
    if not package.has("next"):
        return False
    if "next" in " ".join(package.scripts.values()) or any(routers(files.listing(), package.folder)):
        return True
    return any(files.read(join(package.folder, name)) is not None for name in CONFIG_NAMES)


def app_of(apps: tuple[NextApp, ...], path: str) -> NextApp | None:
    """The application that the file at ``path`` (a Dockerfile, say) belongs to.

    The nearest one at or above its folder; else the only one there is.
    """
    by_folder = {app.folder: app for app in apps}
    for folder in ancestors(path.rpartition("/")[0]):
        if folder in by_folder:
            return by_folder[folder]
    return apps[0] if len(apps) == 1 else None
