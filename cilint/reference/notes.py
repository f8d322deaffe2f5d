"""What a person still has to do after ``cilint init``, told from the project as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cilint.model.package import join
from cilint.reference.shape import Shape, root_package


def notes(shape: Shape) -> tuple[str, ...]:
    """One sentence for each thing that is left, the most pressing first."""
    return (*_code(shape), *_image(shape), *_version(shape), *_settings(shape))


def _code(shape: Shape) -> Iterator[str]:
    scripts = shape.package.scripts
    manager = shape.app.manager
    lint = scripts.get("lint")
    if manager.lockfile is None:
        yield f"Commit {shape.lockfile}: the install step follows it."
    if lint is None:
        yield f"Add a `lint` script to {shape.package.path}, for example `eslint`."
    elif "next lint" in lint and (shape.app.next_version or (16, 0)) >= (16, 0):
        yield f"Next.js 16 has no `next lint`: let the `lint` script of {shape.package.path} call `eslint`."
    if not shape.package.has_tests:
        yield f"{shape.package.path} has no `test` script: add one, and a step that runs it before the image."
    if not shape.app.uses_typescript:
        yield "There is no TypeScript here, so the types are not checked."
    package = root_package(shape.files, shape)
    if shape.commands.corepack and package and not package.package_manager:
        yield f"Pin the version of {manager.name} with `packageManager` in {package.path}."


def _image(shape: Shape) -> Iterator[str]:
    if shape.dockerfile is None and shape.app.config.standalone is not True:
        config = shape.app.config.path or join(shape.app.folder, "next.config.ts")
        yield f'Set `output: "standalone"` in {config}: the Dockerfile copies what it makes.'
    if shape.dockerfile and not re.search(r"(?mi)^[ \t]*ARG[ \t]+APP_VERSION\b", shape.dockerfile_text):
        added = "`ARG APP_VERSION` and `ENV APP_VERSION=$APP_VERSION`"
        yield f"Add {added} to the last stage of {shape.dockerfile}."
    start = shape.package.scripts.get("start", "")
    if shape.dockerfile is None and "migrate" in start:
        yield "The image starts server.js, not the `start` script: run the migrations as a step of their own."


def _version(shape: Shape) -> Iterator[str]:
    found = shape.app.health_routes()
    if shape.app.config.base_path is None:
        yield f"{shape.app.config.path} computes basePath: check the health path in the files written."
    if found and not shape.app.reports_version(found[0]):
        yield (
            f"Let {found[0].path} report the running version, which the deploy waits for: "
            "`version: process.env.APP_VERSION` in its JSON, or the header `x-app-version`."
        )
    if not found and not shape.new_health_route:
        yield f'Add a health route at {shape.health_path} that answers {{"status": "ok", "version": …}}.'


def _settings(shape: Shape) -> Iterator[str]:
    secret = (
        "DOKPLOY_WEBHOOK_URL and DOKPLOY_API_KEY" if shape.choices.deploy == "webhook" else "DOKPLOY_API_KEY"
    )
    yield (
        f"Set the secrets {secret} and the variables HEALTH_URL, DOKPLOY_URL and DOKPLOY_APPLICATION_ID; "
        "docs/deployment.md says where, and how to require the checks."
    )
