"""Files of regedit: what is read and can be written is read back the same."""

from __future__ import annotations

from fuzz import records
from fuzz.dice import Dice
from fuzz.target import Target
from gpogen.formats import reg

_HEADERS = (reg.HEADER, reg.HEADER, reg.HEADER, reg.OLD_HEADER)
_HIVES = ("HKEY_LOCAL_MACHINE", "HKEY_CURRENT_USER", "HKLM", "hkcu", "HKEY_USERS", "HKCR", "HKXX")
_DATA = (
    "-",
    '"text"',
    '"a\\\\b\\"c"',
    "dword:0000000a",
    "dword:ffffffff",
    "hex:00,ff",
    "hex(7):61,00,00,00,00,00",
    "hex(2):00,\\\r\n  00",
    "hex(b):01,00,00,00,00,00,00,00",
    "hex(ffffffff):",
    "hex:",
    "string:x",
)


def generate(dice: Dice) -> bytes:
    """Make a file of a few keys: those that gpogen writes, or ones spelt by hand."""
    if dice.one_in(4):
        return reg.encode(dice.some(records.record, 3))
    lines = [dice.pick(_HEADERS), ""]
    for _ in range(dice.below(4)):
        minus = "-" if dice.one_in(4) else ""
        lines.append(f"[{minus}{dice.pick(_HIVES)}\\{records.key(dice)}]")
        lines += dice.some(_value, 3)
    return records.encode(dice, "\r\n".join(lines) + "\r\n")


def _value(dice: Dice) -> str:
    if dice.one_in(8):
        return f";{dice.text()}"
    escaped = dice.text().replace("\\", "\\\\").replace('"', '\\"')
    name = "@" if dice.one_in(4) else f'"{escaped}"'
    return f"{name}={dice.pick(_DATA)}"


def check(data: bytes) -> None:
    """Read a file and back."""
    found = [entry.record for entry in reg.read(data).entries]
    lost = {id(loss.record) for loss in reg.losses(found)}
    kept = [record for record in found if id(record) not in lost]
    assert reg.decode(reg.encode(kept)) == kept, "other records are read back"
    reg.read(reg.encode_undo(kept))


TARGET = Target(
    generate=generate,
    check=check,
    words=tuple(
        word.encode() for word in (*_HEADERS, *_DATA, "[HKLM\\", "[-", "]", "\\\r\n", "@=")
    ),
    most=768,
)
