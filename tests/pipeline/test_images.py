"""Builds and publications, in every spelling, event and leg."""

from __future__ import annotations

import pytest

from cilint.pipeline.effects import image_commands, image_tools
from cilint.pipeline.effects.recipes import normalise_platform
from tests.pipeline.repository import pipeline, steps

BOTH = "{push: {branches: [main]}, pull_request: {}}"


@pytest.mark.parametrize(
    ("written", "platform"),
    [
        ("amd64", "linux/amd64"),
        ("linux/x86_64", "linux/amd64"),
        (" Linux/ARM64/v8 ", "linux/arm64"),
        ("aarch64", "linux/arm64"),
        ("linux/arm/v7", "linux/arm/v7"),
        ("linux/arm/v8", "linux/arm/v8"),
        ("windows/amd64", "windows/amd64"),
    ],
)
def test_platforms_as_buildkit_writes_them(written: str, platform: str) -> None:
    assert normalise_platform(written) == platform


def events(text: str, on: str = BOTH, files: dict[str, str] | None = None) -> tuple[set[str], set[str]]:
    """The events (push, pull_request) in which something is surely pushed, and in which it may be."""
    pushes = steps(text, on, files).image_pushes
    certain = {scenario.event for push in pushes for scenario in push.scenarios}
    return certain, {run.scenario.event for push in pushes for run in push.runs} - certain


P, R, N = {"push"}, {"pull_request"}, set[str]()


@pytest.mark.parametrize(
    ("step", "certain", "maybe"),
    [
        ("with: {push: true, tags: a/b}", P | R, N),
        ("with: {push: 'TRUE', tags: a/b}", P | R, N),
        ("with: {tags: a/b}", N, N),
        ("with: {push: '', tags: a/b}", N, N),
        ("with: {push: \"${{ github.event_name == 'push' }}\", tags: a/b}", P, N),
        ("with: {push: \"${{ github.event_name == 'push' && vars.X }}\", tags: a/b}", N, P),
        ("with: {push: '${{ inputs.x }}', tags: a/b}", N, N),
        ("with: {push: '${{ vars.X }}', tags: a/b}", N, P | R),
        ("with: {outputs: 'type=registry', tags: a/b}", P | R, N),
        ("with: {outputs: 'type=image,name=a/b,push=true'}", P | R, N),
        ("with: {outputs: 'type=image,push=false', tags: a/b}", N, N),
        ("with: {outputs: \"type=image,name=a/b,push=${{ github.event_name == 'push' }}\"}", P, N),
        ("if: github.event_name == 'push'\n  with: {push: true, tags: a/b}", P, N),
    ],
)
def test_pushes_of_build_push_action(step: str, certain: set[str], maybe: set[str]) -> None:
    assert events(f"- uses: docker/build-push-action@v7\n  {step}\n") == (certain, maybe)


@pytest.mark.parametrize(
    ("script", "certain", "maybe"),
    [
        ("docker push a/b", P | R, N),
        ("docker image push a/b:1", P | R, N),
        ("docker build -t a/b . && docker push a/b", P | R, N),
        ("docker buildx build --push -t a/b .", P | R, N),
        ("docker buildx build --push=false -t a/b .", N, N),
        ("docker buildx build -o type=registry -t a/b .", P | R, N),
        ("docker buildx build --output=type=image,push=true -t a/b .", P | R, N),
        ("docker buildx build --push=${{ github.event_name == 'push' }} -t a/b .", P, N),
        ("docker buildx build ${{ github.event_name == 'push' && '--push' || '' }} -t a/b .", P, N),
        ('[ "$GITHUB_EVENT_NAME" = push ] && docker push a/b', P, N),
        ("if [ ${{ github.event_name }} = push ]; then docker push a/b; fi", P, N),
        ("case $GITHUB_REF in refs/heads/main) docker push a/b;; esac", P, N),
        ("PUSH_FLAG=$(./flag); docker buildx build $PUSH_FLAG -t a/b .", N, P | R),
        ('go() { docker push "$1"; }; go a/b', P | R, N),
        ("DOCKER='sudo docker'; $DOCKER push a/b", P | R, N),
        ('cmd=(docker build --push -t a/b .); "${cmd[@]}"', P | R, N),
        ('c=(docker build); [ $GITHUB_EVENT_NAME = push ] && c+=(--push); "${c[@]}" -t a/b .', P, N),
        ('c=(docker build); [ "$X" ] && c+=(--push); "${c[@]}" -t a/b .', N, P | R),
        ('c=(docker build); [ "$X" ] && c+=(--pull); "${c[@]}" -t a/b .', N, N),
        ("for tool in docker; do X=podman; $X push a/b; done", P | R, N),
        ("TOOL=echo; $TOOL push a/b; echo docker push a/b", N, N),
        ("skopeo copy docker://x/y docker://a/b", P | R, N),
        ("crane copy x/y a/b && regctl image copy x/y a/b", P | R, N),
        ("docker buildx imagetools create -t a/b x/y", P | R, N),
        ("docker buildx imagetools create --dry-run -t a/b x/y", N, N),
        ("podman build -t a/b . && podman push a/b docker://a/b:1", P | R, N),
        ("/kaniko/executor --destination a/b --context .", P | R, N),
        ("/kaniko/executor --no-push --destination a/b", N, N),
        ("docker run -v .:/workspace gcr.io/kaniko-project/executor --destination a/b", P | R, N),
        ("git push && npm publish && docker run x push", N, N),
        ("docker build -t a/b .", N, N),
    ],
)
def test_pushes_of_commands(script: str, certain: set[str], maybe: set[str]) -> None:
    assert events(f"- run: |\n    {script}\n") == (certain, maybe)


@pytest.mark.parametrize(
    "step",
    [
        "uses: int128/kaniko-action@v1\n  with: {push: true, tags: a/b}",
        "uses: elgohr/Publish-Docker-Github-Action@v5\n  with: {name: a/b, registry: ghcr.io}",
        "uses: macbre/push-to-ghcr@v14\n  with: {image_name: a/b}",
        "uses: redhat-actions/push-to-registry@v2\n  with: {image: b, registry: ghcr.io/a, tags: 1 2}",
        "uses: mr-smithers-excellent/docker-build-push@v6\n  with: {image: a/b, registry: ghcr.io, tags: 1}",
        "uses: depot/build-push-action@v1\n  with: {push: true, tags: ghcr.io/a/b}",
        "uses: docker/build-push-action@v1\n  with: {repository: a/b}",
        "uses: docker/build-push-action@v1.1.0\n  with: {repository: a/b, push: true, registry: ghcr.io}",
        "uses: VaultVulp/gp-docker-action@1.6.0\n  with: {image-name: b}",
        "uses: docker/bake-action@v6\n  with: {set: '*.output=type=image,push=true', targets: api}",
        "uses: depot/bake-action@v1\n  with: {push: true, files: bake.json}",
    ],
)
def test_other_actions(step: str) -> None:
    bake = '{"group": {"default": {"targets": ["api"]}}, "target": {"api": {"tags": ["a/b"]}}}'
    assert events("- " + step, files={"bake.json": bake, "docker-bake.json": bake}) == (P | R, N)


@pytest.mark.parametrize(
    ("script", "images", "pushed"),
    [
        ("KO_DOCKER_REPO=ghcr.io/a/b ko build --bare -t 1,2 .", ["ghcr.io/a/b:1", "ghcr.io/a/b:2"], P | R),
        ("export KO_DOCKER_REPO=ghcr.io/a; ko resolve -f k8s.yaml", ["ghcr.io/a/\0:latest"], P | R),
        ("KO_DOCKER_REPO=ko.local ko build .", [], N),
        ("ko build --push=${{ github.event_name == 'push' }} --bare .", ["\0:latest"], P),
        ("ko build -L .", [], N),
        ("ko login ghcr.io -u a -p b", [], N),
        ("buildctl build --output type=image,name=a/b,push=true --local context=.", ["a/b"], P | R),
        ("buildctl build --output type=image,name=a/b --local context=.", [], N),
        ("./mvnw -B package jib:build -Djib.to.image=ghcr.io/a/b:1", ["ghcr.io/a/b:1"], P | R),
        ("mvn compile com.google.cloud.tools:jib-maven-plugin:3.4.0:build -Dimage=a/b", ["a/b"], P | R),
        ("./gradlew :app:jib --image=a/b -Djib.to.tags=1,2", ["a/b", "a/b:1", "a/b:2"], P | R),
        ("gradle jib", ["\0"], P | R),
        ("./gradlew jibDockerBuild && mvn jib:dockerBuild && mvn test", [], N),
        ("gcloud builds submit --tag gcr.io/a/b .", ["gcr.io/a/b"], P | R),
        ("gcloud builds list", [], N),
        ("az acr build -r acme -t b:1 .", ["acme.azurecr.io/b:1"], P | R),
        ("az acr build -r acme -t b:1 --no-push .", [], N),
        ("apko publish apko.yaml ghcr.io/a/b:1", ["ghcr.io/a/b:1"], P | R),
        ("nixpacks build . --name b; docker tag b ghcr.io/a/b; docker push ghcr.io/a/b", ["ghcr.io/a/b"], P | R),
        ("railpack build . --name b", [], N),
        ("depot build --push -t a/b .", ["a/b"], P | R),
        ("depot build -t a/b .", [], N),
        ("img build -t a/b . && img push a/b", ["a/b"], P | R),
        ("nerdctl push a/b", ["a/b"], P | R),
        ("docker-compose -f compose.yaml push api", ["ghcr.io/a/api"], P | R),
        ("docker-compose up --build", [], N),
        ("docker buildx bake --push", ["ghcr.io/a/api"], P | R),
        ("TAG=x docker buildx bake -f compose.yaml --push api", ["ghcr.io/a/api"], P | R),
    ],
)  # fmt: skip
def test_programs_with_words_of_their_own(script: str, images: list[str], pushed: set[str]) -> None:
    compose = "services:\n  api: {build: {context: ., platforms: [linux/arm64]}, image: ghcr.io/a/api}\n"
    files = {"compose.yaml": compose}
    found = steps(f"- run: |\n    {script}\n", BOTH, files)
    assert [push.image.text for push in found.image_pushes] == images
    assert events(f"- run: |\n    {script}\n", files=files)[0] == pushed


def test_each_of_these_programs_is_looked_for() -> None:
    assert set(image_commands.TOOLS) == set(image_tools.TOOLS)


def test_compose_files_that_bake_builds() -> None:
    compose = """
        services:
          db: {image: postgres}
          api:
            image: ghcr.io/acme/api:${TAG:-dev}
            build:
              context: api
              target: app
              args: [PORT=1]
              x-bake: {platforms: [linux/amd64, linux/arm64], tags: ["ghcr.io/acme/api:${TAG}"]}
          web: {image: web, build: web}
        """
    text = '- env: {TAG: "2"}\n  run: docker buildx bake --push api\n'
    (build,) = steps(text, files={"docker-compose.yml": compose}).image_builds
    assert [tag.image.text for tag in build.tags] == ["ghcr.io/acme/api:2"]
    assert (build.context, build.target, build.platforms) == ("api", "app", ("linux/amd64", "linux/arm64"))
    names = steps("- run: docker buildx bake\n", files={"docker-compose.yml": compose}).image_builds
    assert [build.context for build in names] == ["api", "web"]


@pytest.mark.parametrize(
    ("script", "tags"),
    [
        ("for t in 1 ${{ github.sha }}; do docker push a/b:$t; done", ["1", "5a5a"]),
        ("IMAGE=a/b:${{ github.sha }}; docker push $IMAGE", ["5a5a"]),
        ("docker push a/b:${GITHUB_SHA::7}", ["5a5a"]),
        ("docker push a/b:${GITHUB_REF_NAME}", ["main"]),
        ("docker push a/b:$(date +%s)", ["\0"]),
        ("docker push --all-tags a/b", ["\0"]),
        ("docker buildx build --push -t a/b:1 --tag=a/b:2 .", ["1", "2"]),
    ],
)
def test_tags_of_commands(script: str, tags: list[str]) -> None:
    found = steps(f"- run: |\n    {script}\n").image_pushes
    assert [(push.image.tag or "")[:4] for push in found] == tags


def test_a_push_belongs_to_the_build_of_its_name() -> None:
    found = steps("""
        - uses: docker/build-push-action@v7
          with: {load: true, tags: "api:test"}
        - run: docker build -t web .
        - run: |
            docker tag api:test ghcr.io/acme/api:1
            docker push ghcr.io/acme/api:1
        """)
    api, web = found.image_builds
    assert (bool(api.published), bool(web.published)) == (True, False)
    assert [push.build for push in found.image_pushes] == [api]


MATRIX = """
runs-on: ${{ matrix.runner }}
strategy:
  matrix:
    include:
      - {runner: ubuntu-24.04, platform: linux/amd64, push: true}
      - {runner: ubuntu-24.04-arm, platform: linux/arm64, push: false}
"""


def test_legs() -> None:
    text = "on: push\njobs:\n  a:\n    steps:\n      - uses: docker/build-push-action@v7\n        with:\n"
    text += "          platforms: ${{ matrix.platform }}\n          push: ${{ matrix.push }}\n"
    text = text.replace("  a:\n", "  a:\n" + "".join(f"    {line}\n" for line in MATRIX.strip().split("\n")))
    build = pipeline(text).image_builds[0]
    assert build.platforms == ("linux/amd64", "linux/arm64")
    assert [(recipe.runner, recipe.push) for recipe in build.likely] == [("amd64", True), ("arm64", False)]


def test_reusable_workflows_and_composite_actions() -> None:
    action = """
runs:
  using: composite
  steps:
    - uses: docker/build-push-action@v7
      with: {push: "${{ inputs.push }}", tags: "${{ inputs.tag }}"}
inputs: {push: {default: "true"}, tag: {}}
"""
    called = """
on: {workflow_call: {inputs: {tag: {type: string}}}}
jobs: {a: {runs-on: ubuntu-latest, steps: [{uses: ./image, with: {tag: "ghcr.io/acme/${{ inputs.tag }}"}}]}}
"""
    text = """
        on: {push: {branches: [main]}}
        jobs:
          a:
            uses: ./.github/workflows/called.yml
            with: {tag: "api:1"}
        """
    found = pipeline(text, {"image/action.yml": action, ".github/workflows/called.yml": called}).image_pushes
    assert [(push.image.text, push.path, len(push.scenarios)) for push in found] == [
        ("ghcr.io/acme/api:1", "image/action.yml", 1)
    ]


HCL = """
variable "TAG" { default = "dev" }
group "default" { targets = ["api"] }
target "docker-metadata-action" {}
target "api" { inherits = ["docker-metadata-action"] platforms = ["linux/amd64"] }
target "web" { tags = ["ghcr.io/acme/web:${TAG}"] }
"""


def test_bake() -> None:
    files = {"docker-bake.hcl": HCL.replace("] platforms", "]\n platforms")}
    text = """
        - id: meta
          uses: docker/metadata-action@v6
          with: {images: ghcr.io/acme/api, tags: latest}
        - uses: docker/bake-action@v7
          with: {push: true, set: "*.platform=linux/amd64,linux/arm64"}
        - env: {TAG: "1"}
          run: docker buildx bake --push web
        """
    api, web = steps(text, files=files).image_builds
    assert [tag.image.text for tag in api.tags] == ["ghcr.io/acme/api:latest"]
    assert api.platforms == ("linux/amd64", "linux/arm64")
    assert [tag.image.text for tag in web.tags] == ["ghcr.io/acme/web:1"]
    assert web.published


def test_compose() -> None:
    files = {
        "compose.yaml": "services: {a: {build: ., image: 'ghcr.io/acme/api:${TAG:-dev}'}, b: {image: x}}"
    }
    found = steps("- run: docker compose build && docker compose push", files=files)
    assert [push.image.text for push in found.image_pushes] == ["ghcr.io/acme/api:dev"]


def test_merges() -> None:
    text = """
        on: {push: {branches: [main]}}
        jobs:
          a:
            runs-on: ubuntu-24.04
            steps: [{run: "docker buildx build --push -t ghcr.io/acme/api:a ."}]
          b:
            runs-on: ubuntu-24.04-arm
            steps: [{run: "docker buildx build --push -t ghcr.io/acme/api:b ."}]
          merge:
            needs: [a, b]
            runs-on: ubuntu-latest
            steps: [{run: "docker buildx imagetools create -t ghcr.io/acme/api:1 $(cat names)"}]
        """
    merged = pipeline(text).multi_platform_images
    assert [each.platforms for each in merged] == [("linux/amd64", "linux/arm64")]
    alone = pipeline(text.replace("needs: [a, b]", "needs: a")).multi_platform_images
    assert [each.platforms for each in alone] == [("linux/amd64",), ("linux/arm64",)]


def test_an_action_that_only_pushes_is_a_publication() -> None:
    text = """
        - uses: redhat-actions/buildah-build@v2
          with: {image: api, tags: latest}
        - if: github.ref == 'refs/heads/main'
          uses: redhat-actions/push-to-registry@v2
          with: {image: api, registry: ghcr.io/acme, tags: latest}
        """
    found = steps(text, BOTH)
    (publication,) = found.publications
    assert {scenario.event for scenario in publication.scenarios} == {"push"}
    assert [each.publishes_main for each in found.shipments] == [True]


BAKED = "services: {api: {build: ., image: 'ghcr.io/a/api:1'}, web: {build: web, image: 'ghcr.io/a/web:1'}}"


@pytest.mark.parametrize(
    ("step", "names", "certain"),
    [
        ("run: docker buildx bake --push ${{ matrix.app }}", {"api", "web"}, P | R),
        ("{uses: docker/bake-action@v6, with: {push: true, targets: '${{ matrix.app }}'}}", {"api", "web"}, P | R),
        ("run: docker buildx bake ${{ github.event_name == 'push' && '--push' || '' }} api", {"api"}, P),
        ("run: docker buildx bake $FLAGS api --push", {"api"}, P | R),
        ("run: docker buildx bake $(cat targets) --push", set(), N),
        ("run: docker buildx bake ${{ vars.PUSH_FLAG }} api", {"api"}, N),
        ("run: docker compose push $SERVICES", {"api", "web"}, P | R),
    ],
)  # fmt: skip
def test_targets_of_bakes(step: str, names: set[str], certain: set[str]) -> None:
    job = "strategy: {matrix: {app: [api, web]}}\n"
    found = steps(f"- {step}\n", BOTH, {"compose.yaml": BAKED}, job).image_pushes
    assert {push.image.path.rpartition("/")[2] for push in found} == names
    assert {scenario.event for push in found for scenario in push.scenarios} == certain


def test_each_leg_bakes_its_own_target() -> None:
    job = "strategy: {matrix: {app: [api, web]}}\n"
    text = "- run: docker buildx bake --push ${{ matrix.app }}\n"
    api, web = steps(text, BOTH, {"compose.yaml": BAKED}, job).image_builds
    assert [len(build.likely) for build in (api, web)] == [1, 1]


def test_many_commands_by_variables_take_no_time() -> None:
    lines = "".join(f"    $TOOL push a/b:{number}\n" for number in range(400))
    found = steps(f"- run: |\n    TOOL=docker; $OTHER && TOOL=podman\n{lines}", "push")
    assert len({push.image.tag for push in found.image_pushes}) == 400


@pytest.mark.parametrize(
    ("step", "tags"),
    [
        ("docker/build-push-action@v1\n  with: {repository: a/b}", ["latest"]),
        ("docker/build-push-action@v1\n  with: {repository: a/b, tags: '1,2'}", ["1", "2"]),
        ("docker/build-push-action@v1\n  with: {repository: a/b, tag_with_sha: true}", ["\0"]),
        ("docker/build-push-action@v1\n  with: {repository: a/b, tag_with_ref: false}", ["latest"]),
        ("mr-smithers-excellent/docker-build-push@v6\n  with: {image: b, registry: ghcr.io}", ["\0"]),
        ("elgohr/Publish-Docker-Github-Action@v5\n  with: {name: a/b, tags: x, snapshot: true}", ["x", "\0"]),
    ],
)
def test_tags_of_actions_own_making(step: str, tags: list[str]) -> None:
    (build,) = steps(f"- uses: {step}\n").image_builds
    assert [tag.image.tag for tag in build.tags] == tags


@pytest.mark.parametrize(
    "step",
    [
        "run: docker buildx build -o type=image,name=a/b,push-by-digest=true,push=true .",
        "{uses: docker/build-push-action@v7, with: {outputs: 'type=image,name=a/b,push-by-digest=true,push=true'}}",
    ],
)
def test_what_is_pushed_by_digest_has_no_tag(step: str) -> None:
    found = steps(f"- {step}\n")
    assert [push.by_digest for push in found.image_pushes] == [True]
    assert [image.lacks_commit for image in found.published_images] == [False]
