"""Which program runs a Compose file, as the scripts of a project say."""

from __future__ import annotations

import time

import pytest

from cilint.model.files import MemoryFiles
from cilint.model.project import Project
from cilint.pipeline.effects.compose_runners import Runners

WEB = "services: {web: {image: 'a:1'}}\n"
BUILT = "services: {web: {build: .}}\n"


def runner(files: dict[str, str], path: str = "compose.yaml", text: str = WEB, target: str = "") -> str:
    project = Project(MemoryFiles({path: text, **files}))
    file = project.compose(path)
    assert file is not None
    found = Runners(project, target).of(file)
    return found[0] if found else ""


@pytest.mark.parametrize(
    ("command", "found"),
    [
        ("docker stack deploy -c compose.yaml app", "Swarm"),
        ("docker stack deploy --compose-file=./compose.yaml app", "Swarm"),
        ("docker --context prod stack deploy -c other.yaml -c compose.yaml app", "Swarm"),
        ("ssh host 'docker stack up -c compose.yaml app'", "Swarm"),
        ("docker stack deploy \\\n  -c compose.yaml app", "Swarm"),
        ("docker compose up -d", "Compose"),
        ("docker-compose -f compose.yaml up", "Compose"),
        ("docker compose --env-file .env run web", "Compose"),
        ("docker compose -f other.yaml up", ""),
        ("docker compose build", ""),
        ("docker compose config && docker service update web", ""),
        ("docker stack deploy -c other.yaml app", ""),
        ("docker stack deploy -c compose.yaml app; docker compose up", ""),
        ("docker compose up; docker stack deploy -c $FILE app", ""),
        ("# docker stack deploy -c compose.yaml app", ""),
        ("docker stack rm app # -c compose.yaml", ""),
    ],
)
@pytest.mark.parametrize("script", ["deploy.sh", "Makefile", "tools/up.bash"])
def test_commands_of_scripts(command: str, found: str, script: str) -> None:
    assert runner({script: f"x:\n\t{command}\n"}) == found


def test_what_else_tells() -> None:
    assert runner({}) == ""
    assert runner({}, text=BUILT) == "Compose"
    assert runner({}, path="stack.compose.yaml", text=BUILT) == ""
    assert runner({}, target="compose") == "Compose"
    assert runner({}, target="dokploy") == ""
    assert runner({"a.sh": "docker stack deploy -c b.yaml b\n"}, text=BUILT, target="compose") == ""
    assert runner({"package.json": '{"scripts": {"dev": "docker compose up"}}'}) == "Compose"
    assert runner({"README.md": "docker stack deploy -c compose.yaml a\n"}) == ""
    assert runner({"deploy/up.sh": "docker compose up\n"}, path="deploy/compose.yaml") == "Compose"


def test_no_script_takes_long() -> None:
    hostile = {
        "a.sh": "docker stack deploy " + "-c " * 80_000,
        "b.sh": "docker " + "-x " * 80_000,
        "c.sh": "docker compose " * 15_000,
        "d.sh": "docker stack deploy \\\n" * 12_000,
    }
    for path, text in hostile.items():
        start = time.perf_counter()
        runner({path: text})
        assert time.perf_counter() - start < 2
