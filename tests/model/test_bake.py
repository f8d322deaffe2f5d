"""Bake files in HCL and JSON."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cilint.model.bake import read_bake, text, texts

FILE = """
# what is built
variable "TAG" { default = "latest" }
variable "REGISTRY" {
  default = "ghcr.io/acme" // the owner
  validation { condition = TAG != "" }
}
group "default" { targets = ["api", "more"] }
group "more" { targets = [ "web", "default" ] }
function "f" {
  params = [x]
  result = upper("${x}}")
}
target "base" { context = "." /* all */
  platforms = ["linux/amd64", "linux/arm64"] }
target "api" {
  inherits = ["base"]
  tags = [
    "${REGISTRY}/api:${TAG}",
    equal(TAG, "x") ? "a" : "b",
  ]
  args = { A = 1, "B" : "x" }
  cache-to = [{ type = "gha", mode = "max" }]
  dockerfile = <<EOT
}
EOT
}
target "web" { inherits = ["api"]
  tags = [TAG] }
"""


def test_groups_variables_and_inheritance() -> None:
    bake = read_bake(FILE)
    values = bake.values({"TAG": "1"})
    assert bake.members(["default"], {}) == ["api", "web"]
    assert texts(bake.attributes("api")["tags"], values) == ["ghcr.io/acme/api:1", "\0"]
    assert bake.attributes("web")["platforms"] == ["linux/amd64", "linux/arm64"]
    assert texts(bake.attributes("web")["tags"], bake.values({})) == ["latest"]
    assert texts(bake.attributes("api")["cache-to"], values) == ["type=gha,mode=max"]
    assert bake.ancestors("web") == {"api", "base"}


def test_json() -> None:
    bake = read_bake(
        '{"target": {"a": {"tags": ["x:${T}"]}}, "variable": {"T": {"default": "1"}}}', json=True
    )
    assert texts(bake.attributes("a")["tags"], bake.values({})) == ["x:1"]
    assert texts(bake.attributes("a")["tags"], {}) == ["x:\0"]


@pytest.mark.parametrize(
    ("value", "known"),
    [(None, ""), (True, "true"), ("${A}", "1"), ("${A}${B}", "1\0"), ("%{ if x }", "\0"), (["a"], "\0")],
)
def test_texts(value: object, known: str) -> None:
    assert text(value, {"A": "1"}) == known


def test_bounds() -> None:
    assert read_bake("target a { x = " + "[" * 100_000).targets == {}
    assert read_bake(" " * 300_000 + 'target "a" {}').targets == {}
    loop = read_bake('target "a" { inherits = ["b"] }\ntarget "b" { inherits = ["a"] }')
    assert loop.attributes("a")["inherits"] == ["b"]
    assert loop.ancestors("a") == {"a", "b"}


@given(st.text(alphabet='{}[]="ab \n,:$<', max_size=60))
def test_never_fails(source: str) -> None:
    for json in (False, True):
        bake = read_bake(source, json=json)
        for name in bake.targets:
            bake.attributes(name)
