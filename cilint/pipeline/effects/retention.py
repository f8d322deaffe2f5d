"""Steps that delete old versions of images, by actions whose inputs say how many stay."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.pipeline.runs import Place, Runs
from cilint.pipeline.sites import Site
from cilint.text.hole import HOLE
from cilint.text.source import Span

_KEEPING = {
    "actions/delete-package-versions": "min-versions-to-keep",
    "snok/container-retention-policy": "keep-n-most-recent",
    "dataaxiom/ghcr-cleanup-action": "keep-n-tagged",
}
_UNTAGGED = {
    "actions/delete-package-versions": "delete-only-untagged-versions",
    "vlaurin/action-ghcr-prune": "prune-untagged",
    "bots-house/ghcr-delete-image-action": "untagged-keep-latest",
}


class Retention:
    """One step that deletes. ``kept`` is how many versions stay, None where that is not known."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.path = site.path
        self.span: Span = site.span
        action = site.step.action
        self._action = action.name if action else ""

    @property
    def kept(self) -> int | None:
        text = self.site.input(_KEEPING.get(self._action, "")) or ""
        default = 0 if self._action == "actions/delete-package-versions" and not self.untagged_only else None
        return int(text) if text.strip().isdigit() and HOLE not in text else default if not text else None

    @property
    def untagged_only(self) -> bool:
        """Whether it deletes versions without a tag, which the platforms of a tagged image are."""
        text = self.site.input(_UNTAGGED.get(self._action, "")) or ""
        return text.strip().lower() == "true" or (
            self._action == "bots-house/ghcr-delete-image-action" and bool(text)
        )

    @property
    def at(self) -> Place:
        """The input that says it, or the step."""
        name = _UNTAGGED.get(self._action, "") if self.untagged_only else _KEEPING.get(self._action, "")
        return Place(self.path, self.site.input_span(name))


def retentions(runs: Runs) -> Iterator[Retention]:
    for site in runs.sites:
        if site.step.action and site.step.action.name in {*_KEEPING, *_UNTAGGED}:
            yield Retention(site)
