"""Settings of hadolint, zizmor, actionlint and dclint become a configuration that cilint reads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cilint.config.load import read
from cilint.config.migrate import migrate, tool_of
from cilint.config.resolve import check_names
from cilint.config.settings import Settings
from cilint.errors import CilintError
from cilint.findings.finding import Severity
from cilint.rules.catalogue import builtin

HADOLINT, ZIZMOR, ACTIONLINT = ".hadolint.yaml", ".github/zizmor.yml", ".github/actionlint.yaml"


DCLINT = ".dclintrc"
ORDERS = ["services-order", "service-keys-order", "ports-order", "depends-on-order", "top-level-order"]


def made(path: str, text: str) -> tuple[Settings, tuple[str, ...]]:
    """The settings that a file becomes, which have to be right, and the notes."""
    migrated = migrate([(path, text)], builtin())
    settings = read("cilint.yaml", migrated.text)
    check_names(settings, builtin())
    return settings, migrated.notes


def test_rules_of_hadolint() -> None:
    settings, notes = made(
        HADOLINT,
        "ignored: [DL3008, DL3018]\noverride:\n  error: [DL3042, DL3008]\n  style:\n    - DL3007\n  info:\n",
    )
    assert {name: (level.off, level.severity) for name, level in settings.rules.items()} == {
        "docker/pin-apt": (True, None),
        "docker/pin-apk": (True, None),
        "docker/pip-cache": (False, Severity.ERROR),
        "docker/latest-base": (False, Severity.INFO),
    }
    assert notes == ()


def test_options_of_hadolint() -> None:
    settings, notes = made(
        HADOLINT,
        "trustedRegistries: [hub.docker.com, '*.example.com']\nstrict-labels: true\ndisable-ignore-pragma: true\n"
        "label-schema: {team: text, raw: rawtext, built: rfc3339}\noverride: {warning: [DL3026]}\n",
    )
    rules = settings.rules
    assert rules["docker/trusted-registry"].options == {"registries": ["docker.io", "*.example.com"]}
    assert rules["docker/trusted-registry"].severity == Severity.WARNING
    assert rules["docker/label-value"].options == {
        "schema": {"team": "text", "raw": "text", "built": "rfc3339"}
    }
    assert rules["docker/required-label"].options == {"labels": ["team", "raw", "built"]}
    assert rules["docker/unknown-label"].options == {"labels": ["team", "raw", "built"]}
    assert settings.suppressions.locked == ("docker",)
    assert notes == ()


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("ignored:\n  - SC1090\n", "2:5: only shell/shellcheck finds SC1090 where it is on; its option `exclude` drops it"),
        ("ignored: [DL3051, DL3052, DL3053, DL3054, DL3055]\n",
         "1:11: docker/label-value, now off, stands for hadolint's DL3056, DL3058 too"),
        ("failure-threshold: style\n", "1:1: `failure-threshold` belongs on the command line: `--fail-on info`"),
        ("failure-threshold: none\n", "1:1: `failure-threshold: none` has no counterpart: findings make the "
         "exit status 1"),
        ("format: tty\n", "1:1: `format` belongs on the command line: `--report text`"),
        ("format: sonarqube\n", "1:1: `format: sonarqube` has no counterpart among the reports"),
        ("no-fail: true\n", "1:1: `no-fail` has no counterpart: findings make the exit status 1"),
        ("no-color: true\n", "1:1: `no-color` belongs on the command line: `--color never`, or NO_COLOR"),
        ("trustedRegistry: []\n", "1:1: `trustedRegistry` is no key of hadolint's that is known here: did you "
         "mean `trustedRegistries`?"),
    ],
)  # fmt: skip
def test_what_hadolint_has_alone(text: str, note: str) -> None:
    assert made(HADOLINT, text)[1] == (f"{HADOLINT}:{note}",)


def test_no_note_where_nothing_is_lost() -> None:
    settings, notes = made(HADOLINT, "ignored: [DL3012, DL4003, DL4004]\nno-fail: false\nformat:\n")
    assert all(settings.rules[f"docker/repeated-{name}"].off for name in ("cmd", "entrypoint", "healthcheck"))
    assert notes == ()


def test_rules_of_zizmor() -> None:
    settings, notes = made(
        ZIZMOR,
        "rules:\n  artipacked: {disable: true, ignore: []}\n  dangerous-triggers: {remap: {severity: medium}}\n"
        "  template-injection:\n    ignore: [ci.yml, 'odd[1].yml']\n  excessive-permissions:\n",
    )
    assert {name: (level.off, level.severity) for name, level in settings.rules.items()} == {
        "security/persisted-credentials": (True, None),
        "security/pull-request-target": (False, Severity.WARNING),
    }
    injection = {
        name
        for name, rule in builtin().rules.items()
        if "template-injection" in rule.equivalents.get("zizmor", ())
    }
    scopes = {
        scope.paths: {name for name, level in scope.rules.items() if level.off}
        for scope in settings.overrides
    }
    assert scopes == {("ci.yml",): injection, ("odd\\[1\\].yml",): injection}
    assert "security/template-injection" in injection
    assert notes == ()


def test_pins_of_zizmor() -> None:
    text = "rules: {unpinned-uses: {config: {policies: {POLICIES}}}}\n"
    settings, notes = made(
        ZIZMOR, text.replace("POLICIES", "Actions/*: ref-pin, a/b: any, c/d/e: any, '*': hash-pin")
    )
    assert settings.rules["security/unpinned-action"].options == {"trusted": ["actions", "a/b"]}
    [note] = notes
    assert "`c/d/e: any` has no counterpart" in note
    settings, notes = made(ZIZMOR, text.replace("POLICIES", "'*': ref-pin, a/*: hash-pin"))
    assert settings.rules["security/unpinned-action"].off
    assert "`a/*: hash-pin` has no counterpart" in notes[0]
    assert "stands for zizmor's ref-version-mismatch too" in notes[1]


@pytest.mark.parametrize(
    ("body", "note"),
    [
        ("cache-poisoning: {disable: true}", "zizmor's cache-poisoning has no counterpart"),
        ("artipacked: {ignore: ['ci.yml:12:3']}", "lines cannot be listed: write `# cilint: ignore["
         "security/persisted-credentials] why` at line 12 of ci.yml"),
        ("artipacked: {config: {a: 1}}", "the `config` of zizmor's artipacked has no counterpart"),
        ("artipacked: {disabled: true}", "`disabled` is no key of zizmor's that is known here: did you mean "
         "`disable`?"),
    ],
)  # fmt: skip
def test_what_zizmor_has_alone(body: str, note: str) -> None:
    settings, [told] = made(ZIZMOR, f"rules:\n  {body}\n")
    assert told.startswith(f"{ZIZMOR}:2:")
    assert told.endswith(f": {note}")
    assert not settings.rules
    assert not settings.overrides


def test_actionlint() -> None:
    settings, notes = made(
        ACTIONLINT,
        "self-hosted-runner: {labels: [big-*]}\nconfig-variables: [HOST]\n"
        "paths:\n  .github/workflows/x.yml:\n    ignore: ['shellcheck .+']\n",
    )
    assert settings.runner_labels == ("big-*",)
    assert not settings.rules
    assert [note.partition(" ")[0] for note in notes] == [f"{ACTIONLINT}:2:1:", f"{ACTIONLINT}:5:14:"]
    assert all("has no counterpart" in note for note in notes)
    assert made(ACTIONLINT, "self-hosted-runner: {labels: []}\nconfig-variables: null\n") == (
        read("cilint.yaml", migrate([(ACTIONLINT, "")], builtin()).text)._replace(),
        (),
    )


def test_several_files_become_one() -> None:
    sources = [(HADOLINT, "ignored: [DL3029]\n"), (ZIZMOR, "rules: {artipacked: {disable: true}}\n")]
    text = migrate(sources, builtin()).text
    assert text.startswith(f"# Made by `cilint migrate` from {HADOLINT}, {ZIZMOR}.\n")
    assert "  security/persisted-credentials: off  # zizmor artipacked\n" in text
    off = {rule for rule, level in read("cilint.yaml", text).rules.items() if level.off}
    assert off == {"security/persisted-credentials"} | {
        name for name, rule in builtin().rules.items() if "DL3029" in rule.equivalents.get("hadolint", ())
    }


@pytest.mark.parametrize(
    ("path", "text", "place"),
    [
        (HADOLINT, "ignored: [\n", None),
        (HADOLINT, "- a\n", (1, 1)),
        (HADOLINT, "ignored: DL3008\n", (1, 10)),
        (HADOLINT, "ignored:\n  - 3008\n", (2, 5)),
        (HADOLINT, "override:\n  fatal: []\n", (2, 3)),
        (HADOLINT, "failure-threshold: high\n", (1, 20)),
        (HADOLINT, "label-schema: {a: date}\n", (1, 19)),
        (HADOLINT, "no-fail: 1\n", (1, 10)),
        (ZIZMOR, "rules: []\n", (1, 8)),
        (ZIZMOR, "rules: {artipacked: {remap: {severity: odd}}}\n", (1, 40)),
        (ZIZMOR, "rules: {unpinned-uses: {config: {policies: {a: b}}}}\n", (1, 48)),
        (ACTIONLINT, "self-hosted-runner:\n  label: []\n", (2, 3)),
        (ACTIONLINT, "paths: {a: {ignore: x}}\n", (1, 21)),
    ],
)
def test_a_wrong_file_is_refused_where_it_is_wrong(
    path: str, text: str, place: tuple[int, int] | None
) -> None:
    with pytest.raises(CilintError) as refused:
        migrate([(path, text)], builtin())
    assert refused.value.path == path
    assert refused.value.line
    assert place is None or (refused.value.line, refused.value.column) == place


def test_whose_settings_a_file_holds() -> None:
    names = [
        "a/.hadolint.yml",
        "hadolint.yaml",
        "zizmor.yaml",
        "b\\actionlint.yml",
        "zizmor.toml",
        "cilint.yaml",
    ]
    assert [tool_of(name) for name in names] == ["hadolint", "hadolint", "zizmor", "actionlint", None, None]
    with pytest.raises(CilintError, match="no settings of a known linter"):
        migrate([("x.yaml", "")], builtin())


TEXT = st.text(st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"]), max_size=8)


@given(st.lists(TEXT, max_size=4), st.dictionaries(TEXT, st.just("url"), max_size=3))
def test_whatever_texts_hold_the_result_can_be_read(hosts: list[str], labels: dict[str, str]) -> None:
    import json

    text = json.dumps({"trustedRegistries": hosts, "label-schema": labels})
    settings, _ = made(HADOLINT, text)
    assert settings.rules["docker/label-value"].options["schema"] == labels
    found = settings.rules["docker/trusted-registry"].options["registries"]
    assert found == [host.replace("hub.docker.com", "docker.io") for host in hosts]


def test_rules_of_dclint_are_on_unless_they_are_off() -> None:
    settings, notes = made(DCLINT, '{"rules": {"no-version-field": 0, "services-alphabetical-order": 2}}')
    rules = settings.rules
    assert rules["compose/version"].off
    assert rules["compose/services-order"].severity == Severity.ERROR
    assert all(f"compose/{name}" in rules and not rules[f"compose/{name}"].off for name in ORDERS)
    assert rules["compose/quoted-ports"].options == {"numbers": True}
    assert notes == ()


def test_options_of_dclint() -> None:
    settings, notes = made(
        DCLINT,
        "rules:\n"
        "  service-image-require-explicit-tag: [1, {prohibitedTags: [preview]}]\n"
        "  no-build-and-image: [2, {checkPullPolicy: false}]\n"
        "  top-level-properties-order: [1, {customOrder: [services, x-properties]}]\n"
        "  require-quotes-in-ports: [0, {quoteType: double}]\n"
        "  service-keys-order: [1, {groups: {}}]\n"
        "  no-such-rule: 1\n"
        "exclude: [a]\nquiet: true\ndebug: false\n",
    )
    rules = settings.rules
    assert rules["compose/loose-image"].options == {"tags": ["preview"]}
    assert rules["compose/build-and-image"].options == {"allow_pull_policy": False}
    assert rules["compose/top-level-order"].options == {"order": ["services", "x-"]}
    assert (rules["compose/quoted-ports"].off, rules["compose/quoted-ports"].options) == (True, {})
    assert len(notes) == 4
    for word in ("`groups`", "no-such-rule", "`exclude`", "`quiet`"):
        assert sum(word in note for note in notes) == 1


@pytest.mark.parametrize(
    "text", ["rules: {no-version-field: 3}", "rules: {no-version-field: []}", "rulse: {}"]
)
def test_what_dclint_would_not_take(text: str) -> None:
    with pytest.raises(CilintError):
        migrate([(DCLINT, text)], builtin())


def test_an_empty_file_of_dclint_means_all_of_its_rules() -> None:
    settings, _ = made(DCLINT, "")
    assert {f"compose/{name}" for name in ORDERS} <= set(settings.rules)
