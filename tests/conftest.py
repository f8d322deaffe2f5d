"""Settings of the whole suite: property tests are repeatable and have no time limit; the surroundings say nothing."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "suite", deadline=None, derandomize=True, max_examples=150, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("suite")

# Programs colour what they print, or print something else, when one of these says where they run.
for name in ("CI", "GITHUB_ACTIONS", "FORCE_COLOR", "CLICOLOR_FORCE", "CLICOLOR", "NO_COLOR"):
    os.environ.pop(name, None)
