"""Builds of a selection that is in memory."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import closing
from pathlib import Path

from gpogen.workspace import build as workspace
from gpogen.workspace.build import Outcome
from gpogen.workspace.made import Batch
from gpogen.workspace.select import Selection


def build(
    selection: Selection, output: Path, *, only: Collection[str] = (), prune: bool = False
) -> Outcome:
    """Build profiles that were selected before."""
    with closing(Batch()) as batch:
        for item in selection.profiles:
            batch.add(item)
        return workspace.build(batch, selection, output, only=only, prune=prune)
