"""Dockerfiles of many instructions or words: all rules together take no more than linear time."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from cilint.lint.check import Judged, check
from cilint.model.files import MemoryFiles
from cilint.rules.active import activate
from cilint.rules.catalogue import builtin

Shape = Callable[[int], str]
SHAPES: dict[str, Shape] = {
    "variables for many RUNs": lambda n: f"ENV V{n}=v\nRUN echo $V{n}\n" * 2,
    "arguments for many RUNs": lambda n: f"ARG A{n}=1\nRUN echo $A{n} $A0\n" * 2,
    "builds of Node.js": lambda _: "COPY . .\nRUN npm install\nRUN npm run build\n",
    "packages": lambda n: f"RUN apt-get install -y p{n}\n" * 3,
    "arguments": lambda n: f"ARG A{n}=1\n" * 5,
    "copies": lambda n: f"COPY f{n} .\n" * 5,
    "commands": lambda _: "CMD a\n" * 8,
    "heredocs": lambda n: f"RUN <<EOF\necho {n}\nEOF\n" * 3,
    "stages": lambda n: f"FROM debian:12 AS s{n}\nCOPY --from=s{n - 1} /a /b\n",
    "ONBUILD": lambda n: f"ONBUILD RUN echo {n}\n" * 3,
    "ENVs without a value": lambda n: f"ENV {n}\n" * 6,
    "users and folders": lambda n: f"USER u{n}\nWORKDIR d{n}\nRUN id\n",
}


@pytest.fixture(scope="module")
def judged() -> Judged:
    known = builtin()
    declared = known.policies["ghcr-dokploy"].parameters
    parameters = {name: parameter.default for name, parameter in declared.items()}
    rules = [rule for rule in known.rules.values() if rule.group == "docker"]
    return Judged([activate(rule, parameters) for rule in rules], known, parameters)


def test_long_dockerfiles_take_no_more_than_linear_time(judged: Judged) -> None:
    began = time.process_time()
    for name, shape in SHAPES.items():
        text = "FROM debian:12 AS s0\n" + "".join(shape(n) for n in range(1, 1000))
        result = check(MemoryFiles({"Dockerfile": text}), ["Dockerfile"], judged)
        assert result.checked == ("Dockerfile",), name
    assert time.process_time() - began < 30
