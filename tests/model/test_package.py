"""package.json, lockfiles and version files, read leniently."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cilint.model.files import MemoryFiles
from cilint.model.package import ancestors, node_version, package_manager, read_package


def test_the_fields_of_a_package() -> None:
    text = json.dumps(
        {
            "name": "@acme/orders",
            "scripts": {"lint": "eslint", "test": "vitest run", "odd": 3},
            "dependencies": {"next": "^16.1.6"},
            "devDependencies": {"typescript": "~5.4", "eslint": "latest"},
            "engines": {"node": ">=22"},
            "packageManager": "pnpm@10.2.0",
            "workspaces": {"packages": ["apps/*", 4]},
        }
    )
    package = read_package(
        MemoryFiles({"apps/orders/package.json": "\ufeff" + text}), "apps/orders/package.json"
    )
    assert package is not None
    assert package.valid
    assert (package.name, package.folder) == ("@acme/orders", "apps/orders")
    assert package.scripts == {"lint": "eslint", "test": "vitest run"}
    assert package.version_of("next") == (16, 1)
    assert package.version_of("typescript") == (5, 4)
    assert package.has("eslint")
    assert package.version_of("eslint") is None
    assert not package.has("react")
    assert package.workspaces == ("apps/*",)
    assert package.engines == {"node": ">=22"}


def test_no_file_is_no_package_and_a_broken_one_is_an_empty_package() -> None:
    files = MemoryFiles({"a/package.json": "{", "b/package.json": "[1]", "c/package.json": "[" * 100_000})
    assert read_package(files, "package.json") is None
    for folder in "abc":
        package = read_package(files, f"{folder}/package.json")
        assert package is not None
        assert not package.valid
        assert not package.scripts


def test_the_test_script_that_npm_init_writes_does_not_test() -> None:
    placeholder = {"scripts": {"test": 'echo "Error: no test specified" && exit 1'}}
    package = read_package(MemoryFiles({"package.json": json.dumps(placeholder)}), "package.json")
    assert package is not None
    assert not package.has_tests


@pytest.mark.parametrize(
    ("lockfile", "manager"),
    [
        ("package-lock.json", "npm"),
        ("pnpm-lock.yaml", "pnpm"),
        ("yarn.lock", "yarn"),
        ("bun.lock", "bun"),
        ("bun.lockb", "bun"),
    ],
)
def test_the_lockfile_names_the_package_manager(lockfile: str, manager: str) -> None:
    found = package_manager(MemoryFiles({lockfile: ""}), "apps/web")
    assert (found.name, found.lockfile, found.folder) == (manager, lockfile, "")


def test_the_nearest_lockfile_counts() -> None:
    found = package_manager(MemoryFiles({"yarn.lock": "", "api/package-lock.json": "{}"}), "api")
    assert (found.name, found.folder) == ("npm", "api")


def test_of_two_lockfiles_the_declared_manager_has_its_own() -> None:
    files = {
        "package-lock.json": "{}",
        "yarn.lock": "",
        "package.json": '{"packageManager": "yarn@4.6.0+sha224.ab"}',
    }
    found = package_manager(MemoryFiles(files), "")
    assert (found.name, found.version, found.major) == ("yarn", "4.6.0", 4)


def test_without_a_lockfile_the_declaration_counts_and_then_npm() -> None:
    assert package_manager(MemoryFiles({"package.json": '{"packageManager": "bun@1.2.0"}'}), "").name == "bun"
    assert package_manager(MemoryFiles({}), "deep/er").name == "npm"


@pytest.mark.parametrize(
    ("text", "version"),
    [("22.21.1\n", "22.21.1"), ("v22", "22"), ("lts/jod # ours\n", "lts/jod"), ("\n  v24.1.0  \n", "24.1.0")],
)
def test_node_version_files(text: str, version: str) -> None:
    found = node_version(MemoryFiles({".nvmrc": text}), "apps/web")
    assert found is not None
    assert (found.path, found.text) == (".nvmrc", version)


def test_the_nearest_version_file_counts_and_an_empty_one_does_not() -> None:
    found = node_version(MemoryFiles({".nvmrc": "20", "api/.node-version": "22"}), "api")
    assert found is not None
    assert found.path == "api/.node-version"
    assert node_version(MemoryFiles({".nvmrc": "# nothing\n"}), "") is None


def test_ancestors_end_at_the_root() -> None:
    assert ancestors("a/b") == ("a/b", "a", "")
    assert ancestors("") == ("",)


LEAVES = st.none() | st.integers() | st.text(max_size=5)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(JSON)
def test_any_json_is_read_without_complaint(value: object) -> None:
    keys = ("name", "scripts", "dependencies", "devDependencies", "engines", "packageManager", "workspaces")
    files = MemoryFiles({"package.json": json.dumps(dict.fromkeys(keys, value))})
    package = read_package(files, "package.json")
    assert package is not None
    assert all(isinstance(text, str) for text in package.scripts.values())
    assert package_manager(files, "").name == "npm"
