"""Profiles from text, compiled."""

from __future__ import annotations

import textwrap

from gpogen.compile.result import Compiled
from gpogen.finding import Severity
from gpogen.policy.records import Record
from gpogen.policy.types import Action
from gpogen.profile.load import Loader
from gpogen.profile.reading import profile_files
from gpogen.resources import resource_dir
from gpogen.rules.check import Checked, check

OS_2022 = "windows-server-2022-azure-edition"
OS_2025 = "windows-server-2025-azure-edition"
CERTIFICATES = "assured: [{what: secure-boot-certificates, why: known}]\n"
IMAGES = {
    OS_2022: "2022-datacenter-azure-edition-core",
    OS_2025: "2025-datacenter-azure-edition-core",
}


def shipped() -> list[Compiled]:
    """Return the shipped profiles that a build makes, by name."""
    loader = Loader()
    found = (check(loader.load(path)).compiled for path in profile_files(resource_dir("profiles")))
    return [made for made in found if made is not None]


def text_of(
    body: str = "",
    *,
    os: str = OS_2025,
    platform: str = "azure-local",
    orchestration: str = "group-policy",
    extra_target: str = "",
    image: str = "",
) -> str:
    """Return a whole profile with a body."""
    image = image or (IMAGES.get(os, "") if platform != "azure-arc" else "")
    target = f"platform: {platform}, os: {os}" + (f", image: {image}" if image else "")
    head = (
        "gpogen: 1\nname: sample\ntitle: Sample\n"
        f"target: {{{target}{extra_target}}}\norchestration: {orchestration}\n"
    )
    # Every profile is told of the certificates; no test but theirs is about them.
    assured = "" if "assured:" in body else CERTIFICATES
    return head + assured + textwrap.dedent(body)


def checked(body: str = "", **head: str) -> Checked:
    """Check a profile with a body."""
    return check(Loader().load_bytes(text_of(body, **head).encode()))


def compiled(body: str = "", **head: str) -> Compiled:
    """Compile a profile that must have no error."""
    result = checked(body, **head)
    assert result.compiled is not None, [
        str(item) for item in result.findings if item.severity is Severity.ERROR
    ]
    return result.compiled


def ids(result: Checked) -> list[str]:
    """Return the ids of all findings."""
    return [item.id for item in result.findings]


def effects(items: tuple[object, ...] | list[object]) -> dict[str, object]:
    """Return value name to data, or to the action's word."""
    found: dict[str, object] = {}
    for item in items:
        record: Record = item.record  # type: ignore[attr-defined]
        set_it = record.action is Action.SET
        found[record.name] = record.value if set_it else record.action.value
    return found
