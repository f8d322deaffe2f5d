"""Which workflow builds, what keeps it from running on an event, and what its publications wait for."""

from __future__ import annotations

import pytest

from cilint.model.files import MemoryFiles
from cilint.model.project import Project
from cilint.pipeline.gating import unwaited
from cilint.pipeline.pipeline import Pipeline

PUSH = "docker buildx build --push -t ghcr.io/acme/api ."
PARAMETERS = {
    "build_workflow": "backend-build.yml",
    "deploy_workflow": "backend-deploy.yml",
    "branch": "main",
}


def pipeline(**files: str) -> Pipeline:
    """A project of workflows; their names have ``_`` for ``-``."""
    given = {f".github/workflows/{name.replace('_', '-')}.yml": text for name, text in files.items()}
    return Pipeline(Project(MemoryFiles(given)), PARAMETERS)


def workflow(on: str, *steps: str, extra: str = "") -> str:
    lines = "".join(f"      - run: {step}\n" for step in steps)
    return f"on: {on}\njobs:\n  job:\n    runs-on: ubuntu-latest\n{extra}    steps:\n{lines}"


def names(found: Pipeline) -> list[str]:
    return [build.path.rpartition("/")[2] for build in found.build_workflows]


def test_the_configured_name_counts_first() -> None:
    assert names(pipeline(backend_build="on: push\n", other=workflow("push", PUSH))) == ["backend-build.yml"]


def test_what_publishes_the_main_branch_counts_before_releases_and_builds() -> None:
    release = workflow("{push: {tags: ['v*']}}", PUSH)
    check = workflow("pull_request", "docker build .")
    assert names(pipeline(image=workflow("push", PUSH), release=release, check=check)) == ["image.yml"]
    assert names(pipeline(release=release, check=check)) == ["release.yml"]
    assert names(pipeline(check=check)) == ["check.yml"]
    assert names(pipeline(docs=workflow("push", "npm run docs"))) == []


@pytest.mark.parametrize(
    ("on", "missing"),
    [
        ("push", None),
        ("[push, pull_request]", None),
        ("{push: null}", None),
        ("{push: {branches: ['**']}}", None),
        ("{push: {branches: ['*', '*/**']}}", None),
        ("{push: {branches: ['**'], tags: ['v*']}}", None),
        ("{push: {tags-ignore: ['v*'], branches: ['**']}}", None),
        ("pull_request", "pushes do not run"),
        ("{push: {branches: ['*']}}", "stops at a slash"),
        ("{push: {branches: main}}", "feature/x"),
        ("{push: {branches: [main, 'feature/**']}}", "develop"),
        ("{push: {branches: ['**', '!docs']}}", "some branches"),
        ("{push: {branches-ignore: ['dependabot/**']}}", "some branches"),
        ("{push: {branches-ignore: [main]}}", "a push to main"),
        ("{push: {tags: ['v*']}}", "tags alone"),
        ("{push: {tags-ignore: ['v*']}}", "tags alone"),
        ("{push: {paths: [src/**]}}", "changes none of these"),
        ("{push: {branches: ['**'], paths-ignore: ['**.md']}}", "these paths alone"),
    ],
)
def test_pushes_that_do_not_run_it(on: str, missing: str | None) -> None:
    gap = pipeline(backend_build=f"on: {on}\njobs: {{}}\n").build_workflows[0].push_gap
    assert (gap is None) if missing is None else (gap is not None and missing in gap.reason)


@pytest.mark.parametrize(
    ("on", "missing"),
    [
        ("pull_request", None),
        ("[push, pull_request]", None),
        ("{pull_request: {branches: [main]}}", None),
        ("{pull_request: {branches: ['m*', release]}}", None),
        ("{pull_request: {branches-ignore: [docs]}}", None),
        ("{pull_request: {types: [opened, synchronize]}}", None),
        ("{pull_request: {types: [opened, synchronize, reopened, labeled]}}", None),
        ("push", "do not run"),
        ("pull_request_target", "base branch"),
        ("{pull_request: {branches: [develop]}}", "to main"),
        ("{pull_request: {branches: ['**', '!main']}}", "to main"),
        ("{pull_request: {branches-ignore: [main]}}", "to main"),
        ("{pull_request: {types: [opened, reopened]}}", "commits that are added"),
        ("{pull_request: {types: synchronize}}", "when it is opened"),
    ],
)
def test_pull_requests_that_do_not_run_it(on: str, missing: str | None) -> None:
    gap = pipeline(backend_build=f"on: {on}\njobs: {{}}\n").build_workflows[0].pull_request_gap
    assert (gap is None) if missing is None else (gap is not None and missing in gap.reason)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (workflow("push", "npm run lint", PUSH), None),
        (workflow("push", PUSH), "nothing runs the linter before this publishes"),
        (workflow("push", "docker build ."), "nothing runs the linter before this builds"),
        (workflow("push", "npm ci"), "nothing runs the linter before the workflow ends"),
        (workflow("push", PUSH, "npm run lint"), "afterwards"),
        (workflow("push", f"npm run lint && {PUSH}"), None),
        (workflow("push", f"{PUSH} && npm run lint"), "afterwards"),
    ],
)
def test_publications_without_a_check(text: str, reason: str | None) -> None:
    gap = pipeline(backend_build=text).build_workflows[0].gap("lint")
    assert (gap is None) if reason is None else (gap is not None and reason in gap.reason and gap.certain)


def test_a_check_elsewhere_makes_it_uncertain() -> None:
    found = pipeline(backend_build=workflow("push", PUSH), lint=workflow("push", "npm run lint"))
    gap = found.build_workflows[0].gap("lint")
    assert gap is not None
    assert not gap.certain
    assert [label.path for label in gap.related] == [".github/workflows/lint.yml"]


JOBS = """on: push
jobs:
  test:
    runs-on: ubuntu-latest
    steps: [{run: npm test}]
  between:
    needs: test
    runs-on: ubuntu-latest
    steps: [{run: echo}]
  image:
    runs-on: ubuntu-latest
%s
    steps: [{run: docker buildx build --push -t ghcr.io/acme/api .}]
"""


@pytest.mark.parametrize(
    ("keys", "heedless"),
    [
        ("    name: Image", False),
        ("    needs: test", None),
        ("    needs: [between]", None),
        ("    needs: test\n    if: always()", True),
        ("    needs: test\n    if: '!cancelled()'", True),
        ("    needs: test\n    if: always() && needs.test.result == 'success'", None),
        ("    needs: test\n    if: always() && needs.test.result != 'failure'", None),
        ("    needs: test\n    if: github.ref == 'refs/heads/main'", None),
    ],
)
def test_publications_that_do_not_wait_or_heed(keys: str, heedless: bool | None) -> None:
    build = pipeline(backend_build=JOBS % keys).build_workflows[0]
    found = unwaited(build, ("lint", "test"))
    assert [each.heedless for each in found] == ([] if heedless is None else [heedless])
    assert all(each.jobs == ("test",) for each in found)


@pytest.mark.parametrize(
    ("condition", "offered"),
    [
        ("", False),
        ("    if: vars.RELEASES == 'yes'\n", False),
        ("    if: github.ref == 'refs/heads/main'\n", True),
        ("    if: github.ref_name == 'main' && vars.RELEASES == 'yes'\n", True),
    ],
)
def test_a_trigger_is_not_widened_while_it_alone_keeps_branches_from_being_deployed(
    condition: str, offered: bool
) -> None:
    found = pipeline(
        ci=workflow("{push: {branches: [main]}}", PUSH, 'curl -f "$DOKPLOY_WEBHOOK_URL"', extra=condition)
    )
    (build,) = found.build_workflows
    assert build.push_gap is not None
    assert (build.push_gap.edits is not None) is offered


@pytest.mark.parametrize(
    ("on", "offered"), [("push", True), ("{push: {tags: ['v*']}}", False), ("pull_request", False)]
)
def test_no_publication_is_bound_to_a_branch_that_never_starts_it(on: str, offered: bool) -> None:
    (publication,) = pipeline(ci=workflow(on, PUSH)).publications
    assert (publication.require_main("main") is not None) is offered


@pytest.mark.parametrize(("required", "offered"), [("true", False), ("false", True)])
def test_no_trigger_is_added_that_has_none_of_the_inputs_it_needs(required: str, offered: bool) -> None:
    on = f"{{workflow_dispatch: {{inputs: {{service: {{required: {required}}}}}}}}}"
    (build,) = pipeline(ci=workflow(on, "docker build .")).build_workflows
    assert build.push_gap is not None
    assert build.pull_request_gap is not None
    assert (build.push_gap.edits is not None) is offered
    assert (build.pull_request_gap.edits is not None) is offered
