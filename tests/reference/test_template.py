"""The marks of templates."""

from __future__ import annotations

import pytest

from cilint.reference.template import TEMPLATES, fill


def test_values_and_everything_that_looks_like_a_mark_elsewhere() -> None:
    text = "a: «x» ${{ env.A }} $HOME ${B} {{c}} %{http_code} @d@ << EOF\n"
    assert fill(text, {"x": "1"}) == text.replace("«x»", "1")


def test_lines_are_kept_or_dropped() -> None:
    text = "«if a»\nyes\n«if not b»\nboth\n«end»\n«end»\n«if b»\nno\n«end»\nend\n"
    assert fill(text, {"a": True, "b": False}) == "yes\nboth\nend\n"
    assert fill(text, {"a": False, "b": True}) == "no\nend\n"


def test_a_value_of_several_lines_keeps_its_indentation() -> None:
    assert fill("  «x»\n", {"x": "a\nb"}) == "  a\n  b\n"


def test_a_name_without_value_and_a_block_without_end_are_mistakes() -> None:
    with pytest.raises(KeyError):
        fill("«missing»\n", {})
    with pytest.raises(ValueError, match="no end"):
        fill("«if a»\n", {"a": True})


def test_values_are_never_read_as_templates() -> None:
    assert fill("«a»\n", {"a": "«b»", "b": "no"}) == "«b»\n"


def test_every_template_is_part_of_the_package() -> None:
    assert {path.name for path in TEMPLATES.iterdir()} >= {"backend-build.yml", "Dockerfile", "dockerignore"}
