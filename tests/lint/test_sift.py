"""Which fixes of a batch may stay, where some do harm by themselves and some beside or without others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hypothesis import given
from hypothesis import strategies as st

from cilint.findings.finding import Finding, Severity
from cilint.lint.sift import Harm, Sift

NAMES = tuple("abcdefgh")


def fix(name: str) -> Finding:
    return Finding("a/rule", Severity.WARNING, name, name, None, (), None)


def sifted(
    groups: Sequence[str],
    *,
    alone: str = "",
    beside: Mapping[str, str] | None = None,
    needs: Mapping[str, str] | None = None,
) -> tuple[set[str], set[str]]:
    """Names of the fixes that stay and that go. ``alone`` always do harm, a name in ``beside`` where the other
    is applied too, one in ``needs`` where the other is not.
    """

    def harm(name: str, applied: set[str]) -> bool:
        other, needed = (beside or {}).get(name), (needs or {}).get(name)
        return name in alone or other in applied or (needed is not None and needed not in applied)

    def attempt(trials: Mapping[int, list[Finding]], others: Sequence[Finding]) -> dict[int, Harm | None]:
        tried = [finding.path for group in (*trials.values(), others) for finding in group]
        assert len(tried) == len(set(tried))
        harmful = {name for name in tried if harm(name, set(tried))}
        return {number: said({each.path for each in group} & harmful) for number, group in trials.items()}

    def said(bad: set[str]) -> Harm | None:
        return Harm("by itself" if bad.intersection(alone) else "with others", is_own=False) if bad else None

    sift = Sift([[fix(name) for name in group] for group in groups], attempt)
    kept = [finding.path for finding in sift.run()]
    assert len(kept) == len(set(kept))
    return set(kept), {finding.path for finding, _ in sift.refused}


def test_one_that_does_harm_goes_and_the_rest_of_its_group_stays() -> None:
    assert sifted(["abc", "d"], alone="b") == ({"a", "c", "d"}, {"b"})


def test_one_that_is_blamed_for_another_stays() -> None:
    assert sifted(["a", "b"], alone="b", beside={"a": "b"}) == ({"a"}, {"b"})


def test_one_that_needs_another_goes_with_it() -> None:
    assert sifted(["a", "b"], alone="b", needs={"a": "b"}) == (set(), {"a", "b"})


def test_of_two_that_are_no_good_beside_each_other_one_stays() -> None:
    assert sifted(["a", "b"], beside={"a": "b", "b": "a"}) == ({"a"}, {"b"})


def test_those_that_need_each_other_stay_together() -> None:
    needs = {"a": "c", "c": "a"}
    assert sifted(["abc"], alone="b", needs=needs) == ({"a", "c"}, {"b"})
    assert sifted(["abc", "d"], alone="b", needs={**needs, "d": "c"}) == ({"a", "c", "d"}, {"b"})


GROUPS = st.lists(st.sampled_from("01234567"), min_size=8, max_size=8).map(
    lambda places: [
        "".join(n for n, place in zip(NAMES, places, strict=True) if place == at) for at in "01234567"
    ]
)
PAIRS = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(NAMES), max_size=3)


@given(GROUPS, st.sets(st.sampled_from(NAMES), max_size=3), PAIRS)
def test_what_has_no_part_in_any_harm_stays_and_what_stays_does_none(
    groups: list[str], alone: set[str], needs: dict[str, str]
) -> None:
    kept, refused = sifted([group for group in groups if group], alone="".join(alone), needs=needs)
    assert not alone & kept
    assert kept.isdisjoint(refused)
    assert all(needs[name] in kept for name in kept if name in needs)
    assert kept >= set(NAMES) - alone - needs.keys() - set(needs.values())
