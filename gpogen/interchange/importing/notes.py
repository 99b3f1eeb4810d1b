"""The author's reasons: comments at policies, and the GPO's title."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from gpogen.compile import secureboot, vbs, words
from gpogen.interchange.importing.collect import MAX_REPORT, Gathered
from gpogen.profile.fields import MAX_TITLE, MAX_WHY

_SECTIONS: Mapping[str, tuple[str, ...]] = {
    "vbs": (vbs.POLICY,),
    "secure_boot": (secureboot.POLICY,),
    "updates": (
        words.AUTO_UPDATE,
        words.WSUS_URL,
        words.SCAN_SOURCE,
        words.DRIVERS,
        words.OPTIONAL,
        words.DEFER_QUALITY,
        words.TARGET_RELEASE,
    ),
    "restart": (
        words.ALWAYS_RESTART,
        words.NO_RESTART_LOGGED_ON,
        words.DEADLINE,
        words.ACTIVE_HOURS,
    ),
}


def give_reasons(body: dict[str, Any], gathered: Gathered) -> None:
    """Put the comments at policies beside what writes them, as ``why``; report the others."""
    left = dict(gathered.notes)
    for item in body.get("policies", ()):
        note = left.get(item["policy"], "")
        if note and _fits(note):
            item["why"] = _mended(left.pop(item["policy"]))
    for section, ids in _SECTIONS.items():
        notes = [left[name] for name in ids if name in left]
        if notes and isinstance(body.get(section), dict) and _fits(notes[0]):
            body[section]["why"] = _mended(notes[0])
            left = {k: v for k, v in left.items() if k not in ids or v != notes[0]}
    gathered.reports += [
        f"the comment at {name} is not kept: {left[name][:MAX_REPORT]}" for name in sorted(left)
    ]


def reason_of(gathered: Gathered) -> str:
    """Return the GPO's comment where a profile's ``why`` can hold it; else report it."""
    if not gathered.comment or _fits(gathered.comment):
        return _mended(gathered.comment)
    gathered.reports.append(f"the GPO's comment is not kept: {gathered.comment[:MAX_REPORT]}")
    return ""


def title_of(gathered: Gathered, name: str) -> str:
    """Return the GPO's title as a profile can have it, else the profile's name."""
    title = gathered.reading.title
    mended = "".join(_legal(title, ""))[:MAX_TITLE].strip()
    if mended != title:
        gathered.reports.append(f"the title {title!r} is {mended or name!r} here")
    return mended or name


def _fits(note: str) -> bool:
    mended = _mended(note)
    return 0 < len(mended) <= MAX_WHY and mended == "".join(_legal(mended, "\n\t"))


def _mended(note: str) -> str:
    return note.replace("\r\n", "\n").rstrip("\n")


def _legal(text: str, allowed: str) -> Iterator[str]:
    for char in text:
        control = unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") and char not in allowed
        if not control and ord(char) & 0xFFFE != 0xFFFE:
            yield char
