"""A build reads back what it made before it replaces anything."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from gpogen.artifacts.reg_file import left_behind
from gpogen.artifacts.wmi_filter import wmi_filter
from gpogen.compile.result import Compiled
from gpogen.errors import FormatError
from gpogen.formats import lgpo, mof, pol, reg
from gpogen.policy.types import Hive
from gpogen.project.verifying import holding, naming
from gpogen.project.verifying.audit_rows import differences
from gpogen.project.verifying.backup import Backup, load_backup
from gpogen.project.verifying.files import in_memory
from gpogen.project.verifying.records import (
    found_comments,
    records_of,
    reg_records,
    same_records,
    undone,
    wanted_comments,
)
from gpogen.project.verifying.row import State

_Files = Mapping[str, bytes]


def assert_same(compiled: Compiled, files: _Files, artefacts: Collection[str]) -> None:
    """Compare every artefact that can be read with the policy that it was made from.

    Raises:
        AssertionError: an artefact holds something else: a fault of gpogen.
    """
    for name in artefacts:
        if name not in _CHECKS:
            continue
        try:
            faults = list(_CHECKS[name](compiled, files))
        except (FormatError, KeyError) as error:
            faults = [f"cannot be read back: {error}"]
        if faults:
            raise AssertionError(f"{compiled.header.name}: artefact {name}: {'; '.join(faults)}")


def _policy_files(compiled: Compiled, files: _Files) -> Iterator[str]:
    for hive in Hive:
        path = f"{hive.side.lower()}/registry.pol"
        data = files.get(path)
        found = list(pol.to_records(pol.decode(data), hive)) if data is not None else []
        if not same_records(found, records_of(compiled.policy, hive)):
            yield f"{path} differs from the policy"


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


def _lgpo(compiled: Compiled, files: _Files) -> Iterator[str]:
    records = records_of(compiled.policy)
    lost = {id(loss.record) for loss in lgpo.losses(records)}
    wanted = [record for record in records if id(record) not in lost]
    path = f"lgpo/{compiled.header.name}.txt"
    if records and not same_records(lgpo.decode(files[path]), wanted):
        yield f"{path} differs from the policy"


def _reg(compiled: Compiled, files: _Files) -> Iterator[str]:
    records = records_of(compiled.direct)
    lost = {id(loss.record) for loss in reg.losses(records)}
    kept = [record for record in records if id(record) not in lost]
    wanted = {"": list(reg_records(kept)), "-undo": undone(kept, left_behind(compiled))}
    for ending, right in wanted.items() if records else ():
        path = f"reg/{compiled.header.name}{ending}.reg"
        if not same_records(reg.decode(files[path]), right):
            yield f"{path} differs from the policy"


def _wmi(compiled: Compiled, files: _Files) -> Iterator[str]:
    wanted = wmi_filter(compiled.header)
    path = f"wmi/{wanted.name}.mof"
    if wanted.query and mof.decode(files[path]) != wanted:
        yield f"{path} differs from the profile"


def _audit(compiled: Compiled, files: _Files) -> Iterator[str]:
    path = f"powershell/Test-{compiled.header.pascal}.ps1"
    yield from (f"{path}: {text}" for text in differences(compiled, files[path]))


_CHECKS: Mapping[str, Callable[[Compiled, _Files], Iterator[str]]] = {
    "registry-pol": _policy_files,
    "gpo": _backup,
    "lgpo": _lgpo,
    "reg": _reg,
    "wmi": _wmi,
    "test-script": _audit,
}
