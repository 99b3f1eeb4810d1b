"""Findings as JUnit XML, for build services that show test results (Azure Pipelines, Jenkins)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from xml.etree import ElementTree

from gpogen.finding import Finding, Severity
from gpogen.text import inert

_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(findings: Iterable[Finding], files: Sequence[str]) -> bytes:
    """Return one suite for each file, and one case for each finding in it.

    An error is a failure. A warning or a remark is a case that passes, with its text as output,
    because the command does not fail for it, either. A file without findings has one case.

    Args:
        findings: what was found.
        files: the profiles that were checked, as findings name them.

    Returns:
        UTF-8 with an XML declaration.
    """
    cases: defaultdict[str, list[Finding]] = defaultdict(list)
    for file in files:
        cases[file] = []
    for item in findings:
        cases[item.at.file if item.at else "gpogen"].append(item)
    root = ElementTree.Element("testsuites", _counts("gpogen check", *cases.values()))
    for file, own in cases.items():
        suite = ElementTree.SubElement(root, "testsuite", _counts(_text(file), own))
        if not own:
            ElementTree.SubElement(suite, "testcase", {"classname": _text(file), "name": "check"})
        for item in own:
            _case(suite, file, item)
    ElementTree.indent(root)
    made: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return made + b"\n"


def _counts(name: str, *suites: Sequence[Finding]) -> dict[str, str]:
    failures = sum(item.severity is Severity.ERROR for own in suites for item in own)
    tests = sum(max(1, len(own)) for own in suites)
    return {"name": name, "tests": str(tests), "failures": str(failures)}


def _case(suite: ElementTree.Element, file: str, item: Finding) -> None:
    place = f" {item.at}" if item.at else ""
    case = ElementTree.SubElement(
        suite, "testcase", {"classname": _text(file), "name": _text(f"{item.id}{place}")}
    )
    told = f"{item.severity.value}: {item.message}" + (f"\nfix: {item.fix}" if item.fix else "")
    if item.severity is Severity.ERROR:
        told_as = {"type": item.id, "message": _text(item.message)}
        ElementTree.SubElement(case, "failure", told_as).text = _text(told)
    else:
        ElementTree.SubElement(case, "system-out").text = _text(told)


def _text(text: str) -> str:
    """Show what XML cannot hold by its code, and break up what a build service would act on."""
    shown = _NOT_XML.sub(lambda found: f"<U+{ord(found[0]):04X}>", text)
    return inert(shown, "<U+0023>")
