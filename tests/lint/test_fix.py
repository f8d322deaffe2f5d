from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cilint.findings.finding import FileEdit, Finding, Fix, NewFile, Safety, Severity
from cilint.lint import fix as module
from cilint.lint.batch import Moves, components, is_inside, together
from cilint.lint.check import Result
from cilint.lint.fix import Fixed, fix
from cilint.lint.overlay import Overlay
from cilint.model.files import Files, MemoryFiles
from cilint.text.edit import Edit, overlap
from cilint.text.source import Span

Rule = Callable[[str, str], Iterator[Finding]]


def replacing(
    word: str,
    by: str,
    *,
    rule: str = "a/word",
    severity: Severity = Severity.WARNING,
    safety: Safety = "safe",
) -> Rule:
    """A rule that finds a word and replaces it."""

    def judge(path: str, text: str) -> Iterator[Finding]:
        for match in re.finditer(re.escape(word), text):
            span = Span(*match.span())
            edits = (FileEdit(path, Edit(span, by)),)
            yield Finding(rule, severity, f"has {word}", path, span, (), Fix("replace", safety, edits))

    return judge


def run(
    files: dict[str, str], *rules: Rule, unsafe: bool = False, looks: list[Collection[str]] | None = None
) -> Fixed:
    """Fix with these rules; a text with ``!`` does not parse."""

    def lint(state: Files, targets: Collection[str]) -> Result:
        if looks is not None:
            looks.append(targets)
        texts = {path: data.decode() for path in sorted(targets) if (data := state.read(path)) is not None}
        found = [finding for path, text in texts.items() for rule in rules for finding in rule(path, text)]
        found.sort(key=lambda finding: (finding.path, finding.span or Span(-1, -1), finding.rule))
        unparsed = frozenset(path for path, text in texts.items() if "!" in text)
        return Result(found, 0, tuple(texts), unparsed, {})

    def allowed(finding: Finding) -> bool:
        return finding.fix is not None and (unsafe or finding.fix.safety == "safe")

    return fix(MemoryFiles(files), files, lint, allowed)


def texts(fixed: Fixed) -> dict[str, str]:
    return {path: data.decode() for path, data in fixed.changes.items() if data is not None}


def test_all_findings_are_fixed_in_as_many_rounds_as_it_takes() -> None:
    fixed = run(
        {"f": "one one two", "g": "two"}, replacing("one", "two"), replacing("two", "ok", rule="a/two")
    )
    assert texts(fixed) == {"f": "ok ok ok", "g": "ok"}
    assert len(fixed.mended) == 6
    assert (fixed.left.findings, fixed.taken_back) == ([], [])


def test_unsafe_fixes_only_where_they_are_allowed() -> None:
    rule = replacing("one", "two", safety="unsafe")
    assert run({"f": "one"}, rule).changes == {}
    assert texts(run({"f": "one"}, rule, unsafe=True)) == {"f": "two"}


def test_overlapping_edits_wait_for_the_next_round() -> None:
    fixed = run({"f": "abc"}, replacing("ab", "x", rule="a/ab"), replacing("bc", "y", rule="a/bc"))
    assert texts(fixed) == {"f": "xc"}
    assert len(fixed.mended) == 1


def test_a_fix_that_breaks_the_file_is_taken_back_and_the_others_stay() -> None:
    fixed = run(
        {"f": "one two three"},
        replacing("two", "!", rule="a/bad"),
        replacing("one", "1"),
        replacing("three", "3"),
    )
    assert texts(fixed) == {"f": "1 two 3"}
    [(finding, reason)] = fixed.taken_back
    assert finding.rule == "a/bad"
    assert reason == "f would no longer parse"
    assert [finding.rule for finding in fixed.left.findings] == ["a/bad"]


def test_a_fix_that_does_no_harm_once_others_are_made_is_tried_again() -> None:
    def early(path: str, text: str) -> Iterator[Finding]:
        if "good" in text and "three" not in text:
            yield Finding("a/early", Severity.ERROR, "too early", path, Span(0, 1))

    rules = (
        replacing("bad", "good", rule="a/bad"),
        replacing("one", "two"),
        replacing("two", "three", rule="a/two"),
        early,
    )
    fixed = run({"f": "bad one"}, *rules)
    assert fixed.changes == {"f": b"good three"}
    assert fixed.taken_back == []


def test_a_fix_that_leaves_its_finding_is_taken_back() -> None:
    fixed = run({"f": "one"}, replacing("one", "one more"))
    assert fixed.changes == {}
    assert fixed.taken_back[0][1] == "the finding would still be there"


def test_a_fix_that_brings_an_error_is_taken_back() -> None:
    def error(path: str, text: str) -> Iterator[Finding]:
        if "two" in text:
            yield Finding("a/error", Severity.ERROR, "new", path, Span(0, 1))

    fixed = run({"f": "one", "g": "ONE two"}, replacing("one", "two"), replacing("ONE", "1"), error)
    assert texts(fixed) == {"g": "1 two"}
    assert fixed.taken_back[0][1] == "f would get an error: a/error"


def test_harm_is_found_among_many_fixes_of_many_files() -> None:
    files = {f"f{n}": "one " * 20 + ("bad" if n % 3 == 0 else "") for n in range(30)}
    fixed = run(files, replacing("bad", "!", rule="a/bad"), replacing("one", "1"))
    assert len(fixed.taken_back) == 10
    assert all(text.startswith("1 " * 20) for text in texts(fixed).values())
    assert len(fixed.changes) == 30


def test_fixes_that_do_harm_alone_are_tried_together() -> None:
    def apart(path: str, text: str) -> Iterator[Finding]:
        if ("new login" in text) != ("new image" in text):
            yield Finding("a/apart", Severity.ERROR, "pushed where nothing logged in", path, Span(0, 1))

    fixed = run(
        {"f": "old login, bad, old image"},
        replacing("old login", "new login", rule="a/login"),
        replacing("bad", "!", rule="a/bad"),
        replacing("old image", "new image", rule="a/image"),
        apart,
    )
    assert texts(fixed) == {"f": "new login, bad, new image"}
    assert [finding.rule for finding, _ in fixed.taken_back] == ["a/bad"]


def test_a_fix_is_tried_again_after_what_was_in_its_way_is_mended() -> None:
    def late(path: str, text: str) -> Iterator[Finding]:
        if "opened" in text and "guarded" not in text:
            yield Finding("a/guard", Severity.ERROR, "open to all", path, Span(0, 1))

    fixed = run(
        {"f": "closed, one"},
        replacing("closed", "opened", rule="a/open"),
        replacing("one", "two"),
        replacing("two", "guarded", rule="a/two"),
        late,
    )
    assert (texts(fixed), fixed.taken_back) == ({"f": "opened, guarded"}, [])


def test_rounds_end_though_rules_disagree() -> None:
    fixed = run({"f": "ping"}, replacing("ping", "pong"), replacing("pong", "ping", rule="a/back"))
    assert len(fixed.mended) == module.ROUNDS


def test_only_what_changed_is_looked_at_again_in_a_large_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SMALL", 2)
    looks: list[Collection[str]] = []
    files = {f"f{n}": "ok" for n in range(10)} | {"g": "one"}
    run(files, replacing("one", "two"), looks=looks)
    assert [len(targets) for targets in looks] == [11, 1, 1, 11]


def creating(path: str) -> Rule:
    def judge(of: str, text: str) -> Iterator[Finding]:
        if "done" not in text:
            edits = (FileEdit(of, Edit(Span(0, 0), "done ")),)
            yield Finding(
                "a/new",
                Severity.INFO,
                "m",
                of,
                Span(0, 1),
                (),
                Fix("f", "safe", edits, (NewFile(path, "n"),)),
            )

    return judge


def test_new_files_are_made_but_never_over_another() -> None:
    assert texts(run({"f": "x"}, creating("sub/new"))) == {"f": "done x", "sub/new": "n"}
    assert run({"f": "x", "g": "done"}, creating("g")).changes == {}


def test_what_is_found_in_a_new_file_is_fixed_with_the_rest() -> None:
    fixed = run({"f": "x"}, creating("sub/Dockerfile"), replacing("n", "m"))
    assert texts(fixed)["sub/Dockerfile"] == "m"


def test_a_file_that_moves_is_written_at_its_new_place_and_goes_from_the_old() -> None:
    new = ".github/workflows/new.yml"

    def misplaced(path: str, text: str) -> Iterator[Finding]:
        if path != new:
            change = Fix("move", "safe", (), (NewFile(new, text, instead=path),))
            yield Finding("a/place", Severity.ERROR, "m", path, Span(0, 1), (), change)

    fixed = run({"old": "one"}, misplaced, replacing("one", "two"))
    assert fixed.changes == {"old": None, new: b"two"}
    assert [each.rule for each in fixed.mended] == ["a/place", "a/word"]
    assert run({"old": "x", new: "y"}, misplaced).changes == {}


@pytest.mark.parametrize("path", ["../x", "/x", "a/../x", "", ".git/hooks/x", "a\\x", "a//x"])
def test_new_files_stay_inside_the_project(path: str) -> None:
    assert not is_inside(path)
    assert run({"f": "x"}, creating(path)).changes == {}


def test_line_ends_bytes_and_the_mark_of_order_are_kept() -> None:
    files = MemoryFiles({"f": b"\xef\xbb\xbfone\r\n\xff\r\n"})

    def lint(state: Files, targets: Collection[str]) -> Result:
        data = state.read("f") or b""
        rule = replacing("one", "two")
        return Result(
            list(rule("f", data.decode("utf-8-sig", "surrogateescape"))), 0, ("f",), frozenset(), {}
        )

    assert fix(files, ["f"], lint, lambda _: True).changes == {"f": b"\xef\xbb\xbftwo\r\n\xff\r\n"}


def edit(path: str, start: int, end: int, text: str = "x") -> Finding:
    change = FileEdit(path, Edit(Span(start, end), text))
    return Finding("a/b", Severity.INFO, "m", path, Span(start, end), (), Fix("f", "safe", (change,)))


def test_what_goes_together() -> None:
    files = MemoryFiles({"f": "abcdef", "g": "abc"})
    first, overlapping, apart, other = edit("f", 0, 2), edit("f", 1, 3), edit("f", 2, 4), edit("g", 0, 2)
    assert together([first, overlapping, apart, other], files) == [first, apart, other]
    assert together([edit("f", 1, 1), edit("f", 1, 1)], files) == [edit("f", 1, 1)]


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 4)), max_size=12))
def test_what_goes_together_is_what_overlaps_nothing_before_it(places: list[tuple[int, int]]) -> None:
    found = [edit("f", start, start + length) for start, length in places]
    chosen: list[Finding] = []
    for each in found:
        assert each.span is not None
        if not any(overlap(each.span, other.span) for other in chosen if other.span is not None):
            chosen.append(each)
    assert together(found, MemoryFiles({"f": "x" * 20})) == chosen


def test_components_have_no_path_in_common() -> None:
    a, b, c = edit("f", 0, 1), edit("g", 0, 1), edit("f", 2, 3)
    both = c._replace(path="h")
    assert components([a, b, both]) == [[b], [a, both]]


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ([], (Span(5, 5), Span(5, 5))),
        ([Edit(Span(0, 1), "long")], (Span(5, 5), Span(8, 8))),
        ([Edit(Span(9, 9), "later")], (Span(5, 5), Span(5, 5))),
        ([Edit(Span(5, 5), "new")], (Span(5, 5), Span(5, 8))),
        ([Edit(Span(4, 7), "ab")], (Span(4, 7), Span(4, 6))),
        ([Edit(Span(1, 3), ""), Edit(Span(4, 7), "ab")], (Span(4, 7), Span(2, 4))),
    ],
)
def test_where_a_place_has_moved(edits: list[Edit], expected: tuple[Span, Span]) -> None:
    assert Moves(edits).of(Span(5, 6)) == expected


def test_an_overlay_lists_new_files() -> None:
    overlay = Overlay(MemoryFiles({"a": "1"}), {}).with_changes({"b": b"2", "a": b"3"})
    assert overlay.listing() == ("a", "b")
    assert (overlay.read("a"), overlay.read("b"), overlay.read("c")) == (b"3", b"2", None)
