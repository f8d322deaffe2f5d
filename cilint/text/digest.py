"""A short stand-in for bytes, without loading a library of cryptography."""

from __future__ import annotations

try:
    from _blake2 import blake2b  # what hashlib.blake2b is, without OpenSSL
except ImportError:  # pragma: no cover - an interpreter without the built-in module
    from hashlib import blake2b

SIZE = 16


def digest(data: bytes) -> bytes:
    """``SIZE`` bytes that stand for ``data``."""
    return blake2b(data, digest_size=SIZE).digest()
