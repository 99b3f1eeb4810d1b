"""manifest.json of an output folder: what is read is written and read back the same."""

from __future__ import annotations

import json

from fuzz.dice import Dice
from fuzz.target import Target
from gpogen.outputs.tree import decode_manifest, encode_manifest

_PATHS = ("README.txt", "gpo/a/b.xml", "../x", "/etc/passwd", "a/../b", "C:/x", "a\\b", "./x", "")


def generate(dice: Dice) -> bytes:
    """Make a manifest of a few files."""
    paths = [dice.text() if dice.one_in(3) else dice.pick(_PATHS) for _ in range(dice.below(4))]
    files: dict[str, object] = {
        path: {"artifact": "readme", "sha256": dice.pick(("0" * 64, "", 5, None))} for path in paths
    }
    content: dict[str, object] = {
        "digest": "d" * 64,
        "files": files,
        "gpogen": dice.pick(("0.1.0", "0.1.0", dice.text(), 5)),
        "profile": dice.pick(("web", "..", dice.text())),
    }
    if dice.one_in(8):
        content[dice.pick(list(content))] = dice.pick((None, [], {}, 1.5, True))
    return json.dumps(content).encode()


def check(data: bytes) -> None:
    """Read a manifest and back; no path of it leads out of the folder."""
    found = decode_manifest(data)
    assert decode_manifest(encode_manifest(found)) == found, "another manifest is read back"
    for path in found.files:
        assert not {"", ".", ".."} & set(path.split("/")), path
        path.encode("utf-8")


TARGET = Target(
    generate=generate,
    check=check,
    words=(b'"files"', b'"sha256"', b'"../', b"\\ud800", b"\\u0000", b"NaN", b"[[[[", b"1e999"),
    most=768,
)
