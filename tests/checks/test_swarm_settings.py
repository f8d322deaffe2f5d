"""Swarm settings against Dokploy's schema."""

from __future__ import annotations

import pytest

from cilint.checks.swarm_settings import problems
from cilint.model.files import MemoryFiles
from cilint.model.project import Project
from cilint.pipeline.effects.swarm_probes import probe_problems
from cilint.pipeline.pipeline import Pipeline

UPDATE = '"Parallelism": 1, "Order": "start-first"'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f'{{"updateConfigSwarm": {{{UPDATE}}}}}', []),
        (f'{{"updateConfigSwarm": {{{UPDATE}, "Delay": 0, "MaxFailureRatio": 1}}}}', []),
        ('{"updateConfigSwarm": null}', []),
        ('{"healthCheckSwarm": {}}', []),
        ('{"updateConfigSwarm": {}}', ["lacks `Parallelism`", "lacks `Order`"]),
        (f'{{"updateConfigSwarm": {{{UPDATE}, "parallelism": 2}}}}', ["`Parallelism` is meant"]),
        (f'{{"rollbackConfigSwarm": {{{UPDATE}, "FailureAction": "rollback"}}}}', ["one of pause, continue"]),
        ('{"healthCheckSwarm": {"Test": "curl"}}', ["list of texts"]),
        ('{"healthCheckSwarm": {"Test": []}}', ["list of texts"]),
        ('{"healthCheckSwarm": {"Test": ["CMD", 1]}}', []),
        ('{"healthCheckSwarm": {"Interval": "30s", "Retries": true}}', ["nanoseconds", "a number"]),
        ('{"healthCheckSwarm": {"Interval": 30000}}', ["next to nothing"]),
        ('{"healthCheckSwarm": {"Interval": -1}}', ["next to nothing"]),
        ('{"healthCheckSwarm": []}', ["an object"]),
        ('{"helthCheckSwarm": {}}', ["`healthCheckSwarm` is meant"]),
        ('{"stopGracePeriodSwarm": "10s"}', ["nanoseconds"]),
        ('{"placementSwarm": {"anything": 1}, "name": "x"}', []),
        ('{"Test": ["CMD", "true"], "Retry": 1}', ["`Retries` is meant"]),
        ('{"Parallelism": 1}', ["lacks `Order`"]),
        ('{"healthCheckSwarm": {"Test"', ["no JSON"]),
        ('{"other"', []),
        (f'{{"UpdateConfig": {{{UPDATE}}}, "Labels": {{}}}}', ["`updateConfigSwarm` is", "`labelsSwarm` is"]),
        (f'{{"TaskTemplate": {{}}, "UpdateConfig": {{{UPDATE}}}}}', []),
        ('{"Labels": {}, "Mode": {}}', []),
        ("[1]", []),
        ("", []),
        ("\0", []),
    ],
)
def test_problems(text: str, said: list[str]) -> None:
    found = [each.text for each in problems(text)]
    assert len(found) == len(said)
    assert all(part in text for part, text in zip(said, found, strict=True))


_FETCH = "fetch('http://127.0.0.1:3000{}').then((r) => process.exit(r.ok ? 0 : 1))"
SLIM, FULL = "FROM node:22-slim\nCMD npx next start\n", "FROM node:22\nCMD npx next start\n"


@pytest.mark.parametrize(
    ("test", "dockerfiles", "said"),
    [
        (("CMD", "curl", "-f", "http://localhost:3000/api/health"), (SLIM,), ["curl is not"]),
        (("CMD", "curl", "-f", "http://localhost:3000/api/health"), (SLIM, FULL), []),
        (("CMD", "curl", "-f", "http://localhost:3000/api/health"), (), []),
        (("CMD-SHELL", "curl -f http://127.0.0.1/api/healthz || exit 1"), (FULL,), ["/api/health exists"]),
        (
            ("CMD-SHELL", "curl -f http://other/api/healthz || wget -qO- http://other/"),
            (SLIM,),
            ["curl is not"],
        ),
        (("CMD-SHELL", "curl -f http://other/ || node check.js"), (SLIM,), []),
        (("CMD", "node", "-e", _FETCH.format("/api/live")), (SLIM,), ["no route /api/live"]),
        (("CMD", "node", "-e", _FETCH.format("/api/health")), (SLIM,), []),
        (("CMD-SHELL", "curl -f http://other/ || true"), (FULL,), ["curl is followed by `|| true`"]),
        (("CMD", "curl", "http://other/"), (FULL,), ["a container that answers 500 is healthy"]),
        (("CMD", "echo", "ok"), (FULL,), ["every container is healthy"]),
        (("NONE",), (SLIM,), []),
        ((), (SLIM,), []),
    ],
)
def test_probes(test: tuple[str, ...], dockerfiles: tuple[str, ...], said: list[str]) -> None:
    files = {f"Dockerfile.{number}": text for number, text in enumerate(dockerfiles)}
    files["package.json"] = '{"scripts": {"start": "next start"}, "dependencies": {"next": "16.1.0"}}'
    files["app/api/health/route.ts"] = "export const GET = () => Response.json({})"
    found = [text for text, _ in probe_problems(Pipeline(Project(MemoryFiles(files))), test)]
    assert len(found) == len(said)
    assert all(part in text for part, text in zip(said, found, strict=True))
