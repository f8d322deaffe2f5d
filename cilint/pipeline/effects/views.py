"""How the texts of a step read in one scenario and in one leg of its job's matrix."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property

from cilint.pipeline.evaluate import SUCCEEDS, condition, interpolate
from cilint.pipeline.invocations import Invocation
from cilint.pipeline.reach import Reach
from cilint.pipeline.runs import Runs
from cilint.pipeline.scenarios import Scenario
from cilint.pipeline.shell_state import environment
from cilint.pipeline.sites import Call, Site
from cilint.syntax.shell import Argument, Arguments
from cilint.syntax.yaml import Scalar
from cilint.text.hints import Any
from cilint.text.hole import HOLE

MAX_LEGS = 16
"""So many different legs of a matrix are looked at; what a step does rarely differs in more ways."""
SOMEBODY = "Owner/Repository"
"""The repository's name where texts are read: owners and repositories may have capitals, images may not."""
_MATRIX_KEY = re.compile(r"matrix\.([\w-]+)")
_WHOLE_MATRIX = re.compile(r"\bmatrix\s*(?:\[|\)|,|\}\})")


class Leg(Call):
    """A job in one leg of its matrix."""

    def __init__(self, call: Call, leg: dict[str, Any]) -> None:
        super().__init__(call.entry, call.job, call.inputs, call.caller)
        self.__dict__["legs"] = (leg,)


def legs_of(runs: Runs, site: Site) -> tuple[Site, ...]:
    """The step in every leg that differs in something its job mentions; itself where there is no matrix."""
    if not site.call.legs:
        return (site,)
    text = site.job.workflow.source.slice(site.job.node.span)
    if _WHOLE_MATRIX.search(text):
        chosen = list(site.call.legs)
    else:
        keys = set(_MATRIX_KEY.findall(text))
        chosen = []
        for leg in site.call.legs:
            part = {key: value for key, value in leg.items() if key in keys}
            if part not in chosen:
                chosen.append(part)
    return tuple(_in_leg(runs, site, Leg(site.call, leg)) for leg in chosen[:MAX_LEGS])


def _in_leg(runs: Runs, site: Site, call: Call) -> Site:
    if site.parent is None:
        return _like(site, Site(call, site.step, writers=site.writers))
    parent = _in_leg(runs, site.parent, call)
    uses = parent.step.uses
    action = runs.project.local_action(uses.text) if uses else None
    inputs = dict(action.defaults) if action else {}
    contexts = parent.contexts()
    inputs.update({name: interpolate(value.text, contexts) for name, value in parent.step.inputs.items()})
    return _like(site, Site(call, site.step, inputs, parent, site.writers))


def _like(site: Site, other: Site) -> Site:
    """The same step in a leg, with what it uses."""
    other.inner, other.outputs, other.stoppers = site.inner, site.outputs, site.stoppers
    return other


class View:
    """The texts of a step in a scenario; ``repository`` is what ``github.repository`` is taken to be."""

    def __init__(self, runs: Runs, site: Site, scenario: Scenario | None, reach: Reach) -> None:
        self.runs = runs
        self.site = site
        self.scenario = scenario
        self.reach = reach
        self._variables: dict[Site, dict[str, Any]] = {}

    @cached_property
    def contexts(self) -> dict[str, Any]:
        if self.scenario is None:
            return self.site.contexts()
        return self.reach.contexts(self.site, self.scenario)

    def variables(self, call: Invocation) -> dict[str, Any]:
        """What a script finds when it begins, that of the step or another one's."""
        if call.site not in self._variables:
            found: dict[str, Any] = dict(environment(call, self.contexts))
            if self.scenario is not None:
                repository = self.github.get("repository")
                found["GITHUB_REPOSITORY"] = repository
                found["GITHUB_REPOSITORY_OWNER"] = str(repository).partition("/")[0]
            self._variables[call.site] = found
        return self._variables[call.site]

    @cached_property
    def github(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.contexts["github"]
        return found

    def text(self, text: str) -> str:
        """A text with its expressions resolved; HOLE for the rest."""
        return interpolate(text, self.contexts) if "${{" in text else text

    def scalar(self, scalar: Scalar | None) -> str | None:
        return None if scalar is None else self.text(scalar.text)

    def input(self, *names: str) -> str | None:
        """The first of the step's inputs that is given."""
        for name in names:
            if name in self.site.step.inputs:
                return self.scalar(self.site.step.inputs[name])
        return None

    def flag(self, *names: str, default: bool = False) -> bool | None:
        """A boolean input; None where it is not known."""
        given = next((self.site.step.inputs[name] for name in names if name in self.site.step.inputs), None)
        if given is None:
            return default
        text = self.text(given.text).strip()
        if HOLE not in text:
            return default if not text else text.lower() == "true"
        # the value may not be known, but that it is nothing that is true
        return False if condition(given.text, self.contexts, SUCCEEDS) is False else None

    @cached_property
    def runner(self) -> str | None:
        """The architecture of the job's runner; None where its labels do not tell.

        GitHub's own labels: ``…-arm`` is arm64, every other Linux image is amd64.
        """
        labels = [self.text(label.text).lower() for label in self.site.job.runs_on]
        if not labels or any(HOLE in label for label in labels):
            return None
        for label in labels:
            if label.startswith(("ubuntu-", "windows-")):
                return "arm64" if label.endswith("-arm") else "amd64" if "arm" not in label else None
        if "x64" in labels or "arm64" in labels:
            return "amd64" if "x64" in labels else "arm64"
        return None


class CommandView:
    """The arguments of a command in a scenario, with the step's ``${{ }}`` put in as the runner does."""

    def __init__(self, view: View, call: Invocation) -> None:
        self.view = view
        self.call = call

    @cached_property
    def env(self) -> dict[str, Any]:
        call, outer = self.call, self.view.variables(self.call)
        script = call.site.script
        found = (script.environment(call.command, outer, call.shell) if script else {}) or outer
        return {**call.assumed, **found} if call.assumed else found

    @property
    def is_assumed(self) -> bool:
        """Whether the program is what the script takes at first, to which it may add something."""
        return any(self.env[name] is value for name, value in self.call.assumed.items())

    @cached_property
    def variants(self) -> tuple[Arguments, ...]:
        """The arguments; inside a ``for`` over known words once for each of them."""
        return tuple(self.call.command.arguments(env) for env in self._loop_environments())

    @property
    def arguments(self) -> Arguments:
        return self.variants[0]

    @cached_property
    def argvs(self) -> tuple[list[str], ...]:
        """Program and arguments; inside a ``for`` over known words once for each of them."""
        words = self.call.command.words
        return tuple(
            [text for word in words for text in word.fields(env)] for env in self._loop_environments()
        )

    def _loop_environments(self) -> list[dict[str, Any]]:
        loop = next((each for each in self.call.command.loops if each.kind == "for" and each.words), None)
        if loop is None or HOLE not in str(self.env.get(loop.name, HOLE)):
            return [self.env]
        values = [text for word in loop.words or () for text in word.fields(self.env)]
        return [{**self.env, loop.name: value} for value in values[:MAX_LEGS]] or [self.env]


def words_of(arguments: Arguments) -> tuple[str, ...]:
    """The operands: ``docker``'s ``buildx``, ``build``, ``.``."""
    return tuple(argument.value or "" for argument in arguments.operands())


def value_of(argument: Argument | None) -> str | None:
    return None if argument is None else argument.value
