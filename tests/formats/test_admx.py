"""ADMX and ADML: what names a registry value."""

from __future__ import annotations

import pytest

from gpogen.errors import FormatError
from gpogen.formats import admx
from gpogen.policy.types import Hive
from tests.support.corpus import corpus

STRINGS = {"A": "First policy"}


def template(policies: str, root: str = "policyDefinitions") -> bytes:
    return f"<{root} xmlns='urn:x'><policies>{policies}</policies></{root}>".encode()


def policy(inner: str = "", attributes: str = "class='Machine' key='Software\\X'") -> str:
    return f"<policy name='P' displayName='$(string.A)' {attributes}>{inner}</policy>"


def names(inner: str) -> list[tuple[str, str | None]]:
    return [(item.key, item.name) for item in admx.written(template(policy(inner)), STRINGS)]


def test_a_policy_names_its_own_value() -> None:
    own = policy(attributes="class='User' key='Software\\X' valueName='On'")
    assert admx.written(template(own), STRINGS) == [
        admx.Written(Hive.HKCU, "Software\\X", "On", "First policy")
    ]


def test_a_policy_of_both_classes_names_two_hives() -> None:
    own = policy(attributes="class='Both' key='K' valueName='V'")
    hives = [item.hive for item in admx.written(template(own), STRINGS)]
    assert hives == [Hive.HKLM, Hive.HKCU]


def test_elements_have_keys_and_value_names_of_their_own() -> None:
    inner = (
        "<elements><decimal id='a' valueName='A'/>"
        "<text id='b' key='Other' valueName='B'/></elements>"
    )
    assert names(inner) == [("Software\\X", "A"), ("Other", "B")]


def test_a_list_stands_for_every_value_of_its_key() -> None:
    assert names("<elements><list id='l' key='K\\L'/></elements>") == [("K\\L", None)]


def test_values_of_enabled_lists_and_of_enum_items_are_named() -> None:
    inner = (
        "<enabledList defaultKey='D'><item valueName='A'/>"
        "<item key='E' valueName='B'/></enabledList>"
        "<elements><enum id='e' valueName='V'><item displayName='x'>"
        "<valueList><item valueName='C'/></valueList></item></enum></elements>"
    )
    assert names(inner) == [("D", "A"), ("E", "B"), ("Software\\X", "V"), ("Software\\X", "C")]


def test_a_policy_without_text_keeps_its_id() -> None:
    own = policy(attributes="class='Machine' key='K' valueName='V'")
    assert admx.written(template(own), {})[0].policy == "P"


def test_texts_lose_line_breaks_and_zero_width_spaces() -> None:
    data = (
        "<policyDefinitionResources><resources><stringTable>"
        "<string id='A'>Two\n lines\u200b</string></stringTable></resources>"
        "</policyDefinitionResources>"
    )
    assert admx.texts(data.encode()) == {"A": "Two lines"}


def test_another_root_is_refused() -> None:
    with pytest.raises(FormatError, match="<other> is not the root element of an ADMX"):
        admx.written(template("", root="other"), {})


def test_entities_are_refused() -> None:
    with pytest.raises(FormatError, match="document type"):
        admx.texts(b"<!DOCTYPE a [<!ENTITY b 'c'>]><policyDefinitionResources/>")


def test_every_policy_of_public_templates_names_something() -> None:
    files = sorted(corpus().rglob("*.admx"))
    assert files
    for path in files:
        data = path.read_bytes()
        assert bool(admx.written(data, {})) == (b"</policy>" in data), path
