"""Emulators of other processors that builds lack, and those that no build needs."""

from __future__ import annotations

from collections.abc import Iterator

from cilint.findings.finding import FileEdit
from cilint.pipeline.effects.builders import Setup, Workbench
from cilint.text.hints import Literal
from cilint.text.source import Span


class Emulation:
    """What is wrong with how other processors are emulated: ``missing`` or ``unneeded``."""

    def __init__(self, kind: Literal["missing", "unneeded"], path: str, span: Span, bench: Workbench) -> None:
        self.kind: Literal["missing", "unneeded"] = kind
        self.path = path
        self.span = span
        self.bench = bench

    @property
    def platforms(self) -> tuple[str, ...]:
        """Those that nothing can run."""
        return self.bench.foreign

    @property
    def runner(self) -> str:
        return f"linux/{self.bench.build.recipe.runner}"

    @property
    def said(self) -> str:
        """What is wrong and what to do."""
        if self.kind == "unneeded":
            return f"every build of this job is for the runner's platform, {self.runner}; drop the emulator"
        names = " and ".join(self.platforms)
        return (
            f"nothing can run the programs of {names} on this runner; set up QEMU before, in the same job, "
            "or build on a native runner"
        )

    @property
    def edits(self) -> tuple[FileEdit, ...] | None:
        return self.bench.emulator_edits if self.kind == "missing" else None


def emulations(benches: tuple[Workbench, ...], found: tuple[Setup, ...]) -> Iterator[Emulation]:
    """Builds that nothing emulates their platforms for, and emulators that no build of their job needs."""
    for bench in benches:
        if bench.foreign:
            yield Emulation("missing", bench.path, bench.build.platforms_span, bench)
    for setup in found:
        mine = [bench for bench in benches if bench.build.site.call is setup.site.call]
        if setup.kind == "emulator" and mine and all(bench.emulates_nothing for bench in mine):
            yield Emulation("unneeded", setup.path, setup.span, mine[0])
