"""The kinds of things in Compose files that rules judge."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from cilint.text.hints import TYPE_CHECKING, Any

if TYPE_CHECKING:  # each property loads what it needs
    from cilint.model.compose import Compose, Service
    from cilint.model.compose_schema import Flaw
    from cilint.model.project import Project
    from cilint.pipeline.effects.compose_declarations import Declaration
    from cilint.pipeline.effects.compose_grants import Grant
    from cilint.pipeline.effects.compose_health import ServiceProbe
    from cilint.pipeline.effects.compose_orders import Order
    from cilint.pipeline.effects.compose_parts import Mount, Port, Variable
    from cilint.pipeline.effects.compose_paths import LocalPath
    from cilint.pipeline.effects.compose_references import Reference
    from cilint.pipeline.effects.compose_runners import StrayKey
    from cilint.pipeline.effects.compose_templates import Template
    from cilint.pipeline.effects.exec_operators import ExecOperator
    from cilint.pipeline.effects.health_checks import HealthCheck


class ComposeKinds:
    """The part of a pipeline that its ``compose_files`` decide."""

    project: Project
    parameters: Mapping[str, Any]

    @cached_property
    def compose_files(self) -> tuple[Compose, ...]:
        raise NotImplementedError

    @cached_property
    def _sound_files(self) -> tuple[Compose, ...]:
        """Those without an error of syntax: of others it is not known what belongs to what."""
        return tuple(file for file in self.compose_files if not file.document.errors)

    @cached_property
    def compose_services(self) -> tuple[Service, ...]:
        return tuple(service for file in self.compose_files for service in file.services)

    @cached_property
    def compose_ports(self) -> tuple[Port, ...]:
        from cilint.pipeline.effects.compose_parts import ports

        return tuple(port for file in self.compose_files for port in ports(file))

    @cached_property
    def compose_mounts(self) -> tuple[Mount, ...]:
        from cilint.pipeline.effects.compose_parts import mounts

        return tuple(mount for file in self.compose_files for mount in mounts(file))

    @cached_property
    def compose_variables(self) -> tuple[Variable, ...]:
        from cilint.pipeline.effects.compose_parts import variables

        return tuple(variable for file in self.compose_files for variable in variables(file))

    @cached_property
    def compose_declarations(self) -> tuple[Declaration, ...]:
        """What the tops of Compose files declare for services."""
        from cilint.pipeline.effects.compose_declarations import Usage, declarations

        usage = Usage(self.project)
        return tuple(each for file in self._sound_files for each in declarations(file, usage))

    @cached_property
    def compose_flaws(self) -> tuple[Flaw, ...]:
        """The keys and values that Compose does not know."""
        from cilint.model.compose_schema import flaws

        return tuple(flaw for file in self._sound_files for flaw in flaws(file.path, file.roots))

    @cached_property
    def compose_health_checks(self) -> tuple[HealthCheck, ...]:
        """The health checks of services as scripts."""
        from cilint.pipeline.effects.compose_health import service_checks

        return tuple(check for file in self._sound_files for check in service_checks(file))

    @cached_property
    def compose_health_probes(self) -> tuple[ServiceProbe, ...]:
        """The programs that the health checks of services run."""
        from cilint.pipeline.effects.compose_health import service_probes

        return tuple(probe for file in self._sound_files for probe in service_probes(self.project, file))

    @cached_property
    def compose_exec_operators(self) -> tuple[ExecOperator, ...]:
        """The operators in commands that no shell reads."""
        from cilint.pipeline.effects.compose_operators import of_services

        return tuple(each for file in self._sound_files for each in of_services(file))

    @cached_property
    def compose_grants(self) -> tuple[Grant, ...]:
        from cilint.pipeline.effects.compose_grants import grants

        return tuple(grant for file in self.compose_files for grant in grants(file))

    @cached_property
    def compose_orders(self) -> tuple[Order, ...]:
        from cilint.pipeline.effects.compose_orders import orders

        return tuple(order for file in self.compose_files for order in orders(file))

    @cached_property
    def compose_paths(self) -> tuple[LocalPath, ...]:
        """The paths of the project that Compose files cannot do without."""
        from cilint.pipeline.effects.compose_paths import local_paths

        return tuple(path for file in self._sound_files for path in local_paths(self.project, file))

    @cached_property
    def compose_references(self) -> tuple[Reference, ...]:
        """The services, volumes, networks and so on that services name."""
        from cilint.pipeline.effects.compose_references import references

        return tuple(each for file in self._sound_files for each in references(self.project, file))

    @cached_property
    def compose_stray_keys(self) -> tuple[StrayKey, ...]:
        """The keys that mean nothing to what runs the file."""
        from cilint.pipeline.effects.compose_runners import Runners, stray_keys

        runners = Runners(self.project, str(self.parameters.get("deploy_target") or ""))
        return tuple(key for file in self._sound_files for key in stray_keys(runners, file))

    @cached_property
    def compose_templates(self) -> tuple[Template, ...]:
        """The dollar signs that begin no variable."""
        from cilint.pipeline.effects.compose_templates import templates

        return tuple(template for file in self.compose_files for template in templates(file))
