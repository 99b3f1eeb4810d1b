"""The three XML files of a GPO backup, and the check that reads them together."""

from __future__ import annotations

from fuzz import xmltext
from fuzz.dice import Dice
from gpogen.formats import pol
from gpogen.policy.records import set_value
from gpogen.policy.types import Hive, RegType
from gpogen.reading.backup import BACKUP, INFO, Location, load_backup
from gpogen.reading.files import in_memory
from gpogen.verify.verify import backup_rows

OPERATIONS = "http://www.microsoft.com/GroupPolicy/GPOOperations"
NAME = "{6711DAF1-3A5A-5E73-9D2A-077EDAB1DD33}"
_GUID = "{F0229E8B-43F7-56E0-8D0E-9D19E7673BC4}"
_REGISTRY = "[{35378EAC-683F-11D2-A89A-00C04FBBCFA2}{D02B1F72-3407-48AE-BA88-E8213C6761F1}]"
_POLICY = "DomainSysvol/GPO/Machine/registry.pol"
_PATHS = (
    "DomainSysvol\\GPO\\Machine\\registry.pol",
    "DomainSysvol\\GPO\\User\\registry.pol",
    "DomainSysvol\\GPO\\Machine\\Preferences\\Registry\\Registry.xml",
    "DomainSysvol\\GPO\\Machine\\comment.cmtx",
    "DomainSysvol\\GPO\\..\\..\\..\\etc\\passwd",
    "..\\..\\registry.pol",
    "C:\\Windows\\registry.pol",
    "/etc/registry.pol",
    "DomainSysvol\\GPO",
)
_FILE = pol.encode(
    pol.from_records([set_value(Hive.HKLM, r"Software\Policies\X", "A", RegType.DWORD, 1)])
)
WORDS = (
    *xmltext.WORDS,
    b"<FSObjectFile bkp:Location=",
    b"<FSObjectDir bkp:Location=",
    b"<GroupPolicyExtension>",
    b"..\\",
    b"<BackupInst>",
    b"<ID>",
    NAME.encode(),
)


def backup_xml(dice: Dice) -> bytes:
    """Make a Backup.xml."""
    names = {f"bkp:{n}": p for n, p in xmltext.attributes(dice, DescName="Registry").items()}
    files = [_listed(dice) for _ in range(dice.below(4))]
    core = xmltext.element(
        "GroupPolicyCoreSettings",
        {},
        *_texts(dice, ID=_GUID, DisplayName="A title", MachineExtensionGuids=_REGISTRY),
        *_texts(dice, UserExtensionGuids="", MachineVersionNumber="65537", UserVersionNumber="0"),
    )
    extension = xmltext.element("GroupPolicyExtension", names, *files)
    whole = xmltext.element("GroupPolicyObject", {}, core, extension)
    given = {"xmlns": OPERATIONS, "xmlns:bkp": OPERATIONS, "bkp:version": "2.0"}
    return xmltext.document(dice, xmltext.element("GroupPolicyBackupScheme", given, whole))


def _listed(dice: Dice) -> str:
    path = dice.text(12) if dice.one_in(8) else dice.pick(_PATHS)
    name = dice.pick(("FSObjectFile", "FSObjectFile", "FSObjectDir"))
    return xmltext.element(name, {"bkp:Location": path.replace("\0", "")})


def _texts(dice: Dice, **texts: str) -> list[str]:
    found = xmltext.attributes(dice, **texts)
    return [
        xmltext.element(name, {}, text=f"<![CDATA[{text}]]>" if dice.one_in(2) else text)
        for name, text in found.items()
    ]


def info_xml(dice: Dice) -> bytes:
    """Make a bkupInfo.xml."""
    return xmltext.document(dice, _instance(dice))


def manifest_xml(dice: Dice) -> bytes:
    """Make a manifest.xml."""
    items = [_instance(dice) for _ in range(dice.below(3))]
    given = {"xmlns": f"{OPERATIONS}/Manifest"}
    return xmltext.document(dice, xmltext.element("Backups", given, *items))


def _instance(dice: Dice) -> str:
    texts = _texts(
        dice,
        GPOGuid=_GUID,
        GPODomain="example.invalid",
        BackupTime=dice.pick(("1980-01-01T00:00:00", "9999-99-99T99:99:99", "0000-00-00T00:00:00")),
        ID=NAME,
        GPODisplayName="A title",
    )
    return xmltext.element("BackupInst", {"xmlns": f"{OPERATIONS}/Manifest"}, *texts)


_SURE = Dice(0)
GOOD_BACKUP, GOOD_INFO, GOOD_MANIFEST = (
    next(data for data in (make(_SURE) for _ in range(100)) if b"registry.pol" in data or kind)
    for make, kind in ((backup_xml, 0), (info_xml, 1), (manifest_xml, 1))
)


def check_backup(backup: bytes, info: bytes, manifest: bytes) -> None:
    """Read the three files together, and run every check of `gpogen verify`."""
    files = in_memory({BACKUP: backup, INFO: info, _POLICY: _FILE})
    found = load_backup(NAME, files, manifest)
    for row in backup_rows(found):
        assert row.found, "a check says nothing"
    for content in found.contents:
        assert not Location(content.path, is_folder=False).is_outside, "a path leads out"
