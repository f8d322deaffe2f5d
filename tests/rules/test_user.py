from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from cilint.errors import CilintError
from cilint.model.files import MemoryFiles
from cilint.rules import user
from cilint.rules.load import Setting
from cilint.rules.policy import load_policy
from cilint.rules.rule import Catalogue, Policy
from tests.rules.things import RULE, SETTING

BUILTIN = Catalogue({}, {"base": Policy("base", "Base", "base.yaml")})


@pytest.fixture(autouse=True)
def lines(monkeypatch: pytest.MonkeyPatch) -> None:
    def setting(policies: object, *, bounded: bool) -> Setting:
        return SETTING._replace(bounded=bounded)

    monkeypatch.setattr(user, "builtin_setting", setting)
    monkeypatch.setattr(user, "MAX_RULES", 3)


def load(files: Mapping[str, str], *entries: str, policy: str | None = None) -> Catalogue:
    return user.with_user(BUILTIN, MemoryFiles(files), entries, policy)


def test_ids_are_paths_below_the_folder() -> None:
    files = {"ci/rules/talk/loud.yaml": RULE, "ci/rules/talk/rude.yaml": RULE, "other/x.yaml": "x"}
    catalogue = load(files, "ci/rules")
    assert list(catalogue.rules) == ["talk/loud", "talk/rude"]
    assert catalogue.rules["talk/loud"].path == "ci/rules/talk/loud.yaml"
    assert list(load(files, "ci/rules/talk/rude.yaml").rules) == ["talk/rude"]


@pytest.mark.parametrize(
    ("files", "entry", "said"),
    [
        ({"r/loud.yaml": RULE}, "r", "r/loud.yaml: a rule's file is GROUP/NAME.yaml"),
        ({"r/a/b/loud.yaml": RULE}, "r", "GROUP/NAME.yaml"),
        ({}, "r", "r: there are no rule files here"),
        ({}, "r/a/b.yaml", "no such file"),
        ({"r/a/b.yaml": "x: y"}, "r", "r/a/b.yaml:1:1: unknown key `x`"),
        ({"r/a/b.yaml": "#" * 300_000}, "r", "longer than"),
        ({f"r/a/b{n}.yaml": RULE for n in range(4)}, "r", "at most 3"),
    ],
)
def test_mistakes(files: dict[str, str], entry: str, said: str) -> None:
    with pytest.raises(CilintError) as caught:
        load(files, entry)
    assert said in str(caught.value)


def test_a_built_in_rule_cannot_be_replaced() -> None:
    files = {"r/talk/loud.yaml": RULE}
    catalogue = load(files, "r")
    with pytest.raises(CilintError, match="there is a rule talk/loud already"):
        user.with_user(catalogue, MemoryFiles(files), ["r"], None)


def test_loops_of_a_projects_rules_are_counted() -> None:
    deny = load({"r/talk/loud.yaml": RULE}, "r").rules["talk/loud"].deny
    assert deny is not None
    assert "each(" in deny.source


def test_policies_by_path_extend_others_by_name_and_by_path(tmp_path: Path) -> None:
    files = {
        "p/mine.yaml": "title: Mine\nextends: ./other.yaml\nrules: {a/b: off}\n",
        "p/other.yaml": "title: Other\nextends: base\nrules: {a/c: error}\n",
        "p/self.yaml": "title: x\nextends: ../p/self.yaml\n",
        "p/wrong.yaml": "title: x\nextends: bass\n",
    }
    policy = load(files, policy="p/mine.yaml").policies["p/mine.yaml"]
    assert list(policy.rules) == ["a/c", "a/b"]
    with pytest.raises(CilintError, match=r"p/self\.yaml:2:10: the policy `p/self\.yaml` extends itself"):
        raise_plain(lambda: load(files, policy="p/self.yaml"))
    with pytest.raises(CilintError, match="did you mean `base`"):
        raise_plain(lambda: load(files, policy="p/wrong.yaml"))
    absolute = tmp_path / "p.yaml"
    absolute.write_text("title: Elsewhere\n")
    assert load({}, policy=str(absolute)).policies[str(absolute)].title == "Elsewhere"
    assert load_policy("x", "x", "title: x", lambda _: policy).rules == {}


def raise_plain(function: object) -> None:
    assert callable(function)
    try:
        function()
    except CilintError as error:
        raise CilintError(str(error)) from None
