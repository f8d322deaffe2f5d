"""Whether commands run in scenarios, by the conditions inside their scripts."""

from __future__ import annotations

import pytest

from cilint.pipeline.invocations import invocations
from cilint.pipeline.shell_state import shell_state
from tests.pipeline.repositories import deploy

MAIN, TAG, PR = "a push to main", "a push of the tag main", "a pull request to main"


def run(script: str, step: str = "") -> dict[str, bool | None]:
    """Whether ``target`` runs, in three scenarios."""
    pipeline = deploy(script, on="[push, pull_request]", step=step)
    (call,) = invocations(pipeline.runs, "target")
    found = {s.title: s for s in pipeline.runs.scenarios(call.site.call.entry)}
    return {title: shell_state(pipeline.runs, call, found[title]) for title in (MAIN, TAG, PR)}


@pytest.mark.parametrize(
    ("script", "states"),
    [
        ("target", (True, True, True)),
        ('if [ "$GITHUB_REF" = refs/heads/main ]; then target; fi', (True, False, False)),
        ('[ "$GITHUB_REF" = refs/heads/main ] && target', (True, False, False)),
        ('[ "$GITHUB_REF" = refs/heads/main ] || target', (False, True, True)),
        ("if [[ $GITHUB_REF == refs/heads/* ]]; then target; fi", (True, False, False)),
        ('if [ "$GITHUB_EVENT_NAME" != push ]; then exit 0; else target; fi', (True, True, False)),
        ('if [ "${{ github.ref }}" == "refs/heads/main" ]; then target; fi', (True, False, False)),
        ("if [ ${{ github.event_name }} != 'push' ]; then target; fi", (False, False, True)),
        ('case "$GITHUB_EVENT_NAME" in push) target ;; esac', (True, True, False)),
        ('branch=${GITHUB_REF#refs/heads/}\nif [ "$branch" = main ]; then target; fi', (True, False, False)),
        ('if [ "$UNHEARD_OF" = x ]; then target; fi', (None, None, None)),
        ("login && target", (True, True, True)),
        ("if login; then target; fi", (None, None, None)),
        ('if [ "$IS_MAIN" = true ]; then target; fi', (True, False, False)),
        ("if false; then target; fi", (False, False, False)),
        ('if [ "$GITHUB_REF" != refs/heads/main ]; then exit 0; fi\ntarget', (True, False, False)),
        ('[ "${{ github.ref }}" = refs/heads/main ] || exit 0\ntarget', (True, False, False)),
        ("[[ $GITHUB_EVENT_NAME == push ]] || { echo no; exit; }\ntarget", (True, True, False)),
        ("case ${{ github.ref }} in refs/heads/main) ;; *) exit 0 ;; esac\ntarget", (True, False, False)),
        ('go() { [ "$GITHUB_REF" = refs/heads/main ] || return 0; target; }\ngo', (True, False, False)),
        ('[ "$UNHEARD_OF" = x ] && exit 0\ntarget', (None, None, None)),
        ('if [ -z "$SECRET" ]; then exit 0; fi\ntarget', (True, True, True)),
        ("login || exit 1\ntarget", (True, True, True)),
        ("if ! login; then exit 1; fi\ntarget", (True, True, True)),
        ("login && exit 0\ntarget", (False, False, False)),
        ("( exit 0 )\ntarget", (True, True, True)),
        ("target; exit 0", (True, True, True)),
    ],
)
def test_states(script: str, states: tuple[bool | None, ...]) -> None:
    step = "env: {IS_MAIN: \"${{ github.ref == 'refs/heads/main' }}\"}"
    assert tuple(run(script, step).values()) == states


@pytest.mark.parametrize(
    "script", ["if [ ; then target; fi", "[[ && target", "case x in target", "f() { f; }; f && target"]
)
def test_broken_scripts_give_an_answer(script: str) -> None:
    pipeline = deploy(script, on="push")
    for call in invocations(pipeline.runs, "target"):
        for scenario in pipeline.runs.scenarios(call.site.call.entry):
            assert shell_state(pipeline.runs, call, scenario) in (True, False, None)
