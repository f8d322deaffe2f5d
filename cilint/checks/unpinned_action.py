"""Whether actions, reusable workflows and container actions are pinned to what cannot change."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cilint.findings.violation import Options, Violation
from cilint.model.action import Action
from cilint.model.action_pins import pin_for, version_at
from cilint.model.known_actions import version_of
from cilint.model.references import ActionReference
from cilint.model.workflow import Workflow, scalar_at
from cilint.pipeline.pipeline import Pipeline
from cilint.syntax.yaml import Scalar
from cilint.text.edit import Edit
from cilint.text.source import SourceFile, Span


def run(pipeline: Pipeline, options: Options) -> Iterator[Violation]:
    """One violation a reference; values: ``problem``, ``commit``."""
    for workflow in pipeline.target_workflows:
        for scalar in _uses(workflow):
            yield from _violations(workflow.source, scalar, options.trusted)
    for action in pipeline.target_actions:
        for scalar in (*_uses(action), *_image(action)):
            yield from _violations(action.source, scalar, options.trusted)


def _image(action: Action) -> Iterator[Scalar]:
    """The image that a container action runs, where it is not built from a Dockerfile."""
    image = scalar_at(action.runs, "image")
    if image is not None and image.text.startswith("docker://"):
        yield image


def _uses(file: Workflow | Action) -> Iterator[Scalar]:
    if isinstance(file, Action):
        steps = file.steps
    else:
        yield from (job.uses for job in file.jobs if job.uses)
        steps = tuple(step for job in file.jobs for step in job.steps)
    yield from {step.uses.span: step.uses for step in steps if step.uses}.values()


def _violations(source: SourceFile, scalar: Scalar, trusted: list[str]) -> Iterator[Violation]:
    reference = ActionReference.parse(scalar.text)
    problem = _problem(source, scalar, reference)
    if problem is None or any(
        reference.repository == each or reference.owner.lower() == each for each in trusted
    ):
        return
    pin = pin_for(reference.repository, reference.ref) if reference.kind == "repository" else None
    edits = (
        (_pinned(source, scalar, reference, pin.commit, pin.version),)
        if pin and not reference.is_commit
        else ()
    )
    values = {"problem": problem, "commit": pin.version if pin else ""}
    yield Violation(source.path, scalar.span, values, edits=edits)


def _problem(source: SourceFile, scalar: Scalar, reference: ActionReference) -> str | None:
    if reference.kind == "docker":
        pinned = reference.image is None or reference.image.digest
        return None if pinned else "the tag of this image may point to another one tomorrow; add its digest"
    if reference.kind != "repository" or "${{" in scalar.text:
        return None
    if reference.is_commit:
        known = version_at(reference.repository, reference.ref)
        said = version_of(reference, source, scalar.span)
        wrong = (
            known
            and re.match(r"v?\d", said)
            and not f"{known}.".removeprefix("v").startswith(f"{said}.".removeprefix("v"))
        )
        return f"this commit is {known}, not {said} as the comment says" if wrong else None
    what = (
        "a short hash, which may become ambiguous"
        if re.fullmatch(r"[0-9a-f]{7,39}", reference.ref)
        else (
            "a tag, which its owner can move"
            if re.match(r"v?\d", reference.ref)
            else "a branch, which changes with every push"
        )
    )
    return f"`{reference.ref}` is {what}; pin the full commit and say the version in a comment"


def _pinned(
    source: SourceFile, scalar: Scalar, reference: ActionReference, commit: str, version: str
) -> Edit:
    """The reference with the commit, and the version in a comment where one can stand."""
    raw = source.slice(scalar.span)
    new = raw.replace(f"@{reference.ref}", f"@{commit}")
    end = source.text.find("\n", scalar.span.end)
    rest = source.text[scalar.span.end : end if end >= 0 else len(source.text)].rstrip("\r")
    if not rest.strip():
        return Edit(scalar.span, f"{new} # {version}")
    comment = re.match(r"[ \t]+#[ \t]*", rest)
    if comment is None:
        return Edit(scalar.span, new)
    kept = rest[comment.end() :].strip()
    kept = "" if re.fullmatch(r"v?\d[\w.]*", kept) else f" {kept}" if kept else ""
    return Edit(Span(scalar.span.start, scalar.span.end + len(rest)), f"{new} # {version}{kept}")
