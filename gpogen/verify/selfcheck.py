"""A build reads back what it made before it replaces anything."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import cast

from gpogen.artifacts.all import load
from gpogen.artifacts.api import Artifact, Held
from gpogen.compile.result import Compiled, records_of
from gpogen.errors import FormatError
from gpogen.policy.records import Record
from gpogen.policy.types import Hive
from gpogen.reading.backup import Backup, load_backup
from gpogen.reading.files import in_memory
from gpogen.verify import content_checks as holding
from gpogen.verify import metadata_checks as naming
from gpogen.verify.records import found_comments, same_records, wanted_comments
from gpogen.verify.row import State
from gpogen.verify.sources import OfProfile, are_records, content_of, records_in

_Files = Mapping[str, bytes]


def assert_same(compiled: Compiled, files: _Files, artifacts: Collection[str]) -> None:
    """Compare every artifact that can be read with the policy that it was made from.

    Raises:
        AssertionError: an artifact holds something else: a fault of gpogen.
    """
    for name in artifacts:
        try:
            faults = list(_faults(load(name), compiled, files))
        except (FormatError, KeyError) as error:
            faults = [f"gpogen cannot read it back: {error}"]
        if faults:
            raise AssertionError(f"{compiled.header.name}: artifact {name}: {'; '.join(faults)}")


def _faults(artifact: Artifact, compiled: Compiled, files: _Files) -> Iterator[str]:
    if artifact.id in OWN:
        yield from OWN[artifact.id](compiled, files)
    elif artifact.expected is not None:
        for held in artifact.expected(OfProfile(compiled, files.get)):
            if not _is_held(held, artifact, files.get(held.path)):
                yield f"{held.path} differs from the {'policy' if artifact.form else 'profile'}"


def _is_held(held: Held, artifact: Artifact, data: bytes | None) -> bool:
    if are_records(held.content):
        wanted = cast(Sequence[Record], held.content)
        found = records_in(artifact.form, held.path, data) if data is not None else []
        return same_records(found, wanted)
    return data is not None and content_of(artifact, held.path, data) == held.content


def _backup(compiled: Compiled, files: _Files) -> Iterator[str]:
    own = [path for path in files if path.startswith("gpo/{") and path.endswith("/Backup.xml")]
    if len(own) != 1:
        yield f"{len(own)} backups"
        return
    folder = own[0].removesuffix("Backup.xml")
    inside = {
        path.removeprefix(folder): data for path, data in files.items() if path.startswith(folder)
    }
    backup = load_backup(folder.split("/")[1], in_memory(inside), files["gpo/manifest.xml"])
    for check in (*naming.CHECKS, *holding.CHECKS):
        row = check(backup)
        if row.state is State.PROBLEM:
            yield row.text
    for hive in Hive:
        yield from _side(compiled, backup, hive)


def _side(compiled: Compiled, backup: Backup, hive: Hive) -> Iterator[str]:
    own = [item for item in backup.contents if item.hive is hive]
    wanted = {
        "pol": records_of(compiled.policy, hive),
        "preferences": records_of(compiled.preferences, hive),
    }
    for kind, records in wanted.items():
        found = [record for item in own if item.kind == kind for record in item.records]
        if not same_records(found, records):
            yield f"the {hive.side} side's {kind} differ from the policy"
    notes = [note for item in own for note in item.notes]
    if found_comments(notes) != wanted_comments(compiled, hive):
        yield f"the {hive.side} side's comments differ from the profile's"


OWN: Mapping[str, Callable[[Compiled, _Files], Iterator[str]]] = {"gpo": _backup}
"""Artifacts of several files that are read together."""
