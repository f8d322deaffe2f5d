"""Swarm settings against Dokploy's schema."""

from __future__ import annotations

import pytest

from cilint.checks.swarm_settings import problems

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
        ("[1]", []),
        ("", []),
        ("\0", []),
    ],
)
def test_problems(text: str, said: list[str]) -> None:
    found = [each.text for each in problems(text)]
    assert len(found) == len(said)
    assert all(part in text for part, text in zip(said, found, strict=True))
