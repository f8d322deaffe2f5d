"""The tags that lists and docker/metadata-action give, event by event."""

from __future__ import annotations

from textwrap import dedent, indent

import pytest

from cilint.pipeline.effects.tags import image_of, pieces
from cilint.pipeline.scenarios import SHA
from cilint.text.hole import HOLE
from tests.pipeline.repositories import DEPLOY, repository
from tests.pipeline.repository import steps

ANY = "{push: {}, pull_request: {}, schedule: [{cron: '0 0 * * 1'}]}"
MAIN, BRANCH, TAG = "a push to main", "a push to feature/x", "a push of the tag v1.0.0"
PULL, NIGHT = "a pull request to main", "schedule"


def made(rules: str, event: str, extra: str = "") -> list[str]:
    """The tags that are surely pushed in an event; ``…`` for a part that is not known."""
    text = f"""
- id: meta
  uses: docker/metadata-action@v6
  with:
    images: ghcr.io/Acme/API
    tags: |
      {rules}
{extra}
- uses: docker/build-push-action@v7
  with: {{push: true, tags: "${{{{ steps.meta.outputs.tags }}}}"}}
"""
    pushes = steps(text, ANY).image_pushes
    found = []
    for push in pushes:
        scenario = next(run.scenario for run in pushes[0].build.runs if run.scenario.title == event)  # type: ignore[union-attr]
        image = push.image_in(scenario)
        if push.state(scenario) is True and image:
            assert image.name == "ghcr.io/acme/api"
            found.append((image.tag or "").replace("\0", "…"))
    return found


@pytest.mark.parametrize(
    ("rules", "event", "tags"),
    [
        ("type=sha", MAIN, [f"sha-{SHA[:7]}"]),
        ("type=sha,format=long,prefix=", PULL, [SHA]),
        ("type=ref,event=branch", BRANCH, ["feature-x"]),
        ("type=ref,event=branch", PULL, []),
        ("type=ref,event=pr", PULL, ["pr-1"]),
        ("type=ref,event=tag", TAG, ["v1.0.0", "latest"]),
        ("type=ref,event=tag", MAIN, []),
        ("type=edge", MAIN, ["edge"]),
        ("type=edge", BRANCH, []),
        ("type=edge,branch=feature/x", BRANCH, ["edge"]),
        ("type=schedule", NIGHT, ["nightly"]),
        ("type=schedule", MAIN, []),
        ("type=semver,pattern={{version}}", MAIN, []),
        ("type=semver,pattern={{version}}", TAG, ["…", "latest"]),
        ("type=raw,value=latest,enable={{is_default_branch}}", MAIN, ["latest"]),
        ("type=raw,value=latest,enable={{is_default_branch}}", BRANCH, []),
        ("type=raw,value=latest,enable={{is_not_default_branch}}", BRANCH, ["latest"]),
        ("type=raw,latest,enable=false", MAIN, []),
        ("type=raw,value=v-{{branch}}-{{sha}}", BRANCH, [f"v-feature-x-{SHA[:7]}"]),
        ("type=raw,value=x,enable=${{ github.event_name == 'push' }}", PULL, []),
        ("type=raw,value={{date 'YYYY'}}", MAIN, ["…"]),
        ("latest", PULL, ["latest"]),
        ("${{ github.sha }}", MAIN, [SHA]),
        ("# a comment", MAIN, ["main"]),
        ("type=raw,value=x,prefix=a-,suffix=-b", MAIN, ["a-x-b"]),
    ],
)
def test_rules_of_metadata_action(rules: str, event: str, tags: list[str]) -> None:
    assert made(rules, event) == tags


@pytest.mark.parametrize(
    ("flavor", "tags"),
    [
        ("latest=true", ["x", "latest"]),
        ("latest=false", ["x"]),
        ("prefix=a-", ["a-x"]),
        ("latest=true,prefix=a-,onlatest=true", ["a-x", "a-latest"]),
        ("latest=${{ github.ref == 'refs/heads/main' }}", ["x", "latest"]),
        ("latest=${{ github.event_name == 'schedule' }}", ["x"]),
        ("suffix=-alpine", ["x-alpine"]),
    ],
)
def test_flavor(flavor: str, tags: list[str]) -> None:
    assert made("type=raw,value=x", MAIN, f"    flavor: {flavor}") == tags


def test_several_images() -> None:
    found = steps("""
        - id: meta
          uses: docker/metadata-action@v6
          with:
            images: |
              ghcr.io/acme/api
              name=acme/api,enable=${{ github.event_name == 'schedule' }}
              name=quay.io/acme/api
            tags: type=sha
        - uses: docker/build-push-action@v7
          with: {push: true, tags: "${{ steps.meta.outputs.tags }}"}
        """)
    assert [push.image.host for push in found.image_pushes] == ["ghcr.io", "quay.io"]


def test_lists_keep_their_places() -> None:
    text = "a:1, b:${{ format('{0},{1}', 1, 2) }}\n# no\n c:3\n"
    assert [(piece.text, text[piece.start :][: len(piece.text)] == piece.text) for piece in pieces(text)] == [
        ("a:1", True),
        ("b:${{ format('{0},{1}', 1, 2) }}", True),
        ("c:3", True),
    ]


@pytest.mark.parametrize(
    ("text", "host", "path", "tag"),
    [
        ("ghcr.io/a/b:feature/x", "ghcr.io", "a/b", "feature-x"),
        ("localhost:5000/a/b:1", "localhost:5000", "a/b", "1"),
        ("a/b", "docker.io", "a/b", None),
    ],
)
def test_tags_with_slashes(text: str, host: str, path: str, tag: str | None) -> None:
    image = image_of(text)
    assert (image.host, image.path, image.tag) == (host, path, tag)


META = """
    - id: meta
      uses: docker/metadata-action@v6
      with: {images: ghcr.io/acme/api, tags: "type=raw,value=x"}
    """
BUILD = """
    - uses: docker/build-push-action@v7
      with: {push: true, tags: "%s"}
    """


def names(files: dict[str, str]) -> set[str]:
    """The names that a push to main publishes."""
    found = repository(files, branch="main").image_pushes
    return {push.image.text for push in found if any(run.scenario.main for run in push.runs)}


def inside(text: str, spaces: int = 14) -> str:
    return indent(dedent(text).strip("\n"), " " * spaces).lstrip()


@pytest.mark.parametrize(
    "tags", ["${{ needs.plan.outputs.tags }}", "${{ env.TAGS }}", "${{ needs.plan.outputs.tags }},a/b:1"]
)
def test_tags_from_another_job(tags: str) -> None:
    text = f"""
        on: {{push: {{branches: [main]}}}}
        jobs:
          plan:
            runs-on: x
            outputs: {{tags: "${{{{ steps.meta.outputs.tags }}}}", other: "${{{{ vars.X }}}}"}}
            steps:
              {inside(META)}
          build:
            needs: plan
            runs-on: x
            env: {{TAGS: "${{{{ needs.plan.outputs.tags }}}}"}}
            steps:
              {inside(BUILD % tags)}
        """
    made = {"ghcr.io/acme/api:x"} | ({"a/b:1"} if "a/b" in tags else set())
    assert made <= names({DEPLOY: text})
    assert "ghcr.io/acme/api:x" not in names({DEPLOY: text.replace(tags, "${{ needs.plan.outputs.other }}")})


def test_tags_from_actions_and_to_actions_and_workflows() -> None:
    entry = """
        on: {push: {branches: [main]}}
        jobs:
          plan: {uses: ./.github/workflows/plan.yml}
          build:
            needs: plan
            uses: ./.github/workflows/build.yml
            with: {tags: "${{ needs.plan.outputs.tags }}"}
        """
    plan = """
        on: {workflow_call: {outputs: {tags: {value: "${{ jobs.one.outputs.tags }}"}}}}
        jobs:
          one:
            runs-on: x
            outputs: {tags: "${{ steps.names.outputs.list }}"}
            steps: [{id: names, uses: ./names}]
        """
    action = f"""
        outputs: {{list: {{value: "${{{{ steps.meta.outputs.tags }}}}"}}}}
        runs:
          using: composite
          steps:
              {inside(META)}
        """
    build = """
        on: {workflow_call: {inputs: {tags: {type: string}}}}
        jobs: {one: {runs-on: x, steps: [{uses: ./image, with: {tags: "${{ inputs.tags }}"}}]}}
        """
    image = f"""
        inputs: {{tags: {{}}}}
        runs:
          using: composite
          steps:
              {inside(BUILD % "${{ inputs.tags }}")}
        """
    folder = ".github/workflows/"
    files = {DEPLOY: entry, f"{folder}plan.yml": plan, f"{folder}build.yml": build}
    assert names({**files, "names/action.yml": action, "image/action.yml": image}) == {"ghcr.io/acme/api:x"}


def test_a_circle_of_inputs_and_variables_ends() -> None:
    text = """
        on: {push: {branches: [main]}}
        env: {A: "${{ env.B }}", B: "${{ env.A }}"}
        jobs: {b: {runs-on: x, steps: [{uses: docker/build-push-action@v7, with: {push: true, tags: "${{ env.A }}"}}]}}
        """
    assert names({DEPLOY: text}) == {HOLE}


@pytest.mark.parametrize(
    "step",
    [
        "run: for t in ${{ steps.meta.outputs.tags }}; do docker push $t; done",
        "{env: {TAGS: '${{ steps.meta.outputs.tags }}'}, run: 'for t in $TAGS; do docker push \"$t\"; done'}",
        "run: echo '${{ steps.meta.outputs.tags }}' | xargs -n1 docker push",
        "run: |\n    echo '${{ steps.meta.outputs.tags }}' | while read t; do docker push $t; done",
        "run: |\n    while read -r t; do docker push $t; done <<< '${{ steps.meta.outputs.tags }}'",
        "run: |\n    while read -r t; do docker push $t; done <<END\n    ${{ steps.meta.outputs.tags }}\n    END",
        "run: docker buildx build --push $(echo '${{ steps.meta.outputs.tags }}' | sed 's/^/-t /') .",
        'run: docker buildx imagetools create $(jq -r .tags <<< "$DOCKER_METADATA_OUTPUT_JSON") a/b',
    ],
)
def test_tags_that_scripts_are_given(step: str) -> None:
    found = steps(f"{dedent(META).strip()}\n- {step}\n").image_pushes
    assert [push.image.text for push in found] == ["ghcr.io/acme/api:x"]


def test_other_outputs_name_no_tags() -> None:
    script = "- run: docker push ghcr.io/acme/api:${{ steps.meta.outputs.version }}\n"
    (push,) = steps(f"{dedent(META).strip()}\n{script}").image_pushes
    assert push.image.text == f"ghcr.io/acme/api:{HOLE}"


def test_names_of_outputs_of_commands() -> None:
    script = "- run: docker buildx build -o type=image,name=ghcr.io/acme/api:1,push=true .\n"
    assert [push.image.text for push in steps(script).image_pushes] == ["ghcr.io/acme/api:1"]


def test_variables_that_all_name_one_another_take_no_time() -> None:
    names_ = [f"V{number}" for number in range(60)]
    every = "".join(f"${{{{ env.{name} }}}}" for name in names_)
    layer = "".join(f'  {name}: "{every}"\n' for name in names_)
    build = '[{uses: docker/build-push-action@v7, with: {push: true, tags: "${{ env.V0 }}"}}]'
    text = f"on: push\nenv:\n{layer}jobs: {{b: {{runs-on: x, steps: {build}}}}}\n"
    assert HOLE in "".join(names({DEPLOY: text}))
