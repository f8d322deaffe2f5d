"""Kubernetes: its programs and actions in workflows, its manifests and charts in the repository."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from cilint.findings.violation import Options, Violation
from cilint.pipeline.invocations import each_call
from cilint.pipeline.pipeline import Pipeline
from cilint.pipeline.sites import Site
from cilint.text.source import Span

MAX_MANIFESTS = 50
_PROGRAMS = (
    "kubectl", "helm", "kustomize", "argocd", "helmfile", "skaffold", "oc", "k3s", "minikube", "eksctl",
    "flux",
)  # fmt: skip
_CHARTS = ("Chart.yaml", "kustomization.yaml", "kustomization.yml", "helmfile.yaml", "skaffold.yaml")


@cache
def _action() -> re.Pattern[str]:
    word = r"k8s|kubectl|kubernetes|kubeconfig|helm|helmfile|kustomize|argocd|aks|gke|eks"
    return re.compile(rf"(?:^|[/_-])(?:{word})(?=[/_-]|$)", re.IGNORECASE)


@cache
def _image() -> re.Pattern[str]:
    return re.compile(
        r"\srun\s.*?\s(?:[\w.-]+/)*(?:kubectl|helm|helmfile|kustomize|argocd)(?=[:@\s]|$)", re.DOTALL
    )


@cache
def _folder() -> re.Pattern[str]:
    return re.compile(
        r"(?:^|/)(?:k8s|kubernetes|kube|manifests|helm|charts|deploy|deployment|infra)/.*\.ya?ml$"
    )


def run(pipeline: Pipeline, options: Options) -> Iterator[Violation]:
    """A violation for each program, action and manifest; values: ``what``."""
    seen = set()
    for site in pipeline.runs.sites:
        for path, span, what in _in_step(site):
            if (path, span) not in seen:
                seen.add((path, span))
                yield Violation(path, span, {"what": what})
    yield from _manifests(pipeline)


def _in_step(site: Site) -> Iterator[tuple[str, Span, str]]:
    action = site.step.action
    if action is not None and action.kind == "repository" and _action().search(action.name):
        yield site.path, site.span, f"the action {action.name} works on Kubernetes"
    script = site.script
    for command in script.commands if script else ():
        if call := next(each_call(site, command, _PROGRAMS), None):
            yield site.path, call.span, f"`{call.name}` works on Kubernetes"
        elif command.name in ("docker", "podman") and _image().search(command.raw):
            yield site.path, site.file_span(command.span), "this runs a program that works on Kubernetes"
        elif command.name == "aws" and "update-kubeconfig" in command.argv():
            yield site.path, site.file_span(command.span), "this asks for the access to a Kubernetes cluster"


def _manifests(pipeline: Pipeline) -> Iterator[Violation]:
    left = MAX_MANIFESTS
    for path in pipeline.project.files.listing():
        if path.startswith(".github/") or left == 0:
            continue
        if path.rpartition("/")[2] in _CHARTS:
            yield Violation(path, Span(0, 0), {"what": "this file describes what to install in Kubernetes"})
        elif _folder().search(path):
            left -= 1
            source = pipeline.project.source(path)
            match = re.search(r"^kind:\s*\w+", source.text, re.MULTILINE) if source else None
            if source and match and re.search(r"^apiVersion:", source.text, re.MULTILINE):
                span = Span(*match.span())
                yield Violation(path, span, {"what": f"this is a manifest of Kubernetes ({match.group()})"})
