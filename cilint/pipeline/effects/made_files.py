"""Whether the steps before one may have made a file or folder that the repository does not have.

Only what is known to leave the workspace alone counts as harmless, and what makes nothing but what it names,
or what builds make: folders that Git is told to ignore. Whatever else a step does, it may have made anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cilint.pipeline.effects.gate_tools import checked_by
from cilint.pipeline.runs import Runs
from cilint.pipeline.sites import Site
from cilint.syntax.shell import Command

_HARMLESS = frozenset(
    """
    : [ [[ true false test echo printf cat ls pwd cd pushd popd set shopt unset export declare local
    readonly read exit return sleep date id uname whoami env printenv which command type hash head tail
    grep egrep wc sort uniq cut tr jq yq stat du df free rm chmod chown sudo wait kill trap docker
    podman buildah skopeo crane cosign trivy apt-get apt apk dpkg corepack gh aws gcloud az kubectl helm
    nc ping pg_isready psql redis-cli hadolint
    """.split()  # noqa: SIM905 -- a list of eighty would be eighty lines
)
_NAMING = frozenset(("mkdir", "touch", "tee"))
"""These make nothing but what they name."""
_BUILDING = frozenset(
    """
    npm pnpm yarn bun tsc vite next turbo go cargo mvn mvnw gradle gradlew dotnet composer bundle pip
    pip3 poetry uv
    """.split()  # noqa: SIM905 -- as above
)
_GIT = frozenset(
    ("config", "fetch", "log", "diff", "rev-parse", "describe", "status", "tag", "show", "ls-files")
)
_PRODUCTS = frozenset(
    """
    dist build out output target bin obj publish release lib node_modules .next .output .nuxt
    .svelte-kit coverage vendor artifacts public generated
    """.split()  # noqa: SIM905 -- as above
)
_MAKING_VERBS = frozenset(("create", "init", "dlx", "exec", "x", "new"))
_BUILDERS = ("docker", "podman", "buildah", "nerdctl", "hadolint")
_RUNNERS = ("npx", "bunx", "pnpx", "uvx")
_ACTIONS = re.compile(
    r"""actions/(?:setup-[\w-]+|upload-artifact|create-github-app-token|attest-build-provenance)$
    |docker/(?:setup-[\w-]+-action|login-action|metadata-action|build-push-action|bake-action|scout-action)$
    |pnpm/action-setup$|oven-sh/setup-bun$|astral-sh/setup-uv$|dtolnay/rust-toolchain$|swatinem/rust-cache$
    |aws-actions/(?:configure-aws-credentials|amazon-ecr-login)$|azure/(?:login|docker-login)$
    |google-github-actions/(?:auth|setup-gcloud)$|dorny/paths-filter$|tj-actions/changed-files$
    |codecov/codecov-action$|aquasecurity/trivy-action$|sigstore/cosign-installer$|hadolint/hadolint-action$
    |step-security/harden-runner$|crazy-max/ghaction-[\w-]+$|docker-practice/actions-setup-docker$
    |jlumbroso/free-disk-space$|rlespinasse/github-slug-action$|redhat-actions/podman-login$""",
    re.VERBOSE,
)
_OWN_REF = re.compile(r"\$\{\{[^}]*\b(?:sha|head_sha|ref|head_ref|ref_name|head\.ref|head_branch)\b[^}]*\}\}")
_ASKED = re.compile(r"hashFiles|\bsteps\.|\bneeds\.[\w-]+\.outputs")
_LOOKED_FOR = re.compile(
    r"(?:\[|\btest|&&|\|\||!)\s+-[edfsr]\s|\b(?:ls|stat|find|compgen|realpath)\b|git (?:ls-files|diff)"
)


def has_checkout(runs: Runs, site: Site) -> bool:
    """Whether the job works on this repository alone, checked out at the workspace."""
    found = [each for each in runs.earlier(site) if _is_checkout(each)]
    return bool(found) and all(_is_plain(each) for each in found)


def _is_checkout(site: Site) -> bool:
    return site.step.action is not None and site.step.action.name == "actions/checkout"


def _is_plain(site: Site) -> bool:
    ref = site.step.inputs.get("ref")
    own = ref is None or not ref.text.strip() or _OWN_REF.fullmatch(ref.text.strip()) is not None
    return own and not {"repository", "path", "sparse-checkout"} & set(site.step.inputs)


def is_asked_for(site: Site) -> bool:
    """Whether the step runs only where something was looked for, which may have been the file itself."""
    found: list[str] = []
    step: Site | None = site
    while step:
        found += [step.step.condition.text] if step.step.condition else []
        step = step.parent
    call = site.call
    while call:
        found += [call.job.condition.text] if call.job.condition else []
        call = call.caller  # type: ignore[assignment]
    script = site.step.run.text if site.step.run else ""
    return any(_ASKED.search(text) for text in found) or _LOOKED_FOR.search(script) is not None


def may_be_made(runs: Runs, site: Site, path: str, command: Command | None) -> bool:
    """Whether a step before, or the script before the command, may have made ``path``."""
    name = _first_missing(runs.project.folders, path)
    ignored = _is_product(runs, name)
    steps = (may for each in runs.earlier(site) if (may := _by_step(runs, each, name, ignored)))
    before = [each for each in site.script.commands if each is not command] if site.script and command else []
    own = (each for each in before if command and each.span.start < command.span.start)
    return any(steps) or any(_by_command(each, name, ignored) for each in own)


def may_be_changed(runs: Runs, site: Site, path: str) -> bool:
    """Whether a step before, or the script of this one, speaks of the file other than to build from it."""
    name = path.rpartition("/")[2]
    steps = (each for each in (*runs.earlier(site), site) if each.step.run and name in each.step.run.text)
    return any(each.script is None or _speaks_of(each.script.commands, name) for each in steps)


def _speaks_of(commands: Iterable[Command], name: str) -> bool:
    others = (each for each in commands if each.name not in _BUILDERS)
    return any(
        name in text
        for each in others
        for text in (each.raw, *(redirect.target.raw for redirect in each.redirects if redirect.target))
    )


def _first_missing(folders: frozenset[str], path: str) -> str:
    """The name of the outermost folder of the path that is not there, or of the file."""
    parts = path.split("/")
    for end in range(1, len(parts)):
        if "/".join(parts[:end]) not in folders:
            return parts[end - 1]
    return parts[-1]


def _is_product(runs: Runs, name: str) -> bool:
    """Whether it is called after what builds make, or after what Git is told to ignore."""
    source = runs.project.source(".gitignore")
    return name in _PRODUCTS or (source is not None and name in source.text)


def _by_step(runs: Runs, site: Site, name: str, ignored: bool) -> bool:
    if site.step.run is not None:
        script = site.script
        if script is None or script.error:
            return True
        return any(_by_command(command, name, ignored) for command in script.commands)
    action = site.step.action
    if action is None or _is_checkout(site):
        return action is None
    if action.kind == "local":
        return runs.project.local_action(action.text) is None  # the steps of one that is there are looked at
    if action.name in ("actions/cache", "actions/cache/restore"):
        path = site.step.inputs.get("path")
        return path is None or name in path.text or "${{" in path.text
    return _ACTIONS.match(action.name) is None


def _by_command(command: Command, name: str, ignored: bool) -> bool:
    if any(
        redirect.writes and _writes(redirect.target.raw, name)
        for redirect in command.redirects
        if redirect.target
    ):
        return True
    if not command.words or command.inner is not None:
        return False  # what runs a script is followed by the commands of that script
    program = command.name
    words = list(_operands(command))
    if program in _HARMLESS:
        return program in ("docker", "podman") and bool({"cp", "run", "exec"} & set(words[:2]))
    if program in _NAMING:
        return any("$" in word.raw or name in word.raw.split("/") for word in command.words[1:])
    if program == "git":
        return not words or words[0] not in _GIT
    if program in _RUNNERS:
        return not (words and checked_by(words[0], words[1:]))
    if checked_by(program, words):
        return False
    if program in _BUILDING:
        return ignored or bool(_MAKING_VERBS & set(words[:1]))
    return True


def _operands(command: Command) -> Iterator[str]:
    return (word.raw for word in command.words[1:] if not word.raw.startswith("-"))


def _writes(target: str, name: str) -> bool:
    """Whether what is written may be the file: not where the target is a file of the runner's."""
    bare = target.strip("\"'")
    if bare.startswith(("/dev/", "&", "$GITHUB_", "${GITHUB_")) or bare.isdigit():
        return False
    return "$" in bare or name in bare.split("/")
