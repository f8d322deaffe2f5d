"""The pipeline as a graph: its nodes and edges, and findings at the innermost thing."""

from __future__ import annotations

from cilint.findings.finding import Finding, Severity
from cilint.pipeline.draw import draw
from cilint.pipeline.graph import Graph, Group, marked
from cilint.pipeline.pipeline import Pipeline
from cilint.text.source import Span
from tests.pipeline.repositories import BUILD, DEPLOY, repository

BUILDING = """
    name: Build
    on: {push: {branches: ['**']}, workflow_dispatch: {}}
    jobs:
      test: {runs-on: x, steps: [{run: npm test}]}
      image:
        name: Make the image
        needs: test
        if: github.ref == 'refs/heads/main'
        runs-on: x
        steps:
          - uses: docker/build-push-action@v6
            with:
              context: api
              push: true
              platforms: linux/arm64
              tags: ghcr.io/o/shop:latest,ghcr.io/o/shop:v1
      manual: {if: github.event_name == 'workflow_dispatch', runs-on: x}
      inner: {needs: image, uses: ./.github/workflows/inner.yml}
    """
DEPLOYING = """
    on: {workflow_run: {workflows: [Build], types: [completed]}}
    jobs:
      ship:
        environment: production
        runs-on: x
        steps:
          - run: |
              curl -X POST "$DOKPLOY_WEBHOOK_URL"
              curl https://shop.example/api/health
    """
INNER = "on: workflow_call\njobs: {scan: {runs-on: x, steps: [{run: x}]}, tell: {needs: scan, runs-on: x}}\n"
FILES = {
    ".github/workflows/a-deploy.yml": DEPLOYING,
    BUILD: BUILDING,
    ".github/workflows/inner.yml": INNER,
    "api/Dockerfile": "FROM scratch\n",
}


def drawn(pipeline: Pipeline) -> Graph:
    return draw(pipeline, pipeline.project.workflows)


def named(group: Group) -> dict[str, str]:
    return {node.id: f"{node.kind} {node.title}" for node in group.nodes}


def test_workflows_follow_what_they_wait_for() -> None:
    graph = drawn(repository(FILES))
    assert [group.title for group in graph.groups] == ["Build", "a-deploy.yml"]
    [edge] = graph.edges
    assert (edge.source, named(graph.groups[1])[edge.target]) == ("w1", "trigger workflow_run")


def test_nodes_and_edges_of_a_build() -> None:
    group = drawn(repository(FILES)).groups[0]
    names = named(group)
    assert {(names[each.source], each.kind, names[each.target]) for each in group.edges} == {
        ("trigger push", "starts", "job test"),
        ("trigger workflow_dispatch", "starts", "job test"),
        ("trigger workflow_dispatch", "starts", "job manual"),
        ("job test", "needs", "job Make the image"),
        ("job Make the image", "does", "build docker/build-push-action@v6"),
        ("dockerfile api/Dockerfile", "from", "build docker/build-push-action@v6"),
        ("build docker/build-push-action@v6", "pushes", "registry o/shop"),
        ("job Make the image", "needs", "job inner"),
        ("job inner", "calls", "job scan"),
        ("job scan", "needs", "job tell"),
    }
    found = {f"{node.kind} {node.title}": node for node in group.nodes}
    assert found["job Make the image"].when == "main only"
    assert found["job test"].when == "every event"
    assert found["build docker/build-push-action@v6"].details == ("linux/arm64", "publishes")
    assert found["registry o/shop"].details == ("ghcr.io", "tags: latest, v1")
    assert found["trigger push"].details == ("branches: **",)


def test_nodes_and_edges_of_a_deploy() -> None:
    group = drawn(repository(FILES)).groups[1]
    names = named(group)
    assert [(names[each.source], each.kind, names[each.target]) for each in group.edges] == [
        ("trigger workflow_run", "starts", "job ship"),
        ("job ship", "does", "deploy Dokploy webhook"),
        ("deploy Dokploy webhook", "then", 'probe Run curl -X POST "$DOKPLOY_WEBHOOK_URL"'),
    ]
    [probe] = [node for node in group.nodes if node.kind == "probe"]
    assert probe.details == ("https://shop.example/api/health",)


def finding(
    path: str, text: str, words: str, rule: str = "a/b", severity: Severity = Severity.ERROR
) -> Finding:
    at = text.index(words)
    return Finding(rule, severity, "is wrong", path, Span(at, at + len(words)))


def test_findings_lie_at_the_innermost_thing() -> None:
    pipeline = repository(FILES)
    source = pipeline.project.source(BUILD)
    assert source is not None
    text, inner = source.text, INNER
    graph = marked(
        drawn(pipeline),
        [
            finding(BUILD, text, "Build"),
            finding(BUILD, text, "branches"),
            finding(BUILD, text, "Make the image"),
            finding(BUILD, text, "linux/arm64", severity=Severity.INFO),
            finding(BUILD, text, "ghcr.io/o/shop:v1"),
            finding(".github/workflows/inner.yml", inner, "run: x"),
            finding(".github/workflows/inner.yml", inner, "workflow_call"),
            Finding("docker/x", Severity.WARNING, "is missing", "api/Dockerfile", None),
            Finding("docker/y", Severity.WARNING, "is elsewhere", "other/Dockerfile", Span(0, 1)),
        ],
    )
    group = graph.groups[0]
    held = {f"{node.kind} {node.title}": [mark.severity.label for mark in node.marks] for node in group.nodes}
    assert {name: marks for name, marks in held.items() if marks} == {
        "trigger push": ["error"],
        "job Make the image": ["error"],
        "build docker/build-push-action@v6": ["error", "info"],
        "job scan": ["error"],
        "job inner": ["error"],
        "dockerfile api/Dockerfile": ["warning"],
    }
    assert len(group.marks) == 1
    assert [mark.rule for mark in graph.elsewhere] == ["docker/y"]
    assert graph.counts == {Severity.ERROR: 6, Severity.WARNING: 2, Severity.INFO: 1}


def test_circles_and_broken_files_are_drawn() -> None:
    graph = drawn(
        repository(
            {
                DEPLOY: "on: push\njobs: {a: {needs: [b, a], runs-on: x}, b: {needs: a, runs-on: x}}\n",
                BUILD: "name: A\non: {workflow_run: {workflows: [B]}}\njobs: {",
                ".github/workflows/c.yml": "name: B\non: {workflow_run: {workflows: [A]}, '': {}}\njobs: 1\n",
            }
        )
    )
    assert len({node.id for group in graph.groups for node in group.nodes} | {"w1", "w2", "w3"}) == 3 + sum(
        len(group.nodes) for group in graph.groups
    )
    names = {node.id for group in graph.groups for node in group.nodes} | {group.id for group in graph.groups}
    for edge in [*graph.edges, *(edge for group in graph.groups for edge in group.edges)]:
        assert {edge.source, edge.target} <= names
