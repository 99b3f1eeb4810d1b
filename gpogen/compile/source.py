"""Places in the profile's merged tree, by path."""

from __future__ import annotations

from dataclasses import dataclass

from gpogen.document.nodes import Mapping, Scalar, find, key_place, place_of
from gpogen.finding import Place


@dataclass(frozen=True, slots=True)
class Places:
    """The merged tree, and which file is the profile's own."""

    tree: Mapping
    file: str

    def place(self, *path: int | str) -> Place:
        """Return where a path stands, or the nearest thing above it."""
        return place_of(self.tree, path)

    def key(self, *path: int | str) -> Place:
        """Return where the key that a path ends with stands."""
        return key_place(self.tree, path)

    def written(self, *path: int | str) -> bool:
        """Tell whether the profile, or one it extends, says anything at a path."""
        return find(self.tree, path) is not None

    def why(self, section: str, at: Place) -> str:
        """Return a section's ``why`` for a setting, where both stand in one file.

        A base gives the reasons for what it sets itself, not for what others add.
        """
        node = find(self.tree, (section, "why"))
        if not isinstance(node, Scalar) or not isinstance(node.value, str):
            return ""
        return node.value.rstrip("\n") if node.place.file == at.file else ""

    def is_own(self, place: Place) -> bool:
        """Tell whether a place is in the profile's own file, not in one it extends."""
        return place.file == self.file
