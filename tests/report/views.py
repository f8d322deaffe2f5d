"""Runs made by hand, as reports see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cilint.findings.finding import Finding, Fix, Label, Severity
from cilint.lint.request import GroupResult, Run
from cilint.report.view import View
from cilint.text.source import Span

ROOT = "/nowhere/project"


def finding(
    text: str,
    words: str,
    *,
    rule: str = "docker/a",
    severity: Severity = Severity.WARNING,
    message: str = "is wrong",
    path: str = "Dockerfile",
    related: tuple[Label, ...] = (),
    fix: Fix | None = None,
) -> Finding:
    """A finding whose carets cover ``words`` where they first occur in ``text``."""
    start = text.index(words)
    return Finding(rule, severity, message, path, Span(start, start + len(words)), related, fix)


def view_of(
    findings: Sequence[Finding],
    files: Mapping[str, str],
    *,
    base: str = ROOT,
    equivalents: Mapping[str, Mapping[str, tuple[str, ...]]] | None = None,
    suppressed: int = 0,
) -> View:
    """The findings in a project that holds ``files``."""
    outcome = GroupResult(ROOT, "strict", tuple(findings), suppressed, len(files), 0, equivalents or {})
    texts = {f"{ROOT}/{path}": text.encode("utf-8", "surrogateescape") for path, text in files.items()}
    return View(Run((outcome,)), base, texts)
