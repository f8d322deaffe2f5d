"""``cilint migrate`` as a process, in a repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.command import cilint
from tests.lint.folders import write

FILES = {
    ".hadolint.yaml": "ignored: [DL3059, SC1090]\n",
    ".hadolint.yml": "ignored: [DL3008]\n",
    ".github/zizmor.yml": "rules: {artipacked: {disable: true}}\n",
    "docs/page.md": "",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write(tmp_path / "p", FILES)


def test_a_configuration_is_written_and_holds(project: Path) -> None:
    shown = cilint(project, "migrate", "--diff")
    assert (shown.status, "+  docker/consecutive-runs: off" in shown.out) == (1, True)
    assert not (project / "cilint.yaml").exists()

    ran = cilint(project / "docs", "migrate")
    assert (ran.status, ran.out) == (0, "wrote cilint.yaml from ../.hadolint.yaml, ../.github/zizmor.yml\n")
    assert (
        ran.err
        == "note: ../.hadolint.yaml:1:19: only shell/shellcheck finds SC1090 where it is on; its option `exclude` drops it\n"
    )
    shown = cilint(project, "config")
    assert "rules.docker/apt-yes: " in shown.out, shown.err
    assert "rules.docker/consecutive-runs" not in shown.out


def test_what_is_there_is_kept(project: Path) -> None:
    (project / ".cilint.yaml").write_text("policy: none\n")
    ran = cilint(project, "migrate", ".hadolint.yml")
    assert (ran.status, ".cilint.yaml: there is a configuration already" in ran.err) == (2, True)
    assert not (project / "cilint.yaml").exists()
    assert cilint(project, "migrate", "--force", ".hadolint.yml").status == 0
    text = (project / "cilint.yaml").read_text()
    assert "docker/pin-apt: off" in text
    again = cilint(project, "migrate", ".hadolint.yml")
    assert (again.status, again.out) == (0, "cilint.yaml says all that already.\n")
    assert cilint(project, "migrate", "--diff", ".hadolint.yml").status == 0


def test_what_cannot_be_read_is_told(project: Path) -> None:
    assert cilint(project, "migrate", "none.yaml").status == 2
    (project / ".hadolint.yaml").write_text("ignored:\n  - [a]\n")
    ran = cilint(project, "migrate")
    assert (ran.status, ran.err.startswith("error: .hadolint.yaml:2:5: each of `ignored`")) == (2, True)
    (project / ".hadolint.yaml").write_bytes(b"\xff\xfe\xff")
    ran = cilint(project, "migrate")
    assert (ran.status, "cannot be read" in ran.err) == (2, True)


def test_nothing_to_migrate(tmp_path: Path) -> None:
    ran = cilint(write(tmp_path / "p", {}), "migrate")
    assert (ran.status, ran.out) == (0, "There are no settings of hadolint, zizmor, actionlint or dclint.\n")
