"""Requests to Dokploy, each with what is wrong with it.

Endpoints, methods and bodies as in Dokploy's ``openapi.json``, ``pages/api/deploy``, ``lib/auth.ts``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, cached_property

from cilint.findings.finding import FileEdit
from cilint.pipeline.effects.clients import may_hide
from cilint.pipeline.effects.deploys import SETTERS, Deploy
from cilint.pipeline.effects.request_parts import UNKNOWN, Body, Header, body, headers, read_json
from cilint.pipeline.effects.requests import ClientRequest, Request
from cilint.pipeline.runs import Effect, Place, Runs
from cilint.pipeline.scenarios import Scenario
from cilint.syntax.shell import Word
from cilint.text.edit import Edit
from cilint.text.hole import HOLE
from cilint.text.source import Span

_MUTATIONS = (
    "deploy", "redeploy", "update", "saveDockerProvider", "saveEnvironment", "start", "stop", "reload",
    "cancelDeployment", "killBuild", "rollback",
)  # fmt: skip
_IDS = {"application": "applicationId", "compose": "composeId"}
PROVIDER_FIELDS = ("applicationId", "dockerImage", "username", "password", "registryUrl")


_SENDING = re.compile(r"data|body|json|method|post|params|kwargs|\*\*|\.\.\.", re.IGNORECASE)


@cache
def _endpoint() -> re.Pattern[str]:
    return re.compile(
        r"/api/(?P<trpc>trpc/)?(?P<call>deploy(?=/|$|[?#\"'\s]|\0)(?:/compose)?|[a-zA-Z]+[./][a-zA-Z]+)(?P<rest>[^?#]*)"
        r"|\0/(?P<named>(?:application|compose)\.[a-zA-Z]+)"
    )


class DokployCall(Effect):
    """One request to Dokploy; ``span`` is its address."""

    def __init__(self, runs: Runs, request: Request, deploy: Deploy | None) -> None:
        super().__init__(runs, request.site, request.url_span)
        self.request = request
        self._deploy = deploy
        self._client = request if isinstance(request, ClientRequest) else None

    def state(self, scenario: Scenario) -> bool | None:
        return self.request.state(scenario)

    @property
    def command(self) -> Place:
        """The whole command."""
        return Place(self.path, self.request.span)

    @cached_property
    def _match(self) -> re.Match[str] | None:
        return _endpoint().search(self.request.url.replace("${{", HOLE))

    @property
    def endpoint(self) -> str:
        """``application.deploy``, ``deploy`` for the webhook, or empty where it is not known."""
        known = self._deploy.endpoint if self._deploy else ""
        return (self._match.group("call") or self._match.group("named")) if self._match else known

    @property
    def is_api(self) -> bool:
        return "." in self.endpoint or "/" in self.endpoint.removeprefix("deploy/compose")

    @property
    def is_webhook(self) -> bool:
        return not self.is_api and self._deploy is not None

    @property
    def is_mutation(self) -> bool:
        """Whether it changes something, and so has to be a POST."""
        return self.is_api and re.split(r"[./]", self.endpoint)[-1] in _MUTATIONS

    @property
    def is_deploy(self) -> bool:
        return self._deploy is not None

    @property
    def sets_image(self) -> bool:
        """Whether it chooses the image that the next deploy takes."""
        return self.endpoint in SETTERS

    # -- the address -------------------------------------------------------------------------------

    @property
    def insecure_host(self) -> str | None:
        """The host that is spoken to in clear text, where it is another machine."""
        plain = r"http://([^/\0:]*)"
        if self.request.tool in ("curl", "wget"):  # they take http for what names no scheme
            plain = r"(?:http://|(?=[\w-]+(?:\.[\w-]+)+(?::\d+)?/))([^/\0:]*)"
        match = re.match(plain, self.request.url)
        if match is None or match.group(1) in ("localhost", "127.0.0.1", "host.docker.internal"):
            return None
        return match.group(1) or "Dokploy"

    @property
    def endpoint_problem(self) -> str | None:
        """What is wrong with the address, in plain words."""
        match = self._match
        if match is None or match.group("named"):
            return None
        call, rest = match.group("call"), match.group("rest")
        if match.group("trpc"):
            return f"`/api/trpc/{call}` wants another body and is not the public interface"
        if call.startswith("deploy") and "." not in call:
            known = rest.strip("/\"' ")
            return None if known or HOLE in rest else f"`/api/{call}` lacks the token of the webhook"
        if "/" in call:
            return f"`/api/{call}` does not exist: the parts of a procedure are joined by a dot"
        router, _, procedure = call.partition(".")
        if procedure in ("deploy", "redeploy") and router not in _IDS and self._is_dokploy(router):
            return f"Dokploy has no `{call}`"
        return None

    @staticmethod
    def _is_dokploy(router: str) -> bool:
        return router in (
            "deploy",
            "deployment",
            "deployments",
            "app",
            "apps",
            "applications",
            "project",
            "service",
        )

    @property
    def rebuilds(self) -> bool:
        """Whether it asks for a rebuild, which pulls no newer image."""
        return self.endpoint in ("application.redeploy", "compose.redeploy")

    @property
    def endpoint_edits(self) -> tuple[FileEdit, ...] | None:
        """Write the endpoint that is meant, unless the body is one that only the other takes."""
        if self._match and self._match.group("trpc") and re.search(r"\bjson\b", self._sent):
            return None
        return self._rewritten(
            self.span, r"/api/(?:trpc/)?(application|compose)[./](re)?deploy\b", r"/api/\1.deploy"
        )

    @property
    def _sent(self) -> str:
        """What is known of the body."""
        return (self.body.text if self.body else None) or ""

    def _rewritten(self, span: Span, pattern: str, by: str) -> tuple[FileEdit, ...] | None:
        """The first match of a pattern in a part of the file replaced, and nothing around it."""
        source = self._runs.project.source(self.path)
        found = re.search(pattern, source.slice(span)) if source else None
        if found is None or found.expand(by) == found[0]:
            return None
        return (FileEdit(self.path, Edit(Span(*found.span()).shift(span.start), found.expand(by))),)

    # -- the method --------------------------------------------------------------------------------

    @property
    def wrong_method(self) -> str | None:
        """The method, where a POST is wanted and something else is asked for."""
        if not (self.is_mutation or self.is_webhook):
            return None
        if self._client is None:
            asks = self.is_mutation and self.request.method == "GET"
            return "GET" if asks and not _SENDING.search(self.request.source) else None
        if may_hide(self._client.call.arguments) or HOLE in self._client.method:
            return None
        return self._client.method if self._client.method != "POST" else None

    @property
    def method_edits(self) -> tuple[FileEdit, ...] | None:
        if self._client is None:
            return None
        call = self._client.call
        given = call.arguments.option("-X", "--request", "--method")
        if given and given.value_word:
            return self._rewritten(call.span_of(given.value_word), re.escape(given.value or HOLE), "POST")
        return self._option({"curl": "--request POST", "wget": "--method=POST"}.get(call.name))

    def _option(self, text: str | None) -> tuple[FileEdit, ...] | None:
        """Put an option right after the program's name."""
        if self._client is None or text is None or not self._client.call.command.words:
            return None
        end = self._client.call.span_of(self._client.call.command.words[0]).end
        return (FileEdit(self.path, Edit(Span(end, end), f" {text}")),)

    # -- patience ----------------------------------------------------------------------------------

    @property
    def lacks(self) -> tuple[str, ...]:
        """What keeps it from surviving a hiccup of the network, or from hanging: missing options of curl."""
        client = self._client
        if client is None or client.tool != "curl" or may_hide(client.call.arguments) or not self.is_deploy:
            return ()
        found = []
        loops = client.call.command.loops or self.site.step.is_repeated
        if "retry" not in client.bounds and not loops and not self._retried:
            found.append("--retry")
        limited = (
            "timeout" in client.call.command.wrappers
            or self.site.top.step.node.get("timeout-minutes")
            or self.site.step.is_repeated
        )
        if "total" not in client.bounds and not limited:
            found.append("--max-time")
        return tuple(found)

    @property
    def _retried(self) -> bool:
        """Whether the function that it is in is called in a loop, or one that tries again is given it."""
        script, client = self.site.script, self._client
        if script is None or client is None:
            return False
        name = client.call.command.function
        calls = script.named(name) if name else ()
        around = [script.functions[each] for each in client.call.command.wrappers if each in script.functions]
        loops = any(command.loops for function in around for command in function.commands)
        return loops or any(call.loops or call.condition for call in calls)

    @property
    def endless(self) -> bool:
        """Whether a loop calls it again and again without end."""
        script = self.site.script
        loops = self._client.call.command.loops if self._client else ()
        limit = self.site.top.step.node.get("timeout-minutes") or self.site.job.node.get("timeout-minutes")
        return (
            self.is_deploy
            and script is not None
            and not limit
            and any(not script.bounded(each) for each in loops)
        )

    @property
    def retry_edits(self) -> tuple[FileEdit, ...] | None:
        options = []
        if "--retry" in self.lacks:
            options.append("--retry 3 --retry-all-errors")
        if "--max-time" in self.lacks:
            connect = self._client is not None and "connect" not in self._client.bounds
            options.append(("--connect-timeout 10 " if connect else "") + "--max-time 60")
        return self._option(" ".join(options)) if options else None

    # -- the key -----------------------------------------------------------------------------------

    @cached_property
    def _headers(self) -> tuple[Header, ...] | None:
        return headers(self._client.call) if self._client else None

    @property
    def lacks_key(self) -> bool:
        """Whether the API is certainly called without the header that it reads."""
        if not self.is_api:
            return False
        if self._client is None:
            return (
                "authorization" in self.request.source.lower()
                and "x-api-key" not in self.request.source.lower()
            )
        return self._headers is not None and not any(h.name in ("x-api-key", "cookie") for h in self._headers)

    @property
    def authorization(self) -> Place | None:
        """The header that the key was put in instead."""
        found = next((each for each in self._headers or () if each.name == "authorization"), None)
        return Place(self.path, self._client.call.span_of(found.word)) if found and self._client else None

    @property
    def key_edits(self) -> tuple[FileEdit, ...] | None:
        place = self.authorization
        if place is None:
            return None
        return self._rewritten(
            place.span, r"(?i)authorization:(\s*)(?:(?:bearer|token)\s+)?", r"x-api-key:\1"
        )

    # -- the body ----------------------------------------------------------------------------------

    @cached_property
    def body(self) -> Body | None:
        return body(self._client.call) if self._client else None

    @property
    def body_place(self) -> Place:
        """Where the body is written, else the command."""
        word = self.body.word if self.body else None
        return Place(self.path, self._client.call.span_of(word)) if word and self._client else self.command

    @property
    def body_problem(self) -> str | None:
        """What is wrong with the body of a call that changes something, in plain words."""
        if self._client is None or not self.is_mutation or self._match is None or self._match.group("trpc"):
            return None
        wanted = _IDS.get(self.endpoint.partition(".")[0])
        if wanted is None:
            return None
        if self.body is None:
            return f"the call sends no body, but `{self.endpoint}` wants `{wanted}`"
        return None if self.body.text is None else self._wrong(self.body.text, wanted)

    def _wrong(self, text: str, wanted: str) -> str | None:
        try:
            value = read_json(text)
        except ValueError:
            return "the body is no JSON once the shell has read it" if text.strip() else "the body is empty"
        if value is UNKNOWN or (HOLE in text and not isinstance(value, dict)):
            return None
        if not isinstance(value, dict):
            return "the body is no JSON object"
        if any(HOLE in key for key in value):
            return None
        if wanted not in value:
            other = next((key for key in _IDS.values() if key in value), None)
            said = f"has `{other}`" if other else f"lacks `{wanted}`"
            return f"the body {said}, but `{self.endpoint}` wants `{wanted}`"
        literal = next(
            (v for v in value.values() if isinstance(v, str) and re.search(r"\$(?:\{\w+\}|[A-Za-z_])", v)),
            None,
        )
        return f"`{literal}` is sent as it stands: nothing is expanded in single quotes" if literal else None

    @property
    def missing_fields(self) -> tuple[str, ...]:
        """What a call that sets the image and its registry leaves out; Dokploy wants all five fields."""
        if self.endpoint != "application.saveDockerProvider":
            return ()
        known = self.body.text if self.body else None
        if known is None:
            everything = self.request.source if self._client is None else ""
            return (
                tuple(f for f in PROVIDER_FIELDS if f not in everything)
                if "dockerImage" in everything
                else ()
            )
        try:
            value = read_json(known)
        except ValueError:
            return ()
        return tuple(f for f in PROVIDER_FIELDS if f not in value) if isinstance(value, dict) else ()

    @property
    def body_edits(self) -> tuple[FileEdit, ...] | None:
        """Let the shell expand a body in single quotes, or take the right name for the id."""
        word = self.body.word if self.body else None
        if word is None or self._client is None:
            return None
        span, raw = self._client.call.span_of(word), word.raw
        changed = _renamed(raw, _IDS.get(self.endpoint.partition(".")[0]))
        if changed == raw:
            changed = _expanding(word) or "" if "$" in raw else ""
        return (FileEdit(self.path, Edit(span, changed)),) if changed else None

    @property
    def lacks_content_type(self) -> bool:
        """Whether JSON is sent as if it were a form."""
        if self._client is None or not self.is_mutation or self.body is None or self.body.is_json:
            return False
        return self._headers is not None and not any(h.name == "content-type" for h in self._headers)

    @property
    def content_type_edits(self) -> tuple[FileEdit, ...] | None:
        joint = "=" if self.request.tool == "wget" else " "
        run = self.site.step.run
        space = "" if run is not None and run.style == "plain" else " "  # `: ` would end a plain YAML string
        return self._option(f"--header{joint}'Content-Type:{space}application/json'")


def _renamed(raw: str, wanted: str | None) -> str:
    """The body with the id's name that the endpoint wants, where it has only the other one."""
    if wanted is None or wanted in raw:
        return raw
    return re.sub(r"\b(?:application|compose)Id\b", wanted, raw)


def _expanding(word: Word) -> str | None:
    """A word in single quotes in double ones, where that changes nothing but the variables."""
    if not word.single_quoted:
        return None
    text = word.raw[1:-1]
    if re.search(r"[\\`!]|\$\(", text):
        return None
    return '"' + text.replace('"', '\\"') + '"'


def dokploy_calls(
    runs: Runs, requests: tuple[Request, ...], deploys: tuple[Deploy, ...]
) -> Iterator[DokployCall]:
    """Every request to Dokploy's webhook or API."""
    made = {id(deploy.request): deploy for deploy in deploys if deploy.request}
    for request in requests:
        deploy = made.get(id(request))
        if deploy or (request.speaks_of_dokploy and _endpoint().search(request.url)):
            yield DokployCall(runs, request, deploy)
