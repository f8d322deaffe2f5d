from __future__ import annotations

import json

import jsonschema
import pytest

from cilint.config.effective import effective
from cilint.config.load import read
from cilint.config.paths import matcher
from cilint.config.resolve import parameters_of, policy_of, resolve
from cilint.config.schema import schema
from cilint.config.settings import Settings
from cilint.errors import CilintError
from cilint.findings.finding import Severity
from cilint.findings.violation import Options
from cilint.rules.reader import read_yaml
from cilint.rules.rule import Catalogue, Expression, Level, Option, Parameter, Policy, Rule
from tests.config.test_load import FULL

MESSAGE = Expression(lambda *_: "", 1, 1)


def made(
    identity: str, *, enabled: bool = True, policy: bool = False, severity: Severity = Severity.ERROR
) -> Rule:
    options = {"host": Option("string", "{parameters.registry}"), "most": Option("integer", 3)}
    path = f"rules/{identity}.yaml"
    return Rule(identity, identity, path, severity, MESSAGE, options=options, enabled=enabled, policy=policy)


RULES = [
    made("deploy/main", policy=True), made("deploy/retry", policy=True), made("docker/root"),
    made("docker/slim", severity=Severity.INFO), made("docker/strict", enabled=False), made("other/thing"),
]  # fmt: skip
PARAMETERS = {
    "registry": Parameter("string", "ghcr.io", "Host."),
    "names": Parameter("list", ["a"], "Names."),
}
CATALOGUE = Catalogue(
    {rule.id: rule for rule in RULES},
    {
        "ghcr-dokploy": Policy("ghcr-dokploy", "Default", "rules/policies/ghcr-dokploy.yaml", PARAMETERS,
                               {"deploy": Level(), "docker": Level(), "docker/slim": Level(off=True)}),
        "bare": Policy("bare", "Bare", "bare.yaml"),
    },
)  # fmt: skip


def ids(text: str = "", *, select: str = "", ignore: str = "", policy: str | None = None) -> list[str]:
    settings = read("cilint.yaml", text).with_command_line(policy=policy, select=[select], ignore=[ignore])
    return [active.rule.id for active in resolve(settings, CATALOGUE)]


DEFAULT = ["deploy/main", "deploy/retry", "docker/root", "other/thing"]
BARE = ["docker/root", "docker/slim", "other/thing"]
SLIM = [*DEFAULT[:3], "docker/slim", "other/thing"]


@pytest.mark.parametrize(
    ("text", "options", "expected"),
    [
        ("", {}, DEFAULT),
        ("policy: none", {}, BARE),
        ("", {"policy": "none"}, BARE),
        ("policy: none\nrules: {deploy/main: error}", {}, ["deploy/main", *BARE]),
        ("rules: {deploy: off}", {}, ["docker/root", "other/thing"]),
        ("rules: {deploy: off, deploy/main: warning}", {}, ["deploy/main", "docker/root", "other/thing"]),
        ("rules: {deploy/main: warning, deploy: off}", {}, ["deploy/main", "docker/root", "other/thing"]),
        ("rules: {docker/slim: on}", {}, SLIM),
        ("rules: {docker: on}", {}, SLIM),
        ("rules: {docker/strict: error}", {}, [*DEFAULT[:3], "docker/strict", "other/thing"]),
        ("rules: {docker/strict: {most: 4}}", {}, [*DEFAULT[:3], "docker/strict", "other/thing"]),
        ("", {"select": "deploy"}, ["deploy/main", "deploy/retry"]),
        ("policy: none", {"select": "deploy"}, ["deploy/main", "deploy/retry"]),
        ("policy: none", {"select": "ALL"}, [*BARE[:2], "docker/strict", "other/thing"]),
        ("", {"select": "ALL"}, [*DEFAULT[:3], "docker/strict", "other/thing"]),
        ("rules: {docker/strict: off}", {"select": "ALL"}, DEFAULT),
        ("", {"select": "docker"}, ["docker/root"]),
        ("", {"select": "docker/slim"}, ["docker/slim"]),
        ("", {"select": "docker/strict"}, ["docker/strict"]),
        ("rules: {docker: off}", {"select": "docker"}, ["docker/root"]),
        ("rules: {docker/root: off}", {"select": "docker"}, []),
        ("rules: {docker/root: off}", {"select": "docker/root"}, ["docker/root"]),
        ("", {"ignore": "deploy"}, ["docker/root", "other/thing"]),
        ("", {"ignore": "ALL"}, []),
        ("", {"select": "deploy", "ignore": "deploy/main"}, ["deploy/retry"]),
        ("", {"select": "deploy/main", "ignore": "deploy"}, ["deploy/main"]),
        ("", {"select": "deploy", "ignore": "deploy"}, []),
        ("", {"select": "ALL,deploy/main", "ignore": "deploy"}, ["deploy/main", "docker/root", "docker/strict", "other/thing"]),
        ("overrides: [{paths: [a], rules: {docker/slim: on}}]", {}, SLIM),
    ],
)  # fmt: skip
def test_which_rules_are_judged(text: str, options: dict[str, str], expected: list[str]) -> None:
    assert ids(text, **options) == expected


def test_levels_and_options() -> None:
    text = "rules: {docker: warning, docker/root: {host: x}}\nparameters: {registry: quay.io}"
    active = {each.rule.id: each for each in resolve(read("cilint.yaml", text), CATALOGUE)}
    assert active["docker/root"].severity is Severity.WARNING
    assert active["docker/root"].options == Options(host="x", most=3)
    assert active["other/thing"].options == Options(host="quay.io", most=3)
    assert active["other/thing"].parameters.names == ["a"]
    assert active["other/thing"].severity is None


def test_overrides_by_path() -> None:
    text = """\
rules: {docker/slim: off}
overrides:
  - {paths: ["examples/**", "!examples/real/**"], rules: {docker: off}}
  - {paths: ["examples/two.*"], rules: {docker/root: {severity: info, most: 9}, docker/slim: warning}}
"""
    active = {each.rule.id: each for each in resolve(read("a/cilint.yaml", text, "a/"), CATALOGUE)}
    root, slim = active["docker/root"], active["docker/slim"]
    assert not root.at("a/Dockerfile").off
    assert root.at("a/examples/Dockerfile").off
    assert not root.at("examples/Dockerfile").off
    assert not root.at("a/examples/real/Dockerfile").off
    assert (root.at("a/examples/two.x").severity, root.at("a/examples/two.x").options.most) == (
        Severity.INFO,
        9,
    )
    assert slim.off
    assert slim.at("a/Dockerfile").off
    assert not slim.at("a/examples/two.x").off


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("rules:\n  docker/rot: off", "2:3", "did you mean `docker/root`"),
        ("rules:\n  dcker: off", "2:3", "did you mean `docker`"),
        ("rules:\n  docker/root: {hots: x}", "2:17", "did you mean `host`"),
        ("rules:\n  docker/root: {most: x}", "2:17", "must be of type integer"),
        ("rules:\n  docker: {host: x}", "2:12", "is a group, which has no options"),
        ("overrides:\n  - {paths: [a], rules: {docker/rot: off}}", "2:26", "did you mean `docker/root`"),
        ("suppressions:\n  locked: [docker/root, docker/rot]", "2:25", "did you mean `docker/root`"),
        ("parameters: {registri: x}", "1:14", "did you mean `registry`"),
        ("parameters: {registry: [x]}", "1:14", "must be of type string"),
        ("policy: ghcr-doklpoy", "1:1", "did you mean `ghcr-dokploy`"),
    ],
)
def test_mistakes_are_told_with_their_place(text: str, place: str, said: str) -> None:
    with pytest.raises(CilintError) as caught:
        ids(text)
    assert str(caught.value).startswith(f"cilint.yaml:{place}: ")
    assert said in str(caught.value)


def test_mistakes_of_the_command_line() -> None:
    with pytest.raises(
        CilintError, match="unknown rule or group `dcker` in --select \\(did you mean `docker`"
    ):
        ids(select="dcker")
    with pytest.raises(CilintError, match="in --ignore"):
        ids(ignore="docker/nothing-like-it")
    with pytest.raises(CilintError, match="unknown policy"):
        ids(policy="nothing")


def test_a_policy_that_lacks_a_parameter() -> None:
    with pytest.raises(CilintError, match="no parameter `registry`, which the rule docker/root needs"):
        ids(policy="bare")


def test_no_policy_has_the_parameters_of_the_default_one() -> None:
    policy = policy_of(Settings(policy="none"), CATALOGUE)
    assert policy.rules == {}
    assert parameters_of(Settings(policy="none", parameters={"names": ["b"]}), policy) == {
        "registry": "ghcr.io", "names": ["b"],
    }  # fmt: skip


def test_every_value_has_an_origin() -> None:
    text = (
        "rules:\n  docker: warning\n  docker/root: {host: x}\nparameters: {registry: quay.io}\nexclude: [a]\n"
    )
    found = {
        entry.key: (entry.value, entry.origin) for entry in effective(read("cilint.yaml", text), CATALOGUE)
    }
    policy = "rules/policies/ghcr-dokploy.yaml"
    assert found["policy"] == ("ghcr-dokploy", "default")
    assert found["parameters.registry"] == ("quay.io", "cilint.yaml:4")
    assert found["parameters.names"] == (["a"], policy)
    assert found["rules.docker/root"] == ("warning", "cilint.yaml:2")
    assert found["rules.docker/root.host"] == ("x", "cilint.yaml:3")
    assert found["rules.docker/root.most"] == (3, "rules/docker/root.yaml")
    assert found["rules.deploy/main"] == ("error", "rules/deploy/main.yaml")
    assert found["exclude"] == (["a"], "cilint.yaml:5")
    assert found["suppressions.reason"] == ("required", "default")
    settings = read("cilint.yaml", text).with_command_line(policy="none", select=["docker"])
    found = {entry.key: (entry.value, entry.origin) for entry in effective(settings, CATALOGUE)}
    assert found["policy"] == ("none", "command line")
    assert found["select"] == (["docker"], "command line")
    assert "rules.deploy/main" not in found


def test_the_schema_takes_what_is_read_and_refuses_the_rest() -> None:
    described = schema(CATALOGUE)
    jsonschema.Draft202012Validator.check_schema(described)
    assert json.loads(json.dumps(described)) == described
    validator = jsonschema.Draft202012Validator(described)
    good = FULL.replace("docker/slim-base", "docker/slim").replace("build/platforms", "docker/root")
    good = good.replace("platforms: [linux/amd64]", "most: 3").replace("ci: on", "other: on")
    good = good.replace("security", "other").replace("deploy/main-only", "deploy/main")
    validator.validate(read_yaml("a", good).plain())
    for bad in ({"polcy": "x"}, {"rules": {"docker/rot": "off"}}, {"rules": {"docker/root": {"hots": "x"}}},
                {"rules": {"docker": "wrning"}}, {"overrides": [{"paths": ["a"]}]},
                {"parameters": {"registry": 3}}, {"suppressions": {"locked": ["docker/rot"]}},
                {"rules": {"docker": {"host": "x"}}}):  # fmt: skip
        assert not validator.is_valid(bad), bad


def test_patterns() -> None:
    fits = matcher(["vendor/**", "*.bak"], "a/")
    assert fits("a/vendor/x")
    assert fits("a/b/x.bak")
    assert not fits("vendor/x")
    assert not fits("a/x")
    assert not matcher([])("a")


def test_labels_of_runners_go_to_the_rules_that_take_them() -> None:
    taking = made("ci/runner")._replace(options={"runner_labels": Option("list", [])})
    catalogue = Catalogue({each.id: each for each in (taking, made("docker/root"))}, CATALOGUE.policies)
    settings = read("cilint.yaml", "runner_labels: builder\n")
    active = {each.rule.id: each.options for each in resolve(settings, catalogue)}
    assert active["ci/runner"].runner_labels == ["builder"]
    assert not hasattr(active["docker/root"], "runner_labels")
    shown = {entry.key: entry for entry in effective(settings, catalogue)}
    assert shown["rules.ci/runner.runner_labels"].origin == "cilint.yaml:1"
    assert shown["runner_labels"].value == ["builder"]
    own = read("cilint.yaml", "runner_labels: builder\nrules: {ci/runner: {runner_labels: [other]}}\n")
    assert resolve(own, catalogue)[0].options.runner_labels == ["other"]
    assert resolve(read("cilint.yaml", ""), catalogue)[0].options.runner_labels == []
