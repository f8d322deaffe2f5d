"""The other policies that come with cilint: another registry, another target, another branch."""

from __future__ import annotations

from typing import Any

import pytest

from cilint.config.resolve import parameters_of, policy_of, resolve
from cilint.config.settings import Settings
from cilint.findings.finding import Finding, Severity
from cilint.model.files import MemoryFiles
from cilint.model.project import Project
from cilint.pipeline.pipeline import Pipeline
from cilint.rules.catalogue import builtin
from cilint.rules.run import judge

CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1"
NODE = "actions/setup-node@820762786026740c76f36085b0efc47a31fe5020 # v7.0.0"
QEMU = "docker/setup-qemu-action@96fe6ef7f33517b61c61be40b68a1882f3264fb8 # v4.2.0"
BUILDX = "docker/setup-buildx-action@37fe631027851001ddb9b187196cc803df7f5f0e # v4.3.0"
LOGIN = "docker/login-action@4907a6ddec9925e35a0a9e82d7399ccc52663121 # v4.1.0"
BUILD = "docker/build-push-action@53b7df96c91f9c12dcc8a07bcb9ccacbed38856a # v7.3.0"

DOCKERFILE = """\
# syntax=docker/dockerfile:1
FROM node:22.21.1-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci
COPY src ./src
RUN npm run build
RUN npm prune --omit=dev

FROM node:22.21.1-bookworm-slim
WORKDIR /app
LABEL org.opencontainers.image.source=https://github.com/acme/api
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
USER node
EXPOSE 3000
HEALTHCHECK CMD ["node", "-e", "fetch('http://127.0.0.1:3000/api/health').then(r => process.exit(r.ok ? 0 : 1))"]
CMD ["node", "dist/server.js"]
"""
PACKAGE = '{"scripts": {"lint": "eslint .", "test": "vitest run", "build": "tsc"}, "devDependencies": {"typescript": "^5"}}'


def build(registry: str, image: str, branch: str, login: str, permission: str) -> str:
    main = f"github.event_name == 'push' && github.ref == 'refs/heads/{branch}'"
    return f"""\
name: Build
on:
  push:
    branches: ["**"]
  pull_request:
    branches: [{branch}]
permissions: {{}}
concurrency:
  group: build-${{{{ github.event.pull_request.head.ref || github.ref_name }}}}
jobs:
  build:
    runs-on: ubuntu-24.04
    timeout-minutes: 30
    permissions:
      contents: read{permission}
    steps:
      - uses: {CHECKOUT}
        with:
          persist-credentials: false
      - uses: {NODE}
        with:
          node-version-file: .nvmrc
          cache: npm
      - run: npm ci
      - run: npm run lint
      - run: npx tsc --noEmit
      - run: npm test
      - uses: {QEMU}
      - uses: {BUILDX}
      - uses: {LOGIN}
        if: {main}
        with:
          registry: {registry}
{login}
      - uses: {BUILD}
        with:
          context: .
          push: ${{{{ {main} }}}}
          platforms: linux/amd64,linux/arm64
          tags: |
            {image}:${{{{ github.sha }}}}
          cache-from: type=gha
          cache-to: type=gha,mode=max
"""


def deploy(branch: str, steps: str, environment: str) -> str:
    return f"""\
name: Deploy
on:
  workflow_run:
    workflows: [Build]
    types: [completed]
    branches: [{branch}]
  workflow_dispatch:
    inputs:
      tag:
        type: string
        required: true
permissions: {{}}
jobs:
  deploy:
    if: >-
      github.event_name == 'workflow_dispatch' && github.ref == 'refs/heads/{branch}' ||
      github.event.workflow_run.conclusion == 'success' && github.event.workflow_run.event == 'push'
    runs-on: ubuntu-24.04
    timeout-minutes: 15
    permissions:
      statuses: write
    environment:
      name: production
      url: https://api.example.com
    concurrency:
      group: deploy-production
      cancel-in-progress: false
    env:
      TAG: ${{{{ inputs.tag || github.event.workflow_run.head_sha }}}}
    steps:
{steps}
      - if: always()
        env:
          GH_TOKEN: ${{{{ github.token }}}}
          STATE: ${{{{ job.status == 'success' && 'success' || 'failure' }}}}
          COMMIT: ${{{{ github.event.workflow_run.head_sha || github.sha }}}}
        run: gh api "repos/$GITHUB_REPOSITORY/statuses/$COMMIT" -f state="$STATE" -f context=deploy
"""


KUBERNETES = """\
      - env:
          KUBECONFIG_TEXT: ${{ secrets.KUBECONFIG }}
        run: |
          : "${KUBECONFIG_TEXT:?the secret is missing}"
          umask 077
          printf '%s' "$KUBECONFIG_TEXT" > "$RUNNER_TEMP/kubeconfig"
          export KUBECONFIG="$RUNNER_TEMP/kubeconfig"
          kubectl set image deployment/api api="ghcr.io/acme/api:$TAG"
          kubectl rollout status deployment/api --timeout=5m
"""
COMPOSE = """\
      - env:
          KEY: ${{ secrets.DEPLOY_SSH_KEY }}
        run: |
          : "${KEY:?the secret is missing}"
          umask 077
          printf '%s' "$KEY" > "$RUNNER_TEMP/key"
          ssh -i "$RUNNER_TEMP/key" deploy@api.example.com "cd /srv/api && TAG=$TAG docker compose up -d"
      - run: |
          for attempt in $(seq 1 30); do
            if curl -fsS --max-time 10 https://api.example.com/api/health; then exit 0; fi
            sleep 5
          done
          exit 1
"""
GHCR_LOGIN = "          username: ${{ github.actor }}\n          password: ${{ secrets.GITHUB_TOKEN }}"
HUB_LOGIN = "          username: acme\n          password: ${{ secrets.DOCKERHUB_TOKEN }}"


def project(policy: str) -> dict[str, str]:
    """A project that follows the policy."""
    if policy == "ghcr-kubernetes":
        built = build("ghcr.io", "ghcr.io/acme/api", "main", GHCR_LOGIN, "\n      packages: write")
        deployed = deploy("main", KUBERNETES, "production")
    else:
        built = build("docker.io", "acme/api", "release", HUB_LOGIN, "")
        deployed = deploy("release", COMPOSE, "production")
    return {
        ".github/workflows/build.yml": built,
        ".github/workflows/deploy.yml": deployed,
        "Dockerfile": DOCKERFILE,
        ".dockerignore": "node_modules\n.git\n.env*\n.next\n",
        ".nvmrc": "22.21.1\n",
        "package.json": PACKAGE,
        "package-lock.json": "{}",
        "tsconfig.json": "{}",
    }


def findings(policy: str, files: dict[str, str]) -> list[Finding]:
    settings = Settings(policy=policy)
    catalogue = builtin()
    parameters: dict[str, Any] = parameters_of(settings, policy_of(settings, catalogue))
    pipeline = Pipeline(Project(MemoryFiles(files)), parameters)
    return [each for each in judge(pipeline, resolve(settings, catalogue)) if each.severity > Severity.INFO]


POLICIES = ["ghcr-kubernetes", "dockerhub-compose"]


@pytest.mark.parametrize("policy", POLICIES)
def test_a_project_that_follows_the_policy_has_no_findings(policy: str) -> None:
    assert [(each.rule, each.path, each.message) for each in findings(policy, project(policy))] == []


@pytest.mark.parametrize(
    ("policy", "path", "old", "new", "rule"),
    [
        ("ghcr-kubernetes", "deploy.yml", "branches: [main]", "branches: ['**']", "deploy/workflow-run-branch"),
        ("ghcr-kubernetes", "deploy.yml", "conclusion == 'success'", "conclusion != 'failure'", "deploy/workflow-run-success"),
        ("ghcr-kubernetes", "deploy.yml", "kubectl rollout status", "kubectl get", "deploy/health-check"),
        ("ghcr-kubernetes", "build.yml", "registry: ghcr.io", "registry: docker.io", "registry/login-host"),
        ("ghcr-kubernetes", "build.yml", "refs/heads/main' }}", "refs/heads/develop' }}", "build/publish-main-only"),
        ("dockerhub-compose", "deploy.yml", "branches: [release]", "branches: [main]", "deploy/workflow-run-branch"),
        ("dockerhub-compose", "deploy.yml", "curl -fsS", "curl -sS", "deploy/health-check-fails"),
        ("dockerhub-compose", "build.yml", "acme/api:", "ghcr.io/acme/api:", "registry/image-host"),
    ],
)  # fmt: skip
def test_what_departs_from_the_policy_is_found(policy: str, path: str, old: str, new: str, rule: str) -> None:
    files = project(policy)
    name = f".github/workflows/{path}"
    assert old in files[name]
    files[name] = files[name].replace(old, new)
    assert rule in {each.rule for each in findings(policy, files)}
