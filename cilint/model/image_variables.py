"""The variables that Docker's official images set (their Dockerfiles at github.com/docker-library)."""

from __future__ import annotations

_IMAGES: dict[str, tuple[str, ...]] = {
    "scratch": (), "alpine": (), "debian": (), "ubuntu": (), "busybox": (), "fedora": (), "centos": (),
    "rockylinux": (), "almalinux": (), "amazonlinux": (), "buildpack-deps": (), "archlinux": ("LANG",),
    "node": ("NODE_VERSION", "YARN_VERSION"),
    "python": (
        "LANG", "GPG_KEY", "PYTHON_VERSION", "PYTHON_SHA256", "PYTHON_PIP_VERSION",
        "PYTHON_SETUPTOOLS_VERSION", "PYTHON_GET_PIP_URL", "PYTHON_GET_PIP_SHA256",
    ),
    "golang": ("GOLANG_VERSION", "GOTOOLCHAIN", "GOPATH"),
    "nginx": (
        "NGINX_VERSION", "NJS_VERSION", "NJS_RELEASE", "PKG_RELEASE", "DYNPKG_RELEASE", "ACME_VERSION",
    ),
    "httpd": ("HTTPD_PREFIX", "HTTPD_VERSION", "HTTPD_SHA256", "HTTPD_PATCHES"),
}  # fmt: skip


def image_variables(name: str) -> frozenset[str] | None:
    """The names that an official image, or ``scratch``, sets; None where they are not known."""
    names = _IMAGES.get(name)
    return None if names is None else frozenset(("PATH", *names))  # BuildKit itself sets PATH
