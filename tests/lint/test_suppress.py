from __future__ import annotations

import pytest

from cilint.findings.finding import Severity
from cilint.lint.check import Judged
from cilint.lint.suppress import LOCKED
from cilint.rules.active import activate
from cilint.rules.catalogue import builtin
from cilint.text.edit import apply_edits
from tests.lint.rules import judged, look, rules_of

WORKFLOW = ".github/workflows/ci.yml"


def docker(text: str, **options: bool) -> list[str]:
    return rules_of(look({"Dockerfile": text}, judged(**options)).findings)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "comment",
    [
        "# cilint: ignore[docker/named] why\n",
        "# cilint: ignore[docker] why\n# and more\n",
        "# cilint: ignore-file[docker/named] why\nARG a\n",
        "# hadolint ignore=DL3006\n",
        "# hadolint global ignore=DL3006\nARG a\n",
        "# hadolint stage ignore=DL3006\n",
        "# check=skip=StageName\n",
        "# check=skip=all\n",
    ],
)
def test_a_comment_suppresses(comment: str) -> None:
    result = look({"Dockerfile": f"{comment}FROM x AS bad\n"}, judged())
    assert (rules_of(result.findings), result.suppressed) == ([], 1)


@pytest.mark.parametrize(
    "text",
    [
        "# cilint: ignore[docker/latest] why\nFROM x AS bad\n",
        "# cilint: ignore[docker/named] why\nFROM y\nFROM x AS bad\n",
        "# hadolint ignore=DL3007\nFROM x AS bad\n",
        "# hadolint ignore=DL3006\n\nFROM x AS bad\n",
        "# hadolint stage ignore=DL3006\nFROM y\nFROM x AS bad\n",
        "# hadolint stage ignore=DL3006\n\nFROM x AS bad\n",
        "# check=skip=Other\nFROM x AS bad\n",
        "FROM y\nRUN <<E\n# cilint: ignore-file[docker/named] inside a heredoc\nE\nFROM x AS bad\n",
        'FROM y\nRUN echo "# cilint: ignore-file[docker/named] inside a string"\nFROM x AS bad\n',
    ],
)
def test_a_comment_that_does_not_mean_it_does_not(text: str) -> None:
    result = look({"Dockerfile": text}, judged())
    assert "docker/named" in rules_of(result.findings)
    assert result.suppressed == 0


def test_hadolint_names_the_later_of_two_instructions_that_clash() -> None:
    known = builtin()
    repeated = Judged([activate(known.rules["docker/repeated-cmd"], {})], known)

    def suppressed(comment: str, first: str, second: str) -> int:
        text = f"FROM x:1\n{first}CMD a\n{second}CMD b\n".replace("!", comment)
        return look({"Dockerfile": text}, repeated).suppressed

    assert suppressed("", "", "") == 0
    assert suppressed("# hadolint ignore=DL4003\n", "", "!") == 1
    assert suppressed("# hadolint ignore=DL4003\n", "!", "") == 1
    assert suppressed("# hadolint ignore=DL3012\n", "", "!") == 0
    assert suppressed("# hadolint ignore=DL3000\n", "!", "!") == 0
    assert suppressed("# cilint: ignore[docker/repeated-cmd] why\n", "", "!") == 0
    assert suppressed("# cilint: ignore[docker/repeated-cmd] why\n", "!", "") == 1


def test_a_comment_between_the_lines_of_an_instruction_counts_for_it() -> None:
    text = "FROM \\\n# cilint: ignore[docker/named] why\n  x AS bad\n"
    assert look({"Dockerfile": text}, judged()).suppressed == 1


def test_blocks_of_a_workflow() -> None:
    def suppressed(first: str, second: str, third: str) -> int:
        text = f"on: push\njobs: {first}\n  {second}\n  bad: {third}\n    runs-on: x\n"
        return look({WORKFLOW: text}, judged(["ci/job"])).suppressed

    comment = "# cilint: ignore[ci/job] why"
    assert suppressed("", "", "") == 0
    assert suppressed(comment, "", "") == 1
    assert suppressed("", comment, "") == 1
    assert suppressed("", "", comment) == 1
    assert suppressed("", "", "# zizmor: ignore[bad-job]") == 1
    assert suppressed("", "", "# zizmor: ignore[other]") == 0


def test_a_comment_in_another_block_does_not_count() -> None:
    text = "on: push # cilint: ignore[ci/job] why\njobs:\n  bad:\n    runs-on: x\n"
    result = look({WORKFLOW: text}, judged(["ci/job"]))
    assert rules_of(result.findings) == ["suppress/unused", "ci/job"]


def test_a_script_is_no_comment() -> None:
    script = "          # cilint: ignore-file[ci/job] no\n          a\n"
    text = f"on: push\njobs:\n  bad:\n    steps:\n      - run: |\n{script}"
    assert rules_of(look({WORKFLOW: text}, judged()).findings) == ["ci/job"]


def test_a_missing_reason_is_a_finding_unless_reasons_are_optional() -> None:
    text = "# cilint: ignore[docker/named]\nFROM x AS bad\n"
    assert docker(text) == ["suppress/no-reason"]
    assert docker(text, reason_required=False) == []


def test_an_unknown_rule_is_a_finding_with_the_nearest_name() -> None:
    result = look({"Dockerfile": "# cilint: ignore[docker/namd] why\nFROM x\n"}, judged())
    [finding] = result.findings
    assert finding.rule == "suppress/unknown-rule"
    assert "docker/namd" in finding.message
    assert "docker/named" in finding.message
    assert docker("# cilint: ignore why\nFROM x\n") == ["suppress/unknown-rule"]


def mended(text: str) -> str:
    findings = look({"Dockerfile": text}, judged()).findings
    [fix] = {finding.fix for finding in findings if finding.rule == "suppress/unused"}
    assert fix is not None
    assert fix.safety == "safe"
    return apply_edits(text, [edit.edit for edit in fix.edits])


def test_what_suppresses_nothing_is_a_finding_and_its_fix_takes_the_comment_away() -> None:
    assert mended("# cilint: ignore[docker/named] why\r\nFROM x\r\n") == "FROM x\r\n"
    used = "# cilint: ignore[docker/named, docker/latest] why\nFROM x AS bad\n"
    assert mended(used) == "# cilint: ignore[docker/named] why\nFROM x AS bad\n"


def test_the_fix_leaves_the_rest_of_a_line_and_of_a_comment() -> None:
    text = "on: push\njobs:\n  good: # v1 # cilint: ignore[ci/job] why\n    runs-on: x\n"
    [finding] = look({WORKFLOW: text}, judged()).findings
    assert finding.fix is not None
    edits = [edit.edit for edit in finding.fix.edits]
    assert apply_edits(text, edits) == "on: push\njobs:\n  good: # v1\n    runs-on: x\n"


def test_only_what_was_judged_can_be_unused() -> None:
    text = "# cilint: ignore[docker/latest] why\nFROM x\n"
    assert docker(text) == ["suppress/unused"]
    assert rules_of(look({"Dockerfile": text}, judged(["docker/named"])).findings) == []


@pytest.mark.parametrize(
    ("text", "unused"),
    [
        ("# hadolint ignore=DL3007\nFROM x\n", ["DL3007"]),
        ("# hadolint ignore=DL3007,DL9999\nFROM x:latest\n", []),
        ("# hadolint global ignore=DL3007\nFROM x\n", ["DL3007"]),
        ("# hadolint ignore=SC2086\nFROM x\n", []),  # ShellCheck was not asked
        ("FROM x\n# check=skip=NoSuchCheck\nRUN a\n", []),
        ("# zizmor: ignore[artipacked]\nFROM x\n", []),
    ],
)
def test_a_peers_comment_without_effect_is_told_but_left(text: str, unused: list[str]) -> None:
    result = look({"Dockerfile": text}, judged())
    told = [each for each in result.findings if each.rule == "suppress/unused"]
    assert [text[each.span.start : each.span.end] for each in told if each.span] == unused
    assert all(each.severity is Severity.INFO and each.fix is None for each in told)


def test_a_locked_rule_is_reported_and_the_comment_is_pointed_at() -> None:
    text = "# cilint: ignore[docker/named] why\nFROM x AS bad\n"
    for locked in ("docker/named", "docker"):
        [finding] = look({"Dockerfile": text}, judged(locked=[locked])).findings
        assert finding.rule == "docker/named"
        assert [label.text for label in finding.related] == [LOCKED]


def test_comments_of_a_file_that_does_not_parse_are_not_unused() -> None:
    text = "# cilint: ignore-file[ci/job] why\non: [push\njobs: }\n"
    result = look({WORKFLOW: text}, judged())
    assert result.unparsed == {WORKFLOW}
    assert "suppress/unused" not in rules_of(result.findings)
