"""What holds for every test."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

from tests.support import effort

# A busy machine is no fault of the code: speed is measured in benchmarks/, never asserted.
_LASTING = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
_EXAMPLES = 100


def pytest_configure(config: pytest.Config) -> None:
    """Choose how many examples hypothesis tries, before any module of tests is imported."""
    effort.choose(config.option.markexpr)
    settings.register_profile("gpogen", _LASTING, max_examples=effort.examples(_EXAMPLES))
    settings.load_profile("gpogen")
