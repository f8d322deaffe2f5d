"""What builds are made from, in every spelling, and when it is not known."""

from __future__ import annotations

import pytest

from tests.pipeline.repository import pipeline, steps

FILES = {"README.md": "", "api/Dockerfile": "FROM scratch AS app\nARG PORT\n", "web/index.html": ""}
CHECKOUT = "- uses: actions/checkout@v5\n"


def missing(text: str, files: dict[str, str] | None = None, on: str = "push") -> set[str]:
    """The paths that steps after a checkout name and the repository lacks."""
    found = steps(CHECKOUT + text, on, {**FILES, **(files or {})}).build_paths
    return {path.target for path in found if path.is_missing}


def action(inputs: str) -> str:
    return f"- uses: docker/build-push-action@v7\n  with: {{{inputs}}}\n"


@pytest.mark.parametrize(
    ("inputs", "paths"),
    [
        ("context: api", set()),
        ("context: ./api/", set()),
        ("context: api, file: api/Dockerfile", set()),
        ("context: ., file: api/dockerfile", {"api/dockerfile"}),
        ("push: true", {"Dockerfile"}),
        ("file: api/Dockerfile", set()),
        ("context: '{{defaultContext}}:api'", set()),
        ("context: '{{defaultContext}}:api', file: Dockerfile", set()),
        ("context: '{{defaultContext}}:web'", {"web/Dockerfile"}),
        ("context: web, file: Dockerfile", {"Dockerfile"}),
        ("context: wep, file: api/Dockerfile", {"wep"}),
        ("context: wep", {"wep"}),
        ("context: ../wep", set()),
        ("context: /tmp/wep", set()),
        ("context: 'git@github.com:a/b'", set()),
        ("context: 'https://example.com/a.tar.gz', file: x/Dockerfile", set()),
        ("context: '${{ env.FOLDER }}'", set()),
        ("context: '${{ github.workspace }}/wep'", set()),
    ],
)
def test_paths_of_the_action(inputs: str, paths: set[str]) -> None:
    assert missing(action(inputs)) == paths


@pytest.mark.parametrize(
    ("script", "paths"),
    [
        ("docker build api", set()),
        ("docker build web", {"web/Dockerfile"}),
        ("docker buildx build -t a --push wep", {"wep"}),
        ("docker image build -f web/Dockerfile .", {"web/Dockerfile"}),
        ("cd web && docker build .", {"web/Dockerfile"}),
        ("cd web && docker build -f ../api/Dockerfile ..", set()),
        ("(cd web && ls)\ndocker build api", set()),
        ("pushd web\ndocker build ../api\npopd", set()),
        ("cd $SOMEWHERE\ndocker build .", set()),
        ("podman build -f Dockerfile api", set()),
        ("buildah bud -f Containerfile api", {"Containerfile"}),
        ("docker build - < web/Dockerfile", set()),
        ("docker build $OPTIONS .", set()),
        ("docker build --unheard-of thing .", set()),
        ("ssh host docker build .", set()),
        ("docker build https://github.com/a/b.git", set()),
        ("[ -f Dockerfile ] && docker build .", set()),
        ("test -f Dockerfile || exit 0\ndocker build .", set()),
        ("for each in api web; do docker build $each; done", {"web/Dockerfile"}),
    ],
)
def test_paths_of_commands(script: str, paths: set[str]) -> None:
    body = "".join(f"    {line}\n" for line in script.split("\n"))
    assert missing(f"- run: |\n{body}") == paths


@pytest.mark.parametrize(
    ("uses", "inputs", "paths"),
    [
        ("int128/kaniko-action@v1", "context: api", set()),
        ("int128/kaniko-action@v1", "context: api, file: api/Dockerfile", set()),
        ("int128/kaniko-action@v1", "context: api, file: Dockerfile", set()),
        ("int128/kaniko-action@v1", "context: api, file: Containerfile", {"Containerfile"}),
        ("int128/kaniko-action@v1", "push: true", {"Dockerfile"}),
        ("aevea/action-kaniko@master", "path: wep, image: a", {"wep"}),
        ("redhat-actions/buildah-build@v2", "image: a, containerfiles: ./Containerfile", {"Containerfile"}),
        ("redhat-actions/buildah-build@v2", "image: a, containerfiles: api/Dockerfile", set()),
        ("redhat-actions/buildah-build@v2", "image: a, base-image: node", set()),
        ("mr-smithers-excellent/docker-build-push@v6", "image: a, dockerfile: api/Dockerfile", set()),
        ("mr-smithers-excellent/docker-build-push@v6", "image: a, directory: web", {"web/Dockerfile"}),
        ("elgohr/Publish-Docker-Github-Action@v5", "name: a, workdir: api, dockerfile: Dockerfile", set()),
        ("whoan/docker-build-with-cache-action@v8", "image_name: a, context: wep", {"wep"}),
        ("docker/build-push-action@v1", "repository: a, path: api", set()),
        ("docker/build-push-action@v1", "repository: a, path: api, dockerfile: a.Dockerfile", {"a.Dockerfile"}),
    ],
)  # fmt: skip
def test_paths_of_other_actions(uses: str, inputs: str, paths: set[str]) -> None:
    assert missing(f"- uses: {uses}\n  with: {{{inputs}}}\n") == paths


@pytest.mark.parametrize(
    ("step", "targets", "arguments"),
    [
        ("uses: int128/kaniko-action@v1\n  with: {context: api, target: ap, build-args: PROT=1}", {"ap"}, {"PROT"}),
        ("uses: int128/kaniko-action@v1\n  with: {context: api, target: app, build-args: PORT=1}", set(), set()),
        (
            "uses: docker/build-push-action@v1\n  with: {repository: a, path: api, build_args: 'PORT=a,b,C=1'}",
            set(),
            {"C"},
        ),
        ("run: executor -c api -d a/b --target ap --build-arg PROT=1", {"ap"}, {"PROT"}),
        ("run: executor -c dir://api -d a/b --target app --build-arg PORT=1", set(), set()),
        ("run: executor -c /workspace -d a/b --target ap", set(), set()),
        ("run: img build --target ap api", {"ap"}, set()),
        ("run: depot build --target ap --push -t a/b api", {"ap"}, set()),
        ("run: depot bake -f bake.json", {"ap"}, {"PROT"}),
        ("uses: depot/bake-action@v1\n  with: {files: bake.json}", {"ap"}, {"PROT"}),
        ("run: docker buildx bake -f stack.yml", {"ap"}, {"PROT"}),
    ],
)  # fmt: skip
def test_targets_and_arguments_of_other_builders(step: str, targets: set[str], arguments: set[str]) -> None:
    bake = '{"target": {"default": {"context": "api", "target": "ap", "args": {"PROT": "1"}}}}'
    compose = "services: {api: {build: {context: api, target: ap, args: [PROT=1]}}}"
    found = steps(CHECKOUT + f"- {step}\n", "push", {**FILES, "bake.json": bake, "stack.yml": compose})
    assert {each.name for each in found.build_targets if each.is_missing} == targets
    assert {each.name for each in found.passed_arguments if each.is_undeclared} == arguments


@pytest.mark.parametrize(
    ("before", "made"),
    [
        ("run: npm ci && npm test", False),
        ("run: echo done > web/log", False),
        ("run: mkdir -p other", False),
        ("run: git fetch --tags", False),
        ("run: npx eslint .", False),
        ("uses: docker/setup-buildx-action@v3", False),
        ("run: mkdir -p image", True),
        ("run: echo 'FROM scratch' > image/Dockerfile", True),
        ("run: echo 'FROM scratch' > $TARGET", True),
        ("run: git clone https://example.com/image", True),
        ("run: npx create-image", True),
        ("run: ./make.sh", True),
        ("run: python make.py", True),
        ("{run: New-Item image, shell: pwsh}", True),
        ("uses: actions/download-artifact@v5", True),
        ("uses: acme/make-image@v1", True),
        ("{uses: actions/checkout@v5, with: {repository: acme/image, path: image}}", True),
        ("{uses: actions/cache@v4, with: {path: image, key: a}}", True),
        ("{uses: actions/cache@v4, with: {path: ~/.npm, key: a}}", False),
    ],
)
def test_steps_that_make_files(before: str, made: bool) -> None:
    assert missing(f"- {before}\n" + action("context: image")) == (set() if made else {"image"})


@pytest.mark.parametrize(("ignored", "paths"), [("", {"image"}), ("/image\n", set())])
def test_builds_make_what_git_ignores(ignored: str, paths: set[str]) -> None:
    text = "- run: npm run build\n" + action("context: image")
    assert missing(text, {".gitignore": ignored}) == paths


def test_the_committed_repository_is_what_it_is() -> None:
    assert missing("- run: ./make.sh\n" + action("push: false")) == {"Dockerfile"}


@pytest.mark.parametrize(
    "files",
    [
        {"api.Dockerfile": "FROM scratch"},
        {"action.yml": "name: a"},
        {".github/dependabot.yml": ""},
        {"README.md": "", ".gitmodules": "path = image"},
    ],
)
def test_silence_where_files_may_lie_elsewhere(files: dict[str, str]) -> None:
    found = steps(CHECKOUT + action("context: image"), "push", files).build_paths
    assert not any(path.is_missing for path in found)


def test_silence_without_a_checkout() -> None:
    assert not steps(action("context: image"), "push", FILES).build_paths


def test_what_other_repositories_call_is_not_ours() -> None:
    assert not missing(action("context: image"), on="workflow_call")
    assert missing(action("context: image"), on="[push, workflow_call]") == {"image"}


def test_a_path_in_a_leg_of_the_matrix() -> None:
    found = pipeline(
        """
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            strategy: {matrix: {app: [api, web]}}
            steps:
              - uses: docker/build-push-action@v7
                with: {file: "${{ matrix.app }}/Dockerfile"}
        """,
        FILES,
    ).build_paths
    path = next(path for path in found if path.is_missing)
    assert (path.target, path.better, path.edits) == ("web/Dockerfile", "api/Dockerfile", None)


@pytest.mark.parametrize(
    ("given", "targets", "arguments"),
    [
        ("target: app, build-args: PORT=1", set(), set()),
        ("target: App, build-args: port=1", set(), {"port"}),
        ("target: '0', build-args: 'HTTPS_PROXY=a'", set(), set()),
        ("target: ap, build-args: 'PROT=a'", {"ap"}, {"PROT"}),
        ("target: '${{ vars.X }}', build-args: '${{ vars.X }}=1'", set(), set()),
    ],
)
def test_targets_and_arguments(given: str, targets: set[str], arguments: set[str]) -> None:
    found = steps(CHECKOUT + action(f"context: api, {given}"), "push", FILES)
    assert {each.name for each in found.build_targets if each.is_missing} == targets
    assert {each.name for each in found.passed_arguments if each.is_undeclared} == arguments


@pytest.mark.parametrize(
    ("before", "known"),
    [
        ("npm ci", True),
        ("docker build -f api/Dockerfile api", True),
        ("hadolint api/Dockerfile", True),
        ("cp web.Dockerfile api/Dockerfile", False),
        ("echo 'FROM a AS b' >> api/Dockerfile", False),
    ],
)
def test_a_dockerfile_that_steps_change_is_not_known(before: str, known: bool) -> None:
    found = steps(CHECKOUT + f"- run: {before}\n" + action("context: api, target: b"), "push", FILES)
    assert bool(found.build_targets) == known
