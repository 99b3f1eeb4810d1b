"""Findings as GitHub Actions annotations."""

from __future__ import annotations

from gpogen.finding import Finding, Severity

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


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
