"""An action's metadata file; of interest for what its steps do when it is a composite one."""

from __future__ import annotations

from functools import cached_property

from cilint.model.workflow import Step, mapping_at, output_values, read_steps, scalar_at
from cilint.model.yaml_file import YamlFile
from cilint.syntax.yaml import Mapping, Scalar
from cilint.text.hints import TYPE_CHECKING

if TYPE_CHECKING:
    from cilint.model.schema import Reading


class Action(YamlFile):
    """One ``action.yml``."""

    @cached_property
    def reading(self) -> Reading:
        """The file held against GitHub's schema: what does not fit, and where its expressions stand."""
        from cilint.model.schema import read_action

        return read_action(self.root)

    @cached_property
    def runs(self) -> Mapping | None:
        return mapping_at(self.root, "runs")

    @cached_property
    def using(self) -> str | None:
        """``composite``, ``docker``, ``node24`` …"""
        found = scalar_at(self.runs, "using")
        return found.text if found else None

    @cached_property
    def defaults(self) -> dict[str, str]:
        """Default of each declared input; the empty string where there is none, as GitHub has it."""
        declared = mapping_at(self.root, "inputs")
        found = {}
        for pair in declared.pairs if declared else ():
            value = pair.value.resolved
            if isinstance(pair.key, Scalar):
                default = scalar_at(value, "default") if isinstance(value, Mapping) else None
                found[pair.key.text.lower()] = default.text if default else ""
        return found

    @cached_property
    def outputs(self) -> dict[str, str]:
        """The value of each output that a composite action declares, expressions as written."""
        return output_values(mapping_at(self.root, "outputs"))

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The steps of a composite action, else none."""
        return read_steps(self.path, self.runs.get("steps") if self.runs else None, self.document)
