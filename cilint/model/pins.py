"""The commits that the canonical workflows pin their actions to, as published by each action's repository."""

from __future__ import annotations

from cilint.text.values import NamedTuple


class Pin(NamedTuple):
    """A release of an action and the full commit that its tag names."""

    action: str
    commit: str
    version: str

    @property
    def uses(self) -> str:
        """As written after ``uses:``, with the version that tools read in the comment."""
        return f"{self.action}@{self.commit} # {self.version}"


PINS = (
    Pin("actions/cache", "27d5ce7f107fe9357f9df03efb73ab90386fccae", "v5.0.5"),
    Pin("actions/checkout", "3d3c42e5aac5ba805825da76410c181273ba90b1", "v7.0.1"),
    Pin("actions/setup-node", "820762786026740c76f36085b0efc47a31fe5020", "v7.0.0"),
    Pin("docker/build-push-action", "53b7df96c91f9c12dcc8a07bcb9ccacbed38856a", "v7.3.0"),
    Pin("docker/login-action", "4907a6ddec9925e35a0a9e82d7399ccc52663121", "v4.1.0"),
    Pin("docker/metadata-action", "dc802804100637a589fabce1cb79ff13a1411302", "v6.2.0"),
    Pin("docker/setup-buildx-action", "37fe631027851001ddb9b187196cc803df7f5f0e", "v4.3.0"),
    Pin("docker/setup-qemu-action", "96fe6ef7f33517b61c61be40b68a1882f3264fb8", "v4.2.0"),
    Pin("oven-sh/setup-bun", "0c5077e51419868618aeaa5fe8019c62421857d6", "v2.2.0"),
)


def pinned(action: str) -> str:
    """How the canonical workflows use the action. Raises KeyError for one that they do not use."""
    return {pin.action: pin.uses for pin in PINS}[action]
