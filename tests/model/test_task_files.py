"""Makefile, justfile and Taskfile: what their tasks need and run."""

from __future__ import annotations

import pytest

from cilint.model.files import MemoryFiles
from cilint.model.task_files import Task, read_tasks


def test_a_makefile() -> None:
    text = (
        "NPX := npx --no\nSTEPS = lint \\\n  types\n.PHONY: all\n"
        "all: $(STEPS) | dirs  # everything\n"
        "lint types: FORCE\n\t@$(NPX) $@ \\\n\t  --all\n\t-rm -f log\n"
        "unit: ; echo $$HOME\n"
        "sub:\n\t$(MAKE) -C web\n"
    )
    tasks = read_tasks(MemoryFiles({"Makefile": text}), "make", "")
    assert tasks is not None
    assert tasks["all"].needs == ("lint", "types", "dirs")
    assert tasks[""] == tasks["all"]
    assert tasks["types"].needs == ("FORCE",)
    assert tasks["types"].body.split("\n") == ["npx --no $@  \t  --all", ":"]
    assert tasks["unit"] == Task((), "echo $HOME")
    assert tasks["sub"].body == "make -C web"
    assert ".PHONY" not in tasks


def test_a_justfile() -> None:
    text = (
        "set shell := ['bash', '-c']\nimage := 'api'\n\n"
        "# all\ndefault: ci\nci: lint (test 'unit') && report\n"
        "@lint:\n    npx eslint .\n    -rm log\ntest kind='all':\n  npx vitest {{kind}}\n"
    )
    tasks = read_tasks(MemoryFiles({"web/justfile": text}), "just", "web")
    assert tasks is not None
    assert tasks["ci"] == Task(("lint", "test", "report"), "")
    assert tasks["lint"].body == "npx eslint .\n:"
    assert tasks["test"].body == "npx vitest {{kind}}"
    assert tasks[""] == tasks["default"]


def test_a_taskfile() -> None:
    text = (
        "version: '3'\ntasks:\n  default: [npm ci]\n  unit: npm test\n"
        "  ci:\n    deps: [unit, {task: types}]\n    cmds: [{task: lint}, {cmd: make}, echo done]\n"
        "  types: {cmd: npx tsc}\n"
    )
    tasks = read_tasks(MemoryFiles({"Taskfile.yml": text}), "task", ".")
    assert tasks is not None
    assert tasks["ci"] == Task(("unit", "types", "lint"), "make\necho done")
    assert tasks["types"].body == "npx tsc"
    assert tasks["unit"].body == "npm test"
    assert tasks[""].body == "npm ci"


@pytest.mark.parametrize("runner", ["make", "just", "task"])
def test_what_cannot_be_read_is_left_out(runner: str) -> None:
    assert read_tasks(MemoryFiles({}), runner, "") is None
    for broken in ("", "\t\t:", "a: b: c:", "tasks: [", "- 1", "\0", "tasks: {a: {cmds: {b: c}}}"):
        files = dict.fromkeys(("Makefile", "justfile", "Taskfile.yml"), broken)
        assert read_tasks(MemoryFiles(files), runner, "") is not None


def test_the_file_may_be_given() -> None:
    files = MemoryFiles({"ci/rules.mk": "lint:\n\tnpx eslint .\n"})
    tasks = read_tasks(files, "make", "", "ci/rules.mk")
    assert tasks is not None
    assert set(tasks) == {"", "lint"}
