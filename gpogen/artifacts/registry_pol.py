"""The registry.pol files on their own, for LGPO.exe, Samba and editors."""

from __future__ import annotations

from gpogen.artifacts.api import Artifact, Held, OutFile, Reference
from gpogen.compile.result import Compiled
from gpogen.formats import pol
from gpogen.policy.types import Hive


def policy_bytes(compiled: Compiled, hive: Hive) -> bytes | None:
    """One side's registry.pol; None when that side has no records."""
    records = [item.record for item in compiled.side(hive)]
    return pol.encode(pol.from_records(records)) if records else None


def emit(compiled: Compiled) -> tuple[OutFile, ...]:
    """Write ``machine/registry.pol`` and ``user/registry.pol``, each only if it has records."""
    files = ((hive.side.lower(), policy_bytes(compiled, hive)) for hive in Hive)
    return tuple(OutFile(f"{side}/registry.pol", data) for side, data in files if data)


def expected(source: Reference) -> tuple[Held, ...]:
    """Return what each side's file must give."""
    return tuple(
        Held(
            path=f"{hive.side.lower()}/registry.pol",
            content=[record for record in source.policy if record.hive is hive],
        )
        for hive in Hive
    )


ARTIFACT = Artifact(
    id="registry-pol",
    title="registry.pol",
    consumer="LGPO.exe",
    command=r"LGPO.exe /m machine\registry.pol",
    emit=emit,
    form="pol",
    expected=expected,
    anywhere=True,
)
