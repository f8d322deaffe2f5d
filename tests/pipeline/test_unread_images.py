"""What may build and publish without being read, and what rules then leave unsaid."""

from __future__ import annotations

import pytest

from tests.pipeline.repository import pipeline, steps

BUILD = "- run: docker build -t ghcr.io/acme/api .\n"
PULLS = "{push: {branches: [main]}, pull_request: {branches: [main]}}"


def published(step: str, files: dict[str, str] | None = None) -> bool:
    """Whether main is published, as far as can be told, where a build is followed by a step."""
    (shipment,) = steps(BUILD + step, PULLS, files).shipments
    return shipment.publishes_main


PUSH = "docker push ghcr.io/acme/api\n"


@pytest.mark.parametrize(
    ("step", "files"),
    [
        ("- run: ./push.sh", {"push.sh": f"#!/bin/sh\n{PUSH}"}),
        ("- run: bash scripts/all", {"scripts/all": "./ship.sh", "ship.sh": PUSH}),
        ("- run: make ship", {"Makefile": f"ship: image\n\t{PUSH}image:\n\ttrue\n"}),
        ("- run: make -C ci all", {"ci/Makefile": f"all: ship\nship:\n\t{PUSH}"}),
        ("- run: just ship", {"justfile": f"ship:\n  {PUSH}"}),
        ("- run: task ship", {"Taskfile.yml": f"tasks: {{ship: {{cmds: [{PUSH.strip()}]}}}}"}),
        ("- run: npm run ship", {"package.json": '{"scripts": {"ship": "docker push a/b"}}'}),
        ("- run: python ci/ship.py", {"ci/ship.py": 'run(["docker", "push", image])'}),
        ("- run: node ship.mjs", {"ship.mjs": "await $`docker push ${image}`"}),
        ("- run: |\n    python - <<END\n    client.images.push('acme/api')\n    END", {}),
        ("- uses: actions/github-script@v8\n  with: {script: \"await exec.exec('docker', ['push', name])\"}", {}),
        ("- {shell: python, run: \"subprocess.run(['docker', 'push', 'a'])\"}", {}),
        ("- {shell: pwsh, run: docker push a}", {}),
        ("- run: make push-image", {}),
        ("- run: npx nx run api:container --push", {}),
        ("- run: nx docker-push api", {}),
        ("- run: earthly --push +docker", {}),
        ("- run: dagger call publish --image api", {}),
        ("- run: goreleaser release --clean", {}),
        ("- run: ./mvnw spring-boot:build-image", {}),
        ("- run: ./gradlew bootBuildImage --publishImage", {"gradlew": "exec java"}),
        ("- run: gcloud builds submit --config cloudbuild.yaml", {}),
        ("- run: docker buildx bake --push", {}),
        ("- run: docker compose push", {}),
        ("- run: $RUNTIME push ghcr.io/acme/api", {}),
        ("- uses: acme/docker-publish@v1", {}),
        ("- uses: acme/image-helper@v1\n  with: {registry: ghcr.io}", {}),
        ("- uses: docker/bake-action@v6\n  with: {push: true}", {}),
        ("- uses: docker://gcr.io/kaniko-project/executor:latest", {}),
        ("- uses: ./.ci/push-image", {}),
    ],
)  # fmt: skip
def test_what_may_publish_main(step: str, files: dict[str, str]) -> None:
    assert published(f"{step}\n", files)


@pytest.mark.parametrize(
    ("step", "files"),
    [
        ("- run: ./test.sh", {"test.sh": "npm test && git push"}),
        ("- run: make test", {"Makefile": f"test:\n\tdocker images\nship:\n\t{PUSH}"}),
        ("- run: npm run build", {"package.json": '{"scripts": {"build": "next build", "ship": "docker push a"}}'}),
        ("- run: npm test", {}),
        ("- run: ./gradlew test", {"gradlew": "exec java"}),
        ("- run: docker compose up -d db", {}),
        ("- run: $RUNNER test", {}),
        ("- uses: docker/login-action@v3", {}),
        ("- uses: acme/dockerfile-checker@v1\n  with: {path: Dockerfile}", {}),
        ("- uses: docker/bake-action@v6", {"docker-bake.hcl": 'target "default" { tags = ["a/b"] }'}),
        ("- uses: aquasecurity/trivy-action@0.30.0\n  with: {image-ref: ghcr.io/acme/api}", {}),
        ("- uses: actions/github-script@v8\n  with: {script: console.log('pushed')}", {}),
        ("- uses: actions/github-script@v8\n  with: {script: 'images = []; images.forEach(i => a.push(i))'}", {}),
        ("- if: github.ref == 'refs/heads/master'\n  run: make push-image", {}),
        ("- run: docker buildx bake", {"docker-bake.hcl": 'target "default" { tags = ["a/b"] }'}),
    ],
)  # fmt: skip
def test_what_does_not_publish_main(step: str, files: dict[str, str]) -> None:
    assert not published(f"{step}\n", files)


def test_workflows_of_others_and_their_path_filters() -> None:
    called = "jobs: {push: {uses: acme/workflows/.github/workflows/image.yml@v1}}"
    other = f"on: {{push: {{branches: [main]}}}}\n{called}"
    builds = "on: {pull_request: {branches: [main]}}\njobs: {b: {runs-on: x, steps: [{run: docker build .}]}}"

    def shipment(text: str) -> tuple[bool, bool]:
        (found,) = pipeline(builds, {".github/workflows/image.yml": text}).shipments
        return found.publishes_main, found.path_filter is not None

    assert shipment(other) == (True, False)
    assert shipment(other.replace("push: {branches", "pull_request: {branches")) == (False, False)
    assert shipment(other.replace("image.yml", "check-dist.yml").replace("push: {uses", "a: {uses")) == (
        False,
        False,
    )
    assert shipment(other.replace("image.yml", "node.yml").replace("push: {uses", "docker: {uses")) == (
        True,
        False,
    )
    filtered = (
        "on: {push: {branches: [main], paths: [a]}}\n"
        "jobs: {b: {runs-on: x, steps: [{run: docker build -t a/b . && docker push a/b}]}}"
    )
    assert shipment(filtered) == (True, True)
    assert shipment(filtered.replace("docker push", "make push-image && docker push")) == (True, True)
    assert shipment(filtered.replace("[main]", "[dev]")) == (False, False)


@pytest.mark.parametrize(
    ("task", "builds"),
    [
        ("make image", True),
        ("earthly --push +image", True),
        ("docker compose build", True),
        ("make test", False),
    ],
)
def test_pull_requests_that_may_build(task: str, builds: bool) -> None:
    text = f"""
        on: {{push: {{branches: [main]}}, pull_request: {{}}}}
        jobs:
          publish:
            if: github.event_name == 'push'
            runs-on: ubuntu-latest
            steps: [{{run: docker build -t a/b . && docker push a/b}}]
          check:
            runs-on: ubuntu-latest
            steps: [{{run: {task}}}]
        """
    (shipment,) = pipeline(text).shipments
    assert shipment.builds_pull_requests is builds


DIGESTS = """
    on: {{push: {{branches: [main]}}}}
    jobs:
      build:
        strategy: {{matrix: {{platform: [linux/amd64]}}}}
        runs-on: ubuntu-latest
        steps:
          - uses: docker/build-push-action@v7
            with: {{platforms: linux/amd64, outputs: "type=image,name=a/b,push=true,push-by-digest=true"}}
      merge:
        {needs}
        runs-on: ubuntu-latest
        steps: [{{run: {run}}}]
    """


@pytest.mark.parametrize(
    ("run", "needs", "unmerged"),
    [
        ("make push-image", "needs: build", False),
        ("make push-image", "env: {A: a}", True),
        ("make test", "needs: build", True),
    ],
)
def test_digests_that_a_task_may_merge(run: str, needs: str, unmerged: bool) -> None:
    (image,) = pipeline(DIGESTS.format(run=run, needs=needs)).multi_platform_images
    assert image.is_unmerged is unmerged
    assert bool(image.missing(["linux/arm64"])) is unmerged


@pytest.mark.parametrize(
    ("before", "files", "logged_in"),
    [
        ("./login.sh", {"login.sh": "docker login ghcr.io"}, None),
        ("make login", {}, None),
        ("make setup", {"Makefile": "setup:\n\tdocker login ghcr.io -u a -p b\n"}, None),
        ("make setup", {"Makefile": "setup:\n\tnpm ci\n"}, False),
        ("./test.sh", {"test.sh": "npm test"}, False),
    ],
)
def test_logins_of_scripts_are_not_known(before: str, files: dict[str, str], logged_in: bool | None) -> None:
    (push,) = steps(f"- run: {before}\n- run: docker push ghcr.io/acme/api:1\n", files=files).registry_pushes
    assert push.is_logged_in is logged_in
    assert push.uses_own_token is (logged_in is not None)
