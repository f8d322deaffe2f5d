"""Adding the hook to a pre-commit configuration that is there already."""

from __future__ import annotations

import pytest
from ruamel.yaml import YAML

from cilint.reference.precommit import with_hook
from cilint.reference.template import render

ENTRY = render("pre-commit-hook.yaml", {"version": "1.2.3"})


def hooks(text: str) -> list[str]:
    loaded = YAML(typ="safe", pure=True).load(text)
    return [hook["id"] for repo in loaded["repos"] for hook in repo["hooks"]]


def test_a_new_file() -> None:
    text = with_hook(None, ENTRY)
    assert text is not None
    assert hooks(text) == ["cilint"]
    assert "cilint==1.2.3" in text


@pytest.mark.parametrize(
    "existing",
    [
        "repos:\n- repo: meta\n  hooks:\n  - id: identity\n",
        "repos:\n  - repo: meta\n    hooks:\n      - id: identity",
        "# ours\nrepos: # all\n  - repo: meta\n    hooks: [{id: identity}]\n\n# about CI\nci:\n  skip: []\n",
        "fail_fast: true\nrepos:\n    - repo: meta\n      hooks:\n          - id: identity\n\n\n",
        "repos:\r\n  - repo: meta\r\n    hooks:\r\n      - id: identity\r\nfail_fast: true\r\n",
    ],
)
def test_the_hook_is_added_and_everything_else_stays(existing: str) -> None:
    text = with_hook(existing, ENTRY)
    assert text is not None
    assert hooks(text) == ["identity", "cilint"]
    rest = iter(text.splitlines())
    assert all(line in rest for line in existing.splitlines() if line.strip())
    assert ("\r\n" in text) is ("\r\n" in existing)
    assert with_hook(text, ENTRY) == text


@pytest.mark.parametrize(
    "existing", ["", "repos: []\n", "repos: [{repo: meta}]\n", "- repo: meta\n", "repos:\n"]
)
def test_what_cannot_be_added_to_safely_is_left_alone(existing: str) -> None:
    assert with_hook(existing, ENTRY) is None
