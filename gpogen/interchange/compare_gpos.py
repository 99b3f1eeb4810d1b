"""What differs between two GPOs besides their records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from gpogen.interchange.showing import place_text
from gpogen.policy.gpo import Gpo, Part, Reading
from gpogen.policy.types import Hive, Via
from gpogen.policy.words import data_text
from gpogen.reading.describe import extension_guids, extension_title


@dataclass(frozen=True, slots=True)
class GpoChange:
    """One thing of a GPO that differs, each side in words; an empty text for "not there"."""

    what: str
    old: str
    new: str

    @property
    def text(self) -> str:
        """One line: ``~ GPO, computer side: enabled -> disabled``."""
        sign = "~" if self.old and self.new else "-" if self.old else "+"
        sides = " -> ".join(filter(None, (self.old, self.new)))
        return f"{sign} GPO, {self.what}: {sides}"

    @property
    def cells(self) -> tuple[str, str, str]:
        """What it is, and both sides."""
        return self.what, self.old, self.new

    def as_json(self) -> dict[str, Any]:
        """Return it as ``diff --format json`` prints it."""
        kind = "changed" if self.old and self.new else "removed" if self.old else "added"
        return {
            "change": kind,
            "gpo": self.what,
            "name": None,
            "old": self.old or None,
            "new": self.new or None,
        }


def compare_gpos(old: Reading, new: Reading) -> list[GpoChange]:
    """Compare what both sources tell of their GPOs.

    Raises:
        UsageError: a file of one can't be opened, or is too large.
    """
    changes = list(_order(old, new))
    if old.gpo is not None and new.gpo is not None:
        changes += _sides(old.gpo, new.gpo)
        changes += _filters(old.gpo, new.gpo)
        changes += _extensions(old.gpo, new.gpo)
        changes += _parts(old.gpo, new.gpo)
    return changes


def side_word(on: bool) -> str:
    """Return ``enabled`` or ``disabled``."""
    return "enabled" if on else "disabled"


def _sides(old: Gpo, new: Gpo) -> Iterator[GpoChange]:
    sides = (("computer side", old.computer, new.computer), ("user side", old.user, new.user))
    for what, before, after in sides:
        if before is not None and after is not None and before != after:
            yield GpoChange(what, side_word(before), side_word(after))


def _filters(old: Gpo, new: Gpo) -> Iterator[GpoChange]:
    before, after = old.wmi_filter, new.wmi_filter
    if before is not None and after is not None and before != after:
        yield GpoChange("WMI filter", before, after)


def _extensions(old: Gpo, new: Gpo) -> Iterator[GpoChange]:
    if old.extensions is None or new.extensions is None:
        return
    for hive in Hive:
        before, after = (extension_guids(own[hive]) for own in (old.extensions, new.extensions))
        gone = [extension_title(item) for item in before if item not in after]
        added = [extension_title(item) for item in after if item not in before]
        yield from (GpoChange(f"{hive.side} extension", title, "") for title in gone)
        yield from (GpoChange(f"{hive.side} extension", "", title) for title in added)


def _parts(old: Gpo, new: Gpo) -> Iterator[GpoChange]:
    before, after = ({part.location.lower(): part for part in gpo.parts} for gpo in (old, new))
    for name in sorted({*before, *after}):
        one, other = before.get(name), after.get(name)
        if one is None or other is None:
            yield GpoChange((one or other).what, _named(one), _named(other))  # type: ignore[union-attr]
        elif one.digest() != other.digest():
            yield GpoChange(one.what, one.location, f"{other.location} with other content")


def _named(part: Part | None) -> str:
    return "" if part is None else part.location


def _order(old: Reading, new: Reading) -> Iterator[GpoChange]:
    """Compare the order of preferences about one value that are applied under conditions.

    Which of them is last decides where the conditions of several are met.
    """
    before, after = _sequences(old), _sequences(new)
    for target in sorted({*before, *after}):
        one, other = before.get(target, []), after.get(target, [])
        if one != other and sorted(one) == sorted(other):
            yield GpoChange(
                f"order of the preferences for {target[1]}", "; ".join(one), "; ".join(other)
            )


def _sequences(reading: Reading) -> dict[tuple[str, str], list[str]]:
    """Return what several preferences under different conditions do to one value, in order."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for item in reading.items:
        if item.record.via is Via.PREFERENCE:
            place = place_text(item.record)
            text = f"{data_text(item.record)} ({item.condition or 'always'})"
            found.setdefault((place.lower(), place), []).append((item.condition, text))
    return {
        place: [text for text, _ in groupby(text for _, text in rows)]
        for place, rows in found.items()
        if len({condition for condition, _ in rows}) > 1
    }
