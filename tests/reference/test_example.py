"""The example project of the README: understood by ``init``, with the mistakes that it is there to show."""

from __future__ import annotations

from pathlib import Path

from cilint.model.files import MemoryFiles
from cilint.model.nextjs import find_apps
from cilint.reference.plan import make_plan

EXAMPLE = Path(__file__).parents[2] / "example"


def files() -> MemoryFiles:
    listed = (path for path in EXAMPLE.rglob("*") if path.is_file())
    return MemoryFiles({path.relative_to(EXAMPLE).as_posix(): path.read_bytes() for path in listed})


def test_its_image_asks_for_a_route_that_does_not_exist() -> None:
    (app,) = find_apps(files())
    dockerfile = (EXAMPLE / "Dockerfile").read_text()
    assert "/api/ping" in dockerfile
    assert app.serves("/api/ping") is False
    assert app.serves("/api/orders/1") is True
    assert [route.pattern for route in app.health_routes()] == ["/api/v1/health"]


def test_its_image_installs_what_it_then_copies() -> None:
    lines = (EXAMPLE / "Dockerfile").read_text().splitlines()
    install = next(at for at, line in enumerate(lines) if "npm ci --only=production" in line)
    copy = next(
        at for at, line in enumerate(lines) if line.startswith("COPY --from=builder /app/node_modules")
    )
    assert install < copy


def test_init_tells_what_it_lacks() -> None:
    told = "\n".join(make_plan(files()).notes)
    assert "ARG APP_VERSION" in told
    assert "app/api/v1/health/route.ts" in told
