"""registry.pol as samba-tool writes it in XML: every type, and what is refused."""

from __future__ import annotations

import base64
import json

import pytest

from gpogen.errors import FormatError
from gpogen.formats import pol
from gpogen.formats.pol import PolEntry
from gpogen.formats.sambapol import UNKNOWN, decode, encode, restored
from gpogen.policy.data import encode_data
from gpogen.policy.types import RegType
from tests.support.samba import samba_run

RAW = bytes(range(256))


def entry(kind: object, *values: str) -> str:
    told = "".join(f"<Value>{value}</Value>" for value in values)
    return f'<Entry type="{kind}"><Key>Soft\\X</Key><ValueName>N</ValueName>{told}</Entry>'


def document(*entries: str, root: str = "PolFile") -> bytes:
    head = f'<{root} num_entries="{len(entries)}" signature="PReg" version="1">'
    return f"{head}\n{''.join(entries)}</{root}>".encode()


def read(*entries: str, root: str = "PolFile") -> list[PolEntry]:
    return decode(document(*entries, root=root))


@pytest.mark.parametrize(
    ("kind", "values", "data"),
    [
        (RegType.SZ, ("text",), encode_data(RegType.SZ, "text")),
        (RegType.SZ, ("",), encode_data(RegType.SZ, "")),
        (RegType.EXPAND_SZ, ("%x%",), encode_data(RegType.EXPAND_SZ, "%x%")),
        (RegType.DWORD, ("4294967295",), b"\xff\xff\xff\xff"),
        (RegType.DWORD_BIG_ENDIAN, ("1",), b"\0\0\0\1"),
        (RegType.QWORD, ("2",), b"\2\0\0\0\0\0\0\0"),
        (RegType.MULTI_SZ, ("a", "b"), encode_data(RegType.MULTI_SZ, ("a", "b"))),
        (RegType.MULTI_SZ, ("a",), encode_data(RegType.MULTI_SZ, ("a",))),
        (RegType.NONE, ("None",), b""),
        (RegType.NONE, (), b""),
        (RegType.NONE, ("QQ==",), b""),
        (RegType.BINARY, (base64.b64encode(RAW).decode(),), RAW),
        (99, ("QQ==",), b"A"),
    ],
)
def test_each_type_has_its_form(kind: int, values: tuple[str, ...], data: bytes) -> None:
    assert read(entry(int(kind), *values)) == [PolEntry("Soft\\X", "N", int(kind), data)]


def test_entries_come_in_their_order() -> None:
    found = read(entry(4, "1"), entry(4, "2"))

    assert [one.data for one in found] == [b"\1\0\0\0", b"\2\0\0\0"]


ODD = (
    document(entry(4, "1")).replace(b'"1"', b'"2"', 1),
    document(entry(4, "1")).replace(b'"1"', b'"0"', 1),
    document(entry(4, "1")).replace(b"PReg", b"XReg"),
    document(entry(4, "1")).replace(b'version="1"', b'version="2"'),
    document(entry(4, "1")).replace(b"<PolFile", b'<PolFile xmlns="u"'),
    document(entry(4, "1"), "<Other/>"),
    document(entry(4, "1").replace("<Key>", "<Key>A</Key><Key>")),
    document(entry(4, "1").replace("<Key>Soft\\X</Key>", "")),
    document(entry(4, "1").replace("<ValueName>N</ValueName>", "")),
    document(entry(4, "1").replace("<Value>", "<Data>").replace("</Value>", "</Data>")),
    document(entry(4, "<b/>1")),
    document(entry(4, "1", "2")),
    document(entry(4, " 1")),
    document(entry(4, "1_0")),
    document(entry(4, "-1")),
    document(entry(" 4", "1")),
    document(entry(-4, "1")),
    document(entry(1)),
    document(entry(3, "A*A=")),
    document(entry(7)),
    document(entry(4, "<?x?>1")),
    b'<?xml version="1.0" encoding="latin-1"?>' + document(entry(1, "\u00e4")),
    b"\xef\xbb\xbf" + document(entry(4, "1")),
    document(entry(4, "1")).decode().encode("utf-16"),
    document(entry(1, "\u00e4")).decode().encode("latin-1"),
    b"<!DOCTYPE x [<!ENTITY a '7'>]>" + document(entry(4, "&a;")),
    b"<UnknownFile><a/></UnknownFile>",
    b"<Other/>",
    b"<PolFile",
)


@pytest.mark.parametrize("data", ODD)
def test_what_samba_does_not_write_is_refused(data: bytes) -> None:
    with pytest.raises(FormatError):
        restored(data)


COPIED = (
    UNKNOWN,
    b"<UnknownFile/>",
    document(entry(7, "a", "")),
    document(entry(7, "", "a")),
    document(entry(3, "")),
    document(entry(4, "1").replace("Soft\\X", "")),
)
MADE = (
    document(),
    *(document(entry(kind, "1")) for kind in (1, 2, 4, 5, 7, 11)),
    document(entry(0, "None")),
    document(entry(0)),
    document(entry(1, "")),
    document(entry(3, "AAE=")),
    document(entry(99, "AAE=")),
    document(entry(7, "a", "b")),
    document(entry(4, "1<!-- x -->2")),
    document(entry(1, "a&#13;\r\nb")),
    document(entry(1, "\u00e4\U0001f600<![CDATA[<]]>")),
    document(entry(4, "1")).replace(b"</Key>", b"</Key>\n\t"),
    document(entry(4, "1").replace("N<", "<")),
)
_SAMBA = """
import json, os, sys, tempfile
import xml.etree.ElementTree as ET
from samba.netcmd.gpo import find_parser
answer = []
for text in json.load(sys.stdin):
    head = '<?xml version="1.0" encoding="utf-8"?>'
    parser = find_parser("Registry.pol")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "x")
        try:
            parser.load_xml(ET.fromstring(text))
            parser.write_binary(path)
            answer.append(open(path, "rb").read().hex())
        except Exception:
            answer.append(None)
json.dump(answer, sys.stdout)
"""


def test_samba_makes_or_copies_the_same() -> None:
    # As `restore` opens the file: as text, with line feeds alone.
    texts = [data.decode().replace("\r\n", "\n") for data in (*COPIED, *MADE)]
    found = json.loads(samba_run(_SAMBA, json.dumps(texts)))

    assert found[: len(COPIED)] == [None] * len(COPIED)
    assert all(restored(data).is_copied for data in COPIED)
    assert found[len(COPIED) :] == [pol.encode(decode(data)).hex() for data in MADE]


def test_an_empty_list_is_copied_by_one_release_of_samba_and_made_by_another() -> None:
    found = restored(document(entry(7, "")))

    assert found.is_copied_by_4_17
    assert [one.data for one in found.entries] == [encode_data(RegType.MULTI_SZ, ())]
    with pytest.raises(FormatError, match="can copy"):
        decode(document(entry(7, "")))


@pytest.mark.parametrize("root", ["PolFil", "polfile", "Aaa", "Zzz"])
def test_another_root_is_refused(root: str) -> None:
    with pytest.raises(FormatError, match=f"must be PolFile; got {root}"):
        read(root=root)


@pytest.mark.parametrize(
    "wrong", [entry("x", "1"), entry(4, "x"), entry(4), entry(4, "4294967296"), entry(3, "A")]
)
def test_a_malformed_entry_is_refused_with_its_line(wrong: str) -> None:
    with pytest.raises(FormatError, match=r"^line 2: "):
        read(wrong)


WRITTEN = b"""<?xml version="1.0" encoding="utf-8"?>
<PolFile num_entries="%d" signature="PReg" version="1">
%s</PolFile>
"""


def test_entries_have_their_exact_bytes() -> None:
    entries = [
        PolEntry("K&\xe4", "", RegType.SZ, encode_data(RegType.SZ, 'a\r"<')),
        PolEntry("K", "N", RegType.MULTI_SZ, encode_data(RegType.MULTI_SZ, ("a", "b"))),
        PolEntry("K", "N", RegType.DWORD, b"\1\0\0\0"),
        PolEntry("K", "N", RegType.BINARY, b"A"),
        PolEntry("K", "N", RegType.SZ, b"\0\0"),
    ]
    told = [
        (1, "SZ", "K&amp;&#228;", "<ValueName/>", "<Value>a&#13;&quot;&lt;</Value>"),
        (7, "MULTI_SZ", "K", "<ValueName>N</ValueName>", "<Value>a</Value>", "<Value>b</Value>"),
        (4, "DWORD", "K", "<ValueName>N</ValueName>", "<Value>1</Value>"),
        (3, "BINARY", "K", "<ValueName>N</ValueName>", "<Value>QQ==</Value>"),
        (1, "SZ", "K", "<ValueName>N</ValueName>", "<Value/>"),
    ]
    lines = "".join(
        f'\t<Entry type="{kind}" type_name="REG_{name}">\n\t\t<Key>{key}</Key>\n'
        + "".join(f"\t\t{line}\n" for line in more)
        + "\t</Entry>\n"
        for kind, name, key, *more in told
    )

    assert encode(entries) == WRITTEN % (5, lines.encode())
    assert decode(encode(entries)) == entries
    assert encode(pol.decode(pol.encode(entries))) == encode(entries)
    assert encode([]) == WRITTEN % (0, b"")


@pytest.mark.parametrize(
    "odd",
    [
        PolEntry("K", "N", RegType.NONE, b"A"),
        PolEntry("K", "N", 99, b"A"),
        PolEntry("K", "N", RegType.BINARY, b""),
        PolEntry("K", "N", RegType.SZ, b""),
        PolEntry("K", "N", RegType.SZ, b"A"),
        PolEntry("K", "N", RegType.DWORD, b"A"),
        PolEntry("K", "N", RegType.MULTI_SZ, b"\0\0"),
        PolEntry("K", "N", RegType.MULTI_SZ, b"a\0\0\0"),
        PolEntry("", "N", RegType.DWORD, b"\1\0\0\0"),
        PolEntry("K\1", "N", RegType.DWORD, b"\1\0\0\0"),
        PolEntry("K", "\x1f", RegType.DWORD, b"\1\0\0\0"),
        PolEntry("K", "N", RegType.SZ, encode_data(RegType.SZ, "\ufffe")),
    ],
)
def test_a_file_with_an_entry_that_would_not_come_back_is_unknown(odd: PolEntry) -> None:
    usual = PolEntry("K", "N", RegType.DWORD, b"\1\0\0\0")

    assert encode([usual, odd]) == encode([odd]) == UNKNOWN
