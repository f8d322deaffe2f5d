"""Health checks that are content with whatever happens, and those that are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cilint.model.files import MemoryFiles
from cilint.model.project import Project
from cilint.pipeline.effects.health_checks import HealthCheck
from cilint.pipeline.pipeline import Pipeline
from cilint.text.edit import apply_edits


def of_image(text: str, files: dict[str, str] | None = None) -> HealthCheck:
    (found,) = Pipeline(Project(MemoryFiles({"Dockerfile": text, **(files or {})}))).image_health_checks
    return found


def of_command(command: str) -> HealthCheck:
    return of_image(f"FROM debian\nHEALTHCHECK CMD {command}\n")


def of_service(test: str) -> HealthCheck:
    text = f"services:\n  web:\n    image: a\n    healthcheck:\n      test: {test}\n"
    (found,) = Pipeline(Project(MemoryFiles({"compose.yaml": text}))).compose_health_checks
    return found


@pytest.mark.parametrize(
    ("command", "weakness"),
    [
        ("curl -f http://localhost/up || exit 1", ""),
        ("curl --fail-with-body http://localhost/up", ""),
        ("curl http://localhost/up || exit 1", "status"),
        ("timeout 3 curl -sS localhost/up", "status"),
        ("curl -f http://localhost/up || true", "ignored"),
        ("curl -s http://localhost/up; exit 0", "ignored"),
        ("curl -f http://localhost/up | cat", "ignored"),
        ("curl -f http://localhost/up &", "ignored"),
        ("if curl -f http://localhost/up; then exit 0; fi", "ignored"),
        ("if curl -f http://localhost/up; then exit 0; else exit 1; fi", ""),
        ("curl -s http://localhost/up | grep ok", ""),
        ("curl -s http://localhost/up | grep ok || true", "ignored"),
        ("curl $OPTIONS http://localhost/up", ""),
        ("curl -K /etc/probe http://localhost/up", ""),
        ("curl telnet://localhost:9000", ""),
        ("test $(curl -so /dev/null -w '%{http_code}' http://localhost/up) = 200", ""),
        ("wget -qO- http://localhost/up || exit 1", ""),
        ("wget -q http://localhost/a || curl -f http://localhost/b", ""),
        ("wget -q http://localhost/a || curl http://localhost/b", "status"),
        ("wget -q http://localhost/up; exit 0", "ignored"),
        ("pg_isready", ""),
        ("pg_isready || :", "ignored"),
        ("! grep -q stopped /tmp/state", ""),
        ("pidof app || exit 1; curl -f http://localhost/up || true", ""),
        ("[ -f /tmp/up ]; exit 0", "ignored"),
        ("echo ok", "asks nothing"),
        ("exit 0", "asks nothing"),
        ("exit 1", ""),
        ("exit $STATE", ""),
        ('["sh", "-c", "curl -f http://localhost/up || true"]', "ignored"),
        ('["bash", "-eo", "pipefail", "-c", "curl -f http://localhost/up | cat"]', ""),
        ('["/probe"]', ""),
        ('["python", "-c", "import requests; requests.get(\'http://localhost/up\')"]', "status"),
        ('["python", "-c", "from urllib.request import urlopen; urlopen(\'http://localhost/up\')"]', ""),
        ('["node", "-e", "require(\'./probe\')"]', ""),
    ],
)
def test_whether_a_check_can_fail(command: str, weakness: str) -> None:
    assert of_command(command).weakness == weakness


def test_the_shell_of_the_image_runs_it() -> None:
    command = "HEALTHCHECK CMD curl -f http://localhost/up | cat\n"
    assert of_image(f"FROM debian\n{command}").weakness == "ignored"
    assert of_image(f'FROM debian\nSHELL ["env", "bash", "-o", "pipefail", "-c"]\n{command}').weakness == ""
    pwsh = f'FROM debian\nSHELL ["pwsh", "-Command"]\n{command}'
    assert not Pipeline(Project(MemoryFiles({"Dockerfile": pwsh}))).image_health_checks


@pytest.mark.parametrize(
    ("program", "weakness"),
    [
        ("fetch('http://localhost/up').then(r => process.exit(r.ok ? 0 : 1))", ""),
        ("fetch('http://localhost/up').then(r => console.log(r.status))", "status"),
        ("", ""),
    ],
)
def test_a_program_of_the_repository(program: str, weakness: str) -> None:
    text = 'FROM node:22\nWORKDIR /app\nCOPY tools/ .\nHEALTHCHECK CMD ["node", "probe.mjs"]\n'
    assert of_image(text, {"package.json": "{}", "tools/probe.mjs": program}).weakness == weakness


@pytest.mark.parametrize(
    ("command", "script", "weakness"),
    [
        ('["/probe.sh"]', "curl -f http://a || exit 1\n", ""),
        ('["/probe.sh"]', "curl http://a\n", "status"),
        ("sh /probe.sh || exit 1", "curl http://a\n", ""),  # which is more than the script
        ("bash /probe.sh", "#!/bin/bash -e\npg_isready\necho ok\n", "ignored"),  # bash is given no -e
        ("/probe.sh", "#!/bin/bash -e\npg_isready\necho ok\n", ""),
        ("/probe.sh --fast", "exit 0\n", ""),
        ("/other.sh", "exit 0\n", ""),
    ],
)
@pytest.mark.parametrize("folder", ["", "docker/"])
def test_a_script_of_the_repository(command: str, script: str, weakness: str, folder: str) -> None:
    text = f"FROM debian\nCOPY tools/probe.sh /\nHEALTHCHECK CMD {command}\n"
    files = {f"{folder}Dockerfile": text, "tools/probe.sh": script}
    found = Pipeline(Project(MemoryFiles(files))).image_health_checks
    assert "".join(check.weakness for check in found) == weakness
    assert all(check.strict is None for check in found if check.weakness)
    places = [text[check.weak_span.start : check.weak_span.end] for check in found]
    assert set(places) == {command.strip('[]"')}


@pytest.mark.parametrize(
    ("command", "mended"),
    [
        ("curl http://localhost/up", "curl -f http://localhost/up"),
        ("curl -sS http://localhost/up", "curl -fsS http://localhost/up"),
        ("curl -s http://localhost/up || true", "curl -fs http://localhost/up || exit 1"),
        ("curl -f http://localhost/up ; true", "curl -f http://localhost/up || exit 1"),
        ('["curl", "http://localhost/up"]', '["curl", "-f", "http://localhost/up"]'),
        ('["timeout", "5", "curl", "http://a"]', '["timeout", "5", "curl", "-f", "http://a"]'),
        ('["sh", "-c", "curl http://localhost/up"]', '["sh", "-c", "curl -f http://localhost/up"]'),
        (
            "curl http://localhost/up || curl http://localhost",
            "curl -f http://localhost/up || curl -f http://localhost",
        ),
        ("curl -f http://a || echo bad", "curl -f http://a || { echo bad; exit 1; }"),
        ("curl -f http://a && echo ok || exit 0", "curl -f http://a && echo ok || exit 1"),
        ("curl -f http://a && make || true", "curl -f http://a && make || exit 1"),
        ("curl -f http://localhost/up && true; echo done", None),
        ("curl -f http://localhost/up | cat", None),
        ("echo ok", None),
    ],
)
def test_the_mended_check_can_fail(command: str, mended: str | None) -> None:
    check = of_command(command)
    assert check.weakness
    edits = check.strict
    assert (edits is None) == (mended is None)
    if edits and mended:
        text = apply_edits(f"FROM debian\nHEALTHCHECK CMD {command}\n", edits)
        assert text == f"FROM debian\nHEALTHCHECK CMD {mended}\n"
        assert of_command(mended).weakness == ""


@pytest.mark.parametrize(
    ("test", "weakness"),
    [
        ("[CMD, curl, -f, 'http://localhost']", ""),
        ("[CMD, curl, 'http://localhost']", "status"),
        ("[CMD-SHELL, 'curl -f http://localhost || true']", "ignored"),
        ("curl -f http://localhost/${PATH_OF_CHECK} || exit 1", ""),
        ("curl ${OPTIONS} http://localhost", ""),
        ("test $$(curl -so /dev/null -w '%{http_code}' http://localhost) = 200", ""),
        ("[CMD, true]", "asks nothing"),
    ],
)
def test_checks_of_services(test: str, weakness: str) -> None:
    assert of_service(test).weakness == weakness


@pytest.mark.parametrize("test", ["[NONE]", "[]", "{}", "[CMD, [curl]]", "[curl]", ""])
def test_what_is_no_command_is_not_judged(test: str) -> None:
    text = f"services:\n  web:\n    image: a\n    healthcheck:\n      test: {test}\n"
    assert Pipeline(Project(MemoryFiles({"compose.yaml": text}))).compose_health_checks == ()


@given(st.text(alphabet="curl -f|&;!(){}'\"$`exit01 true\\#\n", max_size=60))
def test_any_text_has_an_answer_and_a_place(text: str) -> None:
    line = text.replace("\n", " ").strip()
    for check in Pipeline(
        Project(MemoryFiles({"Dockerfile": f"FROM debian\nHEALTHCHECK CMD {line}\n"}))
    ).image_health_checks:
        assert check.weakness in ("", "asks nothing", "ignored", "status")
        assert check.span.start <= check.weak_span.start <= check.weak_span.end <= check.span.end


@pytest.mark.parametrize(
    ("service", "test", "problem"),
    [
        ("image: node:22-slim", "[CMD, curl, 'http://a']", "missing"),
        ("image: node:22", "[CMD, curl, 'http://a']", ""),
        ("image: gcr.io/distroless/nodejs22-debian12", "node probe.js", "no shell"),
        ("image: alpine:3", "[CMD, wget, 'http://localhost']", "localhost"),
        ("image: alpine:3", "[CMD, sh, -c, 'curl -f http://a || wget -q http://a']", ""),
        ("build: .", "[CMD, curl, 'http://a']", "missing"),
        ("build: {context: ., target: full}", "[CMD, curl, 'http://a']", ""),
        ("build: {context: ., target: none}", "[CMD, curl, 'http://a']", None),
        ("build: elsewhere", "[CMD, curl, 'http://a']", None),
        ("image: 'a b'", "[CMD, curl, 'http://a']", None),
        ("image: alpine:3, extends: {service: b}", "[CMD, curl, 'http://a']", None),
        ("image: alpine:3, volumes: ['./x:/usr/bin/curl']", "[CMD, curl, 'http://a']", None),
    ],
)
def test_programs_of_services(service: str, test: str, problem: str | None) -> None:
    files = {
        "compose.yaml": f"services: {{web: {{{service}, healthcheck: {{test: {test}}}}}}}\n",
        "Dockerfile": "FROM node:22 AS full\nFROM node:22-slim\n",
    }
    found = Pipeline(Project(MemoryFiles(files))).compose_health_probes
    assert (found[0].tool_problem if found else None) == problem
