"""Findings as GitHub Actions annotations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from gpogen.finding import Finding, Place, Severity
from gpogen.profile.load import SHIPPED
from gpogen.rules.check import Checked

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def commands(findings: Iterable[Finding], profiles: Iterable[Checked]) -> list[str]:
    """Write findings as workflow commands.

    What stands in a shipped file is shown where the first profile that it concerns extends it:
    the repository does not hold the file.
    """
    extending: dict[str, Place] = {}
    for profile in profiles:
        member = profile.loaded.tree.members.get("extends") if profile.loaded.tree else None
        if member is not None:
            extending.setdefault(profile.loaded.stem, member[0])
    return [annotation(_in_repository(item, extending)) for item in findings]


def _in_repository(item: Finding, extending: Mapping[str, Place]) -> Finding:
    at = next((extending[name] for name in item.profiles if name in extending), None)
    if item.at is None or at is None or not item.at.file.startswith(SHIPPED):
        return item
    concerned = f"{item.at}, in: {', '.join(item.profiles)}"
    return replace(item, at=at, message=f"{item.message} ({concerned})")


def annotation(item: Finding) -> str:
    """Write one finding as a workflow command, escaped as the runner's toolkit does."""
    parts = [f"title={_property(item.id)}"]
    if item.at:
        parts = [
            f"file={_property(item.at.file)}",
            f"line={item.at.line}",
            f"col={item.at.col}",
            *parts,
        ]
    text = item.message + (f" (fix: {item.fix})" if item.fix else "")
    return f"::{_COMMANDS[item.severity]} {','.join(parts)}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
