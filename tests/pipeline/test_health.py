"""What health checks ask for, with which program, and why they cannot work."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cilint.model.files import MemoryFiles
from cilint.model.project import Project
from cilint.pipeline.effects.health import HealthProbe
from cilint.pipeline.effects.health_urls import parse_url, url_in_code
from cilint.pipeline.pipeline import Pipeline
from cilint.text.edit import apply_edits

SLIM = "FROM node:22-slim\nENV PORT=3500\nEXPOSE 3500\n"


def probes(text: str, files: dict[str, str] | None = None) -> tuple[HealthProbe, ...]:
    return Pipeline(Project(MemoryFiles({"Dockerfile": text, **(files or {})}))).health_probes


def probe(check: str, head: str = SLIM) -> HealthProbe:
    (found,) = probes(f"{head}HEALTHCHECK {check}\n")
    return found


@pytest.mark.parametrize(
    ("check", "program", "port", "route"),
    [
        ("CMD curl -f http://localhost:3000/api/health?x=1 || exit 1", "curl", 3000, "/api/health"),
        ("CMD curl --fail -m 3 --url 'localhost:${PORT:-3000}/up'", "curl", None, "/up"),
        ('CMD curl -f "http://localhost:${PORT:-3000}/up"', "curl", 3500, "/up"),
        ('CMD ["curl", "-f", "https://localhost/up"]', "curl", 443, "/up"),
        ('CMD ["sh", "-c", "wget -qO- http://127.0.0.1:$PORT/up || exit 1"]', "wget", 3500, "/up"),
        ("CMD wget --tries=1 --spider http://127.0.0.1", "wget", 80, "/"),
        ("CMD test $(curl -s -o /dev/null -w '%{http_code}' http://localhost:1/up) = 200", "curl", 1, "/up"),
        ("CMD timeout 5 curl -f http://[::1]:3000/up", "curl", 3000, "/up"),
        ("""CMD node -e "fetch('http://127.0.0.1:3000/up')" """, "node", 3000, "/up"),
        (
            'CMD ["node", "-e", "fetch(`http://localhost:${process.env.PORT || 3000}/up`)"]',
            "node",
            3500,
            "/up",
        ),
        (
            """CMD node -p "require('http').get('http://localhost:' + process.env.PORT + '/up')" """,
            "node",
            3500,
            "/up",
        ),
        (
            """CMD node -e "http.request({hostname: 'localhost', port: 8080, path: '/up'})" """,
            "node",
            8080,
            "/up",
        ),
        ("""CMD bun -e "await fetch('http://localhost:' + (Bun.env.P ?? 99) + '/up')" """, "bun", 99, "/up"),
        (
            """CMD python -c "import requests as r; r.get('http://localhost:8000/up')" """,
            "python",
            8000,
            "/up",
        ),
    ],
)
def test_what_is_asked_for(check: str, program: str, port: int | None, route: str) -> None:
    found = probe(check)
    assert (found.program, found.port, found.route, found.is_local) == (program, port, route, True)


@pytest.mark.parametrize(
    "check", ["CMD node probe.js", 'CMD ["/probe"]', "CMD pg_isready", "CMD nc -z localhost 1"]
)
def test_what_asks_for_no_url(check: str) -> None:
    assert probe(check).url is None


def test_nothing_asks_where_the_check_is_switched_off() -> None:
    assert probes(f"{SLIM}HEALTHCHECK NONE\n") == ()


def test_places_are_those_of_the_file_in_every_form() -> None:
    text = SLIM + 'HEALTHCHECK CMD ["node", "-e", \\\n  "fetch(\'http://localhost:3000/api/ping\')"]\n'
    (found,) = probes(text)
    places = (found.host_span, found.port_span, found.route_span, found.program_span)
    assert [text[span.start : span.end] for span in places if span] == [
        "localhost",
        "3000",
        "/api/ping",
        "node",
    ]


@pytest.mark.parametrize(
    ("head", "check", "name"),
    [
        (SLIM, "http://localhost:3000", "ENV PORT"),
        ("FROM node:22\nEXPOSE 80 8080\n", "http://localhost:3000", "EXPOSE"),
        ("FROM node:22\nENV PORT=80\nCMD next start -p 9000\n", "http://localhost:3000", "the command"),
        ("FROM node:22 AS base\nENV PORT=80\nFROM base\n", "http://localhost:3000", "ENV PORT"),
        (SLIM, "http://localhost:3500", None),
        (SLIM, "http://database:3000", None),
        ("FROM node:22\nEXPOSE 3000-3010\n", "http://localhost:3005", None),
        ("FROM node:22\nARG PORT\nENV PORT=$PORT\nEXPOSE $PORT\n", "http://localhost:3000", None),
        ("FROM node:22\nEXPOSE 3000/udp\n", "http://localhost:8000", None),
        ("FROM node:22\n", "http://localhost:3000", None),
    ],
)
def test_the_port_that_is_not_the_applications(head: str, check: str, name: str | None) -> None:
    problem = probe(f"CMD curl -f {check}", head).port_problem
    assert (problem.name if problem else None) == name


@pytest.mark.parametrize(
    ("head", "check", "problem"),
    [
        ("FROM node:22-slim\n", "CMD curl http://localhost", "missing"),
        ("FROM node:22-alpine\n", "CMD curl http://localhost", "missing"),
        ("FROM node:22-bookworm\n", "CMD curl http://localhost", ""),
        ("FROM node:22-alpine\n", "CMD wget http://127.0.0.1", ""),
        ("FROM node:22-alpine\n", "CMD wget http://localhost", "localhost"),
        ("FROM node:22-alpine\nRUN apk add wget\n", "CMD wget http://localhost", ""),
        ("FROM alpine AS a\nRUN apk add --no-cache curl~=8\nFROM a\n", "CMD curl http://localhost", ""),
        ("FROM alpine\nRUN apk add -t .b curl && apk del .b\n", "CMD curl http://localhost", "missing"),
        ("FROM alpine\nARG P\nRUN apk add $P\n", "CMD curl http://localhost", ""),
        ("FROM debian\nCOPY --from=x /usr/bin /usr/bin\n", "CMD curl http://localhost", ""),
        ("FROM debian\nRUN ./install.sh\n", "CMD curl http://localhost", ""),
        ("FROM acme/base\n", "CMD curl http://localhost", ""),
        ("ARG T\nFROM node:$T\n", "CMD curl http://localhost", ""),
        ("ARG T\nFROM node:$T-slim\n", "CMD curl http://localhost", "missing"),
        ("FROM scratch\n", "CMD curl http://localhost", "no shell"),
        ("FROM gcr.io/distroless/nodejs22-debian12\n", "CMD node x.js", "no shell"),
        ("FROM gcr.io/distroless/nodejs22-debian12:debug\n", "CMD node x.js", ""),
        ("FROM debian\n", "CMD node x.js", "missing"),
        ("FROM public.ecr.aws/docker/library/node:22-slim\n", "CMD curl http://localhost", "missing"),
    ],
)
def test_why_the_program_cannot_work(head: str, check: str, problem: str) -> None:
    assert probe(check, head).tool_problem == problem


def test_another_program_may_do_the_work() -> None:
    text = "FROM node:22-alpine\nHEALTHCHECK CMD curl -f http://127.0.0.1/up || wget -q http://127.0.0.1/up\n"
    assert [found.tool_problem for found in probes(text)] == ["", ""]


@pytest.mark.parametrize(
    ("check", "mended"),
    [
        ("CMD curl -f http://localhost:3000/up || exit 1", True),
        ('CMD ["curl", "-sf", "http://localhost:3000/up"]', True),
        ("CMD curl -f http://localhost:3000/up -X POST", False),
        ("CMD curl -s http://localhost:3000/up | grep ok", False),
        ("CMD curl -f http://localhost:$OTHER/up", False),
        ("CMD curl -f https://localhost/up", False),
    ],
)
def test_node_asks_in_place_of_a_plain_request(check: str, mended: bool) -> None:
    found = probe(check)
    assert found.tool_problem == "missing"
    assert (found.tool_fix is not None) == mended
    if found.tool_fix:
        (after,) = probes(apply_edits(found.stage.dockerfile.source.text, found.tool_fix))
        assert (after.program, after.route, after.port, after.tool_problem) == ("node", "/up", 3000, "")


NEXT = {
    "package.json": '{"dependencies": {"next": "16"}}',
    "app/api/v1/ping/route.ts": "",
    "app/page.tsx": "",
}


def test_a_route_that_has_moved() -> None:
    text = f"{SLIM}COPY .next .next\nHEALTHCHECK CMD curl -f http://localhost:3500/api/ping\n"
    (found,) = probes(text, NEXT)
    assert found.served is False
    assert found.better_route == "/api/v1/ping"
    assert apply_edits(text, found.with_route(found.better_route) or ()) == text.replace("/api/", "/api/v1/")
    assert found.with_inner_route("/api/health") is None  # there is no such route either


@pytest.mark.parametrize(
    ("text", "files"),
    [
        ("RUN make\n", NEXT),  # nothing says that it runs the application
        ("COPY .next .next\n", {**NEXT, "middleware.ts": "NextResponse.rewrite(url)"}),
        ("COPY .next .next\n", {**NEXT, "next.config.js": "module.exports = require('./make')"}),
        (
            "COPY .next .next\n",
            {"web/package.json": NEXT["package.json"], "web/app/page.tsx": "", "package.json": "{}"},
        ),
    ],
)
def test_what_cannot_be_told_of_routes_is_not_told(text: str, files: dict[str, str]) -> None:
    (found,) = probes(f"{SLIM}{text}HEALTHCHECK CMD curl -f http://localhost:3500/api/ping\n", files)
    assert found.served is None


@given(st.text(alphabet="htps:/'\"`${}+.env()localhost3 \\", max_size=60))
def test_any_code_has_an_answer(code: str) -> None:
    url = url_in_code(f"fetch('http://{code}", {"PORT": "1"})
    assert url is None or url.scheme in ("http", "https")
    parsed = parse_url(f"http://{code}")
    assert parsed is not None
    assert parsed.path
