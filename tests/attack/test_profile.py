"""Whatever build would refuse, check tells, with its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gpogen.artifacts.choice import chosen
from gpogen.finding import Severity
from gpogen.outputs.tree import render_tree
from gpogen.profile.load import Loader
from gpogen.rules.check import Checked, check
from gpogen.verify.selfcheck import assert_same
from gpogen.yaml_text import to_yaml
from tests.support.effort import examples
from tests.support.profiles import OS_2025

WU = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate"
OTHER = r"HKLM\SOFTWARE\Contoso"
AWKWARD = (
    *("", " ", "a ", " a", "\0", "a\0b", "\ud800", "\udfff", "\ufffe", "\uffff", "\U0010ffff"),
    *("\U0001fffe", "\ufdd0", "\r", "a\rb", "\n", "a\nb", "\r\n", "\t", "\x85", "\u2028", "\u2029"),
    *("\u200b", "\u202e", "\ufeff", "\xa0", "\xad", "\x1b[31m", "\x7f", "\x80", "\U000e0041"),
    *("(Default)", "(default)", "@", "*", "**del.X", "**", "%TEMP%", "a;b", ";", "a]b", "[", "]]>"),
    *(
        "--",
        "-->",
        "'",
        '"',
        "`",
        "$(x)",
        "<a>",
        "&amp;",
        "\\",
        "a\\b",
        "a\\\\b",
        "\\a",
        "C:",
        "::x",
    ),
    *(
        "##vso[x]y",
        "#",
        "=",
        "-=",
        "dword:1",
        "hex:00",
        "Computer",
        "SZ:",
        "é",
        "ß",
        "ſ",
        "İ",
        "日本",
    ),
    *("NUL", "con", ".", "..", "a/b", "x" * 255, "x" * 256, "x" * 260, "x" * 16384, "😀" * 130),
)
ODD = st.one_of(
    st.sampled_from(AWKWARD),
    st.builds(
        lambda parts: "".join(parts),
        st.lists(st.sampled_from([text for text in AWKWARD if len(text) < 9]), max_size=4),
    ),
    st.text(max_size=12),
)
TEXTS = st.integers(0, 2).flatmap(lambda number: ODD if number == 0 else st.just("plain"))
"""Two of three are plain: a profile with a mistake in every field shows one of them."""
DATA: dict[str, st.SearchStrategy[Any]] = {
    "sz": TEXTS,
    "expand-sz": TEXTS,
    "multi-sz": st.lists(TEXTS, max_size=4),
    "dword": st.integers(-1, 2**32),
    "qword": st.integers(-1, 2**64),
    "binary": st.one_of(st.binary(max_size=6).map(bytes.hex), ODD),
    "none": st.one_of(st.binary(max_size=6).map(bytes.hex), ODD),
}
KEYS = st.one_of(
    st.sampled_from((WU, OTHER, OTHER.lower(), OTHER.replace("HKLM", "HKCU"))),
    st.builds(lambda text: f"{OTHER}\\{text}", TEXTS),
    TEXTS,
)


@st.composite
def registry_items(draw: st.DrawFn) -> dict[str, Any]:
    action = draw(
        st.sampled_from(
            [
                "set",
                "set",
                "soft",
                "delete",
                "delete-values",
                "delete-keys",
                "create-key",
                "secure-key",
            ]
        )
    )
    item: dict[str, Any] = {"key": draw(KEYS), "action": action}
    if action in ("set", "soft", "delete"):
        item["name"] = draw(TEXTS)
    if action in ("set", "soft"):
        item["type"] = draw(st.sampled_from(tuple(DATA)))
        item["data"] = draw(DATA[item["type"]])
    if action == "delete-keys":
        item["data"] = draw(st.lists(TEXTS, max_size=3))
    if action == "secure-key":
        item["data"] = draw(st.integers(-1, 2))
    if action in ("set", "soft", "delete", "create-key"):
        item["via"] = draw(st.sampled_from(("policy", "preference")))
    if draw(st.booleans()):
        item["why"] = draw(TEXTS)
    return item


def _optional(
    draw: st.DrawFn, into: dict[str, Any], key: str, what: st.SearchStrategy[Any]
) -> None:
    if draw(st.integers(0, 4)) == 0:
        into[key] = draw(what)


@st.composite
def profiles(draw: st.DrawFn) -> dict[str, Any]:
    made: dict[str, Any] = {"gpogen": 1, "name": "stdin", "title": "Sample"}
    made["target"] = {"platform": "azure-arc", "os": "windows-server-2025-standard"}
    made["orchestration"] = "manual"
    _optional(draw, made, "title", TEXTS)
    _optional(draw, made, "why", TEXTS)
    _optional(draw, made, "ring", st.builds(lambda name: {"name": name, "order": 1}, TEXTS))
    revision = st.builds(
        lambda change, owner: {"number": 1, "date": "2026-11-02", "change": change, "owner": owner},
        TEXTS,
        TEXTS,
    )
    _optional(draw, made, "revision", revision)
    _optional(draw, made, "vbs", st.builds(lambda why: {"enforce": "policy", "why": why}, TEXTS))
    wsus = st.builds(
        lambda a, b: {"server": f"http://{a}", "status_server": f"https://{b}"}, TEXTS, TEXTS
    )
    updates = st.builds(lambda source, why: {"source": {"wsus": source}, "why": why}, wsus, TEXTS)
    _optional(draw, made, "updates", updates)
    policies = st.builds(
        lambda name, value, why: [
            {
                "policy": "WindowsUpdate.TargetGroup_Title",
                "state": "enabled",
                "values": {name: value},
                "why": why,
            }
        ],
        st.sampled_from(("TargetGroup", "targetgroup", "nothing")),
        TEXTS,
        TEXTS,
    )
    _optional(draw, made, "policies", policies)
    made["registry"] = draw(st.lists(registry_items(), max_size=3))
    _optional(draw, made, "allow", st.builds(lambda why: [{"rule": "HP031", "why": why}], TEXTS))
    assured = st.builds(lambda why: [{"what": "endpoints-reachable", "why": why}], TEXTS)
    _optional(draw, made, "assured", assured)
    return made


def checked(content: dict[str, Any]) -> Checked:
    return check(Loader().load_bytes(to_yaml(content, (), ()).encode("utf-8", "surrogatepass")))


def build(found: Checked) -> None:
    """Make and read back every artifact, as build does; nothing may be refused any more."""
    if found.compiled is None:
        return
    files = {path: item.data for path, (item, _) in render_tree(found.compiled).items()}
    assert_same(found.compiled, files, chosen(found.compiled))


def judge(content: dict[str, Any]) -> None:
    found = checked(content)
    errors = [item for item in found.findings if item.severity is Severity.ERROR]
    assert (found.compiled is None) == bool(errors)
    for item in errors:
        assert item.at is not None
        assert item.at.file == "<stdin>"
    build(found)


def _one(**members: Any) -> dict[str, Any]:
    head = {"gpogen": 1, "name": "stdin", "title": "Sample", "orchestration": "manual"}
    target = {"platform": "azure-arc", "os": "windows-server-2025-standard"}
    return {**head, "target": target, **members}


def _item(**members: Any) -> dict[str, Any]:
    return _one(registry=[{"key": OTHER, **members}])


FIELDS: dict[str, Callable[[str], dict[str, Any]]] = {
    "title": lambda text: _one(title=text),
    "why": lambda text: _one(why=text),
    "extends": lambda text: _one(extends=[text]),
    "ring": lambda text: _one(ring={"name": text, "order": 1}),
    "change": lambda text: _one(revision={"number": 1, "date": "2026-11-02", "change": text}),
    "owner": lambda text: _one(revision={"number": 1, "date": "2026-11-02", "owner": text}),
    "image": lambda text: _one(
        target={"platform": "azure-vm", "os": OS_2025, "image": text},
        orchestration="azure-guest-patching",
    ),
    "time zone": lambda text: _one(
        target={"platform": "azure-arc", "os": OS_2025, "time_zone": text}
    ),
    "section's why": lambda text: _one(vbs={"enforce": "policy", "why": text}),
    "address": lambda text: _one(
        updates={"source": {"wsus": {"server": f"http://{text}", "status_server": "http://w"}}}
    ),
    "policy": lambda text: _one(policies=[{"policy": text, "state": "enabled"}]),
    "policy's why": lambda text: _one(
        policies=[{"policy": "WindowsUpdate.AutoUpdateCfg", "state": "disabled", "why": text}]
    ),
    "policy's text": lambda text: _one(policies=[_group({"TargetGroup": text})]),
    "element": lambda text: _one(policies=[_group({text: "x"})]),
    "key": lambda text: _item(key=text, name="N", type="sz", data="x"),
    "part of a key": lambda text: _item(key=f"{OTHER}\\{text}", name="N", type="sz", data="x"),
    "key to create": lambda text: _item(key=f"{OTHER}\\{text}", action="create-key"),
    "name": lambda text: _item(name=text, type="sz", data="x"),
    "name to delete": lambda text: _item(name=text, action="delete"),
    "name if absent": lambda text: _item(name=text, type="dword", data=1, action="soft"),
    "name of no type": lambda text: _item(name=text, type="none", data=""),
    "name of no bytes": lambda text: _item(name=text, type="binary", data=""),
    "text": lambda text: _item(name="N", type="sz", data=text),
    "default text": lambda text: _item(name="", type="expand-sz", data=text),
    "list": lambda text: _item(name="N", type="multi-sz", data=[text, "x"]),
    "bytes": lambda text: _item(name="N", type="binary", data=text),
    "keys to delete": lambda text: _item(action="delete-keys", data=[text]),
    "two keys to delete": lambda text: _item(action="delete-keys", data=[text, "x"]),
    "item's why": lambda text: _item(name="N", type="sz", data="x", why=text),
    "allow's why": lambda text: _one(allow=[{"rule": "HP031", "why": text}]),
    "assurance's why": lambda text: _one(assured=[{"what": "endpoints-reachable", "why": text}]),
}
"""A profile with a text in one place, for every place where an author writes one."""


def _group(values: dict[str, str]) -> dict[str, Any]:
    return {"policy": "WindowsUpdate.TargetGroup_Title", "state": "enabled", "values": values}


@pytest.mark.parametrize("via", ["policy", "preference"])
@pytest.mark.parametrize("field", FIELDS)
def test_an_awkward_text_is_built_or_told_with_its_place(field: str, via: str) -> None:
    for text in AWKWARD:
        content = FIELDS[field](text)
        if via == "preference" and "registry" not in content:
            return
        for item in content.get("registry", ()):
            item["via"] = via
        judge(content)


@settings(max_examples=examples(150))
@given(profiles())
def test_check_tells_all_that_build_would_refuse(content: dict[str, Any]) -> None:
    judge(content)


@pytest.mark.slow
@settings(max_examples=1500, deadline=None)
@given(profiles())
def test_check_tells_all_that_build_would_refuse_at_length(content: dict[str, Any]) -> None:
    judge(content)
