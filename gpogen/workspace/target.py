"""GPOs that others made among the paths of a command, and the machines they are for.

:mod:`gpogen.workspace.foreign` judges them; nothing else needs what that takes.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gpogen.catalog.platforms import find_platform, operating_systems, platforms
from gpogen.errors import UsageError
from gpogen.profile.load import SUFFIXES
from gpogen.reading.walk import find


@dataclass(frozen=True, slots=True)
class ForeignTarget:
    """The machines that a foreign GPO is judged for; empty words mean "not said"."""

    platform: str = ""
    os: str = ""
    installed_by: str = ""
    """Who installs updates on them: a word of ``orchestration``."""

    @property
    def family(self) -> str:
        """Return the operating system's family, or an empty text."""
        return operating_systems()[self.os].family if self.os else ""


def parse_target(text: str, installed_by: str = "") -> ForeignTarget:
    """Read ``azure-arc,windows-server-2025-standard``; either word may be missing.

    Raises:
        UsageError: a word is neither a platform nor an operating system, the system gets no
            hotpatches on the platform, or nothing of the name installs there.
    """
    platform = os_word = ""
    for word in filter(None, (part.strip() for part in text.split(","))):
        found = find_platform(word)
        if found is not None:
            platform = found.word
        elif word in operating_systems():
            os_word = word
        else:
            allowed = ", ".join((*platforms(), *operating_systems()))
            raise UsageError(
                f"--target: {word!r} is neither a platform nor a system; allowed: {allowed}"
            )
    where = find_platform(platform) if platform else None
    if where is not None and os_word and os_word not in where.operating_systems:
        allowed = ", ".join(where.operating_systems)
        message = f"--target: {os_word} gets no hotpatches on {platform}; allowed there: {allowed}"
        raise UsageError(message)
    if where is not None and installed_by and installed_by not in where.orchestrations:
        allowed = ", ".join(where.orchestrations)
        message = f"--installed-by: {installed_by} does not orchestrate {where.title}"
        raise UsageError(f"{message}; allowed there: {allowed}")
    return ForeignTarget(platform, os_word, installed_by)


def is_foreign(path: str) -> bool:
    """Tell whether a path is a registry.pol, a GPO, or a folder with any of these.

    A folder with .pol files alone, and profiles right in it, is one of profiles.
    """
    found = Path(path)
    if found.suffix.lower() == ".pol":
        return True
    try:
        return found.is_dir() and _holds_gpos(found)
    except (OSError, ValueError, UsageError):
        return False  # Whoever opens it says why.


def _holds_gpos(folder: Path) -> bool:
    found = find(folder)
    if found.backups or found.folders:
        return True
    profiles = (item for item in folder.iterdir() if item.suffix in SUFFIXES)
    return bool(found.policies) and next(profiles, None) is None
