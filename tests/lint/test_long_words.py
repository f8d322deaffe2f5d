"""Words without an end: whatever they are, all rules together take time in proportion to their length."""

from __future__ import annotations

from time import process_time

import pytest

from cilint.config.resolve import parameters_of, policy_of, resolve
from cilint.config.settings import Settings
from cilint.lint.check import Judged, check
from cilint.model.files import MemoryFiles
from cilint.rules.catalogue import builtin

LENGTH = 40_000
LIMIT = 15  # seconds of the processor; what grows with the square of the length takes longer
STEPS = "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n"
A, ZEROS, SPACES = "a" * LENGTH, "0" * LENGTH, " " * LENGTH

SCRIPTS = {
    "arithmetic": f"x=$(({A}))\n(({A}))\nlet {A}",
    "blanks in arithmetic": f"x=$(( {SPACES} 1 ))",
    "tests": f'[[ {A} ]] && (( {A} )) && [ "${A}" = x ]',
    "a command": f"{A}\n{ZEROS}\n{A}[0",
    "braces": "echo " + "{a,b}" * (LENGTH // 5) + " " + "{" * LENGTH,
    "quotes": "echo " + "'\"'\"" * (LENGTH // 4) + "\\" * LENGTH,
    "expressions": "echo " + "${{ a }}" * (LENGTH // 8) + "${{ " * (LENGTH // 4),
    "a request": f"curl -X POST -H 'x-api-key: a' -d '{'a:' * (LENGTH // 2)}' http://x/api/application.deploy",
    "a program": "node -e 'fetch(`http://x`).then(r=>" + "{" * LENGTH + ")'",
    "a bake file": f"docker buildx bake --set '{A}' --push",
    "cases": "case x in " + "a) ;; " * (LENGTH // 6) + "esac",
}  # fmt: skip
WORKFLOWS = {
    "a label": STEPS.replace("ubuntu-24.04", f"'{ZEROS}'") + "      - run: ls\n",
    "an action": STEPS + "      - uses: " + "a/" * (LENGTH // 2) + "@v1\n",
    "a line without refs": STEPS + f"      - {{run: ls, env: {{X: '{A}'}}}}\n",
    "a pattern": "on: {push: {paths: ['" + "a/**/" * (LENGTH // 5) + "']}}\njobs: {}\n",
    "broken": f"on: push\n{SPACES}x\n - [\n",
}
DOCKERFILES = {
    "a duration": f"FROM a\nHEALTHCHECK --interval={ZEROS} CMD ls\n",
    "an image": "FROM " + "a." * (LENGTH // 2) + "/b:c\n",
    "labels": "FROM a\nLABEL " + "a=b " * (LENGTH // 4) + "\n",
    "variables": "FROM a\nENV X=" + "$A" * (LENGTH // 2) + "\n",
    "a JSON form": 'FROM a\nCMD ["' + "\\" * LENGTH + "\n",
    "mount options": "FROM a\nRUN --mount=" + "a=b," * (LENGTH // 4) + " ls\n",
}
COMPOSE = {
    "a port": f"services: {{a: {{image: x, ports: ['{ZEROS}', '{'1:' * (LENGTH // 2)}']}}}}\n",
    "a variable": "services: {a: {image: '" + "${a:-" * (LENGTH // 5) + "'}}\n",
}


def run(script: str) -> str:
    return STEPS + "      - run: |\n" + "".join(f"          {line}\n" for line in script.split("\n"))


CASES = {
    **{f"script: {name}": (".github/workflows/w.yml", run(script)) for name, script in SCRIPTS.items()},
    **{f"workflow: {name}": (".github/workflows/w.yml", text) for name, text in WORKFLOWS.items()},
    **{f"Dockerfile: {name}": ("Dockerfile", text) for name, text in DOCKERFILES.items()},
    **{f"Compose: {name}": ("compose.yaml", text) for name, text in COMPOSE.items()},
}


@pytest.mark.parametrize("name", CASES)
def test_a_long_word_takes_time_in_proportion(name: str) -> None:
    path, text = CASES[name]
    catalogue, settings = builtin(), Settings().with_command_line(policy=None, select=("ALL",), ignore=())
    parameters = parameters_of(settings, policy_of(settings, catalogue))
    began = process_time()
    judged = Judged(resolve(settings, catalogue), catalogue, parameters)
    result = check(MemoryFiles({path: text}), [path], judged)
    assert process_time() - began < LIMIT
    assert result.checked == (path,)
