"""Lints GitHub Actions workflows, actions and Dockerfiles as one pipeline."""

__version__ = "0.1.0"
