"""References to images and actions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cilint.model.references import ActionReference, ImageReference

SHA = "0123456789abcdef0123456789abcdef01234567"
DIGEST = "sha256:" + "a" * 64


@pytest.mark.parametrize(
    ("text", "host", "path", "tag", "digest"),
    [
        ("node", "docker.io", "node", None, None),
        ("node:22", "docker.io", "node", "22", None),
        ("acme/api", "docker.io", "acme/api", None, None),
        ("docker.io/library/node:22", "docker.io", "library/node", "22", None),
        (f"ghcr.io/o/n:t@{DIGEST}", "ghcr.io", "o/n", "t", DIGEST),
        (f"node@{DIGEST}", "docker.io", "node", None, DIGEST),
        ("localhost/x", "localhost", "x", None, None),
        ("reg:5000/x", "reg:5000", "x", None, None),
        ("reg:5000/x:1", "reg:5000", "x", "1", None),
        ("\0/node:22", "\0", "node", "22", None),
        ("\0", "\0", "\0", "\0", None),
        ("node\0", "docker.io", "node\0", "\0", None),
        ("node:2\0", "docker.io", "node", "2\0", None),
        ("", "docker.io", "", None, None),
    ],
)
def test_images(text: str, host: str, path: str, tag: str | None, digest: str | None) -> None:
    assert ImageReference.parse(text) == (text, host, path, tag, digest)


def test_what_an_image_tells() -> None:
    node = ImageReference.parse("node:22")
    assert (node.name, node.repository, node.official) == ("docker.io/node", "library/node", "node")
    assert ImageReference.parse("library/node").official == "node"
    assert ImageReference.parse("acme/node").official is None
    assert ImageReference.parse("ghcr.io/node").official is None
    assert [ImageReference.parse(text).pinned for text in ("a:1", f"a@{DIGEST}", "a:\0")] == [
        False,
        True,
        None,
    ]


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("node", True),
        ("a.b:1/c__d/e-f:T.1_x", True),
        (f"a@{DIGEST}", True),
        ("Node", False),
        ("a:", False),
        ("a//b", False),
        ("a b", False),
        ("a@sha256:12", False),
        ("$X", False),
        ("", False),
        ("A\0", True),
        ("a" * 247, True),
        ("a" * 248, False),  # library/ comes before it
        ("a.b/" + "a" * 255, True),
        ("0a" * 32, False),
        ("0g" * 32, True),
    ],
)
def test_valid_images(text: str, valid: bool) -> None:
    assert ImageReference.parse(text).valid is valid


@given(st.text(alphabet="aA.:/@\0-", max_size=20))
def test_the_parts_of_any_text_are_in_it(text: str) -> None:
    image = ImageReference.parse(text)
    assert all(part in text for part in (image.path, image.tag or "", image.digest or "") if part != "\0")
    assert image.valid in (True, False)


def test_actions_of_repositories() -> None:
    action = ActionReference.parse("Docker/Build-Push-Action/sub/dir@v6")
    assert action[1:6] == ("repository", "Docker", "Build-Push-Action", "sub/dir", "v6")
    assert (action.name, action.repository) == (
        "docker/build-push-action/sub/dir",
        "docker/build-push-action",
    )
    assert not action.is_commit
    assert ActionReference.parse(f"a/b@{SHA}").is_commit
    assert ActionReference.parse("a/b/.github/workflows/x.yml@main").path == ".github/workflows/x.yml"


@pytest.mark.parametrize(
    ("text", "kind", "path"),
    [
        ("./.github/actions/x", "local", ".github/actions/x"),
        ("$/.github/workflows/x.yml", "local", ".github/workflows/x.yml"),
        ("./", "local", ""),
        ("docker://alpine:3", "docker", ""),
        ("a/b", "invalid", ""),
        ("a@v1", "invalid", ""),
        ("a/b@", "invalid", ""),
        ("", "invalid", ""),
    ],
)
def test_other_actions(text: str, kind: str, path: str) -> None:
    action = ActionReference.parse(text)
    assert (action.kind, action.path, action.name) == (kind, path, "")


def test_the_image_of_an_action() -> None:
    image = ActionReference.parse("docker://ghcr.io/a/b:1").image
    assert image
    assert (image.host, image.path, image.tag) == ("ghcr.io", "a/b", "1")
