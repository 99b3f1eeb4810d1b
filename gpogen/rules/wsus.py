"""Rules about WSUS and the scan source."""

from __future__ import annotations

from collections.abc import Iterator

from gpogen.compile.subject import Subject
from gpogen.rules.engine import Hit

USE = "UseWUServer"


def wsus_needs_both_urls(subject: Subject) -> Iterator[Hit]:
    """WSUS used without both of its addresses."""
    if subject.number(USE) != 1:
        return
    missing = [
        name for name in ("WUServer", "WUStatusServer") if not subject.text(name, authored=False)
    ]
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        message = f"{USE} is 1, but {' and '.join(missing)} {verb} missing"
        yield Hit(message=message, at=subject.place(USE))


def wsus_http(subject: Subject) -> Iterator[Hit]:
    """WSUS asked without TLS."""
    if subject.number(USE) == 0:
        return
    for name in ("WUServer", "WUStatusServer"):
        if subject.text(name).lower().startswith("http://"):
            message = f"{name} begins with http://: the metadata that WSUS sends is not protected"
            yield Hit(message=message, at=subject.place(name), related=subject.places(USE))
            return


def wsus_user_proxy(subject: Subject) -> Iterator[Hit]:
    """Scans that can go through the proxy of a user."""
    name = "SetProxyBehaviorForUpdateDetection"
    if subject.number(name) == 1 and subject.number(USE) != 0:
        message = f"{name} is 1: a scan of WSUS can go through the proxy of a user; must be 0"
        yield Hit(message=message, at=subject.place(name), related=subject.places(USE))


def wsus_url_without_use(subject: Subject) -> Iterator[Hit]:
    """A WSUS address that is explicitly not used."""
    if subject.number(USE) == 0 and subject.text("WUServer", authored=False):
        message = f"WUServer is set, but {USE} is 0: the machine keeps using Windows Update"
        yield Hit(message=message, at=subject.place("WUServer"), related=subject.places(USE))


def wsus_alt_fill(subject: Subject) -> Iterator[Hit]:
    """Filling in download addresses without an alternate server."""
    if subject.number("FillEmptyContentUrls") == 1 and not subject.text(
        "UpdateServiceUrlAlternate", authored=False
    ):
        message = "FillEmptyContentUrls has no effect without an alternate download server"
        yield Hit(message=message, at=subject.place("FillEmptyContentUrls"))


_NEED_WSUS = (
    "DetectionFrequencyEnabled",
    "TargetGroupEnabled",
    "DisableDualScan",
)


def wsus_required_by(subject: Subject) -> Iterator[Hit]:
    """Settings that do nothing without WSUS."""
    used = subject.number(USE)
    # Another GPO may bring the address; a profile is the whole of what its author says.
    if used == 1 or (subject.foreign and used is None):
        return
    for name in _NEED_WSUS:
        if subject.number(name) == 1:
            message = f"{name} has no effect without WSUS ({USE} 1)"
            yield Hit(message=message, at=subject.place(name), related=subject.places(USE))


def wsus_dualscan(subject: Subject) -> Iterator[Hit]:
    """WSUS beside a deferral: updates come from Windows Update."""
    if subject.number(USE) != 1 or subject.number("UseUpdateClassPolicySource") == 1:
        return
    if subject.family == "windows-server-2022" and subject.number("DisableDualScan") == 1:
        return
    for name in ("DeferQualityUpdates", "DeferFeatureUpdates"):
        if subject.number(name) == 1:
            message = (
                f"WSUS and {name} are set without a scan source: updates come from Windows Update"
            )
            yield Hit(message=message, at=subject.place(name), related=subject.places(USE))
