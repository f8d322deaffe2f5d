"""Configuration of CI systems other than GitHub Actions, and of platforms that deploy by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cilint.findings.finding import Severity
from cilint.findings.violation import Options, Violation
from cilint.pipeline.pipeline import Pipeline
from cilint.text.source import Span

# A path in the root, or a folder there that ends in a slash.
_SYSTEMS = {
    r"\.gitlab-ci\.ya?ml": "GitLab CI",
    r"\.circleci/": "CircleCI",
    r"(?:ci/|jenkins/|\.jenkins/)?Jenkinsfile(?:\.(?!md$).+)?": "Jenkins",
    r"azure-pipelines[\w.-]*\.ya?ml|\.?azure-pipelines/": "Azure Pipelines",
    r"bitbucket-pipelines\.ya?ml": "Bitbucket Pipelines",
    r"\.travis\.ya?ml": "Travis CI",
    r"\.drone\.(?:ya?ml|jsonnet|star)": "Drone",
    r"\.woodpecker\.ya?ml|\.woodpecker/": "Woodpecker",
    r"buildspec\.ya?ml": "AWS CodeBuild",
    r"cloudbuild\.(ya?ml|json)": "Google Cloud Build",
    r"\.buildkite/": "Buildkite",
    r"\.gitea/workflows/|\.forgejo/workflows/": "Gitea Actions",
    r"\.?appveyor\.ya?ml": "AppVeyor",
    r"\.semaphore/": "Semaphore",
    r"codemagic\.ya?ml": "Codemagic",
    r"\.cirrus\.ya?ml": "Cirrus CI",
    r"wercker\.ya?ml": "Wercker",
    r"\.teamcity/": "TeamCity",
    r"\.tekton/": "Tekton",
    r"\.harness/": "Harness",
    r"bamboo-specs/": "Bamboo",
    r"bitrise\.ya?ml": "Bitrise",
    r"\.buddy/|buddy\.ya?ml": "Buddy",
    r"\.builds/|\.build\.ya?ml": "SourceHut",
    r"screwdriver\.ya?ml": "Screwdriver",
    r"\.vela\.ya?ml": "Vela",
}
_SYSTEM = re.compile("|".join(f"(?P<s{at}>{each})" for at, each in enumerate(_SYSTEMS)))
_PLATFORMS = {
    "vercel.json": "Vercel", "netlify.toml": "Netlify", "railway.json": "Railway", "railway.toml": "Railway",
    "render.yaml": "Render", "fly.toml": "Fly.io", "app.yaml": "App Engine", "Procfile": "Heroku",
}  # fmt: skip


def run(pipeline: Pipeline, options: Options) -> Iterator[Violation]:
    """One violation a system, at the first of its files; values: ``what``, ``advice``, ``level``."""
    seen = set()
    names = list(_SYSTEMS.values())
    for path in pipeline.project.files.listing():
        found = _SYSTEM.match(path)
        if found and (found.group().endswith("/") or found.end() == len(path)):
            system = names[int((found.lastgroup or "s0")[1:])]
            if system not in seen:
                seen.add(system)
                yield _violation(
                    path,
                    f"this configures {system}",
                    "the design has GitHub Actions alone; remove it",
                    "error",
                )
        name = path.rpartition("/")[2]
        if name in _PLATFORMS and path.count("/") <= 1:
            advice = "make sure that it does not deploy beside Dokploy"
            yield _violation(path, f"{_PLATFORMS[name]} may deploy this project by itself", advice, "info")


def _violation(path: str, what: str, advice: str, level: str) -> Violation:
    values = {"what": what, "advice": advice, "level": level}
    return Violation(path, Span(0, 0), values, severity=Severity.of(level))
