"""Workflows and actions that are broken at random: every rule gets through, and each file is reported once."""

from __future__ import annotations

from random import Random
from time import process_time

import pytest

from cilint.lint.check import Judged, check
from cilint.model.files import MemoryFiles
from cilint.rules.active import activate
from cilint.rules.catalogue import builtin
from cilint.rules.rule import PROGRAM_CHECKS

WORKFLOW = """\
name: Release
run-name: ${{ github.actor }} releases
on:
  push: {branches: [main, 'release/**'], paths-ignore: ['docs/**']}
  schedule: [{cron: '5 4 * * 1', timezone: Europe/Vienna}]
  workflow_dispatch:
    inputs:
      stage: {type: choice, options: [staging, production], default: staging}
      force: {type: boolean, default: false}
  workflow_call:
    inputs: {version: {type: string, required: true}}
    secrets: {token: {required: true}}
    outputs: {digest: {value: '${{ jobs.build.outputs.digest }}'}}
permissions: {contents: read, packages: write}
env: &env {REGISTRY: ghcr.io, IMAGE: 'octo/app'}
concurrency: {group: release, cancel-in-progress: false, queue: max}
jobs:
  build:
    runs-on: ${{ matrix.os }}
    strategy:
      fail-fast: false
      matrix:
        os: [ubuntu-24.04, windows-2025]
        node: [22, 24]
        include: [{os: ubuntu-24.04, node: 24, last: true}]
        exclude: [{os: windows-2025, node: 22}]
    container: {image: 'node:24', env: *env, credentials: {username: a, password: '${{ secrets.P }}'}}
    services: {db: {image: 'postgres:18', ports: ['5432:5432']}}
    outputs: {digest: '${{ steps.push.outputs.digest }}'}
    steps:
      - uses: actions/checkout@v5
        with: {fetch-depth: 0}
      - id: meta
        if: github.event_name == 'push' && !cancelled() || contains(github.ref, 'x')
        uses: docker/metadata-action@v5
        with: {images: 'ghcr.io/octo/app', tags: 'type=sha'}
      - {id: serve, run: npm start, background: true}
      - parallel: [{run: npm test}, {run: npm run lint, shell: bash}]
      - wait: serve
      - id: push
        uses: docker/build-push-action@v6
        with: {push: "${{ github.ref == 'refs/heads/main' && true || false }}", tags: '${{ steps.meta.outputs.tags }}'}
      - shell: python
        run: |
          import os
          print(os.environ["A"], "${{ toJSON(github.event) }}")
      - run: |
          echo "::set-output name=a::${{ github.head_ref }}"
          curl -f "https://dokploy.example.com/api/deploy/${{ secrets.TOKEN }}" | tee log
  deploy:
    needs: [build]
    if: ${{ needs.build.result == 'success' && format('{0}', inputs.stage) != '' }}
    uses: ./.github/workflows/deploy.yml
    with: {tag: '${{ needs.build.outputs.digest }}'}
    secrets: inherit
"""
ACTION = """\
name: Greet
description: Says hello
inputs: {who: {description: Who, required: true, default: '${{ github.actor }}'}}
outputs: {said: {description: What, value: '${{ steps.say.outputs.said }}'}}
runs:
  using: composite
  steps:
    - {id: say, if: inputs.who != '', shell: bash, run: 'echo "said=$WHO" >> "$GITHUB_OUTPUT"', env: {WHO: '${{ inputs.who }}'}}
branding: {icon: award, color: blue}
"""
PIECES = [
    "${{",
    "}}",
    "${{",
    "''",
    "",
    "[",
    "]",
    "{",
    "}",
    ":",
    "-",
    "|",
    ">",
    "&",
    "*",
    "!",
    "%",
    "@",
    "`",
    "#",
    ",",
    "?",
    "<<",
    "~",
    "null",
    "true",
    "0",
    "-1",
    "1e999",
    ".inf",
    "0x",
    "0o9",
    "\t",
    "\r",
    "\x00",
    "\x7f",
    "\u2028",
    "\ufeff",
    "é",
    "😀\n${{github[",
    "format(",
    "fromJSON('",
    "case(",
    "*a0",
    "&a0",
    "!!binary",
    "---",
    "...",
    "\\",
    '"',
    "'",
    "steps:",
    "with:",
    "on:",
    "jobs:",
    "uses:",
    "run:",
    "if:",
    "needs:",
    "matrix:\n",
]
PATHS = (".github/workflows/a.yml", ".github/actions/greet/action.yml")
SECONDS = 1.5  # of processor time for a file of some kilobytes; most take a hundredth


def mutant(random: Random, text: str) -> str:
    """The text with a few places cut out, doubled, exchanged, indented or filled with something odd."""
    for _ in range(random.randrange(1, 5)):
        start = random.randrange(len(text) + 1)
        end = min(len(text), start + random.choice((0, 1, 3, 10, 60)))
        lines = text.splitlines(keepends=True)
        line = random.randrange(len(lines)) if lines else 0
        match random.randrange(5):
            case 0:
                text = text[:start] + text[end:]
            case 1:
                text = text[:start] + random.choice(PIECES) + text[end:]
            case 2:
                text = text[:start] + text[start:end] * random.choice((2, 3, 40)) + text[end:]
            case 3 if lines:
                lines[line] = random.choice(("  ", "", "\t", " - ")) + lines[line].lstrip(" ")
                text = "".join(lines)
            case _ if lines:
                lines.insert(random.randrange(len(lines)), lines[line])
                text = "".join(lines)
    return text


@pytest.fixture(scope="module")
def judged() -> Judged:
    catalogue = builtin()
    declared = catalogue.policies["ghcr-dokploy"].parameters
    parameters = {name: parameter.default for name, parameter in declared.items()}
    rules = [rule for rule in catalogue.rules.values() if rule.check not in PROGRAM_CHECKS]
    return Judged([activate(rule, parameters) for rule in rules], catalogue, parameters)


@pytest.mark.parametrize("seed", range(60))
def test_no_mutant_breaks_a_rule(seed: int, judged: Judged) -> None:
    random = Random(seed)
    files = {path: mutant(random, text) for path, text in zip(PATHS, (WORKFLOW, ACTION), strict=True)}
    began = process_time()
    result = check(MemoryFiles(files), list(files), judged)
    assert process_time() - began < SECONDS
    for finding in result.findings:
        if finding.path in files and finding.span is not None:
            assert 0 <= finding.span.start <= finding.span.end <= len(files[finding.path])
