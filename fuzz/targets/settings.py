"""settings.csv and settings.json: what either reads, both write and read back the same."""

from __future__ import annotations

import csv
import io
import json

from fuzz import records
from fuzz.dice import Dice
from fuzz.target import Target
from gpogen.errors import FormatError
from gpogen.formats import settingscsv, settingsjson
from gpogen.formats.settings import COLUMNS, LEFT_OUT, Setting, cells, parted

_ACTIONS = ("set", "delete", "delete-key", "create-key", LEFT_OUT, "x")
_TYPES = ("REG_SZ", "REG_DWORD", "REG_MULTI_SZ", "REG_BINARY", "REG_NONE", "")
_VALUES = ("1", "-1", "0x1", '["a", "b"]', "[]", "00ff", "'=1", "=1", "")


def generate(dice: Dice) -> bytes:
    """Make a file of either kind: of settings that gpogen writes, or of rows spelt by hand."""
    why = dice.text().encode("utf-8", "replace").decode("utf-8")
    made = [Setting(record=item, why=why) for item in dice.some(records.record, 3)]
    if dice.one_in(4):
        return settingscsv.encode(made) if dice.one_in(2) else settingsjson.encode(made)
    rows = [_row(dice) for _ in range(dice.below(4))]
    if dice.one_in(2):
        content = {"format": "gpogen-settings-1", "left_out": [], "settings": rows}
        return json.dumps(content).encode()
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator=dice.pick(("\r\n", "\n")))
    writer.writerows([COLUMNS, *(row.values() for row in rows)])
    return text.getvalue().encode("utf-8-sig" if dice.one_in(2) else "utf-8", "surrogatepass")


def _row(dice: Dice) -> dict[str, str]:
    known = {
        "side": dice.pick(("machine", "user", "HKLM", "x")),
        "key": records.key(dice),
        "action": dice.pick(_ACTIONS),
        "type": dice.pick(_TYPES),
        "value": dice.pick(_VALUES),
    }
    return {name: known.get(name, dice.text()) for name in COLUMNS}


def check(data: bytes) -> None:
    """Read a file as what it is, and write and read both kinds."""
    try:
        found = settingsjson.decode(data)
    except FormatError:
        found = _of_csv(data)
    wanted = list(map(cells, parted(found)[0]))
    for again in (
        _of_csv(settingscsv.encode(found)),
        settingsjson.decode(settingsjson.encode(found)),
    ):
        assert list(map(cells, again)) == wanted, "other settings are read back"


def _of_csv(data: bytes) -> list[Setting]:
    return [setting for _, setting in settingscsv.decode(data)]


TARGET = Target(
    generate=generate,
    check=check,
    words=(*(f'"{name}"'.encode() for name in COLUMNS), b'","', b"\r\n", b"'=", b'""', b"\\u0000"),
    most=1536,
    steps=(100_000, 4_000),
)
