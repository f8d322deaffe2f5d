"""What a deploy by other means than Dokploy's goes to: a Kubernetes cluster, or Compose on a server."""

from __future__ import annotations

import re

from cilint.pipeline.invocations import Invocation
from cilint.pipeline.sites import Site
from cilint.text.hints import Literal

Target = Literal["dokploy", "kubernetes", "compose", "other"]

_KUBERNETES_ACTION = re.compile(r"k8s|kubernetes|kubectl|helm|kustomize|argocd")
_COMPOSE = re.compile(r"docker[ -]compose|docker\s+(?:stack|service)\b")
_CHANGES = {
    "kubectl": {"apply", "set", "rollout", "replace", "create", "patch", "delete", "scale"},
    "helm": {"upgrade", "install", "rollback"},
    "argocd": {"app"},
    "kustomize": {"build"},
}


def target_of_action(site: Site) -> Target:
    """Told by the action's name, or by the script that it is given to run on a server."""
    action = site.step.action
    if action and _KUBERNETES_ACTION.search(action.repository):
        return "kubernetes"
    script = site.step.inputs.get("script")
    return "compose" if script and _COMPOSE.search(script.text) else "other"


def target_of_command(call: Invocation) -> Target:
    """Told by what the command changes; one that only asks changes nothing and goes to ``other``."""
    if call.name in _CHANGES:
        changes = bool(_CHANGES[call.name] & set(call.words[:1])) and not is_wait(call)
        return "kubernetes" if changes else "other"
    fed = [redirect.heredoc.body.raw for redirect in call.command.redirects if redirect.heredoc]
    given = " ".join([call.command.raw, *fed])
    return "compose" if call.name == "docker" or _COMPOSE.search(given) else "other"


def is_remote_compose(call: Invocation) -> bool:
    """Whether ``docker compose up`` or ``docker stack deploy`` speaks to another machine's engine."""
    words = call.words[:3]
    starts = ("compose" in words and "up" in call.words) or words[:2] == ("stack", "deploy")
    remote = call.variable("DOCKER_HOST") or call.arguments.has_flag("-H", "--host", "--context")
    return starts and bool(remote)


def is_wait(call: Invocation) -> bool:
    """Whether a command waits until a cluster has taken over what was deployed, and fails if it does not."""
    if call.name == "kubectl":
        return call.words[:2] == ("rollout", "status") or call.words[:1] == ("wait",)
    if call.name == "docker":
        return is_remote_compose(call) and call.arguments.has_flag("--wait")
    return call.name == "helm" and call.arguments.has_flag("--wait", "--atomic")
