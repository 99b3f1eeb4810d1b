"""What holds for every test."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# A busy machine is no fault of the code: speed is measured in benchmarks/, never asserted.
settings.register_profile("gpogen", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("gpogen")
