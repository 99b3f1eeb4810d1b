"""The catalog against Microsoft's own ADMX and ADML files, read here independently."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import pytest
from lxml import etree

from gpogen.catalog.policies import Definition, Element, Kind, RegValue, policies
from gpogen.policy.types import RegType

REPOSITORY = Path(__file__).parents[2]
OS_OF = {"21H2": "windows-server-2022", "24H2": "windows-server-2025"}
CASES = [
    pytest.param(template_set, file, id=f"{file}-{template_set}")
    for template_set in OS_OF
    for file in ("WindowsUpdate", "DeviceGuard", "DeliveryOptimization", "SecureBoot")
]

CHOSEN = {"DeliveryOptimization": ("DownloadMode",)}
"""Files of which the catalog has only some policies."""
Flat = tuple[Any, ...]


def _xpath(node: etree._Element, path: str) -> list[etree._Element]:
    return cast("list[etree._Element]", node.xpath(path))


def _children(node: etree._Element, name: str) -> list[etree._Element]:
    return _xpath(node, f"./*[local-name()='{name}']/*")


def _written(node: etree._Element, name: str) -> Flat | None:
    for inner in _children(node, name):
        kind = etree.QName(inner).localname
        if kind == "decimal":
            return (RegType.DWORD, int(inner.get("value") or ""))
        assert kind == "string"
        return (RegType.SZ, inner.text)
    return None


def _list(policy: etree._Element, name: str) -> list[Flat]:
    return [
        (item.get("key") or policy.get("key"), item.get("valueName"), _written(item, "value"))
        for item in _children(policy, name)
    ]


def _element(node: etree._Element) -> dict[str, Any]:
    kind = etree.QName(node).localname
    row: dict[str, Any] = {
        "kind": kind,
        "name": node.get("valueName"),
        "key": node.get("key"),
        "required": node.get("required") == "true",
    }
    if kind == "decimal":
        row |= {"min": int(node.get("minValue") or 0), "max": int(node.get("maxValue") or 9999)}
    elif kind == "text":
        row |= {"max_length": int(node.get("maxLength") or 1023), "type": RegType.SZ}
    elif kind == "enum":
        row["items"] = [
            _written(item, "value") for item in _xpath(node, "./*[local-name()='item']")
        ]
    else:
        row["true"] = _written(node, "trueValue") or (RegType.DWORD, 1)
        row["false"] = _written(node, "falseValue")
    return row


def _policy(policy: etree._Element, presentations: dict[str, list[str]]) -> dict[str, Any]:
    shown = (policy.get("presentation") or "").removeprefix("$(presentation.").removesuffix(")")
    elements = {n.get("id"): _element(n) for n in _children(policy, "elements") if _is_node(n)}
    return {
        "class": policy.get("class"),
        "client_extension": policy.get("clientExtension"),
        "key": policy.get("key"),
        "value_name": policy.get("valueName"),
        "enabled": _written(policy, "enabledValue"),
        "disabled": _written(policy, "disabledValue"),
        "enabled_list": _list(policy, "enabledList"),
        "disabled_list": _list(policy, "disabledList"),
        "elements": [(ident, elements[ident]) for ident in presentations.get(shown, [])],
        "count": len(elements),
    }


def _is_node(node: etree._Element) -> bool:
    return isinstance(node.tag, str)


def _folder(root: Path, template_set: str, file: str) -> Path:
    """Return where a file lies: of SecureBoot there is one for every release."""
    alone = file == "SecureBoot"
    return root / ("secure-boot" if alone else f"windows11-{template_set.lower()}")


def _read(root: Path, template_set: str, file: str) -> dict[str, dict[str, Any]]:
    folder = _folder(root, template_set, file)
    adml = etree.parse(str(folder / "en-US" / f"{file}.adml"))
    presentations = {
        node.get("id") or "": [r for c in node if _is_node(c) and (r := c.get("refId"))]
        for node in _xpath(adml.getroot(), "//*[local-name()='presentation']")
    }
    admx = etree.parse(str(folder / f"{file}.admx"))
    found = {
        policy.get("name") or "": policy
        for policy in _xpath(admx.getroot(), "//*[local-name()='policy']")
    }
    names = CHOSEN.get(file, found)
    return {name: _policy(found[name], presentations) for name in names}


def _flat(value: RegValue | None) -> Flat | None:
    return None if value is None else (value.type, value.data)


def _ours(element: Element) -> dict[str, Any]:
    row: dict[str, Any] = {
        "kind": element.kind.value,
        "name": element.name,
        "key": element.key,
        "required": element.required,
    }
    if element.kind is Kind.DECIMAL:
        row |= {"min": element.min, "max": element.max}
    elif element.kind is Kind.TEXT:
        row |= {"max_length": element.max_length, "type": element.type}
    elif element.kind is Kind.ENUM:
        row["items"] = [_flat(item.value) for item in element.items]
    else:
        row |= {"true": _flat(element.true), "false": _flat(element.false)}
    return row


def _definitions(template_set: str, file: str) -> dict[str, Definition]:
    family = OS_OF[template_set]
    return {
        policy.name: definition
        for policy in policies().values()
        if policy.file == file and (definition := policy.definition_for(family)) is not None
    }


@pytest.mark.parametrize(("template_set", "file"), CASES)
def test_the_catalogue_has_exactly_the_policies_of_the_admx_in_its_order(
    admx_root: Path, template_set: str, file: str
) -> None:
    real = _read(admx_root, template_set, file)
    named = {p.name: p.order for p in policies().values() if p.file == file}
    assert set(_definitions(template_set, file)) == set(real)
    assert sorted(real, key=named.__getitem__) == list(real)


@pytest.mark.parametrize(("template_set", "file"), CASES)
def test_every_policy_value_and_list_equals_the_real_admx(
    admx_root: Path, template_set: str, file: str
) -> None:
    real = _read(admx_root, template_set, file)
    for name, found in _definitions(template_set, file).items():
        policy = policies()[f"{file}.{name}"]
        lists = {
            "enabled_list": [(e.key, e.name, _flat(e.value)) for e in found.enabled_list],
            "disabled_list": [(e.key, e.name, _flat(e.value)) for e in found.disabled_list],
        }
        ours = {
            "class": policy.policy_class,
            "client_extension": policy.client_extension,
            "key": found.key,
            "value_name": found.value_name,
            "enabled": _flat(found.enabled),
            "disabled": _flat(found.disabled),
            **lists,
        }
        assert ours == {key: real[name][key] for key in ours}, name


@pytest.mark.parametrize(("template_set", "file"), CASES)
def test_every_element_equals_the_real_admx_in_presentation_order(
    admx_root: Path, template_set: str, file: str
) -> None:
    real = _read(admx_root, template_set, file)
    for name, found in _definitions(template_set, file).items():
        assert len(found.elements) == real[name]["count"], name
        assert [(e.id, _ours(e)) for e in found.elements] == real[name]["elements"], name


@pytest.mark.parametrize(("template_set", "file"), CASES)
def test_the_namespace_is_the_admx_target_namespace(
    admx_root: Path, template_set: str, file: str
) -> None:
    path = _folder(admx_root, template_set, file) / f"{file}.admx"
    target = _xpath(etree.parse(str(path)).getroot(), "//*[local-name()='target']")[0]
    found = {p.namespace for p in policies().values() if p.file == file}
    assert found == {target.get("namespace")}


def test_regenerating_the_catalogue_gives_the_committed_bytes(
    admx_root: Path, tmp_path: Path
) -> None:
    folders = [str(admx_root / f"windows11-{s}") for s in ("25h2", "21h2", "23h2", "24h2")]
    output = tmp_path / "policies.json"
    options = ["--alone", str(admx_root / "secure-boot"), "-o", str(output)]
    subprocess.run(
        [sys.executable, "-m", "tools.admx", "--admx", *folders, *options],
        cwd=REPOSITORY,
        check=True,
        timeout=60,
    )
    committed = REPOSITORY / "gpogen" / "catalog" / "data" / "policies.json"
    assert output.read_bytes() == committed.read_bytes()
