"""The files of a GPO backup by the paths that its Backup.xml lists."""

from __future__ import annotations

from pathlib import Path


class Inside:
    """Finds the files of a folder, whatever the case of their names; follows no link."""

    def __init__(self, root: Path) -> None:
        """Remember the folder, which must be resolved; it is looked into when needed."""
        self._root = root
        self._listed: dict[Path, dict[str, Path]] = {}

    def find(self, location: str) -> Path | None:
        """Return a file by its path in Backup.xml; None where it is not there."""
        current = self._root
        try:
            for name in location.split("/"):
                below = self._below(current)
                found = below.get(name) or below.get(name.lower())
                if found is None:
                    return None
                current = found
            # A link is no part of a backup; many of them could stand for one large file.
            return current if current.resolve() == current and current.is_file() else None
        except (OSError, RuntimeError):  # A loop of links, a folder that cannot be looked into.
            return None

    def _below(self, folder: Path) -> dict[str, Path]:
        """Return what is in a folder by its name, and by its name in lower case."""
        known = self._listed.get(folder)
        if known is None:
            items = sorted(folder.iterdir(), reverse=True) if folder.is_dir() else []
            known = {item.name.lower(): item for item in items}
            known |= {item.name: item for item in items}
            self._listed[folder] = known
        return known
