"""The bundle of compiled modules: used where it is right, left aside where it is not."""

from __future__ import annotations

import compileall
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import cilint
from cilint import bundle as module

SOURCE = Path(cilint.__file__).parent
START = "from cilint.__main__ import entry; entry()"
COMMAND = (sys.executable, "-v", "-c", START, "check", "--no-cache", "--policy", "none", "Dockerfile")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the package that may be written, and a project."""
    shutil.copytree(SOURCE, tmp_path / "lib/cilint", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(SOURCE.parent / "rules", tmp_path / "lib/rules")
    (tmp_path / "project/.git").mkdir(parents=True)
    (tmp_path / "project/Dockerfile").write_text("FROM alpine\n")
    return tmp_path


def run(copy: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """One lint by the copy, telling on standard error which loader gave each module."""
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(copy / "lib"), **environment}
    return subprocess.run(COMMAND, cwd=copy / "project", env=env, capture_output=True, text=True, check=False)


def bundled(done: subprocess.CompletedProcess[str]) -> int:
    """How many modules came from the bundle, of a run that found what there is to find."""
    assert done.returncode == 1
    assert "docker/untagged-base" in done.stdout
    return sum("<cilint.bundle.Bundle object" in line for line in done.stderr.splitlines())


def bundle(copy: Path) -> Path:
    return copy / f"lib/cilint/__pycache__/bundle.{sys.implementation.cache_tag}"


def test_a_second_run_takes_its_modules_from_the_bundle(copy: Path) -> None:
    assert bundled(run(copy)) == 0
    assert bundled(run(copy)) > 30


def test_a_changed_module_is_loaded_from_its_source(copy: Path) -> None:
    run(copy)
    module = copy / "lib/cilint/report/text.py"
    module.write_text(module.read_text() + "\nraise SystemExit('changed')\n")
    assert "changed" in run(copy).stderr


def test_a_package_that_has_moved_begins_a_new_bundle(copy: Path) -> None:
    run(copy)
    (copy / "lib").rename(copy / "other")
    assert bundled(run(copy, PYTHONPATH=str(copy / "other"))) == 0
    assert bundled(run(copy, PYTHONPATH=str(copy / "other"))) > 30


@pytest.mark.parametrize("keep", [0, 10, 30, 2000, 200_000])
def test_a_torn_bundle_does_no_harm(copy: Path, keep: int) -> None:
    bundled(run(copy))
    whole = bundle(copy).read_bytes()
    bundle(copy).write_bytes(whole[:keep])
    bundled(run(copy))
    assert bundled(run(copy)) > 30


def test_nothing_is_written_where_python_may_not_write_either(copy: Path) -> None:
    assert bundled(run(copy, PYTHONDONTWRITEBYTECODE="1")) == 0
    assert not bundle(copy).exists()


def test_what_an_installer_compiled_is_bundled_even_where_python_may_not_write(copy: Path) -> None:
    compileall.compile_dir(copy / "lib/cilint", quiet=2)
    run(copy, PYTHONDONTWRITEBYTECODE="1")
    assert bundled(run(copy, PYTHONDONTWRITEBYTECODE="1")) > 30


def test_a_module_without_a_compiled_file_lets_a_bundle_alone(copy: Path) -> None:
    bundled(run(copy))
    bundled(run(copy))
    before = bundle(copy).stat().st_mtime_ns
    module = copy / "lib/cilint/report/text.py"
    module.write_text(module.read_text() + "\n")
    assert bundled(run(copy, PYTHONDONTWRITEBYTECODE="1")) > 30
    assert bundle(copy).stat().st_mtime_ns == before


@pytest.mark.skipif(sys.platform == "win32", reason="nothing is forked there")
def test_forked_processes_do_not_move_each_others_place(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bundled(run(copy))
    monkeypatch.setattr(module, "PACKAGE", str(copy / "lib/cilint"))
    read = module._read()
    os.lseek(read.file, 7, os.SEEK_SET)
    assert read.code("cilint.lint.check").co_filename == str(copy / "lib/cilint/lint/check.py")
    assert os.lseek(read.file, 0, os.SEEK_CUR) == 7
    os.close(read.file)


def test_a_second_run_compiles_no_expression_of_its_own(copy: Path) -> None:
    code = (
        "import re, sys; compiled = []; made = re._compiler.compile;"
        "re._compiler.compile = lambda pattern, flags=0: (compiled.append(pattern), made(pattern, flags))[1];"
        "from cilint.__main__ import main; main(sys.argv[1:], own_process=True);"
        "from cilint.bundle import renew; renew(); print(len(compiled), file=sys.stderr)"
    )
    command = [sys.executable, "-c", code, *COMMAND[4:]]
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(copy / "lib")}
    counts = [
        int(
            subprocess.run(
                command, cwd=copy / "project", env=env, capture_output=True, text=True, check=True
            ).stderr
        )
        for _ in range(2)
    ]
    assert counts[0] > 20
    assert counts[1] == 0
