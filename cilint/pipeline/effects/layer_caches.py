"""Whether builds keep their layers from one run to the next, and whether they take them from one another.

``type=gha`` and ``type=registry`` keep only the layers of the final stage unless ``mode=max``; builds that
write the same scope (``buildkit`` by default) overwrite each other (BuildKit's README, "Cache").
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from cilint.findings.finding import FileEdit
from cilint.model import edits
from cilint.pipeline.effects.builders import Workbench
from cilint.pipeline.effects.recipes import Recipe
from cilint.pipeline.runs import Place
from cilint.text.hints import Literal
from cilint.text.hole import HOLE

CacheFault = Literal["none", "not read", "not written", "switched off", "min", "inline", ""]
_TOOLS = ("docker/build-push-action", "docker/bake-action", "buildx", "bake", "docker")
_MODES = ("gha", "registry", "local", "s3", "azblob")
_SAID = {
    "none": "nothing keeps this build's layers, so every run builds them anew; read and write a cache",
    "not read": "the cache is written but never read; name it in `cache-from`, too",
    "not written": "the cache is read but never written; name it in `cache-to`, too",
    "switched off": "`no-cache` builds every layer anew each time; drop it and cache the layers",
    "min": "only the final stage's layers are kept; with `mode=max` those of all stages are",
    "inline": "an inline cache keeps only the final stage's layers; use another type with `mode=max`",
}


class LayerCache:
    """The cache of one build."""

    def __init__(self, bench: Workbench, others: tuple[Workbench, ...]) -> None:
        self._bench = bench
        self._others = others
        self.build = bench.build
        self.path = bench.path
        self.span = bench.span

    @cached_property
    def _recipes(self) -> tuple[Recipe, ...]:
        events = [run.scenario for run in self.build.runs]
        found = dict.fromkeys(recipe for event in events for recipe in self.build.recipes(event))
        return tuple(found) or self.build.likely

    @property
    def reads(self) -> bool:
        return any(recipe.cache_from.strip() for recipe in self._recipes)

    @property
    def writes(self) -> bool:
        return any(recipe.cache_to.strip() for recipe in self._recipes) or self._writes_inline

    @property
    def _writes_inline(self) -> bool:
        return any(
            "BUILDKIT_INLINE_CACHE=1" in text
            for text in (self.build.given("build-args") or "", self.build.command)
        )

    @cached_property
    def fault(self) -> CacheFault:
        """What is wrong; empty for nothing that is known."""
        if all(recipe.no_cache is True for recipe in self._recipes):
            return "switched off"
        if any(recipe.cached for recipe in self._recipes):
            return ""
        if not self.reads or not self.writes:
            return "none" if not (self.reads or self.writes) else "not written" if self.reads else "not read"
        return self._mode_fault

    @property
    def _mode_fault(self) -> CacheFault:
        entries = [line for recipe in self._recipes for line in recipe.cache_to.split("\n") if line.strip()]
        if not entries or any(HOLE in entry or "mode=max" in entry.replace(" ", "") for entry in entries):
            return ""
        kinds = {kind for recipe in self._recipes for kind in recipe._replace(cache_from="").cache_kinds}
        if kinds & set(_MODES):
            return "min"
        return "inline" if kinds == {"inline"} and self._bench.stages > 1 else ""

    @property
    def said(self) -> str:
        """What is wrong and what to do."""
        return _SAID.get(self.fault, "")

    @property
    def at(self) -> Place:
        """Where it is said, or the build."""
        name = {"switched off": "no-cache", "not written": "cache-from", "none": ""}.get(
            self.fault, "cache-to"
        )
        return self.build.place(name)

    @property
    def edits(self) -> tuple[FileEdit, ...] | None:
        """Read and write GitHub's cache, all stages of it."""
        step = self.build.site.step
        if self.build.tool != "docker/build-push-action" or len(self.build.likely) > 1:
            return None
        if self.fault == "switched off":
            return None
        if self.fault == "min":
            given = step.inputs.get("cache-to")
            single = given is not None and "\n" not in given.text.strip() and "${{" not in given.text
            if given is None or not single or "mode=" in given.text:
                return None
            return edits.set_input(step, "cache-to", f"{given.text.strip()},mode=max")
        return self._both_sides() if self._bench.has_builder else None

    def _both_sides(self) -> tuple[FileEdit, ...] | None:
        step = self.build.site.step
        read, written = step.inputs.get("cache-from"), step.inputs.get("cache-to")
        if read is None and written is None:
            return edits.set_inputs(step, {"cache-from": "type=gha", "cache-to": "type=gha,mode=max"})
        given = read or written
        assert given is not None
        if "\n" in given.text.strip() or "${{" in given.text or not given.text.strip().startswith("type="):
            return None
        fields = [
            each for each in given.text.strip().split(",") if not each.startswith(("mode=", "ignore-error="))
        ]
        if read is None:
            return edits.set_input(step, "cache-from", ",".join(fields))
        return edits.set_input(step, "cache-to", ",".join([*fields, "mode=max"]))

    # -- sharing -----------------------------------------------------------------------------------

    @cached_property
    def scopes(self) -> tuple[str, ...]:
        """What it writes to, one text for each place; those that are not known are left out."""
        return tuple(dict.fromkeys(scope for recipe in self._recipes for scope in _scopes(recipe)))

    @property
    def shared_in_matrix(self) -> str | None:
        """A place that several legs of its matrix write, each its own layers."""
        by_scope: dict[str, set[tuple[object, ...]]] = {}
        for recipe in self.build.likely:
            for scope in _scopes(recipe):
                by_scope.setdefault(scope, set()).add(_subject(recipe))
        return next((scope for scope, subjects in by_scope.items() if len(subjects) > 1), None)

    @property
    def rival(self) -> LayerCache | None:
        """An earlier build of the same workflow that writes the same place with layers of another image."""
        for bench in self._others:
            other = LayerCache(bench, ())
            if (
                set(other.scopes) & set(self.scopes)
                and _subject(other.build.recipe)[:3] != _subject(self.build.recipe)[:3]
            ):
                return other
        return None

    @property
    def shared_scope(self) -> str | None:
        """The place that it shares with other builds of other layers."""
        rival = self.rival
        return self.shared_in_matrix or (next(s for s in self.scopes if s in rival.scopes) if rival else None)

    @property
    def scope_edits(self) -> tuple[FileEdit, ...] | None:
        """A scope named after what the legs of the matrix differ in, for reading and writing."""
        step, key = self.build.site.step, self._differing_key
        if key is None or self.shared_in_matrix is None or self.build.tool != "docker/build-push-action":
            return None
        found: list[FileEdit] = []
        for name in ("cache-from", "cache-to"):
            given = step.inputs.get(name)
            if given is None:
                continue
            text = given.text.strip()
            if not text.startswith("type=gha") or "scope=" in text or "\n" in text or "${{" in text:
                return None
            found += edits.set_input(step, name, f"{text},scope=${{{{ matrix.{key} }}}}") or ()
        return tuple(found)

    @property
    def _differing_key(self) -> str | None:
        """A key of the matrix that has another plain value in every leg that builds something else."""
        legs = self.build.site.call.legs
        for key in legs[0] if legs else ():
            values = [leg.get(key) for leg in legs]
            if all(isinstance(value, str) for value in values) and len(set(values)) == len(values):
                return key
        return None

    @property
    def write_place(self) -> Place:
        return self.build.place("cache-to")


def _subject(recipe: Recipe) -> tuple[object, ...]:
    """What makes the layers of two builds differ: the folder, the file, the target, the platforms."""
    context = (recipe.context or ".").rstrip("/").removeprefix("./") or "."
    platforms = recipe.effective_platforms
    return context, recipe.file or "", recipe.target or "", platforms


def _scopes(recipe: Recipe) -> Iterator[str]:
    for line in recipe.cache_to.split("\n"):
        given = dict(field.partition("=")[::2] for field in line.replace(" ", "").split(","))
        if HOLE in line:
            continue
        if given.get("type") == "gha":
            yield f"the scope `{given.get('scope', 'buildkit')}`"
        elif given.get("type") == "registry":
            yield f"`{given.get('ref', '')}`"


def layer_caches(benches: tuple[Workbench, ...]) -> Iterator[LayerCache]:
    """The caches of all builds by BuildKit."""
    by_entry: dict[int, list[Workbench]] = {}
    for bench in benches:
        before = by_entry.setdefault(id(bench.build.site.call.entry), [])
        if bench.build.tool in _TOOLS:
            yield LayerCache(bench, tuple(before))
        before.append(bench)
