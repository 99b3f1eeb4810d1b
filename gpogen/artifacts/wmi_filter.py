"""``wmi/<name>.mof``: a WMI filter for the machines of the profile, to import in the console."""

from __future__ import annotations

from gpogen.artifacts.api import Artifact, Held, OutFile, Reference
from gpogen.artifacts.backup.identity import DOMAIN, guid
from gpogen.artifacts.placing import CONTROLLER
from gpogen.artifacts.powershell_text import installation_text, platform_text, roles_text
from gpogen.catalog.wmi import machine_query
from gpogen.compile.result import Compiled, Header
from gpogen.formats import mof


def emit(compiled: Compiled) -> tuple[OutFile, ...]:
    """Write the filter; nothing where the profile names no operating system."""
    own = wmi_filter(compiled.header)
    return (OutFile(f"wmi/{own.name}.mof", mof.encode(own)),) if own.query else ()


def wmi_filter(header: Header) -> mof.WmiFilter:
    """Describe the filter; its query is empty where the profile names no operating system."""
    digits = "".join(filter(str.isdigit, header.backup_time))
    return mof.WmiFilter(
        author=f"gpogen@{DOMAIN}",
        time=f"{digits}.000000-000",
        description=f"{found_by(header)} (gpogen {header.version})",
        domain=DOMAIN,
        id=guid(header.name, "wmi"),
        name=header.name,
        query=machine_query(
            header.os, "" if header.any_installation else header.installation, header.role
        ),
    )


def found_by(header: Header) -> str:
    """Say on which machines the query is true: WMI sees neither the platform nor most roles."""
    roles = (
        "domain controllers"
        if header.role == CONTROLLER
        else "all servers that are not domain controllers"
    )
    return ", ".join(filter(None, (header.os_title, installation_text(header), roles)))


def unseen_by(header: Header) -> str:
    """Say what of the profile's target the query cannot see."""
    platform = f"{platform_text(header)} from other machines" if platform_text(header) else ""
    if header.role in (CONTROLLER, "member"):
        return platform
    return " or ".join(filter(None, (f"{roles_text(header)} from other servers", platform)))


def expected(source: Reference) -> tuple[Held, ...]:
    """Return the filter that the file must give."""
    own = wmi_filter(source.compiled.header) if source.compiled is not None else None
    if own is None or not own.query:
        return ()
    return (Held(path=f"wmi/{source.name}.mof", content=own),)


ARTIFACT = Artifact(
    id="wmi",
    title="WMI filter",
    consumer="the Group Policy Management Console",
    command=r"WMI Filters, Import: wmi\NAME.mof",
    emit=emit,
    read=mof.decode,
    expected=expected,
    signs=("wmi/*.mof",),
)
