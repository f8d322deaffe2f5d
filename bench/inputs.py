"""What is measured: workflows, Dockerfiles and a project, made here so that anyone has the same."""

from __future__ import annotations

import json

HEADER = """\
name: Services

on:
  push:
    branches: [main, "release/**"]
  pull_request:
  workflow_dispatch:
    inputs:
      tag:
        description: What to build
        type: string
        required: true

permissions:
  contents: read

env:
  REGISTRY: ghcr.io
  NODE_ENV: test

jobs:
"""

JOB = """\
  {name}-test:
    runs-on: ubuntu-24.04
    timeout-minutes: 15
    strategy:
      matrix:
        node: [22, 24]
    defaults:
      run:
        working-directory: services/{name}
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          persist-credentials: false
      - uses: actions/setup-node@820762786026740c76f36085b0efc47a31fe5020 # v7.0.0
        with:
          node-version: ${{{{ matrix.node }}}}
          cache: npm
          cache-dependency-path: services/{name}/package-lock.json
      - name: Install
        run: npm ci
      - name: Lint and test
        env:
          DATABASE_URL: postgresql://test:test@localhost/test
        run: |
          npm run lint
          npx tsc --noEmit
          npm test -- --coverage | tee "$RUNNER_TEMP/test.log"
          if [ -f coverage/summary.json ]; then
            jq -r '.total.lines.pct' coverage/summary.json >> "$GITHUB_STEP_SUMMARY"
          fi

  {name}-image:
    needs: {name}-test
    runs-on: ubuntu-24.04
    timeout-minutes: 30
    permissions:
      contents: read
      packages: write
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          persist-credentials: false
      - uses: docker/setup-buildx-action@37fe631027851001ddb9b187196cc803df7f5f0e # v4.3.0
      - uses: docker/login-action@4907a6ddec9925e35a0a9e82d7399ccc52663121 # v4.1.0
        if: github.event_name == 'push' && github.ref == 'refs/heads/main'
        with:
          registry: ${{{{ env.REGISTRY }}}}
          username: ${{{{ github.actor }}}}
          password: ${{{{ secrets.GITHUB_TOKEN }}}}
      - uses: docker/build-push-action@53b7df96c91f9c12dcc8a07bcb9ccacbed38856a # v7.3.0
        with:
          context: services/{name}
          push: ${{{{ github.event_name == 'push' && github.ref == 'refs/heads/main' }}}}
          tags: ghcr.io/acme/{name}:${{{{ github.sha }}}}
          cache-from: type=gha,scope={name}
          cache-to: type=gha,scope={name},mode=max

"""

STAGE = """\
FROM node:22.21.1-bookworm-slim AS {name}
WORKDIR /app/{name}
# The manifests first: the install is cached until they change.
COPY {name}/package.json {name}/package-lock.json ./
RUN --mount=type=cache,target=/root/.npm \\
    npm ci --no-audit --no-fund && \\
    npm run postinstall --if-present && \\
    find node_modules -name '*.map' -print0 | \\
    xargs -0 rm -f
COPY {name}/ ./
ARG BUILD_ID=local
ENV NEXT_TELEMETRY_DISABLED=1 \\
    BUILD_ID=${{BUILD_ID}}
RUN set -eux; \\
    npm run build; \\
    if [ "$BUILD_ID" != local ]; then \\
      echo "$BUILD_ID" > build-id; \\
    fi

"""

FINAL = """\
FROM node:22.21.1-bookworm-slim
WORKDIR /app
RUN apt-get update && apt-get install -y --no-install-recommends dumb-init && rm -rf /var/lib/apt/lists/*
COPY --from=web --chown=node:node /app/web/dist ./web
COPY --from=worker --chown=node:node /app/worker/dist ./worker
USER node
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s CMD ["node", "-e", "fetch('http://127.0.0.1:3000/api/health')"]
ENTRYPOINT ["dumb-init", "--"]
CMD ["node", "web/server.js"]
"""


def workflow() -> str:
    """About 300 lines: five services, each tested and built."""
    return HEADER + "".join(JOB.format(name=name) for name in ("web", "worker", "mailer", "search", "api"))


def dockerfile() -> str:
    """About 80 lines in five stages."""
    stages = "".join(STAGE.format(name=name) for name in ("web", "worker", "jobs", "mail"))
    return "# syntax=docker/dockerfile:1\n" + stages + FINAL


def workflows(count: int) -> dict[str, str]:
    """Workflows of about 70 lines, one service each, by path."""
    names = [f"service-{number}" for number in range(count)]
    return {f".github/workflows/{name}.yml": HEADER + JOB.format(name=name) for name in names}


def dockerfiles(count: int) -> dict[str, str]:
    """Dockerfiles of about 30 lines in two stages, by path."""
    names = [f"service-{number}" for number in range(count)]
    final = FINAL.replace("--from=web", "--from={name}").replace("--from=worker", "--from={name}")
    return {f"images/{name}/Dockerfile": (STAGE + final).replace("{name}", name) for name in names}


def project() -> dict[str, str]:
    """The canonical pipeline of a small Next.js application: workflows, Dockerfile and settings, by path."""
    from cilint.model.files import MemoryFiles
    from cilint.reference.plan import make_plan
    from cilint.reference.shape import Choices

    scripts = {"lint": "eslint .", "build": "next build", "test": "vitest run"}
    package = {"name": "shop", "scripts": scripts, "dependencies": {"next": "^16.1.6", "react": "19.2.0"}}
    files = {
        "package.json": json.dumps(package),
        "package-lock.json": "{}",
        ".nvmrc": "22.21.1\n",
        "next.config.ts": "export default { output: 'standalone' }\n",
        "app/api/health/route.ts": "export const GET = () => Response.json({ version: process.env.APP_VERSION })\n",
    }
    planned = make_plan(MemoryFiles(files), Choices()).files
    return files | {new.path: new.text for new in planned if not new.path.endswith("cilint.yml")}
