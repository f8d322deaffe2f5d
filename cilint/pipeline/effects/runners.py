"""The machines that jobs ask for: whose they are, and whether they exist."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property

from cilint.errors import nearest
from cilint.findings.finding import FileEdit
from cilint.model import edits
from cilint.model.workflow import Job, scalars
from cilint.pipeline.evaluate import UNKNOWN, Open, evaluate, interpolate
from cilint.pipeline.filters import matches
from cilint.pipeline.scenarios import any_event
from cilint.pipeline.sites import Call
from cilint.syntax.expression import Binary, Expr, ExpressionError, parse_template
from cilint.syntax.expression import Call as Function
from cilint.syntax.yaml import Mapping as YamlMapping
from cilint.syntax.yaml import Node, Scalar, Sequence
from cilint.text.edit import Edit
from cilint.text.hints import TYPE_CHECKING, Any, Literal
from cilint.text.hole import HOLE
from cilint.text.remember import remembered
from cilint.text.source import Span

if TYPE_CHECKING:
    from cilint.pipeline.pipeline import Pipeline

Standing = Literal["hosted", "preview", "deprecated", "retired", "unknown"]

# github.com/actions/runner-images, README, August 2026
_LABELS = """
ubuntu-latest ubuntu-24.04 ubuntu-24.04-arm ubuntu-22.04 ubuntu-22.04-arm ubuntu-slim
windows-latest windows-2025 windows-2025-vs2026 windows-2022 windows-11-arm windows-11-vs2026-arm
macos-latest macos-latest-large macos-latest-xlarge macos-26 macos-26-intel macos-26-large macos-26-xlarge
macos-15 macos-15-intel macos-15-large macos-15-xlarge
"""
_HOSTED = frozenset(_LABELS.split())
_PREVIEW = frozenset(("ubuntu-26.04", "ubuntu-26.04-arm", "xcode-27", "xcode-27-xlarge"))
_DEPRECATED = frozenset(("macos-14", "macos-14-large", "macos-14-xlarge"))
_RETIRED = re.compile(
    r"ubuntu-(16|18|20)\.04|macos-(10\.15|11(\.0)?|12|13)(-large|-xlarge)?|windows-(2016|2019)"
)
_SELF = frozenset(("self-hosted", "linux", "windows", "macos", "x64", "x86", "arm", "arm64"))
_IMAGE = re.compile(r"(ubuntu|windows|macos)-([0-9][0-9.]*|latest)")
_SYSTEMS = {"ubuntu": "linux", "linux": "linux", "windows": "windows", "macos": "macos"}
_LATEST = {"ubuntu": "24.04", "windows": "2025"}
_THIRD_PARTY = re.compile(
    r"(blacksmith|buildjet|depot|namespace-profile|nscloud|warp|warpbuild|ubicloud|runs-on|cirun|actuated|cirrus|"
    r"codebuild|arc|bitrise|machine|avm|stacklok|hyperenv|ghrunner)([-_=./].*|$)"
)
_HOSTED_FOR = re.compile(r"ubuntu-?(2\d)\.?(04)(?:$|-)")
_SUCCESSORS = {"ubuntu": "ubuntu-24.04", "macos": "macos-15", "windows": "windows-2022"}


MAX_LABELS = 20
"""Of longer lists, the first so many are held against one another."""


@remembered
def _has_own(job: Job) -> bool:
    """Whether a job asks for a machine of one's own, or for one of a group."""
    node = job.node.get("runs-on")
    if isinstance(node, YamlMapping) and node.get("group") is not None:
        return True
    return _names_own(job.runs_on)


@remembered
def _beside_own(job: Job) -> frozenset[Span]:
    """The labels in lists of the matrix, each of which asks for one machine, that name one of one's own."""
    found: set[Span] = set()
    for pair in job.matrix.pairs if job.matrix else ():
        axis = pair.value.resolved
        for item in axis.items if isinstance(axis, Sequence) else ():
            node = item.resolved
            values = [each.value for each in node.pairs] if isinstance(node, YamlMapping) else [node]
            for labels in (scalars(value.resolved) for value in values):
                if len(labels) > 1 and _names_own(labels):
                    found.update(label.span for label in labels)
    return frozenset(found)


def _names_own(labels: tuple[Scalar, ...]) -> bool:
    return any(label.text.lower() == "self-hosted" for label in labels)


class Runner:
    """One label, or one group, that a job asks for; ``text`` has holes where it is not known.

    ``before`` are labels that stand before it in the same list.
    """

    def __init__(
        self,
        job: Job,
        text: str,
        scalar: Scalar | None,
        span: Span,
        *,
        group: bool = False,
        before: tuple[Runner, ...] = (),
    ) -> None:
        self.job = job
        self.path = job.path
        self.text = text
        self.span = span
        self.group = group
        self._scalar = scalar
        self._before = before

    @property
    def label(self) -> str:
        """In lower case, as GitHub compares them."""
        return self.text.strip().lower()

    @property
    def is_known(self) -> bool:
        return HOLE not in self.text

    def is_among(self, labels: tuple[str, ...]) -> bool:
        """Whether it is one of the labels, or fits a pattern of them."""
        return any(matches(each.lower(), self.label) for each in labels)

    @property
    def is_foreign(self) -> bool:
        """Whether it certainly is no machine of GitHub's: one's own, or another company's."""
        if self.group or self.label == "self-hosted":
            return True
        if not self.is_known:
            return False
        return self.beside_own or _THIRD_PARTY.fullmatch(self.label) is not None

    @property
    def beside_own(self) -> bool:
        """Whether it narrows down ``self-hosted`` or a group."""
        return _has_own(self.job) or self.span in _beside_own(self.job)

    @property
    def is_narrowing(self) -> bool:
        """Whether another label of the job is the one to report."""
        return self.beside_own and not self.group and self.label != "self-hosted"

    @property
    def standing(self) -> Standing:
        """What GitHub says of the label."""
        if self.label in _HOSTED:
            return "hosted"
        if self.label in _PREVIEW:
            return "preview"
        if self.label in _DEPRECATED:
            return "deprecated"
        return "retired" if _RETIRED.fullmatch(self.label) else "unknown"

    @property
    def is_missing(self) -> bool:
        """Whether no machine is known to have it: not GitHub's, not anybody's that can be recognised."""
        if not self.is_known or self.is_foreign or self.standing != "unknown":
            return False
        return self.label not in _SELF and not re.search(
            r"\d-?cores?|large|gpu-|-gpu|[^a-z0-9.-]", self.label
        )

    @cached_property
    def rival(self) -> Runner | None:
        """A label before it in the same list that no machine has together with this one."""
        image = self.image
        return next((each for each in self._before if _exclude(image, each.image)), None)

    @cached_property
    def image(self) -> tuple[str, str]:
        """The system and the version that it asks for; empty where any will do."""
        match = _IMAGE.match(self.label)
        name, version = match.groups() if match else (self.label, "")
        return _SYSTEMS.get(name, ""), _LATEST.get(name, "") if version == "latest" else version

    @cached_property
    def better(self) -> str | None:
        """The label that is most likely meant, or that comes after it."""
        if self.standing in ("retired", "deprecated"):
            return _SUCCESSORS[self.label.partition("-")[0]] + ("-arm" if self.label.endswith("-arm") else "")
        return nearest(self.label, set(_HOSTED))

    @property
    def edits(self) -> tuple[FileEdit, ...] | None:
        """Write the better label, where this one is written out."""
        if self._scalar is None or self._scalar.text != self.text or self.better is None:
            return None
        return edits.replace_scalar(self.path, self.job.workflow.document, self._scalar, self.better)

    @property
    def hosted(self) -> str | None:
        """GitHub's own machine of the same system and processor; None where it may be asked for what no
        such machine has.
        """
        labels = [scalar.text.lower() for scalar in self.job.runs_on] if self.beside_own else [self.label]
        if self.group and not labels:
            return "ubuntu-latest"
        found = _HOSTED_FOR.search(labels[-1]) if len(labels) == 1 else None
        arm = any(re.search(r"(^|[-_])arm(64)?($|[-_])", label) for label in labels)
        if found and _THIRD_PARTY.fullmatch(labels[0]):
            label = f"ubuntu-{found[1]}.{found[2]}" + ("-arm" if arm else "")
            return label if label in _HOSTED else None
        if not _SELF.issuperset(labels) or {"windows", "macos"}.intersection(labels):
            return None
        return "ubuntu-24.04-arm" if arm else "ubuntu-latest"

    @property
    def hosted_edits(self) -> tuple[FileEdit, ...] | None:
        """Ask for GitHub's own machine instead, where what is asked for is written out."""
        pair, document = self.job.node.pair("runs-on"), self.job.workflow.document
        if self.hosted is None or pair is None or document.errors:
            return None
        if self._scalar is not None and not self.beside_own and self._scalar.text == self.text:
            return edits.replace_scalar(self.path, document, self._scalar, self.hosted)
        value, text = pair.value, document.text
        place = Span(pair.key.span.end + 1, value.span.end)
        written = text[place.start : place.end]
        if "#" in written or "${{" in written or id(value.resolved) in document.aliased:
            return None
        return (FileEdit(self.path, Edit(place, f" {self.hosted}")),)


def runners(pipeline: Pipeline) -> Iterator[Runner]:
    """Every label that the jobs of the target workflows ask for, each different value once."""
    for job in pipeline.jobs:
        node = job.node.get("runs-on")
        group = node.get("group") if isinstance(node, YamlMapping) else None
        if isinstance(group, Scalar):
            yield Runner(job, group.text, None, group.span, group=True)
        seen = set()
        before: tuple[Runner, ...] = ()
        for scalar in job.runs_on:
            for text, origin in _values(job, scalar):
                if (text, origin.span) not in seen:
                    seen.add((text, origin.span))
                    runner = Runner(job, text, origin, origin.span, before=before)
                    yield runner
                    if "${{" not in scalar.text:
                        before = (*before, runner)[:MAX_LABELS]


def _exclude(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether no machine has both systems, or both versions of one."""
    (system, version), (other_system, other_version) = one, other
    if system != other_system:
        return bool(system and other_system)
    return bool(version and other_version) and version != other_version


def is_on_windows(job: Job) -> bool:
    """Whether one of the labels that the job asks for is a Windows machine's in every leg of the matrix."""
    each_values = ([text for text, _ in _values(job, scalar)] for scalar in job.runs_on)
    return any(
        values and all(text.lower().startswith("windows") for text in values) for values in each_values
    )


def _values(job: Job, scalar: Scalar) -> Iterator[tuple[str, Scalar]]:
    """The labels that a value comes to, each with the words that it is written in."""
    if "${{" not in scalar.text:
        yield scalar.text, scalar
        return
    origins = {each.text: each for each in _matrix_scalars(job)}
    found = _labels(Call(job.workflow, job, None, None), scalar.text)
    for text in found:
        yield text, origins.get(text, scalar)


def _labels(call: Call, text: str) -> list[str]:
    """The values of an expression in every leg of the matrix, or what may come out of its alternatives."""
    contexts = {"github": any_event(), "inputs": Open(), "vars": Open()}
    legs = call.legs if "matrix" in text else ()
    found: list[str] = []
    for leg in legs or ({},):
        each = {**contexts, "matrix": Open(leg)}
        found += _texts(_evaluated(text, each))
    if HOLE in found:
        found = [item for item in found if item != HOLE] + _outcomes(text)
    return list(dict.fromkeys(found))


def _evaluated(text: str, contexts: Mapping[str, Any]) -> Any:
    try:
        parts = parse_template(text.strip())
        if len(parts) == 1 and not isinstance(parts[0], str):
            value = evaluate(parts[0][1], contexts)
            return HOLE if value is UNKNOWN else value
        return interpolate(text, contexts)
    except ExpressionError:
        return HOLE


def _outcomes(text: str) -> list[str]:
    """The texts that an expression may come to, whatever its conditions are; HOLE for what is not known."""
    try:
        parts = parse_template(text.strip())
    except ExpressionError:
        return [HOLE]
    if len(parts) != 1 or isinstance(parts[0], str):
        return [HOLE]
    found: list[str] = []
    pending: list[Expr] = [parts[0][1]]
    while pending:
        node = pending.pop()
        if isinstance(node, Binary) and node.op in ("&&", "||"):
            pending += [node.right] if node.op == "&&" else [node.right, node.left]
        elif isinstance(node, Function) and node.name.lower() == "case" and len(node.args) % 2:
            pending += [node.args[-1], *node.args[1::2]]
        else:
            found += _texts(_value(node))
    return found


def _value(node: Expr) -> Any:
    """What an expression is without knowing any context: literals, and functions of them."""
    try:
        return evaluate(node, {})
    except ExpressionError:
        return UNKNOWN


def _texts(value: object) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return [item if isinstance(item, str) else HOLE for item in items]


def _matrix_scalars(job: Job) -> Iterator[Scalar]:
    pending: list[Node] = [job.matrix] if job.matrix else []
    for _ in range(1000):
        if not pending:
            return
        node = pending.pop().resolved
        if isinstance(node, Scalar):
            yield node
        elif isinstance(node, YamlMapping):
            pending += [pair.value for pair in node.pairs]
        elif isinstance(node, Sequence):
            pending += node.items
