"""The profile's own words for the head of every artifact."""

from __future__ import annotations

from gpogen import __version__
from gpogen.catalog.platforms import find_platform, operating_systems
from gpogen.compile.installation import installation, said_installation
from gpogen.compile.result import Header
from gpogen.profile.schema import UNSPECIFIED, Profile, Revision

NO_DATE = "1980-01-01"
"""The date of a profile without a revision: no clock is read."""


def pascal(name: str) -> str:
    """Turn ``azlocal-ws2022-core`` into ``AzlocalWs2022Core``."""
    return "".join(part.capitalize() for part in name.split("-"))


def ring_text(profile: Profile) -> str:
    """Write ``pilot (1)``, or nothing for a profile without a ring."""
    return f"{profile.ring.name} ({profile.ring.order})" if profile.ring else ""


def header(profile: Profile, digest: str) -> Header:
    """Build the header of a profile that has a target, if only an unspecified one."""
    target = profile.target
    platform = find_platform(target.platform) if target else None
    revision = profile.revision
    return Header(
        name=profile.name,
        pascal=pascal(profile.name),
        title=profile.title or profile.name,
        why=profile.why or "",
        platform=platform.word if platform else UNSPECIFIED,
        os=target.os if target else "",
        os_title=operating_systems()[target.os].title if target else "",
        installation=installation(target) if target else "",
        any_installation=target is not None and not said_installation(target),
        role=target.role if target else "member",
        orchestration=profile.orchestration or "",
        ring=ring_text(profile),
        revision=_revision(revision),
        revision_number=str(revision.number) if revision else "",
        change=(revision.change or "") if revision else "",
        backup_time=f"{revision.date if revision else NO_DATE}T00:00:00",
        digest=digest,
        version=__version__,
        computer_side=_enabled(profile.gpo.computer if profile.gpo else None),
        user_side=_enabled(profile.gpo.user if profile.gpo else None),
        time_zone=(target.time_zone or "") if target else "",
    )


def _enabled(word: str | None) -> bool | None:
    return None if word is None else word == "enabled"


def _revision(revision: Revision | None) -> str:
    if revision is None:
        return ""
    text = f"{revision.number} of {revision.date}"
    text += f", change {revision.change}" if revision.change else ""
    return text + (f", owner {revision.owner}" if revision.owner else "")
