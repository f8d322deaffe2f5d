"""The three pictures: what is in them, and that text of files never becomes markup."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cilint.findings.finding import Severity
from cilint.pipeline.graph import Edge, Graph, Group, Mark, Node
from cilint.report import graph_dot, graph_mermaid, graph_svg
from cilint.report.graph_text import clip, measure

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "</text><script>alert(1)</script>&\"']]>\x00\x1b\n\u202e`%%{init}%%\\ ; end\ud800"


def graph(text: str = "Build", marks: tuple[Mark, ...] = ()) -> Graph:
    nodes = (
        Node("w1onpush", "trigger", "push", (f"branches: {text}",)),
        Node("w1job1", "job", text, (text,), "main only", marks=marks),
        Node("w1build1", "build", text),
        Node("w1dockerfile1", "dockerfile", text),
        Node("w1registry1", "registry", text, (text,)),
        Node("w1deploy1", "deploy", text),
        Node("w1probe1", "probe", text),
    )
    edges = (
        Edge("w1onpush", "w1job1", "starts"),
        Edge("w1job1", "w1build1", "does"),
        Edge("w1dockerfile1", "w1build1", "from"),
        Edge("w1build1", "w1registry1", "pushes"),
        Edge("w1job1", "w1deploy1", "does"),
        Edge("w1deploy1", "w1probe1", "then"),
        Edge("w1probe1", "w1onpush", "needs"),
    )
    second = Group("w2", "Deploy", "b.yml", (Node("w2onworkflowrun", "trigger", "workflow_run"),), ())
    first = Group("w1", text, f"{text}.yml", nodes, edges, marks=marks)
    return Graph((first, second), (Edge("w1", "w2onworkflowrun", "workflow_run"),), marks[:1])


MARKS = (Mark(Severity.ERROR, "deploy/x", "is wrong"), Mark(Severity.INFO, "deploy/y", "may be wrong"))


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg).iter(f"{SVG}text")]


def test_svg_shows_all_nodes_and_edges() -> None:
    root = ET.fromstring(graph_svg.render(graph()))
    classes = [element.get("class", "").split() for element in root.iter()]
    assert sum("box" in each for each in classes) == 8
    assert sum("edge" in each for each in classes) == 8
    assert sum("frame" in each for each in classes) == 2
    assert sum("back" in each for each in classes) == 1
    assert not any("badge" in each for each in classes)
    shown = texts(graph_svg.render(graph()))
    assert {
        "Build",
        "branches: Build",
        "main only",
        "HEALTH CHECK",
        "Deploy",
        "Nothing breaks the policy.",
    } <= {*shown}


def test_svg_marks_count_and_worst_severity() -> None:
    root = ET.fromstring(graph_svg.render(graph(marks=MARKS)))
    [node] = [each for each in root.iter(f"{SVG}g") if each.get("class") == "node job error"]
    tip = node.find(f"{SVG}title")
    assert tip is not None
    assert tip.text == "2 findings, worst: error\nerror deploy/x: is wrong\ninfo deploy/y: may be wrong"
    assert [each.text for each in node.iter(f"{SVG}text")][-1] == "2"
    assert "1 in files that are not pictured" in {*texts(graph_svg.render(graph(marks=MARKS)))}


def test_everything_lies_inside_the_picture() -> None:
    root = ET.fromstring(graph_svg.render(graph("a very long name " * 9, MARKS)))
    width, height = float(root.get("width", 0)), float(root.get("height", 0))
    for rect in root.iter(f"{SVG}rect"):
        x, y = float(rect.get("x", 0)), float(rect.get("y", 0))
        assert 0 <= x <= x + float(rect.get("width", 0)) <= width
        assert 0 <= y <= y + float(rect.get("height", 0)) <= height


def test_hostile_text_stays_text() -> None:
    svg = graph_svg.render(graph(HOSTILE, MARKS))
    assert "<script" not in svg
    assert svg.encode().isascii() or svg.isprintable() or set(svg) - {"\n"}
    root = ET.fromstring(svg)
    assert not list(root.iter(f"{SVG}script"))
    dot = graph_dot.render(graph(HOSTILE))
    for line in dot.splitlines():
        assert len(re.findall(r'(?<!\\)(?:\\\\)*"', line)) % 2 == 0
    mermaid = graph_mermaid.render(graph(HOSTILE))
    assert "%%{" not in mermaid
    assert "<script" not in mermaid
    for label in re.findall(r'"(.*)"', mermaid):
        assert re.fullmatch(r"(?:[\w .,:/-]|#\d+;|<br/>)*", label)


@settings(max_examples=60)
@given(st.text(st.characters(exclude_categories=[]), max_size=40))
def test_any_text_gives_well_formed_pictures(text: str) -> None:
    ET.fromstring(graph_svg.render(graph(text, MARKS)).encode("utf-8"))
    for render in (graph_dot.render, graph_mermaid.render):
        written = render(graph(text, MARKS))
        written.encode("utf-8")
        assert all(char.isprintable() or char == "\n" for char in written)


def test_mermaid() -> None:
    lines = graph_mermaid.render(graph(marks=MARKS)).splitlines()
    assert lines[0] == "flowchart LR"
    assert '    w1job1["job, main only<br/>Build<br/>Build<br/>2 findings, worst: error"]' in lines
    assert '    w1registry1[("registry<br/>Build<br/>Build")]' in lines
    assert "  w1 ==> w2onworkflowrun" in lines
    assert "    w1dockerfile1 -.-> w1build1" in lines
    assert lines[-2:] == ["  class w1 error", "  class w1job1 error"]
    assert (
        sum(line.strip().startswith("subgraph") for line in lines)
        == sum(line == "  end" for line in lines)
        == 2
    )


def test_dot() -> None:
    dot = graph_dot.render(graph(marks=MARKS))
    assert dot.startswith("digraph pipeline {\n")
    assert dot.count("{") == dot.count("}") == 3
    assert "w1job1 -> w1build1;" in dot
    assert "w1probe1 -> w2onworkflowrun [ltail=cluster_w1" in dot
    assert (
        'label="job, main only\\nBuild\\nBuild\\n2 findings, worst: error", shape=box, color="#cf222e"' in dot
    )


@pytest.mark.parametrize("render", [graph_svg.render, graph_dot.render, graph_mermaid.render])
def test_an_empty_pipeline_is_a_picture_too(render: object) -> None:
    assert callable(render)
    assert render(Graph((), ()))


def test_clipped_text_fits() -> None:
    assert clip("short", 11, 200) == "short"
    for words in ("W" * 60, "il" * 60, "日本語" * 20):
        found = clip(words, 11, 100)
        assert found.endswith("…")
        assert measure(found, 11) <= 100
