"""Everything that is known about releases: the shipped data and users' files, read together."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from gpogen.catalog.releases import release_data
from gpogen.document import yaml12
from gpogen.errors import UsageError
from gpogen.files import Roots, read_file, root_of
from gpogen.finding import Finding, Place, Severity
from gpogen.profile.reading import RELEASES, show
from gpogen.releases.additions import Additions, read_additions
from gpogen.releases.knowledge import Knowledge, know


def read_knowledge(
    folders: Iterable[str | Path], files: Sequence[str], today: datetime.date
) -> tuple[Knowledge, tuple[Finding, ...]]:
    """Read what users have added: ``hotpatch-releases.yaml`` of some folders, and files.

    A file that claims to be of a day to come counts as of today (GP041).

    Raises:
        UsageError: a file can't be opened.
    """
    own = (Path(folder, name) for folder in dict.fromkeys(folders) for name in RELEASES)
    named = [path for path in own if os.path.lexists(path)]
    for path in named:
        refused = Roots(root_of(path)).refusal(path)
        if refused:
            raise UsageError(f"{show(path)}: {refused}; use the path of the file with --update")
    paths = {path.resolve(): path for path in (*named, *map(Path, files))}
    added: list[Additions] = []
    findings: list[Finding] = []
    for path in paths.values():
        found, wrong = _read(path)
        findings += wrong
        if found is not None and found.as_of > today:
            findings.append(_ahead(found, today))
            # Of a day before gpogen's own data it would not count at all.
            found = found.as_of_day(max(today, release_data().as_of))
        added += [found] if found else []
    knowledge = know(added)
    return knowledge, (*findings, *knowledge.conflicts)


def _ahead(found: Additions, today: datetime.date) -> Finding:
    return Finding(
        id="GP041",
        severity=Severity.WARNING,
        message=f"as_of {found.as_of} is after today, {today}: gpogen uses today",
        at=Place(found.file, 1, 1),
        fix="write the date on which you read Microsoft's calendar",
    )


def _read(path: Path) -> tuple[Additions | None, tuple[Finding, ...]]:
    return read_additions(read_file(path, yaml12.MAX_BYTES, show(path)), show(path))
