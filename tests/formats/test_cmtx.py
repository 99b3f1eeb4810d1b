"""comment.cmtx: what was noted at policies."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpogen.artifacts import gpo_backup
from gpogen.errors import FormatError
from gpogen.formats import cmtx
from gpogen.formats.cmtx import PolicyNote
from tests.artifacts.factory import comment, compiled
from tests.formats.real import counted

NAMESPACE = "http://www.microsoft.com/GroupPolicy/CommentDefinitions"


def file(comments: str, strings: str = "", usings: str = "") -> bytes:
    text = f"""<?xml version='1.0' encoding='utf-8'?>
<policyComments revision="1.0" schemaVersion="1.0" xmlns="{NAMESPACE}">
<policyNamespaces><using prefix="ns0" namespace="A.B"></using>{usings}</policyNamespaces>
<comments><admTemplate>
{comments}
</admTemplate></comments>
<resources minRequiredRevision="1.0"><stringTable>{strings}</stringTable></resources>
</policyComments>"""
    return codecs.BOM_UTF8 + text.replace("\n", "\r\n").encode()


def note(reference: str, text: str) -> str:
    return f'<comment policyRef="{reference}" commentText="{text}"></comment>'


def test_a_comment_is_found_by_its_reference() -> None:
    data = file(
        note("ns0:P", "$(resource.t)") + "\n" + note("ns1:Q", "as it stands"),
        '<string id="t"> why: &lt;<!-- x --><![CDATA[&]]>\nand more </string>',
        '<using prefix="ns1" namespace="C"/>',
    )

    assert cmtx.decode(data) == [
        PolicyNote("A.B", "P", " why: <&\nand more ", 5),
        PolicyNote("C", "Q", "as it stands", 6),
    ]


def test_the_empty_skeleton_has_no_notes() -> None:
    assert cmtx.decode(file("")) == []


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not well-formed"),
        (b"<x/>", "the root element must be policyComments; got x"),
        (b"<!DOCTYPE x [<!ENTITY e 'e'>]><policyComments/>", "document type"),
        (file(note("ns9:P", "x")), "line 5: 'ns9:P' does not name a policy of a namespace"),
        (file(note("P", "x")), "line 5: 'P' does not name a policy"),
        (file(note("ns0:P", "$(resource.t)")), "line 5: the text 't' is missing"),
    ],
)
def test_what_is_no_comment_file_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(FormatError, match=reason):
        cmtx.decode(data)


@pytest.mark.parametrize(("more", "is_refused"), [(-1, False), (0, False), (1, True)])
def test_comments_repeat_at_most_1048576_characters_more_than_the_file_has_bytes(
    more: int, is_refused: bool
) -> None:
    def twice(length: int) -> bytes:
        notes = "\n".join(note("ns0:P", "$(resource.t)") for _ in range(2))
        return file(notes, f'<string id="t">{"x" * length}</string>')

    # Two comments of this text and the namespace A.B, compared with the file that has it once.
    length = 1_048_576 + len(twice(0)) - 2 * len("A.B") + more
    if is_refused:
        with pytest.raises(FormatError) as caught:
            cmtx.decode(twice(length))
        wanted = "comment.cmtx, line 6: the comments repeat too much text"
        assert str(caught.value) == wanted
    else:
        assert [len(item.text) for item in cmtx.decode(twice(length))] == [length, length]


XML_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), min_size=1, max_size=40)


@given(XML_TEXT, XML_TEXT)
def test_the_comments_of_a_built_gpo_come_back(first: str, second: str) -> None:
    made = compiled(
        comments=(
            comment(first),
            comment(f"{second}\n{first}", "TargetGroup"),
            comment(second, "DeviceGuard", "Microsoft.Windows.DeviceGuard"),
        )
    )
    (data,) = (item.data for item in gpo_backup.emit(made) if item.path.endswith("comment.cmtx"))

    assert [(item.namespace, item.policy, item.text) for item in cmtx.decode(data)] == [
        ("Microsoft.Policies.WindowsUpdate", "AutoUpdateCfg", first),
        ("Microsoft.Policies.WindowsUpdate", "TargetGroup", f"{second}\n{first}"),
        ("Microsoft.Windows.DeviceGuard", "DeviceGuard", second),
    ]


def test_every_real_file_is_read() -> None:
    found, refused = counted("cmtx", cmtx.decode)

    assert refused == []
    assert len(found) >= 49
    notes = [item for items in found.values() for item in items]
    assert len(notes) == 5
    assert {item.namespace for item in notes} == {
        "Microsoft.Policies.CredentialProviders",
        "Microsoft.Policies.DeviceInstallation",
        "Microsoft.Policies.PowerManagement",
    }
    assert all(item.text and item.policy for item in notes)
