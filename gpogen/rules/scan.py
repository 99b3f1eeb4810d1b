"""Rules about the scan source per class of update."""

from __future__ import annotations

from collections.abc import Iterator

from gpogen.compile.subject import Subject
from gpogen.finding import Severity
from gpogen.rules.engine import Hit

CLASSES = ("Feature", "Quality", "Driver", "Other")
NAMES = tuple(f"SetPolicyDrivenUpdateSourceFor{name}Updates" for name in CLASSES)
USE = "UseUpdateClassPolicySource"
_BLOCKED = "DoNotConnectToWindowsUpdateInternetLocations"


def _set(subject: Subject) -> dict[str, int]:
    found = {name: subject.number(name) for name in NAMES}
    return {name: value for name, value in found.items() if value is not None}


def scansource_incomplete(subject: Subject) -> Iterator[Hit]:
    """Some of the four classes, but not all."""
    given = _set(subject)
    if given and len(given) < len(NAMES):
        missing = ", ".join(name for name in NAMES if name not in given)
        yield Hit(
            message=f"the scan source does not set {missing}", at=subject.place(next(iter(given)))
        )


def scansource_needs_use(subject: Subject) -> Iterator[Hit]:
    """Scan sources that are not used."""
    given = _set(subject)
    if given and subject.number(USE) != 1:
        at = subject.place(next(iter(given)))
        yield Hit(message=f"scan sources are set, but {USE} is not 1", at=at)


def scansource_wsus_needs_url(subject: Subject) -> Iterator[Hit]:
    """A class scanned at a WSUS that is not configured."""
    if subject.number("UseWUServer") == 1:
        return
    for name, value in _set(subject).items():
        if value == 1:
            message = f"{name} is 1 (WSUS), but WSUS is not configured"
            yield Hit(message=message, at=subject.place(name))


def scansource_vs_dualscan(subject: Subject) -> Iterator[Hit]:
    """DisableDualScan beside a scan source."""
    if subject.number("DisableDualScan") == 1 and subject.number(USE) == 1:
        message = "DisableDualScan and a scan source are both set"
        related = subject.places(USE)
        newer = subject.family == "windows-server-2025"
        yield Hit(
            message=f"{message}; Windows Server 2025 ignores DisableDualScan" if newer else message,
            at=subject.place("DisableDualScan"),
            related=related,
            severity=Severity.INFO if newer else None,
        )


def nointernet_vs_wu_source(subject: Subject) -> Iterator[Hit]:
    """A class scanned at Windows Update, which is blocked."""
    if subject.number(_BLOCKED) != 1:
        return
    for name, value in _set(subject).items():
        if value == 0:
            message = f"{name} is 0 (Windows Update), but {_BLOCKED} blocks it"
            yield Hit(message=message, at=subject.place(name), related=subject.places(_BLOCKED))
