"""Publications with what the registry asks for: a login before, and a token that may write."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from cilint.findings.finding import FileEdit, Safety
from cilint.model import edits
from cilint.model.pins import pinned
from cilint.pipeline.effects.grants import Grant, grant
from cilint.pipeline.effects.image_actions import LOGGING_IN
from cilint.pipeline.effects.images import ImagePush
from cilint.pipeline.effects.logins import Login
from cilint.pipeline.partial import equal
from cilint.pipeline.runs import Place, Runs
from cilint.pipeline.sites import Call, Site
from cilint.syntax.yaml_quote import quote
from cilint.text.hole import HOLE

_LOGGING_IN = LOGGING_IN | {"kaniko", "jib", "gcloud", "az"}
_OWN_CREDENTIALS = ("--dest-creds", "--creds", "--dest-authfile", "--authfile", "--dest-registry-token")
_CREDENTIAL_FILES = (".docker/config.json", "auth.json", "DOCKER_AUTH_CONFIG", "DOCKER_CONFIG")


class RegistryPush:
    """One publication to a registry. ``host`` has a HOLE where the registry is not known."""

    def __init__(self, runs: Runs, push: ImagePush, logins: _Logins) -> None:
        self._runs = runs
        self._logins = logins
        self.push = push
        self.path = push.path
        self.span = push.span
        self.host = push.image.host.lower()
        self.image = push.image
        mine = [login for login in logins.by_job.get(push.site.call, ()) if self._fits(login)]
        self._before = [each for each in mine if self._precedes(each) and not self._is_undone(each)]
        before = set(self._before)
        self.late_login = next((login for login in mine if login not in before), None)

    @property
    def act(self) -> Place:
        """What pushes: the command, or the step of an action."""
        source = self.push.call or self.push.build
        return Place(source.path, source.span) if source else Place(self.path, self.span)

    def _fits(self, login: Login) -> bool:
        return HOLE in login.host or HOLE in self.host or equal(login.host, self.host) is not False

    def _precedes(self, login: Login) -> bool:
        by_action = login.site is self.push.site and self.push.call is None
        return by_action or self._runs.comes_before(login, self.push)

    def _is_undone(self, login: Login) -> bool:
        """Whether the job logs out again between the login and the push."""
        before = self._runs.comes_before
        return any(before(login, call) and before(call, self.push) for call in login.logouts)

    @property
    def login(self) -> Login | None:
        """The login that counts: the last one before."""
        return self._before[-1] if self._before else None

    @cached_property
    def is_logged_in(self) -> bool | None:
        """Whether a login comes before in every event in which it surely pushes; None: not known."""
        if self._logs_in_itself:
            return True
        if self._opaque:
            return None
        if not self.push.scenarios:
            logged_in = bool(self._before) or (None if self._leaves_login_to_others else False)
            return logged_in or (None if self.push.runs else logged_in)
        found = all(
            any(login.state(event) is not False for login in reversed(self._before))
            for event in self.push.scenarios
        )
        return found or (None if self._leaves_login_to_others else False)

    @property
    def _logs_in_itself(self) -> bool:
        call = self.push.call
        if call:
            return call.arguments.flag(*_OWN_CREDENTIALS) is not None
        build = self.push.build
        return build is not None and (build.tool in _LOGGING_IN or "password" in build.site.step.inputs)

    @property
    def _opaque(self) -> bool:
        """Whether a step before may log in in a way that is not read."""
        return self._logins.are_before(self._logins.opaque, self.push.site)

    @cached_property
    def _leaves_login_to_others(self) -> bool:
        """Whether a script or task that runs before, or what is not read of the step itself, may log in."""
        return self._logins.are_before(self._logins.handed_over, self.push.site)

    # -- the token ---------------------------------------------------------------------------------

    @cached_property
    def grant(self) -> Grant:
        return grant(self.push.site.call, "packages")

    @property
    def uses_own_token(self) -> bool:
        """Whether it is the run's own token that must be allowed to write."""
        if self.login:
            return self.login.uses_github_token
        if self.push.build is not None and self.push.build.tool in _LOGGING_IN - {"kaniko"}:
            return False
        return not self._leaves_login_to_others

    @property
    def happens(self) -> bool:
        """Whether some event may make it push, or a workflow that only others call asks for it."""
        return bool(self.push.runs) or not self._runs.scenarios(self.push.site.call.entry)

    @property
    def may_write(self) -> bool | None:
        """Whether the job's permissions let it push; None where the repository's settings decide."""
        return None if self.grant.level is None else self.grant.level == "write"

    @property
    def permission_said(self) -> str:
        """What there is to say of the permission, after "the token …"."""
        if self.may_write is None:
            return "may write packages only where the repository's settings say so"
        return f"has `packages: {self.grant.level}` here"

    # -- mending -----------------------------------------------------------------------------------

    @property
    def permission_safety(self) -> Safety:
        return "safe" if self.grant.permissions else "unsafe"

    @property
    def permission_edits(self) -> tuple[FileEdit, ...] | None:
        """Let the job write packages, and no other."""
        job = self.grant.job
        return edits.set_job_permission(job, "packages", "write")

    @property
    def login_edits(self) -> tuple[FileEdit, ...] | None:
        """A login with the run's own token, put before the push and run whenever that is."""
        if self.host != "ghcr.io":
            return None
        step = self.push.site.step
        if self.push.call and self.push.call.site.step.run and self._before:
            return None
        push = step.inputs.get("push")
        condition = step.condition.text if step.condition and "\n" not in step.condition.text else ""
        if push is not None and "${{" in push.text and not condition:
            condition = push.text.strip().removeprefix("${{").removesuffix("}}").strip()
        conditions = [f"if: {quote(condition)}"] if condition else []
        lines = [
            "name: Log in to GHCR",
            *conditions,
            f"uses: {pinned('docker/login-action')}",
            "with:",
            f"  registry: {self.host}",
            "  username: ${{ github.actor }}",
            "  password: ${{ secrets.GITHUB_TOKEN }}",
        ]
        return edits.insert_step(step, lines)


def _may_log_in(runs: Runs, site: Site) -> bool:
    """Whether a step logs in by its name, or by a file or script that is not read."""
    action = site.step.action
    if action is not None:
        if action.kind == "local":
            return runs.project.local_action(site.step.uses.text if site.step.uses else "") is None
        own = action.name.startswith(("docker/", "actions/"))
        return not own and ("login" in action.name or "registry" in action.name)
    text = site.step.run.text if site.step.run else ""
    return any(name in text for name in _CREDENTIAL_FILES)


class _Logins:
    """What logs in, or may do so, in each job."""

    def __init__(self, runs: Runs, logins: tuple[Login, ...]) -> None:
        self._runs = runs
        self.by_job: dict[Call, list[Login]] = {}
        for login in logins:
            self.by_job.setdefault(login.site.call, []).append(login)

    @cached_property
    def opaque(self) -> dict[Call, int]:
        """The first steps that may log in in a way that is not read."""
        return self._runs.first_steps(lambda site: _may_log_in(self._runs, site))

    @cached_property
    def handed_over(self) -> dict[Call, int]:
        """The first steps that leave something to scripts or tasks which may log in."""
        from cilint.pipeline.effects.handed_texts import handed_texts
        from cilint.pipeline.effects.handovers import handed_over

        return self._runs.first_steps(
            lambda site: any(
                "login" in text
                for handed in handed_over(self._runs, site)
                for text in handed_texts(self._runs.project, handed) or [handed.command.raw]
            )
        )

    def are_before(self, first: dict[Call, int], site: Site) -> bool:
        """Whether one of the first steps is this one or one before it in its job."""
        return first.get(site.call, self._runs.position(site) + 1) <= self._runs.position(site)


def registry_pushes(
    runs: Runs, pushes: tuple[ImagePush, ...], logins: tuple[Login, ...]
) -> Iterator[RegistryPush]:
    """Every publication with what the registry asks for."""
    found = _Logins(runs, logins)
    for push in pushes:
        yield RegistryPush(runs, push, found)
