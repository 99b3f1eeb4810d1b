"""Findings as JUnit XML, for build services that show test results (Azure Pipelines, Jenkins)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from xml.etree import ElementTree

from gpogen.finding import Finding, Severity
from gpogen.text import inert

_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(
    findings: Iterable[Finding],
    files: Sequence[str],
    *,
    errors: Iterable[str] = (),
    strict: bool = False,
) -> bytes:
    """Return one suite for each file, and one case for each finding in it.

    What makes the command fail is a failure: an error, and with ``strict`` a warning. Any other
    finding is a case that passes, with its text as output. A file without findings has one case.

    Args:
        findings: what was found.
        files: the profiles and GPOs that were checked, as findings name them.
        errors: what could not be read, one sentence each.
        strict: whether warnings fail the command.

    Returns:
        UTF-8 with an XML declaration.
    """
    cases: defaultdict[str, list[Finding]] = defaultdict(list)
    for file in files:
        cases[file] = []
    for item in findings:
        cases[item.at.file if item.at else "gpogen"].append(item)
    unread = list(errors)
    root = ElementTree.Element("testsuites")
    for file, own in cases.items():
        suite = ElementTree.SubElement(root, "testsuite", {"name": _text(file)})
        if not own:
            ElementTree.SubElement(suite, "testcase", {"classname": _text(file), "name": "check"})
        for item in own:
            _case(suite, file, item, strict=strict)
    if unread:
        suite = ElementTree.SubElement(root, "testsuite", {"name": "not read"})
        for text in unread:
            told = {"classname": "not read", "name": _text(text)}
            case = ElementTree.SubElement(suite, "testcase", told)
            ElementTree.SubElement(case, "error", {"message": _text(text)}).text = _text(text)
    _count(root)
    ElementTree.indent(root)
    made: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return made + b"\n"


def _count(root: ElementTree.Element) -> None:
    """Write into each suite how many cases it has, and how many of them failed."""
    root.set("name", "gpogen check")
    for element in (root, *root):
        for name, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error")):
            element.set(name, str(sum(1 for _ in element.iter(tag))))


def _case(suite: ElementTree.Element, file: str, item: Finding, *, strict: bool) -> None:
    place = f" {item.at}" if item.at else ""
    case = ElementTree.SubElement(
        suite, "testcase", {"classname": _text(file), "name": _text(f"{item.id}{place}")}
    )
    told = f"{item.severity.value}: {item.message}" + (f"\nfix: {item.fix}" if item.fix else "")
    fails = item.severity is Severity.ERROR or (strict and item.severity is Severity.WARNING)
    if fails:
        told_as = {"type": item.id, "message": _text(item.message)}
        ElementTree.SubElement(case, "failure", told_as).text = _text(told)
    else:
        ElementTree.SubElement(case, "system-out").text = _text(told)


def _text(text: str) -> str:
    """Show what XML cannot hold by its code, and break up what a build service would act on."""
    shown = _NOT_XML.sub(lambda found: f"<U+{ord(found[0]):04X}>", text)
    return inert(shown, "<U+0023>")
