"""Problems with GitHub's schema as violations, with the edit that puts a misspelt word right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cilint.findings.finding import Safety
from cilint.findings.violation import Violation
from cilint.model.action import Action
from cilint.model.rename import renamed
from cilint.model.schema import Problem, Topic
from cilint.model.workflow import Workflow
from cilint.text.edit import Edit


def violations(files: Iterable[Workflow | Action], topic: Topic) -> Iterator[Violation]:
    """One violation a problem of the topic; values: ``problem``, ``better`` (the right word, or empty)."""
    for file in files:
        # What cannot be read leaves nothing there, of which there is nothing to say besides.
        broken = {file.source.position(error.span.start).line for error in file.document.errors}
        for problem in file.reading.problems:
            if problem.topic == topic and file.source.position(problem.span.start).line not in broken:
                yield _violation(file, problem)


def _violation(file: Workflow | Action, problem: Problem) -> Violation:
    values = {"problem": problem.message, "better": problem.better or ""}
    # Another case is no other word; any other change is a guess, if a near one.
    same = problem.node is not None and problem.better == problem.node.text.lower()
    safety: Safety = "safe" if same else "unsafe"
    return Violation(file.path, problem.span, values, edits=edits_of(file, problem), safety=safety)


def edits_of(file: Workflow | Action, problem: Problem) -> tuple[Edit, ...]:
    """The edit that writes the better word; none where there is none."""
    node, better = problem.node, problem.better
    if node is None or better is None:
        return ()
    if problem.mapping is not None:
        return renamed(file.document, problem.mapping, node, better)
    from cilint.syntax import yaml_edit

    try:
        value = {"true": True, "false": False}.get(better, better)
        return tuple(yaml_edit.set_scalar(file.document, node, value))
    except yaml_edit.EditRefused:
        return ()
