"""Secrets that are printed, and secrets whose absence leaves the deploy out."""

from __future__ import annotations

import pytest

from tests.pipeline.repositories import deploy, sliced

HOOK = 'curl -f -X POST "$HOOK"'
STEP = "env: {HOOK: '${{ secrets.DOKPLOY_WEBHOOK_URL }}', DOKPLOY: '1'}"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ('echo "$HOOK"', ['"$HOOK"']),
        ("echo ${HOOK}", ["${HOOK}"]),
        ("echo ${{ secrets.OTHER }}", ["${{ secrets.OTHER }}"]),
        ("printf '%s' \"${HOOK#https://}\"", ['"${HOOK#https://}"']),
        ('URL="$HOOK/x"; echo "$URL"', ['"$URL"']),
        ("cat <<E\nto $HOOK\nE", ["to $HOOK"]),
        ('echo "$HOOK" >&2', ['"$HOOK"']),
        ('echo "$HOOK" >> $GITHUB_STEP_SUMMARY', ['"$HOOK"']),
        ('echo "h=$HOOK" | tee -a "$GITHUB_OUTPUT"', ['"h=$HOOK"']),
        ("set -x", ["-x"]),
        ("set -euxo pipefail", ["-euxo"]),
        ("set -o xtrace", ["xtrace"]),
        ("printenv HOOK", ["printenv HOOK"]),
        ("env", ["env"]),
        ('curl --trace-ascii - "$HOOK"', ["--trace-ascii"]),
        ('curl -sv "$HOOK"', ["-sv"]),
        ('echo "${HOOK:+set} ${#HOOK}"', []),
        ('echo "::add-mask::$HOOK"', []),
        ('echo "$HOOK" | sha256sum', []),
        ('echo "$HOOK" > file', []),
        ('X=$(echo "$HOOK" | cut -c1)', []),
        ("echo '$HOOK'", []),
        ("echo HOOK", []),
        ("env FOO=1 true", []),
        ("printenv PATH", []),
        ("set -e", []),
        ("R=$(curl ${{ secrets.URL }}); echo $R", []),
        ('echo "$(curl "$HOOK")"', []),
        ('curl -v "$OTHER"', []),
        ("echo ${{ secrets.X != '' }}", []),
    ],
)
def test_exposures(line: str, shown: list[str]) -> None:
    pipeline = deploy(f"{line}\n{HOOK}", step=STEP)
    assert [sliced(pipeline, each.path, each.span).strip() for each in pipeline.exposures] == shown


def test_without_a_deploy_nothing_is_said() -> None:
    assert deploy('echo "$HOOK"', step=STEP).exposures == ()


@pytest.mark.parametrize(
    ("script", "skips"),
    [
        (f'if [ -z "$HOOK" ]; then exit 0; fi\n{HOOK}', True),
        (f'if [ -z "${{HOOK:-}}" ]; then echo skip; else {HOOK}; fi', True),
        (f'[ -n "$HOOK" ] || exit 0\n{HOOK}', True),
        (f'if [ "$HOOK" == "" ]; then\n  echo no\n  exit\nfi\n{HOOK}', True),
        (f'case "$HOOK" in "") exit 0 ;; esac\n{HOOK}', True),
        (f"[[ -n $HOOK ]] && {HOOK} || true", True),
        (f'[ -n "$HOOK" ] && {HOOK}', False),  # the list's status is the script's
        (f'if [ -z "$HOOK" ]; then echo no >&2; exit 1; fi\n{HOOK}', False),
        (f'test -n "$HOOK"\n{HOOK}', False),
        (f': "${{HOOK:?missing}}"\n{HOOK}', False),
        (f'if [ -z "$OTHER" ]; then exit 0; fi\n{HOOK}', False),
        (HOOK, False),
    ],
)
def test_silent_skips(script: str, skips: bool) -> None:
    assert bool(deploy(script, step=STEP).silent_skips) is skips


@pytest.mark.parametrize(
    ("condition", "skips"),
    [
        ("env.HOOK != ''", True),
        ("${{ env.HOOK }}", True),
        ("env.HOOK == ''", False),
        ("env.HOOK != '' || failure()", True),
        ("github.ref == 'refs/heads/main'", False),
    ],
)
def test_conditions(condition: str, skips: bool) -> None:
    head = "env: {HOOK: '${{ secrets.DOKPLOY_WEBHOOK_URL }}'}"
    assert bool(deploy(HOOK, step=f'if: "{condition}"', head=head).silent_skips) is skips
