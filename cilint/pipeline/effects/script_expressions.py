"""The ``${{ }}`` in scripts, which GitHub pastes in as text, and how to hand them over by ``env``."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property

from cilint.findings.finding import FileEdit
from cilint.model.edits import set_env
from cilint.pipeline.effects.injections import origins_of
from cilint.pipeline.evaluate import UNKNOWN
from cilint.pipeline.sites import Site
from cilint.syntax.expression import Embedded, embedded
from cilint.syntax.shell import Block, Command, Script, Word
from cilint.syntax.yaml import Scalar
from cilint.text.edit import Edit
from cilint.text.hints import TYPE_CHECKING
from cilint.text.source import Span

if TYPE_CHECKING:
    from cilint.pipeline.pipeline import Pipeline

MAX_HOISTED = 300  # expressions of a file whose hoisting is worked out: a hostile one has thousands

_SECRET = re.compile(r"(?i)\bsecrets(?:\.([A-Za-z_]\w*)|\[\s*'([^']+)'\s*\])")
_INPUT = re.compile(r"(?i)(?<![.\w])(?:github\.event\.)?inputs(?:\.([A-Za-z_][\w-]*)|\[\s*'([^']+)'\s*\])")
_ENV = re.compile(r"(?i)env(?:\.([A-Za-z_]\w*)|\[\s*'([^']+)'\s*\])")
_TAKEN = frozenset(
    ("PATH", "HOME", "USER", "SHELL", "PWD", "IFS", "LANG", "CI", "TERM", "HOSTNAME", "BASH_ENV", "ENV")
)


class ScriptExpression:
    """One ``${{ }}`` in a ``run`` script or in the program of a github-script step."""

    def __init__(
        self, pipeline: Pipeline, site: Site, scalar: Scalar, found: Embedded, *, crowded: bool
    ) -> None:
        self._pipeline = pipeline
        self._crowded = crowded
        self._scalar = scalar
        self._found = found
        self.site = site
        self.sites = [site]
        self.path = site.path
        self.span: Span = scalar.source_span(found.start, found.end)
        self.source = found.source.strip()

    @property
    def secret(self) -> str | None:
        """The name of the secret in it, or in the variable that it pastes."""
        return _name(_SECRET, self._made_of) if self._becomes("secrets") else None

    @property
    def input(self) -> str | None:
        """The input in it, where somebody may type any text there."""
        if not self._becomes("inputs", "github.event.inputs"):
            return None
        whole = self._becomes("inputs", "github.event.inputs", whole=True)
        names = self._declared if whole else filter(None, (_name(_INPUT, self._made_of),))
        return next((name for name in names if self._takes_text(name)), None)

    def _becomes(self, *contexts: str, whole: bool = False) -> bool:
        """Whether text of one of the contexts may be pasted, not only what a comparison makes of it."""
        ends = "" if whole else "."
        return any(
            origin == context or (ends and origin.startswith(context + ends))
            for origin in self._origins
            for context in contexts
        )

    @cached_property
    def _origins(self) -> list[str]:
        text = self._made_of
        sources = [each.source for each in embedded(text)] if "${{" in text else [text]
        return [origin for source in sources for origin in origins_of(source)]

    @property
    def _declared(self) -> list[str]:
        triggers = self.site.call.workflow.triggers
        found = (triggers.get(event) for event in ("workflow_dispatch", "workflow_call"))
        return [name for trigger in found if trigger for name in trigger.inputs]

    @cached_property
    def pasted_variable(self) -> str | None:
        """The variable of the environment whose value it pastes, where it does nothing else."""
        match = _ENV.fullmatch(self.source)
        return (match.group(1) or match.group(2)) if match else None

    @cached_property
    def _made_of(self) -> str:
        """The expression, or what the variable that it pastes is set to."""
        found = (layer.get(self.pasted_variable or "") for layer in self.site.env_layers)
        return next((value.text for value in found if value is not None), self.source)

    def _takes_text(self, name: str) -> bool:
        """Whether an input takes any text; Booleans, numbers and choices do not, nor what callers fix."""
        if all(_is_fixed(site, name) for site in self.sites):
            return False
        if self.site.parent is not None:
            return True
        declared = [
            trigger.inputs[name]
            for event in ("workflow_dispatch", "workflow_call")
            if (trigger := self.site.call.workflow.triggers.get(event)) and name in trigger.inputs
        ]
        kinds = [node.get("type") if node else None for node in declared]
        typed = [kind.text if isinstance(kind, Scalar) else "string" for kind in kinds]
        return not typed or "string" in typed

    @cached_property
    def deploys(self) -> bool:
        """Whether it stands in a workflow that deploys to Dokploy."""
        entry = self.site.call.entry
        return any(deploy.to_dokploy and deploy.site.call.entry is entry for deploy in self._pipeline.deploys)

    # -- handing it over by env --------------------------------------------------------------------

    @cached_property
    def _word(self) -> Word | None:
        script = self.site.script
        if script is None or self._scalar is not self.site.step.run:
            return None
        own = Span(self._found.start, self._found.end)
        around = [word for word in _words(script) if word.span.covers(own)]
        return min(around, key=lambda word: word.span.end - word.span.start, default=None)

    @property
    def hoist_edits(self) -> tuple[FileEdit, ...] | None:
        """Name it in the step's ``env`` and let the script read that; None where more would change."""
        if self._crowded:
            return None
        name = _name(_SECRET, self.source) or _name(_INPUT, self.source) or _last_names(self.source)
        text = "${{ " + self.source + " }}"
        if self.pasted_variable in self._assigned or (name is None and self.pasted_variable is None):
            return None
        variable, known = self._variable(name or "", text)
        replacement = self._reference(variable)
        if replacement is None:
            return None
        edits = (FileEdit(self.path, Edit(self.span, replacement)),)
        if known:
            return edits
        added = set_env(self.site.step, variable, text)
        return None if added is None else (*added, *edits)

    def _variable(self, name: str, text: str) -> tuple[str, bool]:
        """A name for it, and whether the step has such a variable already."""
        if self.pasted_variable is not None:
            return self.pasted_variable, True
        for layer in self.site.env_layers:
            for variable, value in layer.items():
                if "".join(value.text.split()) == "".join(text.split()):
                    return variable, True
        plain = re.sub(r"\W", "_", name).upper()
        used = {name for layer in self.site.env_layers for name in layer} | self._assigned | _TAKEN
        return (plain if plain not in used else f"INPUT_{plain}"), False

    @cached_property
    def _assigned(self) -> frozenset[str]:
        """The variables that the script gives something else."""
        script, written = self.site.script, self._scalar.text[self._found.start : self._found.end]
        found = set()
        for command in script.commands if script else ():
            for each in command.assignments:
                if each.value is None or each.value.raw.strip("\"'") != written:
                    found.add(each.name)
        return frozenset(found)

    def _reference(self, variable: str) -> str | None:
        """How the script reads the variable where the expression stands."""
        if self._word is None or self._in_remote_script:
            return None
        text = self._scalar.text
        following = text[self._found.end : self._found.end + 1]
        braced = f"${{{variable}}}" if re.match(r"\w|\[", following) else f"${variable}"
        if self._word.mode == "heredoc":
            return braced
        if self._word.mode == "literal":
            return None
        quote = _quote_at(text[self._word.span.start : self._found.start])
        if quote == '"':
            return braced
        if self._scalar.style == "plain" and self._found.start == 0:
            return None  # a quote there would be YAML's
        return f'"${variable}"' if quote == "" else f"'\"${variable}\"'"

    @property
    def _in_remote_script(self) -> bool:
        """Whether it is part of a script inside the script, which may run where the variable is not."""
        script = self.site.script
        for block in script.blocks if script else ():
            if block.shell is not None and block.span.start <= self._found.start < block.span.end:
                return True
        return False


def _is_fixed(site: Site, name: str) -> bool:
    """Whether the workflow or step that calls the one with this step gives the input a known value."""
    called = site.parent is not None or site.call.caller is not None
    return called and isinstance(site.inputs, dict) and site.inputs.get(name, UNKNOWN) is not UNKNOWN


def _name(pattern: re.Pattern[str], source: str) -> str | None:
    match = pattern.search(source)
    return (match.group(1) or match.group(2)) if match else None


def _last_names(source: str) -> str | None:
    """The last two names of a context: ``issue_title`` for ``github.event.issue.title``."""
    match = re.fullmatch(r"[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)+", source)
    names = [name for name in source.split(".")[1:] if name != "event"] if match else []
    return "_".join(names[-2:]) or None


def _quote_at(text: str) -> str:
    """The quote that is open at the end of the beginning of a word: ``"``, ``'`` or none."""
    quote, at = "", 0
    while at < len(text):
        char = text[at]
        if char == "\\" and quote != "'":
            at += 1
        elif quote == "" and char in "\"'":
            quote = char
        elif char == quote:
            quote = ""
        at += 1
    return quote


def _words(script: Script) -> Iterator[Word]:
    """Every word of a script, those of redirections, assignments and loops included."""
    for command in script.commands:
        yield from _command_words(command)
    for block in script.blocks:
        yield from block.words or ()
        yield from block.patterns
        yield from _redirect_words(block)


def _command_words(command: Command) -> Iterator[Word]:
    yield from command.written
    for assignment in command.assignments:
        if assignment.value is not None:
            yield assignment.value
        yield from assignment.elements or ()
    yield from _redirect_words(command)


def _redirect_words(node: Command | Block) -> Iterator[Word]:
    for redirect in node.redirects:
        if redirect.heredoc is not None:
            yield redirect.heredoc.body
        elif redirect.target is not None:
            yield redirect.target


def script_expressions(pipeline: Pipeline, sites: Iterable[Site]) -> tuple[ScriptExpression, ...]:
    """Every expression in the scripts of steps, in their order; one that runs in several places once."""
    found: dict[tuple[str, Span], ScriptExpression] = {}
    counts: Counter[str] = Counter()
    for site in sites:
        scalar = site.step.run or site.step.github_script
        if scalar is None:
            continue
        parts = embedded(scalar.text)
        counts[site.path] += len(parts)
        for part in parts:
            crowded = counts[site.path] > MAX_HOISTED
            expression = ScriptExpression(pipeline, site, scalar, part, crowded=crowded)
            key = (expression.path, expression.span)
            if key in found:
                found[key].sites.append(site)
            else:
                found[key] = expression
    return tuple(found.values())
