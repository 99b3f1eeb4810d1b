"""What holds for every test."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

from tests.support import effort, leftovers, skipped

# A busy machine is no fault of the code: speed is measured in benchmarks/, never asserted.
_LASTING = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
_EXAMPLES = 100
LEFT = pytest.StashKey[list[str]]()


def pytest_configure(config: pytest.Config) -> None:
    """Choose how many examples hypothesis tries, before any module of tests is imported."""
    effort.choose(config.option.markexpr)
    # A width folds messages, which tests compare as a whole. Python's readline, which pytest
    # imports, sets COLUMNS for child processes where os.environ does not show it.
    os.environ["COLUMNS"] = ""
    settings.register_profile("gpogen", _LASTING, max_examples=effort.examples(_EXAMPLES))
    settings.load_profile("gpogen")
    if not hasattr(config, "workerinput"):
        leftovers.begin()
        config.add_cleanup(leftovers.discard)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that leaves files in the temporary folder, which every machine shares."""
    left = leftovers.end()
    session.config.stash[LEFT] = left
    if left and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say at the end what was skipped, and how to get it."""
    if left := config.stash.get(LEFT, []):
        terminalreporter.section("ERROR: left in the temporary folder")
        terminalreporter.line(", ".join(left))
    reports = terminalreporter.stats.get("skipped", [])
    reasons = [one.longrepr[2].removeprefix("Skipped: ") for one in reports]
    without_slow = "not slow" in config.option.markexpr
    if reasons or without_slow:
        terminalreporter.section("What did not run, and how to get it")
        for line in skipped.summary(reasons, without_slow=without_slow):
            terminalreporter.line(line)
