"""What the canonical files need to know of a project, and what of it a person still has to do."""

from __future__ import annotations

import re
from functools import cached_property

from cilint import __version__
from cilint.errors import CilintError, nearest
from cilint.model.files import Files
from cilint.model.kinds import kind_of
from cilint.model.nextjs import NextApp, find_apps
from cilint.model.package import Package, join, read_package, read_text
from cilint.model.pins import PINS
from cilint.model.project import Project
from cilint.reference.commands import Commands, commands_of
from cilint.syntax.yaml_quote import quote
from cilint.text.hints import Literal
from cilint.text.values import NamedTuple

DEFAULT_NODE = "24"
BUILD_WORKFLOW = ".github/workflows/backend-build.yml"
_LOCKFILE = {"npm": "package-lock.json", "pnpm": "pnpm-lock.yaml", "yarn": "yarn.lock", "bun": "bun.lock"}
_SAFE_PATH = re.compile(r"[A-Za-z0-9@+._/-]*\Z")


class Choices(NamedTuple):
    """What the user may choose: the branch, how Dokploy is called, which application of several."""

    branch: str = "main"
    deploy: Literal["webhook", "api"] = "webhook"
    app: str | None = None
    replace: bool = False
    """Whether files that are there already are written anew."""


class Shape:
    """One application, seen as what the templates ask for."""

    def __init__(self, files: Files, choices: Choices) -> None:
        self.files = files
        self.choices = choices
        self.app = choose_app(files, choices.app)
        if not _SAFE_PATH.match(self.app.folder) or not re.match(r"[\w./-]+\Z", choices.branch):
            raise CilintError("the folder and the branch may hold letters, digits and . _ - / alone")

    @property
    def package(self) -> Package:
        return self.app.package

    @property
    def nested(self) -> bool:
        """Whether the application lies in a folder of its own."""
        return bool(self.app.folder)

    @property
    def workspace(self) -> bool:
        """Whether the lockfile lies above the application: the packages are installed together."""
        return self.app.manager.folder != self.app.folder

    @property
    def context(self) -> str:
        """The folder that the image is built from."""
        return self.app.manager.folder

    @cached_property
    def dockerfile(self) -> str | None:
        """The project's own Dockerfile for this application; None where there is none."""
        plain = [join(folder, "Dockerfile") for folder in (self.app.folder, self.context)]
        inside = join(self.app.folder, "")
        named = [
            path for path in self.files.listing() if path.startswith(inside) and kind_of(path) == "dockerfile"
        ]
        safe = (path for path in plain + named if _SAFE_PATH.match(path))
        return next((path for path in safe if self.files.read(path) is not None), None)

    @cached_property
    def dockerfile_text(self) -> str:
        return (read_text(self.files, self.dockerfile) if self.dockerfile else None) or ""

    @property
    def new_dockerfile(self) -> str:
        return join(self.app.folder, "Dockerfile")

    @cached_property
    def slug(self) -> str:
        """The name of the image, the title and the cache."""
        name = self.app.folder.rpartition("/")[2] or self.package.name.rpartition("/")[2]
        return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "backend"

    @cached_property
    def port(self) -> str:
        """The port that the existing Dockerfile exposes, else Next.js's own."""
        found: list[str] = re.findall(r"(?mi)^[ \t]*EXPOSE[ \t]+(\d{1,5})\b", self.dockerfile_text)
        return found[-1] if found else "3000"

    @cached_property
    def health_path(self) -> str:
        found = [self.app.url(route) for route in self.app.health_routes()]
        wanted = found[0] if found else (self.app.config.base_path or "").rstrip("/") + "/api/health"
        return wanted if _SAFE_PATH.match(wanted) else "/api/health"

    @property
    def new_health_route(self) -> str | None:
        """Where a health route belongs; None where there is one, or no app router to hold it."""
        if self.app.health_routes() or not self.app.routers.app:
            return None
        return f"{self.app.routers.app}/api/health/route.{'ts' if self.app.uses_typescript else 'js'}"

    @cached_property
    def version_file(self) -> str:
        return self.app.node_version.path if self.app.node_version else join(self.app.folder, ".nvmrc")

    @cached_property
    def node(self) -> str:
        """Node's version: the version file's, else that of the existing Dockerfile, else the LTS release."""
        if self.app.node_version:
            return self.app.node_version.text
        pattern = r"(?mi)^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)?(?:\S*/)?node:(\d[\d.]*)"
        found = re.search(pattern, self.dockerfile_text)
        return found[1] if found else DEFAULT_NODE

    @property
    def node_image(self) -> str:
        """The base image's tag: ``22.21.1-slim``, ``jod-slim`` for ``lts/jod``, else ``lts-slim``."""
        if re.match(r"\d+(\.\d+){0,2}\Z", self.node):
            return f"{self.node}-slim"
        found = re.match(r"lts/([a-z]+)\Z", self.node.lower())
        return f"{found[1]}-slim" if found else "lts-slim"

    @property
    def lockfile(self) -> str:
        manager = self.app.manager
        return manager.lockfile or join(manager.folder, _LOCKFILE[manager.name])

    @cached_property
    def commands(self) -> Commands:
        manager = self.app.manager
        major = manager.major
        berry = major >= 2 if major else self.files.read(join(manager.folder, ".yarnrc.yml")) is not None
        return commands_of(manager, berry=berry)

    @property
    def typegen(self) -> bool:
        """Whether ``next typegen`` exists: since Next.js 15.5."""
        return (self.app.next_version or (0, 0)) >= (15, 5)

    @property
    def manifests(self) -> str:
        """The COPY lines that bring in what an install reads, and nothing else."""
        names = ("package.json", self.lockfile.rpartition("/")[2], *self._present(*self.commands.manifests))
        folders = self._present(".yarn/releases", "patches")
        if "prisma" in self.package.scripts.get("postinstall", ""):
            folders += (self.in_app + "prisma",)
        below = self._members() if self.workspace else ()
        return "\n".join(
            [f"COPY {' '.join(names)} ./"]
            + [f"COPY {member}/package.json {member}/" for member in below]
            + [f"COPY {folder} ./{folder}" for folder in folders]
        )

    def _present(self, *names: str) -> tuple[str, ...]:
        """Those of the names that are files or folders of the build context."""
        paths = [join(self.context, name) for name in names]
        listed = self.files.listing()
        there = [any(path == each or each.startswith(path + "/") for each in listed) for path in paths]
        return tuple(name for name, found in zip(names, there, strict=True) if found)

    def _members(self) -> tuple[str, ...]:
        """The folders of the workspace's packages, inside the build context."""
        prefix = join(self.context, "")
        inside = (path.removeprefix(prefix) for path in self.files.listing() if path.startswith(prefix))
        folders = (path.removesuffix("/package.json") for path in inside if path.endswith("/package.json"))
        return tuple(folder for folder in folders if _SAFE_PATH.match(folder))

    @property
    def build(self) -> str:
        """The builder's command: what the build script counts on, then the script."""
        steps = [] if self.app.has_folder("public") else ["mkdir -p public"]
        if self.app.uses_prisma and "prisma generate" not in self.package.scripts.get("build", ""):
            steps.append(f"DATABASE_URL=postgresql://localhost/none {self.commands.execute} prisma generate")
        return " && \\\n    ".join([*steps, f"{self.commands.run} build"])

    @property
    def in_app(self) -> str:
        """The application's folder inside the build context, with its slash; empty if they are one."""
        return self.app.folder.removeprefix(self.context).strip("/") + "/" if self.workspace else ""

    @property
    def image(self) -> tuple[str, str]:
        """The image for a workflow's expression and for bash, which has to lower its case itself."""
        if self.nested:
            shell = f"ghcr.io/${{GITHUB_REPOSITORY_OWNER,,}}/{self.slug}"
            return f"ghcr.io/${{{{ github.repository_owner }}}}/{self.slug}", shell
        return "ghcr.io/${{ github.repository }}", "ghcr.io/${GITHUB_REPOSITORY,,}"

    @cached_property
    def build_name(self) -> str:
        """What the build workflow that the deploy waits for is called: one that is kept has its own name."""
        kept = None if self.choices.replace else self.files.read(BUILD_WORKFLOW)
        workflow = Project(self.files).workflow(BUILD_WORKFLOW) if kept is not None else None
        return quote(workflow.name, flow=True) if workflow else "Backend Build"

    def values(self) -> dict[str, str | bool]:
        """Everything that the templates name."""
        manager, commands = self.app.manager, self.commands
        expression, shell = self.image
        probe = f"fetch('http://127.0.0.1:{self.port}{self.health_path}')"
        return {
            **{pin.action: pin.uses for pin in PINS},
            "app": self.app.folder,
            "branch": self.choices.branch,
            "build": self.build,
            "build_name": self.build_name,
            "bun": manager.name == "bun",
            "bun_image": manager.version or "1",
            "bun_version": manager.version or "latest",
            "context": self.context or ".",
            "corepack": commands.corepack,
            "dockerfile": self.dockerfile or self.new_dockerfile,
            "exec": commands.execute,
            "health_path": self.health_path,
            "image": expression,
            "image_in_shell": shell,
            "image_for_people": f"ghcr.io/<owner>/{self.slug if self.nested else '<repository>'}",
            "in_app": self.in_app,
            "install": commands.install,
            "install_folder": self.context or ".",
            "lockfile": self.lockfile,
            "manager": manager.name,
            "manifests": self.manifests,
            "nested": self.nested,
            "node": self.node,
            "node_image": self.node_image,
            "node_version_file": self.version_file,
            "node_version_name": self.version_file.rpartition("/")[2],
            "port": self.port,
            "prisma": self.app.uses_prisma,
            "probe": probe + ".then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))",
            "returns": ": Response" if self.app.uses_typescript else "",
            "run": commands.run,
            "scope": self.slug,
            "slug": self.slug,
            "store": commands.store,
            "test": commands.test,
            "tests": self.package.has_tests,
            "typegen": self.typegen,
            "typescript": self.app.uses_typescript,
            "version": __version__,
            "webhook": self.choices.deploy == "webhook",
            "workspace": self.workspace,
        }


def choose_app(files: Files, wanted: str | None) -> NextApp:
    """The application to write files for. Raises CilintError where there is none, or a choice is needed."""
    apps = {app.folder: app for app in find_apps(files)}
    if not apps:
        raise CilintError(
            "there is no Next.js application here: no package.json depends on next beside an app or pages "
            "folder, a configuration or a script of Next.js's"
        )
    if wanted is not None:
        folder = wanted.removeprefix("./").strip("/")
        folder = "" if folder == "." else folder
        if folder not in apps:
            near = nearest(folder, set(apps))
            raise CilintError(f"{wanted} is no Next.js application", hint=f"is it {near}?" if near else None)
        return apps[folder]
    if len(apps) == 1:
        return next(iter(apps.values()))
    names = ", ".join(folder or "." for folder in apps)
    raise CilintError("there are several Next.js applications", hint=f"choose one with --app: {names}")


def root_package(files: Files, shape: Shape) -> Package | None:
    """The package.json beside the lockfile: where ``packageManager`` is declared."""
    return read_package(files, join(shape.context, "package.json"))
