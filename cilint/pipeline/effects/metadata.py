"""The tags that docker/metadata-action makes of its rules in a scenario (its README, ``src/meta.ts``)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cilint.model.references import ImageReference
from cilint.pipeline.effects.tags import SHORT, Piece, Tag, fields, pieces
from cilint.pipeline.effects.views import View
from cilint.pipeline.scenarios import SHA, Scenario
from cilint.pipeline.sites import Site
from cilint.text.hole import HOLE
from cilint.text.source import Span
from cilint.text.values import NamedTuple

ACTION = "docker/metadata-action"
_DEFAULT_RULES = ("type=schedule", "type=ref,event=branch", "type=ref,event=tag", "type=ref,event=pr")
_VERSIONS = ("semver", "pep440", "match")


class Flavor(NamedTuple):
    """What holds for all tags: ``latest`` is ``auto``, ``true`` or ``false``."""

    latest: str = "auto"
    prefix: str = ""
    suffix: str = ""
    on_latest: bool = False


def makes(site: Site) -> bool:
    """Whether the step runs docker/metadata-action."""
    action = site.step.action
    return action is not None and action.name == ACTION


def metadata_tags(view: View) -> list[Tag]:
    """What ``outputs.tags`` holds, each tag with the rule that makes it."""
    flavor = _flavor(view)
    made = list(_made(view, flavor))
    return [
        Tag(
            name.image._replace(tag=tag, text=f"{name.image.text}:{tag}"),
            view.site.path,
            span,
            maybe,
            metadata=True,
        )
        for name in _images(view)
        for tag, span, maybe in made
    ]


def _images(view: View) -> Iterator[Tag]:
    scalar = view.site.step.inputs.get("images")
    entries = pieces(scalar.text, commas=False) if scalar else []
    if len(entries) == 1 and "=" not in entries[0].text.partition("${{")[0]:
        entries = pieces(entries[0].text)  # the old form: names alone, with commas
        entries = (
            [Piece(piece.start + pieces(scalar.text, commas=False)[0].start, piece.text) for piece in entries]
            if scalar
            else []
        )
    for piece in entries:
        assert scalar is not None
        raw = fields(piece.text)
        name = raw.get("name", "" if raw else piece.text)
        if not name or view.text(raw.get("enable", "true")).lower() == "false":
            continue
        at = piece.start + piece.text.index(name)
        image = ImageReference.parse(view.text(name).lower())
        yield Tag(image._replace(tag=None), view.site.path, scalar.source_span(at, at + len(name)))


def _flavor(view: View) -> Flavor:
    given = {}
    for piece in pieces(view.input("flavor") or "", commas=False):
        given.update(fields(piece.text))
    latest, suffix = given.get("latest", "auto"), given.get("suffix", "")
    return Flavor(latest, given.get("prefix", ""), suffix, given.get("onlatest") == "true")


def _made(view: View, flavor: Flavor) -> Iterator[tuple[str, Span, bool]]:
    """Every tag that is made, with the place of its rule and whether that is uncertain."""
    scalar = view.site.step.inputs.get("tags")
    rules = pieces(scalar.text, commas=False) if scalar else []
    if scalar is None or not rules:
        images = view.site.step.inputs.get("images")
        span = images.span if images else view.site.span
        found = [(rule, span) for rule in _DEFAULT_RULES]
    else:
        found = [(rule.text, scalar.source_span(rule.start, rule.start + len(rule.text))) for rule in rules]
    latest: tuple[Span, bool] | None = None
    any_made = False
    for text, span in found:
        rule = _Rule(view, text)
        tag = rule.tag
        if tag is None:
            continue
        any_made = True
        if rule.is_version and flavor.latest == "auto":
            latest = latest or (span, not rule.is_release)
        prefix, suffix = rule.affixes(flavor)
        yield f"{prefix}{tag}{suffix}", span, rule.enabled is None
    if any_made and (flavor.latest == "true" or latest or HOLE in flavor.latest):
        given = view.site.step.inputs.get("flavor")
        span, maybe = latest or (given.span if given else view.site.span, HOLE in flavor.latest)
        affix = (flavor.prefix, flavor.suffix) if flavor.on_latest else ("", "")
        yield f"{affix[0]}latest{affix[1]}", span, maybe


class _Rule:
    """One line of ``tags`` in a scenario."""

    def __init__(self, view: View, text: str) -> None:
        self.view = view
        resolved = view.text(text)
        self.given = fields(resolved) if "=" in text.partition("${{")[0] else {}
        self.kind = self.given.get("type", "raw")
        self.text = resolved

    @property
    def scenario(self) -> Scenario | None:
        return self.view.scenario

    @property
    def is_version(self) -> bool:
        """Whether the flavour ``latest=auto`` adds ``latest`` to it."""
        return self.kind in _VERSIONS or (self.kind == "ref" and self.given.get("event") == "tag")

    @property
    def is_release(self) -> bool:
        """Whether it surely makes a version that is none before a release, which get no ``latest``."""
        if self.kind == "ref":
            return True
        ref = self.scenario.ref if self.scenario and "value" not in self.given else ""
        released = re.fullmatch(r"refs/tags/v?\d+\.\d+\.\d+", ref) is not None
        return released and self.kind in ("semver", "pep440")

    @property
    def enabled(self) -> bool | None:
        text = self._global(self.given.get("enable", "true")).strip().lower()
        return None if HOLE in text else text == "true"

    def affixes(self, flavor: Flavor) -> tuple[str, str]:
        return self.given.get("prefix", flavor.prefix if self.kind != "sha" else "sha-"), self.given.get(
            "suffix", flavor.suffix
        )

    @property
    def tag(self) -> str | None:
        """The tag without prefix and suffix; None where the rule makes none in the scenario."""
        if self.enabled is False:
            return None
        scenario = self.scenario
        if self.kind == "raw":
            return self._global(self.given.get("value", self.text if not self.given else ""))
        if self.kind == "sha":
            return SHA if self.given.get("format") == "long" else SHA[:SHORT]
        if self.kind == "schedule":
            return "nightly" if scenario is None or scenario.event == "schedule" else None
        if self.kind in _VERSIONS:
            on_tag = scenario is None or scenario.ref_type == "tag" or bool(self.given.get("value"))
            return HOLE if on_tag else None
        if self.kind == "edge":
            return "edge" if scenario is None or self._is_edge(scenario) else None
        return self._ref(scenario) if self.kind == "ref" else HOLE

    def _is_edge(self, scenario: Scenario) -> bool:
        branch = self.given.get("branch") or self.view.reach.main
        return scenario.ref == f"refs/heads/{branch}" and not scenario.is_pull_request

    def _ref(self, scenario: Scenario | None) -> str | None:
        if scenario is None:
            return HOLE
        kinds = {"branch": "refs/heads/", "tag": "refs/tags/", "pr": "refs/pull/"}
        prefix = kinds.get(self.given.get("event", ""), "\0")
        if not scenario.ref.startswith(prefix):
            return None
        name = scenario.ref[len(prefix) :]
        return "pr-" + name.partition("/")[0] if prefix == "refs/pull/" else name.replace("/", "-")

    def _global(self, text: str) -> str:
        """The text with metadata-action's own ``{{…}}`` put in; HOLE for the others."""
        if "{{" not in text:
            return text
        found = ""
        while "{{" in text:
            before, _, rest = text.partition("{{")
            name, _, text = rest.partition("}}")
            found += before + self._value(name.strip())
        return found + text

    def _value(self, name: str) -> str:
        if name == "sha":
            return SHA[:SHORT]
        scenario = self.scenario
        if scenario is None:
            return HOLE
        if name in ("is_default_branch", "is_not_default_branch"):
            is_default = scenario.ref == f"refs/heads/{self.view.reach.main}"
            return "true" if is_default == (name == "is_default_branch") else "false"
        if name == "branch":
            return scenario.ref_name.replace("/", "-") if scenario.ref.startswith("refs/heads/") else ""
        if name == "tag":
            return scenario.ref_name if scenario.ref_type == "tag" else ""
        return (scenario.base or HOLE) if name == "base_ref" else HOLE
