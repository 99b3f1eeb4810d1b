"""Collect the messages of gpogen from its source, for docs/messages.md and its word list.

A placeholder such as ``{path}`` stands for the expression of an f-string.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "gpogen"
_ID = re.compile(r"GP[0-9]{3}|HP[0-9]{3}|UNPROVEN-[A-Z]|[A-Z][A-Z0-9]+(-[A-Z0-9]+)+")
_ERRORS = ("UsageError", "ContentError", "FormatError", "at_line")
_MAKERS = ("mistake", "error")
"""Functions whose first argument is an id, and whose second is the message."""


@dataclass(frozen=True, slots=True, order=True)
class Message:
    """One message.

    Attributes:
        id: the rule or shape id; the exception's name for an error without one.
        text: what it says, with placeholders.
        fix: the fix beside it, with placeholders; empty where the rule's page has it.
        where: module.
    """

    id: str
    text: str
    fix: str
    where: str


def messages() -> list[Message]:
    """Return every message once, sorted by id and text."""
    found: dict[tuple[str, str, str], Message] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        for item in _of_module(path):
            found.setdefault((item.id, item.text, item.fix), item)
    return sorted(found.values())


def _of_module(path: Path) -> Iterator[Message]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    name = path.relative_to(ROOT).as_posix()
    for scope in ast.walk(tree):
        if isinstance(scope, ast.FunctionDef):
            yield from _of_function(scope, name)


def _of_function(scope: ast.FunctionDef, name: str) -> Iterator[Message]:
    texts = _assigned(scope)
    rule = _rule_of(scope)
    for node in ast.walk(scope):
        if isinstance(node, ast.Call):
            found = _message(node, texts, rule)
            if found is not None and found[1]:
                yield Message(*found, where=name)


def _rule_of(scope: ast.FunctionDef) -> str:
    """Return the id of a rule's function, ``hp018`` or ``au_weeks``, as its name says it."""
    return scope.name.upper().replace("_", "-").strip("-")


def _message(node: ast.Call, texts: dict[str, str], rule: str) -> tuple[str, str, str] | None:
    called = (
        node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    )
    named = {word.arg: word.value for word in node.keywords if word.arg}
    if called in _MAKERS and node.args and _constant(node.args[0]):
        text = named.get("message") or (node.args[1] if len(node.args) > 1 else None)
        fix = named.get("fix") or (node.args[3] if len(node.args) > 3 else None)
        return _constant(node.args[0]), _text(text, texts), _text(fix, texts)
    if called in ("Finding", "Hit"):
        rule_id = _constant(named["id"]) if "id" in named else rule
        return (
            rule_id or "(any)",
            _text(named.get("message"), texts),
            _text(named.get("fix"), texts),
        )
    if called in _ERRORS and node.args:
        return called, _text(node.args[-1] if called == "at_line" else node.args[0], texts), ""
    return None


def _constant(node: ast.expr) -> str:
    value = node.value if isinstance(node, ast.Constant) else ""
    return value if isinstance(value, str) and _ID.fullmatch(value) else ""


def _assigned(scope: ast.FunctionDef) -> dict[str, str]:
    """Return the texts of the function's variables; those added to one are joined."""
    texts: dict[str, str] = {}
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name, text = node.targets[0].id, _text(node.value, {})
            texts[name] = " | ".join(filter(None, (texts.get(name, ""), text)))
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            texts[node.target.id] = texts.get(node.target.id, "") + _text(node.value, {})
    return texts


def _text(node: ast.expr | None, texts: dict[str, str]) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(
                str(part.value) if isinstance(part, ast.Constant) else _placeholder(part)
                for part in values
            )
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _text(left, texts) + _text(right, texts)
        case ast.IfExp(body=body, orelse=other):
            both = [text for text in (_text(body, texts), _text(other, texts)) if text]
            return " | ".join(both)
        case ast.Name(id=name):
            return texts.get(name, "")
    return ""


def _placeholder(node: ast.expr) -> str:
    inner = node.value if isinstance(node, ast.FormattedValue) else node
    return "{" + ast.unparse(inner) + "}"


def page() -> str:
    """Return docs/messages.md."""
    rows = []
    group = ""
    for item in messages():
        if item.id != group:
            group = item.id
            rows.append(f"\n## {_TITLES.get(group, group)}\n")
        rows.append(f"- {_plain(item.text)}" + (f" Fix: {_plain(item.fix)}" if item.fix else ""))
    return HEAD + "\n".join(rows) + "\n"


def _plain(text: str) -> str:
    """Write a text as Markdown on one line."""
    return re.sub(r"([<*|])", r"\\\1", " ".join(text.split()))


_TITLES = {
    "(any)": "Any rule",
    "ContentError": "Content that gpogen cannot build or import (exit code 1)",
    "FormatError": "Policy files that gpogen cannot read (exit code 2)",
    "UsageError": "Wrong usage or unreadable input (exit code 2)",
    "at_line": "A line of a policy file that gpogen cannot read (exit code 2)",
}
HEAD = """# Messages

Generated by `python -m tools.make_docs`; a test keeps it current.

`{...}` stands for the part that depends on the input; ` \\| ` separates alternatives. The ids are
stable; the texts can change. `gpogen explain ID` shows the reasons and sources of an id.
"""
