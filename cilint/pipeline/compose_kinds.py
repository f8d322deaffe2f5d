"""The kinds of things in Compose files that rules judge."""

from __future__ import annotations

from functools import cached_property

from cilint.text.hints import TYPE_CHECKING

if TYPE_CHECKING:  # each property loads what it needs
    from cilint.model.compose import Compose, Service
    from cilint.pipeline.effects.compose_parts import Mount, Port, Variable


class ComposeKinds:
    """The part of a pipeline that its ``compose_files`` alone decide."""

    @cached_property
    def compose_files(self) -> tuple[Compose, ...]:
        raise NotImplementedError

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
