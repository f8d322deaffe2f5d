"""Which rights of a job's token surely nothing in the job uses.

A script has the token only where an expression hands it over; an action may also take it by itself, so that
what actions need must be known: it is what their own documentation says. The rights to change the repository
and packages, and to ask for an identity, are used without such an expression: they are not judged here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from cilint.model.workflow import Permissions, entries
from cilint.pipeline.sites import Site
from cilint.syntax.yaml import Mapping, Scalar

_NOT_JUDGED = ("contents", "packages", "id-token")
_HARMLESS = (
    "actions/cache", "actions/cache/restore", "actions/cache/save", "actions/checkout",
    "actions/download-artifact", "actions/setup-dotnet", "actions/setup-go", "actions/setup-java",
    "actions/setup-node", "actions/setup-python", "actions/upload-artifact",
    "actions/upload-pages-artifact", "appleboy/ssh-action", "aquasecurity/trivy-action",
    "astral-sh/setup-uv", "azure/setup-helm", "azure/setup-kubectl", "denoland/setup-deno",
    "depot/build-push-action", "depot/setup-action", "docker/bake-action", "docker/build-push-action",
    "docker/login-action", "docker/metadata-action", "docker/setup-buildx-action",
    "docker/setup-docker-action", "docker/setup-qemu-action", "dtolnay/rust-toolchain",
    "hadolint/hadolint-action", "oven-sh/setup-bun", "pnpm/action-setup", "redhat-actions/buildah-build",
    "redhat-actions/podman-login", "redhat-actions/push-to-registry", "ruby/setup-ruby",
    "sigstore/cosign-installer", "swatinem/rust-cache",
)  # fmt: skip
"""Actions that write nothing with the token, or packages only."""
_NEEDS: dict[str, frozenset[str]] = {
    **dict.fromkeys(_HARMLESS, frozenset()),
    "actions/attest-build-provenance": frozenset({"attestations"}),
    "actions/attest": frozenset({"attestations"}),
    "actions/attest-sbom": frozenset({"attestations"}),
    "actions/configure-pages": frozenset({"pages"}),
    "actions/deploy-pages": frozenset({"pages", "deployments"}),
    "github/codeql-action/init": frozenset({"security-events"}),
    "github/codeql-action/analyze": frozenset({"security-events"}),
    "github/codeql-action/upload-sarif": frozenset({"security-events"}),
    "golangci/golangci-lint-action": frozenset({"checks", "pull-requests"}),
}
"""The rights to write that actions may use, besides those that are not judged."""
_TOKEN = re.compile(
    r"github\s*\.\s*token|github\s*\[|\bgithub\s*\)|GITHUB_TOKEN|secrets\s*\)|secrets\s*\[", re.IGNORECASE
)


def unused_rights(block: Permissions, sites: Collection[Site]) -> list[str]:
    """The rights to write of a block that the steps which it holds for surely do not use."""
    given = entries(block.node) if isinstance(block.node, Mapping) else {}
    written = [name for name, level in given.items() if level.text == "write" and name not in _NOT_JUDGED]
    if not written or not sites:
        return []
    used = _used(sites)
    return [] if used is None else [name for name in written if name not in used]


def _used(sites: Iterable[Site]) -> set[str] | None:
    """The rights that steps may use; None where that is not known."""
    found: set[str] = set()
    for site in sites:
        step, action = site.step, site.step.action
        texts: list[Scalar] = [*site.job.env.values(), *site.call.workflow.env.values(), *step.env.values()]
        if action is not None and action.kind == "local" and site.inner:
            continue
        if action is not None:
            needs = _NEEDS.get(action.name)
            if needs is None:
                return None
            found |= needs
        elif step.run is not None:
            texts.append(step.run)
        if any(_TOKEN.search(text.text) for text in texts):
            return None
    return found
