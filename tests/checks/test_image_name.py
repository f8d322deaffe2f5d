"""Which names of images are slips of the name that is published."""

from __future__ import annotations

import pytest

from cilint.checks.image_name import is_almost
from cilint.model.references import ImageReference

PUBLISHED = ImageReference.parse("ghcr.io/acme/shop-backend:1")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ghcr.io/acme/shop-backnd", True),
        ("ghcr.io/acme/shopp-backend:2", True),
        ("ghcr.io/acme/sohp-backend", True),
        ("ghcr.io/akme/shop-backend", True),
        ("ghcr.io/acme/shop_backend", True),
        ("ghcr.io/acme/shopbackend", True),
        ("ghcr.io/acme/shop/backend", True),
        ("ghcr.io/shop-backend", True),
        ("docker.io/acme/shop-backend", True),
        ("acme/shop-backend", True),
        ("mirror.example.com/acme/shop-backend", False),
        ("ghcr.io/acme/shop-frontend", False),
        ("ghcr.io/acme/shop", False),
        ("ghcr.io/acme/shop-backend2", False),
        ("ghcr.io/acme/shopp-backnd", False),
        ("ghcr.io/other/shop-backend", False),
        ("ghcr.io/Owner/Repository", False),
        ("shop-backend", False),
        ("node:22", False),
    ],
)
def test_almost(name: str, expected: bool) -> None:
    assert is_almost(ImageReference.parse(name), PUBLISHED) == expected


@pytest.mark.parametrize(("one", "other"), [("api", "app"), ("web", "wep"), ("api1", "api2")])
def test_short_words_and_numbers_are_no_slips(one: str, other: str) -> None:
    first, second = (ImageReference.parse(f"ghcr.io/acme/{name}") for name in (one, other))
    assert not is_almost(first, second)
