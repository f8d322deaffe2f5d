"""What runs the scripts of steps, and what expressions leave certain of their errors."""

from __future__ import annotations

import pytest

from cilint.model.files import MemoryFiles
from cilint.model.project import Project
from cilint.pipeline.effects.step_programs import MAX_LENGTH, lasting_error, step_shells
from cilint.pipeline.pipeline import Pipeline

CI = ".github/workflows/ci.yml"


@pytest.mark.parametrize(
    ("job", "shell"),
    [
        ("runs-on: windows-2025", "pwsh"),
        ("runs-on: [self-hosted, Windows]", "pwsh"),
        ("runs-on: ubuntu-24.04", ""),
        ("runs-on: self-hosted", ""),
        ("runs-on: '${{ matrix.os }}', strategy: {matrix: {os: [windows-2025, windows-2022]}}", "pwsh"),
        ("runs-on: '${{ matrix.os }}', strategy: {matrix: {os: [windows-2025, ubuntu-24.04]}}", ""),
        ("runs-on: '${{ matrix.os }}', strategy: {matrix: {os: [windows-2025, self-hosted]}}", ""),
        ("runs-on: '${{ inputs.windows }}'", ""),
        ("runs-on: '${{ fromJSON(inputs.x) }}', name: windows", ""),
        ("runs-on: [], name: windows", ""),
        ("runs-on: windows-2025, defaults: {run: {shell: bash}}", "bash"),
        ("runs-on: ubuntu-24.04, defaults: {run: {shell: 'PowerShell -File {0}'}}", "powershell"),
    ],
)
def test_the_shell_of_a_step_that_names_none(job: str, shell: str) -> None:
    text = f"on: push\njobs:\n  a: {{{job}, steps: [{{run: x}}, {{run: y, shell: 'python {{0}}'}}]}}\n# windows\n"
    pipeline = Pipeline(Project(MemoryFiles({CI: text})))
    assert [found for _, _, found in step_shells(pipeline)] == [shell, "python"]


def test_only_an_error_that_every_filling_leaves_is_told() -> None:
    read: list[str] = []

    def error_in(text: str) -> str | None:
        read.append(text)
        return None if "0" in text else text

    assert lasting_error("a ${{ b }} c", error_in) is None
    assert read == ["a ________ c", "a 00000000 c"]
    assert lasting_error("a ${{ 'b' }}", len) == len("a ${{ 'b' }}")
    read.clear()
    assert lasting_error("a", error_in) == "a"
    assert read == ["a"]
    assert lasting_error("a" * (MAX_LENGTH + 1), error_in) is None
