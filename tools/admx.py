"""Write gpogen/catalog/data/policies.json from real ADMX and ADML files.

A development tool: it needs lxml and folders of Administrative Templates, whose names end in
the release (``windows11-24h2``). Microsoft's files are not part of this repository. Example::

    python -m tools.admx --admx ADMX/windows11-{21h2,23h2,24h2,25h2} --alone ADMX/secure-boot \
        -o policies.json

The same input gives the same bytes. What no template says (what a value means, what Windows
does without it) comes from catalog-notes.json beside this script.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

FILES = ("WindowsUpdate", "DeviceGuard")
CHOSEN = {"DeliveryOptimization": ("DownloadMode",)}
"""Files of which only some policies are taken."""
ALONE = ("SecureBoot",)
"""Files of which there is one for every release: all sets have its policies."""
TEXTS_FROM = "24H2"
"""The set whose English texts are taken where it has the policy; else the newest set's."""
OS_SETS = {"windows-server-2022": "21H2", "windows-server-2025": "24H2"}
NOTES = Path(__file__).resolve().parent / "catalog-notes.json"

Json = dict[str, Any]


def tag(node: etree._Element) -> str:
    """The name of an element without its namespace (public files use two of them)."""
    return etree.QName(node).localname


def children(node: etree._Element | None) -> list[etree._Element]:
    """The child elements of a node, without comments; none of None."""
    return [] if node is None else [n for n in node if isinstance(n.tag, str)]


def attribute(node: etree._Element | None, name: str) -> str:
    """An attribute that must be there."""
    found = None if node is None else node.get(name)
    if found is None:
        raise SystemExit(f"tools.admx: an element without {name}")
    return found


def clean(text: str | None) -> str:
    """Join white space and drop zero-width spaces, which some of Microsoft's strings end with."""
    return " ".join((text or "").replace("\u200b", "").split())


@dataclass(frozen=True)
class Resources:
    """The strings and presentations of one ADML file."""

    strings: dict[str, str]
    presentations: dict[str, etree._Element]

    @classmethod
    def read(cls, path: Path) -> Resources:
        """Read an ADML file."""
        root = etree.parse(str(path)).getroot()
        strings = {n.get("id", ""): clean(n.text) for n in root.iter("{*}string")}
        return cls(strings, {n.get("id", ""): n for n in root.iter("{*}presentation")})

    def text(self, reference: str | None) -> str:
        """The string that ``$(string.NAME)`` stands for."""
        match = re.fullmatch(r"\$\(string\.(.+)\)", reference or "")
        return self.strings[match[1]] if match else ""


def english(folder: Path) -> Path:
    """The folder of the English texts."""
    return next(p for p in folder.iterdir() if p.name.lower() == "en-us")


@dataclass(frozen=True)
class Template:
    """One ADMX file with its English texts, and those of Windows.admx that it refers to."""

    root: etree._Element
    texts: Resources
    windows: etree._Element
    windows_texts: Resources

    @classmethod
    def read(cls, folder: Path, name: str, release: Path | None = None) -> Template:
        """Read NAME.admx and Windows.admx, of a release's folder if given, with en-US files."""
        windows = release or folder
        return cls(
            etree.parse(str(folder / f"{name}.admx")).getroot(),
            Resources.read(english(folder) / f"{name}.adml"),
            etree.parse(str(windows / "Windows.admx")).getroot(),
            Resources.read(english(windows) / "Windows.adml"),
        )

    def find(self, kind: str, reference: str) -> tuple[etree._Element, Resources]:
        """The category or definition with this reference, and where its strings are."""
        foreign = reference.startswith("windows:")
        root = self.windows if foreign else self.root
        name = reference.removeprefix("windows:")
        node = next(n for n in root.iter("{*}" + kind) if n.get("name") == name)
        return node, self.windows_texts if foreign else self.texts

    def category(self, policy: etree._Element) -> list[str]:
        """The folders of the Group Policy editor above a policy, outermost first."""
        names: list[str] = []
        reference: str | None
        reference, foreign = attribute(policy.find("{*}parentCategory"), "ref"), False
        while reference:
            foreign = foreign or reference.startswith("windows:")
            full = reference
            if foreign and not reference.startswith("windows:"):
                full = f"windows:{reference}"
            node, texts = self.find("category", full)
            names.insert(0, texts.text(node.get("displayName")))
            parent = node.find("{*}parentCategory")
            reference = None if parent is None else parent.get("ref")
        return names

    def supported_on(self, policy: etree._Element) -> str:
        """The English supported-on text of a policy."""
        node, texts = self.find("definition", attribute(policy.find("{*}supportedOn"), "ref"))
        return texts.text(node.get("displayName"))


def value(holder: etree._Element | None) -> Json | None:
    """The registry value inside enabledValue, trueValue, value and the like; None of <delete/>."""
    inner = children(holder)
    if not inner or tag(inner[0]) == "delete":
        return None
    if tag(inner[0]) == "decimal":
        return {"type": "DWORD", "data": int(attribute(inner[0], "value"))}
    if tag(inner[0]) == "string":
        return {"type": "SZ", "data": inner[0].text or ""}
    raise SystemExit(f"tools.admx: unknown value <{tag(inner[0])}>")


def entries(policy: etree._Element, name: str) -> list[Json]:
    """The rows of an enabledList or disabledList."""
    default = policy.get("key")
    return [
        {
            "key": n.get("key", default),
            "name": n.get("valueName"),
            **(value(n.find("{*}value")) or {}),
        }
        for n in children(policy.find("{*}" + name))
    ]


def control(presentation: etree._Element | None, identity: str) -> etree._Element:
    """The control that shows an element in the editor."""
    return next(n for n in children(presentation) if n.get("refId") == identity)


def label(node: etree._Element) -> str:
    """The English label of a control."""
    inner = node.find("{*}label")
    return clean(node.text if inner is None else inner.text)


def enum_default(node: etree._Element, items: list[Json]) -> tuple[int | str | None, str | None]:
    """The value that a drop-down list preselects, and how that is known.

    ``defaultItem`` counts in the list as it is shown. Without noSort the editor sorts it, and
    how is not documented: unless both orders agree the default stays unknown.
    """
    raw = node.get("defaultItem")
    if raw is None:
        return None, None
    index = int(raw)
    if node.get("noSort") == "true":
        return items[index]["value"], f"ADML defaultItem {index}"
    ordered = sorted(items, key=lambda item: str(item["display"]).lower())
    if ordered[index] is items[index]:
        return items[index]["value"], f"ADML defaultItem {index}, the same sorted or not"
    return None, f"unknown: ADML defaultItem {index} means another item when the list is sorted"


def enum_parts(node: etree._Element, shown: etree._Element, texts: Resources) -> Json:
    """Items and default of a drop-down list."""
    items = []
    for item in node.iterchildren("{*}item"):
        written = value(item.find("{*}value")) or {}
        display = texts.text(item.get("displayName"))
        items.append({"value": written["data"], "type": written["type"], "display": display})
    default, source = enum_default(shown, items)
    return {"items": items, "default": default, "default_source": source}


def boolean_parts(node: etree._Element, shown: etree._Element) -> Json:
    """What a check box writes, and whether it is ticked at first."""
    stated = shown.get("defaultChecked")
    return {
        "true": value(node.find("{*}trueValue")) or {"type": "DWORD", "data": 1},
        "false": value(node.find("{*}falseValue")),
        "default": stated == "true",
        "default_source": f"ADML defaultChecked {stated}" if stated else "ADML: not ticked",
    }


def decimal_parts(node: etree._Element, shown: etree._Element) -> Json:
    """Range and default of a number; the schema's limits are 0 and 9999."""
    stated = shown.get("defaultValue")
    return {
        "min": int(node.get("minValue", "0")),
        "max": int(node.get("maxValue", "9999")),
        "default": None if stated is None else int(stated),
        "default_source": None if stated is None else f"ADML defaultValue {stated}",
    }


def text_parts(node: etree._Element) -> Json:
    """Length and type of a text; the schema's limit is 1023 characters."""
    return {
        "max_length": int(node.get("maxLength", "1023")),
        "expandable": node.get("expandable") == "true",
        "default": None,
        "default_source": None,
    }


def element(node: etree._Element, shown: etree._Element, texts: Resources, notes: Json) -> Json:
    """One element of a policy."""
    kind, name = tag(node), node.get("valueName")
    parts = {
        "boolean": lambda: boolean_parts(node, shown),
        "decimal": lambda: decimal_parts(node, shown),
        "enum": lambda: enum_parts(node, shown, texts),
        "text": lambda: text_parts(node),
    }[kind]()
    note = notes.get("values", {}).get(name, {})
    row = {
        "id": node.get("id"),
        "name": name,
        "key": node.get("key"),
        "kind": kind,
        "required": node.get("required") == "true",
        "label": label(shown),
        **parts,
        "meaning": note.get("meaning") or label(shown),
        "absent": note.get("absent"),
        "absent_source": note.get("absent_source"),
    }
    return row | {k: note[k] for k in ("default", "default_source") if k in note}


def elements(policy: etree._Element, texts: Resources, notes: Json) -> list[Json]:
    """The elements of a policy in the order of its presentation, as the editor writes them."""
    nodes = {attribute(n, "id"): n for n in children(policy.find("{*}elements"))}
    match = re.fullmatch(r"\$\(presentation\.(.+)\)", policy.get("presentation", ""))
    shown = texts.presentations[match[1]] if match else None
    order = [r for n in children(shown) if (r := n.get("refId"))]
    if sorted(order) != sorted(nodes):
        raise SystemExit(f"tools.admx: {policy.get('name')}: elements and presentation differ")
    return [element(nodes[i], control(shown, i), texts, notes) for i in order]


def definition(policy: etree._Element, texts: Resources, notes: Json) -> Json:
    """What one template set says a policy writes."""
    name = policy.get("valueName")
    enabled, disabled = (
        value(policy.find("{*}enabledValue")),
        value(policy.find("{*}disabledValue")),
    )
    on_list, off_list = entries(policy, "enabledList"), entries(policy, "disabledList")
    if name and enabled is None and not on_list:
        enabled = {"type": "DWORD", "data": 1}
    for row in (*on_list, *off_list):
        note = notes.get("values", {}).get(row["name"], {})
        row.update({k: note.get(k) for k in ("meaning", "absent", "absent_source")})
    note = notes.get("values", {}).get(name, {})
    return {
        "key": policy.get("key"),
        "value_name": name,
        "meaning": (note.get("meaning") or notes["summary"]) if name else None,
        "absent": (note.get("absent") or notes.get("absent")) if name else None,
        "absent_source": (note.get("absent_source") or notes.get("absent_source"))
        if name
        else None,
        "enabled": enabled,
        "disabled": disabled,
        "enabled_list": on_list,
        "disabled_list": off_list,
        "elements": elements(policy, texts, notes),
    }


def shape(found: Json) -> str:
    """A definition without the texts that differ between sets although nothing else does."""
    rows = json.loads(json.dumps(found))
    for row in rows["elements"]:
        row.pop("label")
        row.pop("meaning")
        for item in row.get("items", []):
            item.pop("display")
    return json.dumps(rows, sort_keys=True)


def definitions(found: dict[str, Json]) -> list[Json]:
    """One definition per distinct shape, oldest set first, with the newest set's texts."""
    groups: dict[str, tuple[list[str], Json]] = {}
    for name, row in found.items():
        sets, _ = groups.get(shape(row), ([], {}))
        groups[shape(row)] = ([*sets, name], row)
    return [{"sets": sets, **row} for sets, row in groups.values()]


def excluded(sets: list[str], supported: str, notes: Json) -> dict[str, str]:
    """Why a policy doesn't apply to an operating system, by operating system."""
    reasons: dict[str, str] = dict(notes["supported_on"].get(supported, {}))
    for os, template_set in OS_SETS.items():
        if template_set not in sets:
            reasons.setdefault(os, f"the {template_set} ADMX templates do not have this policy")
    return dict(sorted(reasons.items()))


def status(policy_class: str, sets: list[str], reasons: dict[str, str]) -> tuple[str, str | None]:
    """Whether a policy is offered to profiles, and if not, why."""
    if policy_class == "User":
        return "known", "a user policy: it does not affect the updates of a server"
    if sets == ["25H2"]:
        return "known", "only the 25H2 templates have it; no source says that a server applies it"
    if set(reasons) == set(OS_SETS):
        return "known", reasons["windows-server-2025"]
    return "offered", None


def policy_row(file: str, name: str, templates: dict[str, Template], notes: Json) -> Json:
    """One policy over all sets."""
    own = notes["policies"][f"{file}.{name}"]
    nodes: dict[str, tuple[int, etree._Element]] = {}
    for set_name, template in templates.items():
        for place, node in enumerate(template.root.iter("{*}policy")):
            if node.get("name") == name:
                nodes[set_name] = (place, node)
    sets, newest = list(nodes), list(nodes)[-1]
    text_set = TEXTS_FROM if TEXTS_FROM in nodes else newest
    template, node = templates[text_set], nodes[text_set][1]
    supported = template.supported_on(node)
    reasons = excluded(sets, supported, notes)
    offered, reason = status(attribute(node, "class"), sets, reasons)
    found = {s: definition(n, templates[s].texts, own) for s, (_, n) in nodes.items()}
    return {
        "name": name,
        "file": file,
        "namespace": attribute(template.root.find("{*}policyNamespaces/{*}target"), "namespace"),
        "order": nodes[newest][0],
        "policy_class": node.get("class"),
        "display_name": template.texts.text(node.get("displayName")),
        "category": template.category(node),
        "client_extension": node.get("clientExtension"),
        "supported_on": supported,
        "summary": own["summary"],
        "absent": own.get("absent"),
        "absent_source": own.get("absent_source"),
        "note": own.get("note"),
        "note_source": own.get("note_source"),
        "source": f"{file}.admx ({'for every release' if file in ALONE else ', '.join(sets)})",
        "status": offered,
        "reason": reason,
        "oses": [os for os in OS_SETS if os not in reasons],
        "excluded_reason": reasons,
        "definitions": definitions(found),
        **{key: own[key] for key in ("no_defaults", "safe") if key in own},
    }


def catalogue(folders: list[Path], alone: Path) -> Json:
    """All policies of the given template folders, sorted by file and place."""
    notes = json.loads(NOTES.read_text(encoding="utf-8"))
    by_set = {p.name.rsplit("-", 1)[-1].upper(): p for p in folders}
    rows: list[Json] = []
    for file in (*FILES, *CHOSEN, *ALONE):
        templates = {
            s: Template.read(alone, file, by_set[s])
            if file in ALONE
            else Template.read(by_set[s], file)
            for s in sorted(by_set)
        }
        names = {
            attribute(n, "name"): None for t in templates.values() for n in t.root.iter("{*}policy")
        }
        names = {name: None for name in names if name in CHOSEN.get(file, names)}
        found = [policy_row(file, name, templates, notes) for name in names]
        rows += sorted(found, key=lambda row: row["order"])
    return {
        "about": "Made by python -m tools.admx; do not edit. No enabled value: nothing is written."
        " No disabled or false value: the value is deleted.",
        "policies": {f"{row['file']}.{row['name']}": row for row in rows},
    }


def main() -> int:
    """Read the arguments and write the catalog."""
    parser = argparse.ArgumentParser(description="Write policies.json from ADMX and ADML files.")
    parser.add_argument("--admx", nargs="+", type=Path, required=True, metavar="DIR")
    parser.add_argument("--alone", type=Path, required=True, metavar="DIR")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE")
    options = parser.parse_args()
    text = json.dumps(catalogue(options.admx, options.alone), indent=1, ensure_ascii=False) + "\n"
    options.output.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
