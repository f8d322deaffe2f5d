"""What Compose files refer to, interpolate and publish, and that hostile ones stay within bounds."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cilint.lint.check import Judged, Result, check
from cilint.model.files import MemoryFiles
from cilint.model.project import Project
from cilint.pipeline.effects.compose_ports import flaw_of
from cilint.pipeline.effects.compose_references import inside
from cilint.pipeline.effects.compose_templates import problems
from cilint.pipeline.pipeline import Pipeline
from cilint.rules.active import activate
from cilint.rules.catalogue import builtin
from cilint.syntax.yaml import Mapping, parse

COMPOSE = [rule for rule in builtin().rules.values() if rule.group == "compose"]


def judged(files: dict[str, str], *, every: bool = False, path: str = "compose.yaml") -> Result:
    active = [activate(rule, {}) for rule in COMPOSE if every or rule.enabled]
    return check(MemoryFiles(files), [path], Judged(active, builtin()))


def found(files: dict[str, str] | str, path: str = "compose.yaml") -> list[tuple[str, str]]:
    """The rule and the words of each finding in ``path``."""
    given = {path: files} if isinstance(files, str) else files
    return [
        (each.rule, given[path][each.span.start : each.span.end])
        for each in judged(given, path=path).findings
        if each.span
    ]


# -- documents ---------------------------------------------------------------------------------------


def test_documents_are_laid_over_one_another() -> None:
    text = (
        "services:\n  web: {image: 'a:1', ports: ['80:80'], volumes: ['data:/x']}\n---\n"
        "services:\n  web: {image: 'a:2', ports: ['81:81'], depends_on: [db]}\n  db: {image: 'd:1'}\n---\n"
        "volumes: {data: }\n"
    )
    file = Project(MemoryFiles({"compose.yaml": text})).compose("compose.yaml")
    assert file is not None
    [web, _] = file.services
    assert web.text("image") == "a:2"
    assert len(web.items("ports")) == 2
    assert [rule for rule, _ in found(text)] == ["compose/healthcheck"]


def test_a_mistake_in_a_later_document_is_told_at_its_place() -> None:
    text = "services: {a: {image: 'a:1'}}\n---\nservices: {a: {privileged: true}}\n---\n- x\n"
    assert found(text) == [("compose/privileged", "privileged: true"), ("compose/syntax", "- x")]


def test_empty_documents_count_for_nothing() -> None:
    assert found("---\n---\nservices: {a: {image: 'a:1'}}\n---\n# the end\n") == []


def test_comments_of_later_documents_suppress() -> None:
    text = "services: {a: {image: 'a:1'}}\n---\nservices:\n  a:\n    privileged: true  # cilint: ignore[compose/privileged] tools\n"
    result = judged({"compose.yaml": text})
    assert (result.findings, result.suppressed) == ([], 1)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("services: {a: {image: redis}}  # dclint disable-line service-image-require-explicit-tag\n", 0),
        (
            "# dclint disable-line no-version-field, service-image-require-explicit-tag # why\nservices: {a: {image: redis}}\n",
            0,
        ),
        ("# dclint disable\nservices:\n  a: {image: redis}\n", 0),
        ("# dclint disable-file\nservices:\n  a: {image: redis}\n", 0),
        ("# dclint disable no-version-field\nservices:\n  a: {image: redis}\n", 1),
        ("services:\n  # dclint disable-line\n  a: {image: redis}\n  b: {image: redis}\n", 1),
        ("# dclint disable\nservices:\n  a: {image: 'redis:8', privileged: true}\n", 1),
        ("# dclint disabled\nservices:\n  a: {image: redis}\n", 1),
    ],
)
def test_comments_of_dclint_hold(text: str, left: int) -> None:
    assert len(judged({"compose.yaml": text}).findings) == left


# -- which files are meant ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "text", "told"),
    [
        ("compose-post.yaml", "title: A post\nbody: [\n", False),
        ("my-compose.yml", "recipients: {a: b}\n", False),
        ("compose-dev.yaml", "services: {a: {imag: b}}\n", True),
        ("dev.compose.yml", "x: 1\nservices: {a: {imag: b}}\n", True),
        ("compose.yaml", "servces: {}\n", True),
        ("docker-compose-dev.yml", "servces: {}\n", True),
    ],
)
def test_what_is_only_called_after_compose_is_left_alone(path: str, text: str, told: bool) -> None:
    assert bool(judged({path: text}, path=path).findings) is told


# -- references --------------------------------------------------------------------------------------

WEB = "services:\n  web: {image: 'a:1', depends_on: [db], networks: [back]}\n"
UNKNOWN = [("compose/undefined-service", "db"), ("compose/undefined-resource", "back")]
DB = "services: {db: {image: 'd:1', healthcheck: {test: x}}}\nnetworks: {back: }\n"


def references(files: dict[str, str], path: str = "compose.yaml") -> list[tuple[str, str]]:
    return [each for each in found(files, path) if "undefined" in each[0]]


def test_names_that_are_nowhere() -> None:
    assert references({"compose.yaml": WEB}) == UNKNOWN


@pytest.mark.parametrize(
    ("path", "other"),
    [
        ("compose.yaml", "compose.override.yaml"),
        ("compose.yaml", "docker-compose.prod.yml"),
        ("deploy/compose.prod.yaml", "compose.yaml"),
        ("compose.prod.yaml", "infra/docker-compose.yml"),
        ("docker/compose.yaml", "docker-compose.yml"),
        (".devcontainer/docker-compose.yml", "infra/docker-compose.yml"),
    ],
)
def test_names_of_files_that_go_together(path: str, other: str) -> None:
    assert references({path: WEB, other: DB}, path) == []


def test_a_base_does_not_look_into_other_folders() -> None:
    assert references({"compose.yaml": WEB, "other/compose.yaml": DB}) == UNKNOWN


def test_a_development_container_may_be_laid_over_what_there_is() -> None:
    files = {
        ".devcontainer/docker-compose.yml": "services: {web: {command: sleep infinity}}\n",
        "compose.yaml": DB,
    }
    assert found(files, ".devcontainer/docker-compose.yml") == []
    assert found({"compose.yaml": "services: {web: {command: sleep infinity}}\n"}) == [
        ("compose/no-image", "web")
    ]


def test_includes_are_followed_and_may_go_round() -> None:
    files = {
        "compose.yaml": "include: [parts/a.yaml]\n" + WEB,
        "parts/a.yaml": "include: [{path: [b.yaml, ../compose.yaml]}]\n",
        "parts/b.yaml": "include: [a.yaml]\n" + DB,
    }
    assert references(files) == []
    assert references({**files, "parts/b.yaml": "include: [a.yaml]\nservices: {}\n"}) == UNKNOWN


@pytest.mark.parametrize(
    "entry", ["../x.yaml", "/etc/x.yaml", "oci://a/b", "https://a/b.git", "${X}", "no.yaml"]
)
def test_nothing_is_said_where_an_include_cannot_be_read(entry: str) -> None:
    assert references({"compose.yaml": f"include: ['{entry}']\n{WEB}"}) == []


@pytest.mark.parametrize(
    "other",
    [
        "services: {a: {image: 'a:1', volumes: ['vol:/x']}}\n",
        "services: {a: {image: 'a:1', volumes: ['${V}:/x']}}\n",
        "services: {a: {extends: {file: ../outside.yaml, service: a}}}\n",
        "include: [https://example.com/a.git]\nservices: {}\n",
    ],
)
def test_what_others_may_use_is_not_unused(other: str) -> None:
    text = "services: {b: {image: 'b:1'}}\nvolumes: {vol: }\n"
    assert found({"compose.yaml": text}) == [("compose/unused-resource", "vol")]
    assert found({"compose.yaml": text, "other/compose.yaml": other}) == []


@pytest.mark.parametrize(
    ("path", "relative", "target"),
    [
        ("a/compose.yaml", "../b/x.yaml", "b/x.yaml"),
        ("a/compose.yaml", ".", "a"),
        ("compose.yaml", ".", "."),
        ("a/compose.yaml", "../../x.yaml", None),
        ("compose.yaml", "/x.yaml", None),
        ("compose.yaml", "a/../../x", None),
        ("compose.yaml", "", None),
    ],
)
def test_paths_stay_inside_the_project(path: str, relative: str, target: str | None) -> None:
    assert inside(path, relative) == target


def loops(edges: dict[str, list[str]]) -> list[tuple[str, ...]]:
    services = "".join(f"  {name}: {{image: a, depends_on: {others}}}\n" for name, others in edges.items())
    pipeline = Pipeline(Project(MemoryFiles({"compose.yaml": "services:\n" + services})))
    return [each.loop for each in pipeline.compose_references if each.loop]


@given(st.dictionaries(st.sampled_from("abcdef"), st.lists(st.sampled_from("abcdef"), unique=True)))
def test_a_loop_is_found_where_there_is_one_and_only_there(edges: dict[str, list[str]]) -> None:
    edges = {name: [other for other in others if other in edges] for name, others in edges.items()}
    left = dict(edges)
    while free := [name for name, others in left.items() if not any(other in left for other in others)]:
        left = {name: others for name, others in left.items() if name not in free}
    found = loops(edges)
    assert bool(found) == bool(left)
    for loop in found:
        assert loop[0] == loop[-1]
        assert all(second in edges[first] for first, second in pairwise(loop))


# -- interpolation -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("$$ $A ${A} ${A:-b} ${A-} ${A:?c d} ${A?} ${A:+b} ${A+b} ${_a1}", []),
        ("${A:-${B:-${C}}}} }{", []),
        ("$", [0]),
        ("a $1 $$2 $", [2, 9]),
        ("$(x) ${1} ${} ${A!} ${A", [0, 5, 10, 14, 20]),
        ("${A:-${B}", [0]),
        ("${A:-$(x)}", [5]),
        ("$$$", [2]),
    ],
)
def test_dollar_signs(text: str, places: list[int]) -> None:
    assert [at for at, _ in problems(text)] == places


@given(st.text(alphabet="$ab{}:-?+1 \n", max_size=30))
def test_a_doubled_dollar_sign_is_always_one(text: str) -> None:
    assert list(problems(text.replace("$", "$$"))) == []


# -- ports -------------------------------------------------------------------------------------------


def flaw(port: str, *, exposed: bool = False) -> str:
    root = parse(f"a: {port}\n").root
    assert isinstance(root, Mapping)
    node = root.get("a")
    assert node is not None
    return flaw_of(node, exposed=exposed)


@given(st.integers(0, 99_999), st.integers(0, 99_999), st.integers(0, 99_999), st.integers(0, 99_999))
def test_ranges(first: int, last: int, start: int, end: int) -> None:
    right = first <= last < 65_536 and start <= end < 65_536 and (start == end or last - first == end - start)
    assert bool(flaw(f"'{first}-{last}:{start}-{end}/udp'")) is not right
    assert bool(flaw(f"{{published: '{first}-{last}', target: '{start}-{end}'}}")) is not right


@pytest.mark.parametrize("port", ["80", "'::1:80:80'", "'[fe80::1]:80:80'", "'0.0.0.0::80/SCTP'", "'${X}'"])
def test_ports_that_are_right(port: str) -> None:
    assert flaw(port) == ""


# -- bounds ------------------------------------------------------------------------------------------


def test_no_file_takes_long() -> None:
    chain = "services:\n" + "".join(
        f"  s{n}: {{image: a, depends_on: [s{n + 1}, s0]}}\n" for n in range(1500)
    )
    texts = {
        "chain": chain,
        "unknown": "services:\n"
        + "".join(f"  s{n}: {{imag: a, volumes: ['v{n}:/x']}}\n" for n in range(1500)),
        "keys": "services:\n  a:\n" + "".join(f"    x-{n}: 1\n    y{n}: 1\n" for n in range(1500)),
        "dollars": "services: {a: {image: a, command: '" + "$ ${A:-" * 40_000 + "'}}\n",
        "orders": "services:\n" + "".join(f"  s{n:04}:\n    image: a\n" for n in reversed(range(1500))),
        "includes": "include: [" + "compose.yaml, " * 3000 + "]\nservices: {a: {depends_on: [b]}}\n",
        "aliases": "x: &x {a: [b]}\nservices: {a: {image: a, deploy: {resources: {limits: ["
        + "*x, " * 2000
        + "]}}}}\n",
        "documents": "services: {a: {image: a}}\n---\n" * 1500,
    }
    for name, text in texts.items():
        started = time.process_time()
        judged({"compose.yaml": text}, every=True)
        assert time.process_time() - started < 30, name


@given(
    st.recursive(
        st.sampled_from(["a", "1", "'$x'", "!reset null", "~", "*x"]),
        lambda inner: (
            st.lists(inner, max_size=4).map(lambda items: "[" + ", ".join(items) + "]")
            | st.dictionaries(
                st.sampled_from(
                    [
                        "services",
                        "a",
                        "image",
                        "build",
                        "ports",
                        "volumes",
                        "depends_on",
                        "healthcheck",
                        "test",
                        "networks",
                        "secrets",
                        "include",
                        "path",
                        "deploy",
                        "extends",
                        "environment",
                        "<<",
                        "target",
                    ]
                ),
                inner,
                max_size=4,
            ).map(lambda items: "{" + ", ".join(f"{key}: {value}" for key, value in items.items()) + "}")
        ),
        max_leaves=25,
    )
)
def test_no_shape_is_too_odd(text: str) -> None:
    judged({"compose.yaml": f"x: &x {{a: b}}\nservices: {text}\n"}, every=True)
    judged(
        {"compose.yaml": f"x: &x {{a: b}}\nservices: {{a: {text}, b: {text}}}\nvolumes: {text}\n"}, every=True
    )
