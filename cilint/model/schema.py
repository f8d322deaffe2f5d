"""A workflow or an action held against GitHub's own schema: what does not fit, and where expressions stand.

One pass over the nodes. GitHub reads a file in the same way (npm's @actions/workflow-parser,
template-reader): one mapping is chosen among several by its keys, keys are told apart without case, and
whatever may hold an expression is taken for right where it holds one.
"""

from __future__ import annotations

from cilint.errors import nearest
from cilint.model import schema_data
from cilint.model.schema_words import EVENT_MAPPINGS, kind_of_value, listed, place_name, wanted
from cilint.syntax.yaml import Mapping, Node, Scalar, Sequence
from cilint.text.hints import Literal
from cilint.text.source import Span
from cilint.text.values import NamedTuple

MAX_DEPTH = 60
MAX_HINTS = 15  # names that are looked up for a better one: a hostile file has thousands
CONDITIONS = frozenset(("job-if", "step-if", "snapshot-if", "runs-if"))

_FILTERS = frozenset((
    "types", "branches", "branches-ignore", "tags", "tags-ignore", "paths", "paths-ignore", "workflows",
))  # fmt: skip

_CONTEXTS = frozenset(("github", "inputs", "env", "vars", "needs", "matrix", "steps", "strategy", "runner"))

Topic = Literal["schema", "event", "permission"]
Trail = tuple[str | int, ...]


class Problem(NamedTuple):
    """What GitHub would not take. ``mapping`` and ``key`` name a key that should be called ``better``;
    ``node`` is a value that should be ``better``."""

    topic: Topic
    span: Span
    message: str
    node: Scalar | None = None
    mapping: Mapping | None = None
    better: str | None = None


class Slot(NamedTuple):
    """A value that is or holds an expression. ``available`` has the contexts and, as ``name()``, the special
    functions that may be used; ``trail`` are the keys and indices that lead there; ``shape`` is what is
    expected (see ``schema_data``); ``bare``: the whole text is an expression, with or without braces."""

    node: Scalar
    shape: schema_data.Shape
    available: frozenset[str]
    trail: Trail
    bare: bool


class Reading(NamedTuple):
    """What one pass over a file gives."""

    problems: list[Problem]
    slots: list[Slot]


def read_workflow(root: Mapping | None) -> Reading:
    return _read(root, schema_data.WORKFLOW_ROOT, schema_data.WORKFLOW_SHAPES, schema_data.WORKFLOW_MAPPINGS)


def read_action(root: Mapping | None) -> Reading:
    return _read(root, schema_data.ACTION_ROOT, schema_data.ACTION_SHAPES, schema_data.ACTION_MAPPINGS)


def _read(
    root: Mapping | None,
    name: str,
    shapes: dict[str, schema_data.Shape],
    mappings: dict[str, schema_data.MappingShape],
) -> Reading:
    reader = _Reader(shapes, mappings)
    if root is not None:
        reader.value(root, name, (), frozenset())
    return Reading(reader.problems, reader.slots)


class _Reader:
    __slots__ = ("joined", "mappings", "problems", "shapes", "slots")

    def __init__(
        self, shapes: dict[str, schema_data.Shape], mappings: dict[str, schema_data.MappingShape]
    ) -> None:
        self.shapes = shapes
        self.mappings = mappings
        self.problems: list[Problem] = []
        self.slots: list[Slot] = []
        self.joined: dict[tuple[frozenset[str], str], frozenset[str]] = {}

    def value(
        self, node: Node, name: str, trail: Trail, outer: frozenset[str], owner: Span | None = None
    ) -> None:
        """Reads a node that should have the shape ``name``; ``owner`` is the key that it stands under."""
        node = node.resolved
        own = self.shapes[name][4]
        available = self.join(outer, own) if own else outer
        if isinstance(node, Scalar):
            self.scalar(node, name, trail, available)
        elif len(trail) > MAX_DEPTH or "*" in self.shapes[name][0]:
            self.anything(node, name, trail, available)
        elif isinstance(node, Sequence):
            self.sequence(node, name, trail, available)
        elif isinstance(node, Mapping):
            self.mapping(node, name, trail, available, owner)

    def join(self, outer: frozenset[str], own: str) -> frozenset[str]:
        """A value may use what its own definition names and what those around it name."""
        key = (outer, own)
        if key not in self.joined:
            self.joined[key] = outer.union(own.split())
        return self.joined[key]

    def report(
        self, name: str, span: Span, message: str, node: Scalar | None = None, better: str | None = None
    ) -> None:
        self.problems.append(Problem(_topic(name), span, message, node, None, better))

    def nearest(self, name: str, candidates: tuple[str, ...]) -> str | None:
        return nearest(name, candidates) if len(self.problems) < MAX_HINTS and len(name) < 100 else None

    # -- values ------------------------------------------------------------------------------------

    def scalar(self, node: Scalar, name: str, trail: Trail, available: frozenset[str]) -> None:
        scalars, constants, *_ = self.shapes[name]
        text = node.text
        bare = name in CONDITIONS
        if "${{" in text or bare:
            self.slots.append(Slot(node, self.shapes[name], available, trail, bare))
            if not (bare or constants or set(scalars) & set("sS*") or _is_expression(text)):
                said = f"{place_name(trail)} must be {wanted(self.shapes[name])}, or an expression"
                self.report(name, node.span, f"{said} with nothing beside it")
        elif not ("s" in scalars or "*" in scalars or text in constants or ("S" in scalars and _says(node))):
            self.plain(node, name, trail)

    def plain(self, node: Scalar, name: str, trail: Trail) -> None:
        """A scalar that is no string that would do."""
        scalars, constants, *_ = self.shapes[name]
        value = node.value
        if (value is None and "n" in scalars) or (isinstance(value, bool) and "b" in scalars):
            return
        if isinstance(value, int | float) and not isinstance(value, bool) and "d" in scalars:
            return
        place = place_name(trail)
        if not _says(node):
            self.report(name, node.span, f"{place} is empty: it must be {wanted(self.shapes[name])}")
            return
        better = self.nearest(node.text, constants) if constants else _unquoted(node, scalars)
        if name == "permissions":
            better = None  # every permission there is would be no mending
        said = f"`{node.text[:60]}` is not what {place} takes: it must be {wanted(self.shapes[name])}"
        if name in ("on-strict", "on-string-strict"):
            said = f"there is no event `{node.text[:60]}`"
        self.report(name, node.span, said + (f"; did you mean `{better}`?" if better else ""), node, better)

    def sequence(self, node: Sequence, name: str, trail: Trail, available: frozenset[str]) -> None:
        item = self.shapes[name][2]
        if not item:
            self.unexpected(node, name, trail)
            return
        for index, each in enumerate(node.items):
            self.value(each, item, (*trail, index), available)

    def unexpected(self, node: Node, name: str, trail: Trail) -> None:
        said = f"{place_name(trail)} must be {wanted(self.shapes[name])}, not {kind_of_value(node)}"
        of_event = len(trail) == 2 and trail[0] == "on"
        self.problems.append(Problem("event" if of_event else _topic(name), _first_line(node), said))

    def anything(self, node: Node, name: str, trail: Trail, available: frozenset[str]) -> None:
        """A value of any form: only its expressions count."""
        waiting: list[Node] = [node]
        while waiting:
            inner = waiting.pop().resolved
            if isinstance(inner, Scalar):
                if "${{" in inner.text:
                    self.slots.append(Slot(inner, self.shapes[name], available, trail, bare=False))
            elif isinstance(inner, Sequence):
                waiting += inner.items
            elif isinstance(inner, Mapping):
                waiting += [each for pair in inner.pairs for each in pair]

    # -- mappings ----------------------------------------------------------------------------------

    def mapping(
        self, node: Mapping, name: str, trail: Trail, available: frozenset[str], owner: Span | None
    ) -> None:
        choices = self.shapes[name][3]
        if not choices:
            self.unexpected(node, name, trail)
            return
        chosen = choices[0] if len(choices) == 1 else self.choose(node, choices)
        keys, _, others = self.mappings[chosen]
        seen: dict[str, str] = {}
        for key, value in node.pairs:
            if not isinstance(key, Scalar):
                self.report(chosen, key.span, "a key must be a plain text")
                continue
            text = key.text
            if text == "<<":
                continue  # merge keys are the business of a rule of their own
            if not text:
                self.report(chosen, key.span, "a key is empty: nothing can be called that")
                continue
            before = seen.setdefault(text.lower(), text)
            if before != text and (others or before in keys):
                said = f"the key `{text}` is the same as `{before}` before it: GitHub ignores case in keys"
                self.report(chosen, key.span, said)
            shape = keys.get(text) or others
            if shape:
                self.value(value, shape, (*trail, text), available, key.span)
            elif "${{" not in text:
                self.unknown(node, key, chosen, choices, seen)
                if text.lower() in keys:
                    self.value(value, keys[text.lower()], (*trail, text), available, key.span)
        self.missing(owner or _first_line(node), chosen, choices, trail, seen)

    def choose(self, node: Mapping, choices: tuple[str, ...]) -> str:
        """The mapping that is meant: the one that alone needs the first telling key, else the best fit."""
        present = node.keys()
        if "workflow-job" in choices and "uses" in present:
            return "workflow-job"
        using = node.get("using")
        if "composite-runs-strict" in choices and isinstance(using, Scalar):
            kinds = {"docker": "container-runs-strict", "composite": "composite-runs-strict"}
            return kinds.get(using.text, "node-runs-strict")
        owners: dict[str, list[str]] = {}
        for choice in choices:
            for key in self.mappings[choice][1]:
                owners.setdefault(key, []).append(choice)
        telling = (owners[key][0] for key in present if len(owners.get(key, ())) == 1)
        best = max(choices, key=lambda choice: sum(key in self.mappings[choice][0] for key in present))
        return next(telling, best)

    def unknown(
        self, node: Mapping, key: Scalar, chosen: str, choices: tuple[str, ...], seen: dict[str, str]
    ) -> None:
        keys = self.mappings[chosen][0]
        text = key.text
        other = next((each for each in choices if text in self.mappings[each][0]), None)
        if other is not None:
            telling = next((name for name in self.mappings[chosen][1] if node.pair(name)), None)
            because = f": it has `{telling}`" if telling and f"`{telling}`" not in listed(chosen) else ""
            said = f"{listed(chosen)} takes no `{text}`{because}"
            self.report(chosen, key.span, said)
            return
        better = self.nearest(text, tuple(name for name in keys if seen.get(name) != name))
        if better and node.pair(better) is not None:
            better = None  # it follows
        known = ", ".join(f"`{name}`" for name in sorted(keys)) if len(keys) <= 8 else ""
        hint = f"; did you mean `{better}`?" if better else f"; it takes {known}" if known else ""
        said = f"{listed(chosen)} has no `{text[:60]}`{hint}"
        if chosen == "on-mapping-strict":
            said = f"there is no event `{text[:60]}`{hint}"
        elif chosen == "permissions-mapping":
            said = f"there is no permission `{text[:60]}`{hint}"
        topic: Topic = "event" if text in _FILTERS and chosen in EVENT_MAPPINGS else _topic(chosen)
        self.problems.append(Problem(topic, key.span, said, key, node, better))
        if better:
            seen[better] = text  # it is there, if misspelt

    def missing(
        self, span: Span, chosen: str, choices: tuple[str, ...], trail: Trail, seen: dict[str, str]
    ) -> None:
        absent = [key for key in self.mappings[chosen][1] if key not in seen]
        if not absent or any("${{" in key for key in seen):
            return
        telling = dict.fromkeys(key for choice in choices for key in self.mappings[choice][1])
        if len(choices) > 1 and not any(key in seen for key in telling):
            names = " or ".join(f"`{key}`" for key in telling)
            self.report(chosen, span, f"{place_name(trail)} needs {names}")
            return
        names = " and ".join(f"`{key}`" for key in absent)
        self.report(chosen, span, f"{listed(chosen)} needs {names}")


def _topic(name: str) -> Topic:
    if name.startswith("permission"):
        return "permission"
    return "event" if name.startswith("on-") or name.endswith(("-activity-type", "-activity")) else "schema"


def _says(node: Scalar) -> bool:
    """Whether a scalar is more than nothing, be it empty or a plain `null`."""
    return bool(node.text) and (node.style != "plain" or node.value is not None)


def _is_expression(text: str) -> bool:
    """Whether a text is one expression with its braces, and nothing else."""
    text = text.strip()
    return text.startswith("${{") and text.endswith("}}") and text.count("${{") == 1


def _unquoted(node: Scalar, scalars: str) -> str | None:
    """What a text means where a Boolean or number must stand: one in quotes or of another language, or an
    expression without its braces."""
    if node.style in ("single", "double") and "b" in scalars and node.text in ("true", "false"):
        return node.text
    words = {"yes": "true", "on": "true", "no": "false", "off": "false"}
    better = words.get(node.text.lower()) if "b" in scalars else None
    return better or (_braced(node.text) if set(scalars) & set("bd") else None)


def _braced(text: str) -> str | None:
    """The text in braces, if it is an expression that lacks them."""
    from cilint.syntax.expression import Context, ExpressionError, parse, walk

    try:
        speaks = any(isinstance(node, Context) and node.name in _CONTEXTS for node in walk(parse(text)))
    except ExpressionError:
        return None
    return f"${{{{ {text} }}}}" if speaks else None


def _first_line(node: Node) -> Span:
    """A collection is shown by its first key or item."""
    if isinstance(node, Mapping) and node.pairs:
        return node.pairs[0].key.span
    if isinstance(node, Sequence) and node.items and not node.flow:
        return node.items[0].span
    return node.span
