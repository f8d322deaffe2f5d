"""HTTP requests of steps: what they ask for, and what becomes of a refusal."""

from __future__ import annotations

import pytest

from cilint.pipeline.effects.requests import ClientRequest, Request
from tests.pipeline.repositories import deploy, repository, sliced

HOOK = '"$DOKPLOY_WEBHOOK_URL"'
CODE = f"code=$(curl -s -o /dev/null -w '%{{http_code}}' -X POST {HOOK})\n"


def only(script: str, **changes: str) -> Request:
    (request,) = deploy(script, **changes).requests
    return request


@pytest.mark.parametrize(
    ("command", "url", "method"),
    [
        ("curl https://a.example/x", "https://a.example/x", "GET"),
        ("curl -fsSL -o out.txt https://a.example/x", "https://a.example/x", "GET"),
        ("curl --url https://a.example/x -d a=b", "https://a.example/x", "POST"),
        ("curl -XPUT https://a.example/x", "https://a.example/x", "PUT"),
        ("curl --request=post https://a.example/x", "https://a.example/x", "POST"),
        ("curl -I https://a.example/x", "https://a.example/x", "HEAD"),
        ("curl --json '{}' https://a.example/x", "https://a.example/x", "POST"),
        ("wget -qO- https://a.example/x", "https://a.example/x", "GET"),
        ("wget --post-data= https://a.example/x", "https://a.example/x", "POST"),
        ("wget --method PUT https://a.example/x", "https://a.example/x", "PUT"),
        ("http POST https://a.example/x a=b", "https://a.example/x", "POST"),
        ("xh https://a.example/x a=b", "https://a.example/x", "POST"),
        ("sudo -E timeout 5 /usr/bin/curl https://a.example/x", "https://a.example/x", "GET"),
        ('BASE=https://a.example\ncurl "$BASE/x"', "https://a.example/x", "GET"),
        ('curl "${BASE:-https://a.example}/x"', "\0/x", "GET"),
        ("curl", "", "GET"),
        ("curl -X", "", ""),
    ],
)
def test_address_and_method(command: str, url: str, method: str) -> None:
    request = only(command)
    assert (request.url, request.method) == (url, method)


@pytest.mark.parametrize(
    ("script", "detects", "exactly"),
    [
        (f"curl -X POST {HOOK}", False, False),
        (f"curl -f -X POST {HOOK}", True, False),
        (f"curl --fail-with-body -X POST {HOOK}", True, False),
        (f"curl -f -X POST {HOOK} || true", False, False),
        (f"curl -f -X POST {HOOK} &", False, False),
        (f"curl -f -X POST {HOOK} | tee log", False, False),
        (f"set -o pipefail\ncurl -f -X POST {HOOK} | tee log", True, False),
        (f"set +e\ncurl -f -X POST {HOOK}\necho done", False, False),
        (f"if ! curl -f -X POST {HOOK}; then exit 1; fi", True, False),
        (f"if curl -f -X POST {HOOK}; then echo ok; fi", False, False),
        (f"curl -X POST {HOOK}\nexit 1", True, True),
        (CODE + '[ "$code" = 200 ]', True, True),
        (CODE + 'test "$code" -eq 200 || exit 1', True, True),
        (CODE + "[[ $code == 2* ]]", True, False),
        (CODE + 'if [ "$code" -ge 400 ]; then exit 1; fi', True, False),
        (CODE + 'case "$code" in 200) ;; *) exit 1 ;; esac', True, True),
        (CODE + 'echo "$code"', False, False),
        (CODE + '[ "$code" = "$EXPECTED" ]', None, None),
        (f"wget --post-data= {HOOK}", True, False),
        (f"http --check-status POST {HOOK}", True, False),
        (f"http POST {HOOK}", False, False),
        (f"curl -sf -X POST {HOOK} &\nwait", False, False),
        (f"curl -sf -X POST {HOOK} &\nwait $!", True, False),
        (f"ok=false\n{CODE}[ $code = 200 ] && ok=true\n$ok", True, True),
        (f'{CODE}expr "$code" = 200', True, True),
        (
            f'case $(curl -so /dev/null -w "%{{http_code}}" -d "" {HOOK}) in 200) ;; *) exit 1 ;; esac',
            True,
            True,
        ),
        (f"case $(curl -so /dev/null -w '%{{http_code}}' -d '' {HOOK}) in 200) ;; *) ;; esac", False, False),
        # what a program makes of the answer's text is unknown
        (f"curl -s -d '' {HOOK} | grep -q success", None, None),
        (f"curl -s -d '' {HOOK} | jq -e .ok", None, None),
        (f"curl -s -d '' {HOOK} | jq .ok", False, False),
        (f"curl -s -d '' {HOOK} -D head\ngrep ' 200' head", None, None),
        (f"trigger() {{ curl -f -X POST {HOOK}; }}\ntrigger", True, False),
        (f"trigger() {{ curl -f -X POST {HOOK}; }}\ntrigger || echo no", False, False),
        (f"bash -c 'curl -f -X POST {HOOK}'", True, False),
    ],
)
def test_outcome(script: str, detects: bool | None, exactly: bool | None) -> None:
    outcome = only(script).outcome
    assert (outcome.detects, outcome.exactly_200) == (detects, exactly)
    assert bool(outcome.reason) == (detects is not True)


def test_tolerance_of_step_and_job() -> None:
    script = f"curl -f -X POST {HOOK}"
    assert only(script, step="continue-on-error: true").outcome.detects is False
    assert only(script, step="continue-on-error: false").outcome.detects is True


@pytest.mark.parametrize(
    ("source", "method", "detects"),
    [
        (
            "const r = await fetch(process.env.DOKPLOY_URL, {method: 'POST'}); if (r.status !== 200) throw 1",
            "POST",
            True,
        ),
        ("await fetch(process.env.DOKPLOY_URL, {method: 'POST'})", "POST", False),
        ("const r = await fetch('https://a.example/api/health'); if (!r.ok) process.exit(1)", "GET", True),
    ],
)
def test_programs(source: str, method: str, detects: bool) -> None:
    request = only(f'node --input-type=module -e "{source}"')
    assert (request.method, request.outcome.detects, request.tool) == (method, detects, "fetch")


@pytest.mark.parametrize(
    "script",
    [
        f'call() {{ command curl -fsS "$@"; }}\ncall -X POST {HOOK}',
        f'request="curl -sS -X POST"\n$request {HOOK}',
        f"request=(curl -fsS)\nrequest+=(-X POST)\n${{request[@]}} {HOOK}",
    ],
)
def test_clients_that_are_given_their_arguments(script: str) -> None:
    pipeline = deploy(script, step="env: {DOKPLOY_WEBHOOK_URL: '${{ secrets.DOKPLOY_WEBHOOK_URL }}'}")
    assert [(found.kind, found.request and found.request.method) for found in pipeline.deploys] == [
        ("webhook", "POST")
    ]


CONFIG = 'url = "https://a.example/x"\n# what is sent\nrequest = POST\n'


@pytest.mark.parametrize(
    ("script", "detects"),
    [
        (f"curl --config - <<END\n{CONFIG}fail\nEND", True),
        (f"curl -sK - <<END\n{CONFIG}END", False),
        (f"cat > set.cfg <<END\n{CONFIG}-f\nEND\ncurl -K set.cfg", True),
        ("printf 'url = \"https://a.example/x\"\\n-X POST\\n' > c\ncurl -f -K c", True),
        ("curl -K <(printf 'url=https://a.example/x\\nrequest: POST\\n')", False),
    ],
)
def test_curl_reads_arguments_from_what_the_script_writes(script: str, detects: bool) -> None:
    request = only(script)
    assert (request.url, request.method, request.outcome.detects) == ("https://a.example/x", "POST", detects)


@pytest.mark.parametrize(
    ("script", "method", "detects"),
    [
        ("Invoke-RestMethod -Method Post -Uri $env:DOKPLOY_WEBHOOK_URL", "POST", True),
        ("irm $env:DOKPLOY_WEBHOOK_URL `\n  -Method Post -SkipHttpErrorCheck", "POST", False),
        (
            "Invoke-WebRequest -Uri $env:DOKPLOY_WEBHOOK_URL -Method POST -ErrorAction SilentlyContinue",
            "POST",
            False,
        ),
        ("try { iwr $env:DOKPLOY_WEBHOOK_URL -Method Post } catch { Write-Host $_ }", "POST", False),
        ("try { iwr $env:DOKPLOY_WEBHOOK_URL -Method Post } catch { exit 1 }", "POST", True),
        (
            "$r = iwr $env:DOKPLOY_WEBHOOK_URL -SkipHttpErrorCheck\nif ($r.StatusCode -ne 200) { throw 'no' }",
            "GET",
            True,
        ),
        ("$a = @{ Uri = $env:DOKPLOY_WEBHOOK_URL; Method = 'Post' }\nInvoke-RestMethod @a", "POST", True),
    ],
)
def test_powershell(script: str, method: str, detects: bool) -> None:
    env = "env: {DOKPLOY_WEBHOOK_URL: '${{ secrets.DOKPLOY_WEBHOOK_URL }}'}"
    request = only(script, step=f"shell: pwsh\n{env}")
    assert (request.method, request.outcome.detects, request.speaks_of_dokploy) == (method, detects, True)


def test_each_call_of_a_function_is_a_request_of_its_own() -> None:
    script = 'ask() { curl -fsS "$@"; }\nask -X POST https://a.example/x\nask https://b.example/y'
    pipeline = deploy(script)
    assert [(found.url, found.method) for found in pipeline.requests] == [
        ("https://a.example/x", "POST"),
        ("https://b.example/y", "GET"),
    ]
    places = [sliced(pipeline, found.path, found.span) for found in pipeline.requests]
    assert places == ["ask -X POST https://a.example/x", "ask https://b.example/y"]


def test_programs_of_other_shells_and_of_github_script() -> None:
    found = repository(
        """
        on: push
        jobs:
          a:
            runs-on: ubuntu-latest
            steps:
              - shell: python
                run: |
                  import requests, os
                  requests.post(os.environ["HOOK"]).raise_for_status()
                env: {HOOK: "${{ secrets.DOKPLOY_WEBHOOK_URL }}"}
              - uses: actions/github-script@v8
                with: {script: "await fetch('https://b.example/api/deploy/x')"}
              - uses: actions/github-script@v8
                with: {script: "core.info('nothing')"}
        """
    ).requests
    assert [(each.method, each.outcome.detects, each.speaks_of_dokploy) for each in found] == [
        ("POST", True, True),
        ("GET", False, True),
    ]


def test_where_it_stands_and_what_it_is_made_of() -> None:
    pipeline = deploy('curl -f \\\n  "$HOOK"', step="env: {HOOK: '${{ secrets.DOKPLOY_WEBHOOK_URL }}'}")
    (request,) = pipeline.requests
    assert sliced(pipeline, request.path, request.url_span) == '"$HOOK"'
    assert request.speaks_of_dokploy


def test_bounds() -> None:
    request = only("curl --retry 3 -m 5 https://a.example")
    assert isinstance(request, ClientRequest)
    assert request.bounds == {"retry", "total"}


@pytest.mark.parametrize(
    "script", ["curl '", "curl $(", "${{ }}", "curl ${{ secrets.X", "(((((", "\\", "curl -w"]
)
def test_broken_scripts_raise_nothing(script: str) -> None:
    for request in deploy(script).requests:
        assert request.outcome.detects in (True, False, None)


PYTHON = "import os, sys, requests, urllib.request, httpx\nhook = os.environ['DOKPLOY_WEBHOOK_URL']\n"
ASK = PYTHON + "answer = requests.post(hook)\n"
TRY = PYTHON + "try:\n    urllib.request.urlopen(hook, b'')\nexcept OSError as error:\n    print(error)\n"
FETCH = "const answer = await fetch(process.env.DOKPLOY_WEBHOOK_URL, { method: 'POST' });\n"


@pytest.mark.parametrize(
    ("program", "outcome"),
    [
        (ASK + "print(answer.status_code)", (False, False, False)),
        (ASK + "if answer.status_code == 200:\n    print('good')", (False, False, False)),
        (ASK + "answer.raise_for_status()", (True, False, False)),
        (ASK + "if not answer.ok:\n    sys.exit(1)", (True, False, False)),
        (ASK + "if answer.status_code != 200:\n    sys.exit(1)", (True, True, True)),
        (ASK + "sys.exit(0 if answer.status_code == 200 else 1)", (True, True, True)),
        (ASK + "assert answer.status_code == 200", (True, True, True)),
        (ASK + "if not 200 <= answer.status_code < 300:\n    raise SystemExit(1)", (True, True, False)),
        (ASK + "if 'queued' not in answer.text:\n    sys.exit(1)", (None, None, None)),
        (ASK + "if 'queued' not in answer.text:\n    sys.exit(0)", (False, False, False)),
        (PYTHON + "httpx.post(hook).raise_for_status()", (True, True, False)),
        (PYTHON + "urllib.request.urlopen(hook, b'')", (True, True, False)),
        (TRY, (False, False, False)),
        (TRY + "    raise", (True, True, False)),
        (TRY + "    sys.exit(2)", (True, True, False)),
        (FETCH, (False, False, False)),
        (FETCH + "console.log(answer.ok)", (False, False, False)),
        (FETCH + "if (!answer.ok) process.exit(1)", (True, True, False)),
        (FETCH + "if (answer.status !== 200) throw new Error('refused')", (True, True, True)),
        (FETCH + "process.exitCode = answer.status === 200 ? 0 : 1", (True, True, True)),
        (
            "try {\n" + FETCH + "if (!answer.ok) throw 1\n} catch (e) { console.log(e) }",
            (False, False, False),
        ),
        ("try {\n" + FETCH + "if (!answer.ok) throw 1\n} catch (e) { process.exit(1) }", (True, True, False)),
        ("axios.post(process.env.DOKPLOY_WEBHOOK_URL)", (True, True, False)),
        ("axios.post(process.env.DOKPLOY_WEBHOOK_URL).catch(e => console.log(e))", (False, False, False)),
    ],
)
def test_what_a_program_makes_of_the_answer(program: str, outcome: tuple[bool | None, ...]) -> None:
    name = "python3 -" if "import os" in program else "node --input-type=module"
    found = only(f"{name} <<'END'\n{program}\nEND").outcome
    assert (found.detects, found.refuses_redirects, found.exactly_200) == outcome


@pytest.mark.parametrize(
    ("script", "url", "method"),
    [
        (
            "python3 -c \"import requests; requests.post('https://a.example/x')\"",
            "https://a.example/x",
            "POST",
        ),
        ("node -e \"fetch(process.env.APP_URL + '/api/health')\"", "\0/api/health", "GET"),
        ("node -e 'fetch(`${process.env.APP_URL}/api/health`)'", "\0/api/health", "GET"),
        ("node <<'X'\nconst to = `${base}/api/a`;\nfetch(to, {method: 'POST'})\nX", "\0/api/a", "POST"),
        (
            "python - <<X\nimport urllib.request as u\nu.urlopen('https://a.example')\nX",
            "https://a.example",
            "GET",
        ),
    ],
)
def test_address_and_method_in_programs(script: str, url: str, method: str) -> None:
    request = only(script)
    assert (request.url, request.method) == (url, method)


def test_each_request_of_a_program_stands_alone() -> None:
    script = "node <<'X'\n" + FETCH + "await fetch(`${process.env.APP_URL}/api/health`);\nX"
    first, second = deploy(script).requests
    assert (first.method, first.speaks_of_dokploy) == ("POST", True)
    assert (second.method, second.speaks_of_dokploy) == ("GET", False)


@pytest.mark.parametrize(
    "script",
    [
        f'call() {{ curl -X POST "$1"; }}\ncall {HOOK}',
        f'call() {{ local to=$1; curl -X POST "$to"; }}\ncall {HOOK}',
        f'for each in {HOOK} https://other.example; do curl -X POST "$each"; done',
        f'hook={HOOK}\nurl=$hook\ncurl -X POST "$url"',
        f"echo {HOOK} | xargs curl -X POST",
        f'read -r url <<< {HOOK}\ncurl -X POST "$url"',
    ],
)
def test_an_address_is_followed_to_where_it_comes_from(script: str) -> None:
    assert only(script).speaks_of_dokploy


def test_another_variable_s_origin_is_none_of_it() -> None:
    assert not only(f'hook={HOOK}\ncurl "$APP_URL"').speaks_of_dokploy
