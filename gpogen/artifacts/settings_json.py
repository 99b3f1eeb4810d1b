"""``settings.json``: the rows of settings.csv for programs."""

from __future__ import annotations

from gpogen.artifacts import settings_table
from gpogen.artifacts.api import Artifact, Held, OutFile, Reference
from gpogen.compile.result import Compiled
from gpogen.formats import settingsjson

_PATH = "settings.json"


def emit(compiled: Compiled) -> tuple[OutFile, ...]:
    """Write the table; nothing for a profile without records."""
    rows = settings_table.settings(compiled)
    return (OutFile(_PATH, settingsjson.encode(rows)),) if rows else ()


def expected(source: Reference) -> tuple[Held, ...]:
    """Return what the file must give."""
    return settings_table.expected(source, "settings-json", _PATH)


ARTIFACT = Artifact(
    id="settings-json",
    title="settings.json",
    consumer="other patch tools and scripts",
    command=r"(Get-Content -LiteralPath .\settings.json -Raw | ConvertFrom-Json).settings",
    emit=emit,
    form="settings-json",
    expected=expected,
    anywhere=True,
)
