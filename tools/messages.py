"""Collect the messages of gpogen from its source, for docs/messages.md and its word list.

A placeholder such as ``{path}`` stands for the expression of an f-string.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from tools.rule_code import FOLDER, rules_by_function
from tools.rule_pages import PageError

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "gpogen"
_ID = re.compile(r"GP[0-9]{3}|HP[0-9]{3}|UNPROVEN-[A-Z]|[A-Z][A-Z0-9]+(-[A-Z0-9]+)+")
_ERRORS = ("UsageError", "ContentError", "FormatError", "at_line", "ValueError")
_MAKERS = ("mistake", "error")
"""Functions whose first argument is an id, and whose second is the message."""
_OR = "\0"
"""Between the texts that one place can have; no message contains it."""
_BEGINNINGS = ("message", "told")
"""Variables that hold the beginning of a message."""


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
    """Return every message once, sorted by id and text, with all the fixes that it can have."""
    found: dict[tuple[str, str], Message] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        for item in _of_module(path):
            for text in item.text.split(_OR):
                before = found.get((item.id, text), replace(item, text=text, fix=""))
                fix = _several(before.fix, item.fix)
                found[item.id, text] = replace(before, fix=fix)
    return sorted(found.values())


def _several(*texts: str) -> str:
    """Join texts of which each can be several already."""
    parts = dict.fromkeys(part for text in texts for part in text.split(_OR))
    return _OR.join(filter(None, parts))


def _of_module(path: Path) -> Iterator[Message]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    name = path.relative_to(ROOT).as_posix()
    returned = _returned(tree)
    rules = rules_by_function() if path.parent == FOLDER else {}
    for scope in ast.walk(tree):
        if isinstance(scope, ast.FunctionDef):
            for rule in rules.get((path.stem, scope.name), ("",)):
                yield from _of_function(scope, name, rule, returned)


def _returned(tree: ast.Module) -> dict[str, str]:
    """Return the texts that functions of a module return, by ``name()``."""
    found = {}
    for scope in tree.body:
        if isinstance(scope, ast.FunctionDef):
            nodes = [node for node in ast.walk(scope) if isinstance(node, ast.Return)]
            texts = (_text(node.value, _assigned(scope, node.lineno, {})) for node in nodes)
            found[f"{scope.name}()"] = _several(*texts)
    return found


def _of_function(
    scope: ast.FunctionDef, name: str, rule: str, returned: dict[str, str]
) -> Iterator[Message]:
    for node in ast.walk(scope):
        found = None
        if isinstance(node, ast.Call):
            found = _message(node, _assigned(scope, node.lineno, returned), rule)
        elif isinstance(node, ast.Return) and scope.name.endswith("_reason"):
            found = ("reason", _text(node.value, _assigned(scope, node.lineno, {})), "")
        if found is not None and found[1]:
            yield Message(*found, where=name)


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
        if called == "Hit" and not rule_id:
            raise PageError(f"no rule's function reaches this: {ast.unparse(node)}")
        return (
            rule_id or "(any)",
            _text(named.get("message"), texts),
            _text(named.get("fix"), texts),
        )
    if called in _ERRORS and node.args:
        said = node.args[-1] if called == "at_line" else node.args[0]
        return ("reason" if called == "ValueError" else called), _text(said, texts), ""
    return None


def _constant(node: ast.expr) -> str:
    value = node.value if isinstance(node, ast.Constant) else ""
    return value if isinstance(value, str) and _ID.fullmatch(value) else ""


@cache
def _assignments(scope: ast.FunctionDef) -> tuple[ast.Assign | ast.AugAssign, ...]:
    found = [node for node in ast.walk(scope) if isinstance(node, ast.Assign | ast.AugAssign)]
    return tuple(sorted(found, key=lambda one: one.lineno))


def _assigned(scope: ast.FunctionDef, line: int, returned: dict[str, str]) -> dict[str, str]:
    """Return the texts that variables have before a line, and those that functions return."""
    texts = dict(returned)
    for node in _assignments(scope):
        if node.lineno >= line:
            break
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        if not isinstance(target, ast.Name):
            continue
        before, text = texts.get(target.id, ""), _text(node.value, texts)
        if isinstance(node, ast.AugAssign):
            more = "" if isinstance(node.value, ast.Call) else text
            texts[target.id] = before + (more or _placeholder(node.value, texts))
        else:
            texts[target.id] = _several(before, text)
    return texts


def _text(node: ast.expr | None, texts: dict[str, str]) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(
                str(part.value) if isinstance(part, ast.Constant) else _placeholder(part, texts)
                for part in values
            )
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _text(left, texts) + _text(right, texts)
        case ast.IfExp(body=body, orelse=other):
            return _several(_text(body, texts), _text(other, texts))
        case ast.Name(id=name):
            return texts.get(name, "")
        case ast.Call(func=ast.Name(id=name)):
            return texts.get(f"{name}()", "")
    return ""


def _placeholder(node: ast.expr, texts: dict[str, str]) -> str:
    """Return an expression in braces; the beginning of a message as its last text."""
    inner = node.value if isinstance(node, ast.FormattedValue) else node
    if isinstance(inner, ast.Name) and inner.id in _BEGINNINGS and texts.get(inner.id):
        return texts[inner.id].rpartition(_OR)[2]
    return "{" + ast.unparse(inner) + "}"


def page() -> str:
    """Return docs/messages.md."""
    rows = []
    group = ""
    for item in sorted(messages(), key=lambda one: (one.id in GROUPS, one)):
        if item.id != group:
            group = item.id
            rows.append(f"\n## {GROUPS.get(group, group)}\n")
        rows.append(f"- {_plain(item.text)}")
        rows += [f"  - fix: {_plain(fix)}" for fix in item.fix.split(_OR) if fix]
    return HEAD + "\n".join(rows) + "\n"


def _plain(text: str) -> str:
    """Write a text as Markdown on one line; code needs no escapes."""
    parts = re.split(r"(`[^`]*`)", " ".join(text.split()))
    parts[::2] = [re.sub(r"([<*|])", r"\\\1", part) for part in parts[::2]]
    return "".join(parts)


GROUPS = {
    "(any)": "Any rule",
    "ContentError": "Content that gpogen cannot build or import (exit code 1)",
    "FormatError": "Policy files that gpogen cannot read (exit code 2)",
    "UsageError": "Wrong usage or unreadable input (exit code 2)",
    "at_line": "A line of a policy file that gpogen cannot read (exit code 2)",
    "reason": "Reasons that other messages contain",
}
HEAD = """# Messages

Generated by `python -m tools.make_docs`; a test keeps it current.

This page lists every message of gpogen under the id of its rule, with the fixes that gpogen
proposes. `{...}` is a part that depends on the input. The ids are stable; the texts can change. To
show the reason and the source of a rule, run `gpogen explain ID`.
"""
