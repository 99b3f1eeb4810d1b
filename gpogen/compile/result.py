"""What the compiler makes of one profile: all that the artifacts need, and nothing of YAML."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from gpogen.compile.origin import Allowed, LeftOut, Traced, Unproven
from gpogen.policy.records import Record
from gpogen.policy.types import Hive
from gpogen.servicing.answer import Servicing


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The profile's own words, as every artifact's head shows them.

    Attributes:
        name: ``azlocal-ws2022-core``: lower-case letters, digits and hyphens only.
        pascal: ``AzlocalWs2022Core``: the name for file and function names.
        title: the GPO's display name, one line of any text.
        why: the author's reason, any text, possibly several lines or empty.
        platform: azure-local, azure-arc, azure-vm, or unspecified.
        os: windows-server-2022-azure-edition and so on; empty when unspecified.
        os_title: "Windows Server 2022 Datacenter: Azure Edition" and so on.
        installation: core, desktop or empty.
        any_installation: whether the profile names both or none, so that a filter finds both.
        role: member, domain-controller, cluster-node, hyper-v-host or wsus-server.
        time_zone: the machines' time zone, an IANA name; empty where the profile names none.
        orchestration: who installs updates.
        ring: "pilot (1)" or empty.
        revision: "3 of 2026-11-02, change CHG-1042, owner server-team" or empty.
        revision_number: the revision's number as text, or empty.
        change: the change record's id, or empty.
        backup_time: ``2026-11-02T00:00:00``, or ``1980-01-01T00:00:00`` without a revision.
        digest: SHA-256 (64 lower-case hex digits) of the merged profile.
        version: gpogen's version.
        computer_side: whether the GPO's computer side is enabled; None where it is not said.
        user_side: whether the GPO's user side is enabled; None where it is not said.
    """

    name: str
    pascal: str
    title: str
    why: str
    platform: str
    os: str
    os_title: str
    installation: str
    role: str
    orchestration: str
    ring: str
    revision: str
    revision_number: str
    change: str
    backup_time: str
    digest: str
    version: str
    any_installation: bool = False
    computer_side: bool | None = None
    user_side: bool | None = None
    time_zone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyComment:
    """An author's reason for one ADMX policy, for comment.cmtx.

    Attributes:
        namespace: the ADMX target namespace, ``Microsoft.Policies.WindowsUpdate``.
        policy: the ADMX policy name, ``AutoUpdateCfg``.
        side: ``Machine`` or ``User``.
        text: the reason.
    """

    namespace: str
    policy: str
    side: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SconfigPlan:
    """What SConfig's menu 5 would write for the profile's mode.

    Attributes:
        mode: SConfig's own word, "Automatic", "DownloadOnly" or "Manual"; empty when SConfig
            cannot show the mode (AUOptions 2, 5 and 7).
        shows: what SConfig shows afterwards: "Automatic", "Download only", "Manual" or
            "Not configured".
        au_options: AUOptions to write; None when it is to be deleted.
        no_auto_update: NoAutoUpdate to write, 0 or 1.
        word: the profile's word, ``install-on-schedule``.
    """

    mode: str
    shows: str
    au_options: int | None
    no_auto_update: int
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArcMachines:
    """The machines of Azure Arc that the profile names; empty texts where it names none.

    Attributes:
        subscription: the id of the subscription.
        resource_group: the name of the resource group.
        location: the region, ``westeurope``.
        machines: names of machines, each once.
        deploys: whether Azure Policy enrolls machines, instead of only reporting them.
    """

    subscription: str = ""
    resource_group: str = ""
    location: str = ""
    machines: tuple[str, ...] = ()
    deploys: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VmSettings:
    """The patch settings that an Azure VM needs.

    Attributes:
        settings: properties of patchSettings, and of what is in it, as JSON.
        publisher: the publisher of the image; empty where the profile names no image.
        offer: its offer.
        sku: its SKU.
    """

    settings: str
    publisher: str = ""
    offer: str = ""
    sku: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A monthly schedule of Azure Update Manager.

    Attributes:
        recurs: ``Month Second Tuesday Offset4``.
        at: when the window opens, ``22:00``.
        duration: hours and minutes, ``03:00``.
        zone: an IANA name; empty where the profile does not say it.
        reboot: IfRequired, Never or Always; empty where the profile does not say it.
        classifications: what is installed, one at least.
        exclude_kbs: what is not.
        resource_type: the kind of the machines, ``Microsoft.HybridCompute/machines``.
    """

    recurs: str
    at: str
    duration: str
    zone: str
    reboot: str
    classifications: tuple[str, ...]
    exclude_kbs: tuple[str, ...]
    resource_type: str


class RestartCause(StrEnum):
    """What makes machines restart besides updates."""

    VBS = "VBS turns on"
    ISO = "the values that prepare an ISO installation apply"
    CERTIFICATES = "the Secure Boot certificates deploy"


class CredentialGuard(StrEnum):
    """What becomes of Credential Guard once VBS runs."""

    ON = "the profile turns it on"
    OFF = "the policy keeps it off"
    OPEN = "the profile does not set it, and the system may start it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """When an update's restart is due.

    Attributes:
        days: days after the offer.
        grace_days: days of grace after them.
    """

    days: int
    grace_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What artifacts for people say in sentences.

    Attributes:
        restart_causes: what makes machines restart besides updates.
        warn_minutes: for how long a forced restart is announced; None without such a word.
        deadline: the deadline; None without such a word.
        deferral_days: by how many days the policy defers quality updates; 0 without a deferral.
        credential_guard: what becomes of it; None where VBS is not turned on, or the system does
            not start it by itself.
        decides_installation: whether the GPO decides how updates install, so that unlinking it
            leaves that open. On an Azure VM the platform writes these values itself.
        unprepared_iso: whether machines come from an ISO whose preparation nobody documents.
        stays: the records that stay when the GPO goes.
        assured: what the author vouches for: (what, why).
    """

    restart_causes: tuple[RestartCause, ...] = ()
    warn_minutes: int | None = None
    deadline: Deadline | None = None
    deferral_days: int = 0
    credential_guard: CredentialGuard | None = None
    decides_installation: bool = False
    unprepared_iso: bool = False
    stays: tuple[Record, ...] = ()
    assured: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Compiled:
    """Everything that the artifacts are made from; equal to nothing but itself.

    Attributes:
        header: the profile's own words.
        policy: the registry.pol records, both hives, in the order in which they are written.
        preferences: the Group Policy Preferences items, in order.
        direct: what a machine without Group Policy gets: written and deleted under HKLM.
        comments: the reasons for ADMX policies.
        client_extensions: GUIDs, in braces, of the client-side extensions that policies of
            ``policy`` name in their ADMX; the GPO must name them besides Registry. VBS has one.
        vbs_restart: whether turning VBS on makes a restart due.
        not_direct: what ``policy`` holds and ``direct`` cannot carry, with the reason.
        sconfig: the SConfig plan; None where the mode is unmanaged or the platform is azure-vm.
        left_out: settings that this OS lacks or that have no effect here.
        facts: what README.txt and the Set script say in sentences.
        allowed: what the author silenced.
        unproven: what this output rests on without proof.
        servicing: who installs, when, from where, and who restarts.
        maintenance: the maintenance configuration that Azure Update Manager needs, property by
            property; empty with another installer.
        outputs: the artifacts that the profile asks for; empty for those of every profile.
        arc: the machines that the Arc scripts enroll; None where machines need no enrollment.
        vm: the patch settings of an Azure VM; None elsewhere, and where the profile says nothing
            about them.
        schedule: the schedule of Azure Update Manager; None where the profile describes none.
    """

    header: Header
    policy: tuple[Traced, ...]
    preferences: tuple[Traced, ...]
    direct: tuple[Traced, ...]
    comments: tuple[PolicyComment, ...]
    client_extensions: tuple[str, ...]
    vbs_restart: bool
    not_direct: tuple[LeftOut, ...]
    sconfig: SconfigPlan | None
    left_out: tuple[LeftOut, ...]
    facts: Facts
    allowed: tuple[Allowed, ...]
    unproven: tuple[Unproven, ...]
    servicing: Servicing
    maintenance: tuple[tuple[str, str], ...] = ()
    outputs: tuple[str, ...] = ()
    arc: ArcMachines | None = None
    vm: VmSettings | None = None
    schedule: Schedule | None = None

    def side(self, hive: str) -> tuple[Traced, ...]:
        """The registry.pol records of one hive, ``HKLM`` or ``HKCU``."""
        return tuple(item for item in self.policy if item.record.hive == hive)


def records_of(items: Iterable[Traced], hive: Hive | None = None) -> list[Record]:
    """Return the records alone, all of them or those of one hive."""
    return [item.record for item in items if hive in (None, item.record.hive)]
