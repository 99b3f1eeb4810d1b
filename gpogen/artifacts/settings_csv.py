"""``settings.csv``: a row a value, for spreadsheets, other patch tools and auditors."""

from __future__ import annotations

from gpogen.artifacts import settings_table
from gpogen.artifacts.api import Artifact, Held, OutFile, Reference
from gpogen.compile.result import Compiled
from gpogen.formats import settingscsv

_PATH = "settings.csv"


def emit(compiled: Compiled) -> tuple[OutFile, ...]:
    """Write the table; nothing for a profile without records."""
    rows = settings_table.settings(compiled)
    return (OutFile(_PATH, settingscsv.encode(rows)),) if rows else ()


def expected(source: Reference) -> tuple[Held, ...]:
    """Return what the file must give."""
    return settings_table.expected(source, "settings-csv", _PATH)


ARTIFACT = Artifact(
    id="settings-csv",
    title="settings.csv",
    consumer="spreadsheets, other patch tools and auditors",
    command=r"Import-Csv -LiteralPath .\settings.csv",
    emit=emit,
    form="settings-csv",
    expected=expected,
    anywhere=True,
)
