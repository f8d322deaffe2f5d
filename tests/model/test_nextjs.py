"""What a Next.js application is: where it lies, which URLs it answers, what its configuration states."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cilint.model.files import MemoryFiles
from cilint.model.next_config import Rewrite, parse_config
from cilint.model.nextjs import NextApp, app_of, find_apps

PACKAGE = json.dumps({"dependencies": {"next": "^16.1.6"}, "scripts": {"build": "next build"}})


def app(*paths: str, folder: str = "", package: str = PACKAGE, **texts: str) -> NextApp:
    """An application of empty files at ``paths``; a keyword is a file's text (``next_config_ts``)."""
    prefix = folder + "/" if folder else ""
    files = {prefix + path: "" for path in paths} | {prefix + "package.json": package}
    files |= {prefix + name.replace("_", "."): text for name, text in texts.items()}
    (found,) = find_apps(MemoryFiles(files))
    return found


@pytest.mark.parametrize(
    ("path", "pattern"),
    [
        ("app/api/health/route.ts", "/api/health"),
        ("src/app/api/health/route.js", "/api/health"),
        ("app/(internal)/api/(v)/health/route.ts", "/api/health"),
        ("app/api/orders/[id]/route.ts", "/api/orders/[id]"),
        ("app/api/auth/[...all]/route.ts", "/api/auth/[...all]"),
        ("app/page.tsx", "/"),
        ("app/@side/news/page.tsx", "/news"),
        ("app/%5Fadmin/page.tsx", "/_admin"),
        ("pages/api/health.ts", "/api/health"),
        ("pages/api/health/index.ts", "/api/health"),
        ("src/pages/index.tsx", "/"),
        ("public/health.txt", "/health.txt"),
        ("app/robots.ts", "/robots.txt"),
    ],
)
def test_files_make_routes(path: str, pattern: str) -> None:
    assert [route.pattern for route in app(path).routes] == [pattern]


@pytest.mark.parametrize(
    "path",
    [
        "app/api/health/handler.ts",
        "app/api/health/route.test.ts",
        "app/_lib/route.ts",
        "app/feed/(.)photo/page.tsx",
        "app/layout.tsx",
        "pages/_app.tsx",
        "lib/api/health/route.ts",
    ],
)
def test_files_that_make_no_route(path: str) -> None:
    assert app(path, "next.config.ts").routes == ()


def test_the_router_at_the_top_hides_the_one_in_src() -> None:
    found = app("app/api/a/route.ts", "src/app/api/b/route.ts")
    assert found.serves("/api/a") is True
    assert found.serves("/api/b") is False


@pytest.mark.parametrize(
    ("path", "answered"),
    [
        ("/api/v1/ping", True),
        ("/api/v1/ping/", True),
        ("/api/v1/ping?deep=1", True),
        ("/api/ping", False),
        ("/api/v1", False),
        ("/api/orders/17", True),
        ("/api/orders/17/lines", False),
        ("/api/auth/a/b", True),
        ("/api/auth", False),
        ("/docs", True),
        ("/docs/a/b", True),
        ("/", False),
    ],
)
def test_which_paths_are_answered(path: str, answered: bool) -> None:
    found = app(
        "app/api/v1/ping/route.ts",
        "app/api/orders/[id]/route.ts",
        "app/api/auth/[...all]/route.ts",
        "app/docs/[[...slug]]/page.tsx",
    )
    assert found.serves(path) is answered


def test_base_path() -> None:
    found = app("app/api/health/route.ts", next_config_ts='export default { basePath: "/shop" }')
    assert found.serves("/shop/api/health") is True
    assert found.serves("/api/health") is False
    assert [found.url(route) for route in found.health_routes()] == ["/shop/api/health"]


@pytest.mark.parametrize(
    "config",
    [
        "export default { basePath: process.env.BASE }",
        "const basePath = '/x'; export default { basePath }",
        "export default { basePath: prod ? '/a' : '' }",
        "export default { basePath: '/a' + suffix }",
        "import shared from './shared.mjs'; export default { ...shared }",
        "module.exports = { ...require('@acme/next') }",
        "export default Object.assign({}, other)",
    ],
)
def test_a_computed_base_path_is_unknown(config: str) -> None:
    assert parse_config("next.config.ts", config).base_path is None
    assert app("app/page.tsx", next_config_mjs=config).serves("/api/health") is None


def test_a_comment_or_a_string_is_no_setting() -> None:
    config = parse_config(
        "c", "// basePath: '/old'\n/* output: 'export' */ export default { a: 'basePath: x' }"
    )
    assert (config.base_path, config.standalone) == ("", False)


@pytest.mark.parametrize(
    ("text", "standalone"),
    [
        ('const config: NextConfig = { output: "standalone" };', True),
        ('module.exports = { "output": "standalone", }', True),
        ("export default { output: 'export' }", False),
        ("export default {}", False),
        ("export default { output: process.env.OUT }", None),
    ],
)
def test_standalone_output(text: str, standalone: bool | None) -> None:
    assert parse_config("next.config.js", text).standalone is standalone


REWRITES = """
import type { NextConfig } from "next";
const config: NextConfig = {
  async rewrites() {
    return [
      { source: "/healthz", destination: "/api/health" },
      { source: "/old/:path*", destination: "/api/:path*" },
      { source: "/ext", destination: "https://example.org/" },
      { source: "/lost", destination: "/api/nowhere" },
    ];
  },
};
export default config;
"""


@pytest.mark.parametrize(
    ("path", "answered"),
    [("/healthz", True), ("/old/x", None), ("/ext", None), ("/lost", None), ("/other", False)],
)
def test_rewrites(path: str, answered: bool | None) -> None:
    assert app("app/api/health/route.ts", next_config_ts=REWRITES).serves(path) is answered


def test_the_pairs_of_rewrites_are_read() -> None:
    rewrites = parse_config("next.config.ts", REWRITES).rewrites
    assert rewrites is not None
    assert rewrites[0] == Rewrite("/healthz", "/api/health")
    assert len(rewrites) == 4


@pytest.mark.parametrize(
    "config",
    [
        "export default { rewrites: makeRewrites }",
        "export default { async rewrites() { return routes.map((r) => ({ source: r, destination: r })) } }",
        "export default { async rewrites() { return [{ source: `/${v}/:p*`, destination: '/api' }] } }",
        "export default { async rewrites() { return on ? [{ source: '/a', destination: '/b' }] : [] } }",
        "export default { async redirects() { return list } }",
        "export default { async rewrites() { return [",
    ],
)
def test_computed_rewrites_are_unknown(config: str) -> None:
    assert parse_config("next.config.js", config).rewrites is None
    assert app("app/page.tsx", next_config_js=config).serves("/api/ping") is None


def test_code_in_front_of_the_routes_makes_absence_unknown() -> None:
    assert app("app/page.tsx", middleware_ts="NextResponse.rewrite(url)").serves("/api/ping") is None
    assert app("app/page.tsx", proxy_ts="if (path === '/api/ping') return ok").serves("/api/ping") is None
    assert app("app/page.tsx", middleware_ts="export { auth as default }").serves("/api/ping") is False
    own = json.dumps(
        {"dependencies": {"next": "16"}, "scripts": {"start": "NODE_ENV=production node server.js"}}
    )
    assert app("app/page.tsx", package=own).serves("/api/ping") is None


def test_an_application_without_routers_is_unknown() -> None:
    assert app("next.config.ts").serves("/api/ping") is None


def test_page_extensions() -> None:
    found = app("pages/a.mdx", "pages/b.tsx", next_config_js="module.exports = { pageExtensions: ['mdx'] }")
    assert [route.pattern for route in found.routes] == ["/a"]
    computed = app("pages/a.mdx", next_config_js="module.exports = { pageExtensions: exts }")
    assert computed.serves("/b") is None


def test_health_routes_come_likeliest_first() -> None:
    found = app(
        "app/api/ping/route.ts",
        "app/api/v1/health/route.ts",
        "app/api/health/route.ts",
        "app/api/[id]/health/route.ts",
        "public/health",
    )
    assert [route.pattern for route in found.health_routes()] == [
        "/api/health",
        "/api/v1/health",
        "/api/ping",
    ]


def test_whether_a_route_tells_its_version() -> None:
    files = {
        "package.json": PACKAGE,
        "app/api/health/route.ts": "Response.json({ version: process.env.APP_VERSION })",
        "app/api/ping/route.ts": "Response.json({ ok: true })",
    }
    (found,) = find_apps(MemoryFiles(files))
    assert [found.reports_version(route) for route in found.health_routes()] == [True, False]


def test_applications_of_a_monorepo() -> None:
    files = MemoryFiles(
        {
            "package.json": '{"workspaces": ["apps/*"], "devDependencies": {"next": "16.0.0"}}',
            "pnpm-lock.yaml": "",
            "apps/web/package.json": PACKAGE,
            "apps/api/package.json": PACKAGE,
            "apps/api/.nvmrc": "22",
            "packages/ui/package.json": '{"peerDependencies": {"next": "*"}}',
            "docs/package.json": "{broken",
        }
    )
    apps = find_apps(files)
    assert [found.folder for found in apps] == ["apps/api", "apps/web"]
    assert apps[0].manager.name == "pnpm"
    assert apps[0].node_version is not None
    assert apps[1].node_version is None
    assert app_of(apps, "apps/web/docker/Dockerfile") is apps[1]
    assert app_of(apps, "Dockerfile") is None
    assert app_of(apps[:1], "Dockerfile") is apps[0]


@given(st.text(alphabet="/*`'\"{}[]()\\\n:,. basePthoutrewis=>?$", max_size=200))
def test_any_configuration_is_read_without_complaint(text: str) -> None:
    config = parse_config("next.config.js", text)
    assert config.base_path is None or isinstance(config.base_path, str)


def test_reading_a_hostile_configuration_takes_no_time() -> None:
    for piece in ("/*", "`", "/", "'", "basePath:", "rewrites(){", "source:"):
        assert parse_config("next.config.js", piece * 30_000).path == "next.config.js"
