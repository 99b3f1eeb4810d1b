"""ADMX and ADML: which registry values each Administrative Templates policy writes, by name.

Only what names a policy is read: keys, value names and display names. Data, supported systems and
presentations are not. Public files use two namespaces, so names are compared without one.
Source: Microsoft, "ADMX Syntax" (Group Policy ADMX Syntax Reference Guide).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gpogen.errors import FormatError
from gpogen.formats.xmlread import local_name, parse_xml
from gpogen.policy.keys import MAX_SHARED_KEY
from gpogen.policy.types import Hive
from gpogen.text import cut

if TYPE_CHECKING:
    from lxml.etree import _Element

_STRING = re.compile(r"\$\(string\.(.+)\)")
_HIVES = {
    "machine": (Hive.HKLM,),
    "user": (Hive.HKCU,),
    "both": (Hive.HKLM, Hive.HKCU),
}
_LISTS = ("enabledList", "disabledList", "trueList", "falseList", "valueList")

MAX_TITLE = 1000
"""Characters of a policy's name that are kept; it is shown beside each of its values."""


@dataclass(frozen=True, slots=True)
class Written:
    """One value, or for a list element one whole key, that a policy writes.

    Attributes:
        hive: where.
        key: the key, as the file spells it.
        name: the value; None for every value of the key.
        policy: the policy's display name, or its id where no text is at hand.
    """

    hive: Hive
    key: str
    name: str | None
    policy: str


def texts(data: bytes) -> dict[str, str]:
    """Read the string table of an ADML file.

    Raises:
        FormatError: it is not well-formed, has entities, or is no ADML file.
    """
    root = _root(data, "policyDefinitionResources", "an ADML file")
    return {
        item.get("id", ""): cut(_one_line(item.text or ""), MAX_TITLE)
        for item in root.iter("{*}string")
    }


def _one_line(text: str) -> str:
    return " ".join(text.replace("\u200b", "").split())


def written(data: bytes, strings: Mapping[str, str]) -> list[Written]:
    """Read what the policies of an ADMX file write, in the order of the file.

    Raises:
        FormatError: it is not well-formed, has entities, or is no ADMX file.
    """
    root = _root(data, "policyDefinitions", "an ADMX file")
    return [item for policy in root.iter("{*}policy") for item in _policy(policy, strings)]


def _root(data: bytes, name: str, what: str) -> _Element:
    root = parse_xml(data, what)
    if local_name(root) != name:
        raise FormatError(f"<{local_name(root)}> is not the root element of an ADMX or ADML file")
    return root


def _policy(policy: _Element, strings: Mapping[str, str]) -> Iterator[Written]:
    match = _STRING.fullmatch(policy.get("displayName", ""))
    title = (strings.get(match[1], "") if match else "") or cut(policy.get("name", ""), MAX_TITLE)
    for hive in _HIVES.get(policy.get("class", "").lower(), ()):
        for key, name in dict.fromkeys(_values(policy)):
            if len(key) > MAX_SHARED_KEY:
                continue  # Each of its values would be remembered with the whole key.
            yield Written(hive, key, name, title)


def _values(policy: _Element) -> Iterator[tuple[str, str | None]]:
    own = policy.get("key", "")
    if name := policy.get("valueName"):
        yield own, name
    for part in policy:
        if local_name(part) == "elements":
            for element in part:
                yield from _element(element, own)
        elif local_name(part) in _LISTS:
            yield from _items(part, own)


def _element(element: _Element, own: str) -> Iterator[tuple[str, str | None]]:
    key = element.get("key") or own
    if local_name(element) == "list":
        yield key, None
    elif name := element.get("valueName"):
        yield key, name
    for part in element.iter(*(f"{{*}}{name}" for name in _LISTS)):
        yield from _items(part, key)


def _items(part: _Element, own: str) -> Iterator[tuple[str, str | None]]:
    key = part.get("defaultKey") or own
    for item in part:
        if name := item.get("valueName"):
            yield item.get("key") or key, name
