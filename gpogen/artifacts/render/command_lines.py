"""Finds values in the command lines of a text template that no command context writes.

A line that begins with four blanks is one that people paste. What precedes a value on its line
depends on the branches that were taken, so all the possible beginnings of the line are followed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from jinja2 import nodes

RECORD = "record"
"""The context of a line that is data: it may stand after blanks only."""

_INDENT = 4
_PART_OF_A_WORD = frozenset(r"\/-_$=@")


@dataclass(frozen=True, slots=True)
class _Line:
    """How the current line begins.

    Attributes:
        indent: blanks at its beginning, at most four.
        blank: there is nothing but blanks so far.
        last: the character before the place; empty after a value.
        bare: a value that no command context has written ends here.
    """

    indent: int = 0
    blank: bool = True
    last: str = "\n"
    bare: bool = False


_START = frozenset({_Line()})
# A macro's text can come to stand on any line.
_ANYWHERE = frozenset({_Line(indent=_INDENT, blank=False, last=" ")})


@dataclass(slots=True)
class _Walk:
    contexts: Collection[str]
    faults: dict[int, str] = field(default_factory=dict)

    def body(self, items: Iterable[nodes.Node], lines: frozenset[_Line]) -> frozenset[_Line]:
        for item in items:
            lines = self.node(item, lines)
        return lines

    def node(self, item: nodes.Node, lines: frozenset[_Line]) -> frozenset[_Line]:
        match item:
            case nodes.Output():
                for part in item.nodes:
                    lines = self.part(part, lines)
                return lines
            case nodes.If():
                branches = [item.body, *(other.body for other in item.elif_), item.else_]
                return frozenset[_Line]().union(*(self.body(one, lines) for one in branches))
            case nodes.For():
                once = lines | self.body(item.body, lines)
                return self.body(item.else_, once) | once | self.body(item.body, once)
            case nodes.With():
                return self.body(item.body, lines)
            case nodes.Macro() | nodes.CallBlock() | nodes.AssignBlock():
                self.body(item.body, _ANYWHERE)
                return lines | _ANYWHERE if isinstance(item, nodes.CallBlock) else lines
            case nodes.Include():
                return _START | _ANYWHERE
        return lines

    def part(self, part: nodes.Expr, lines: frozenset[_Line]) -> frozenset[_Line]:
        if isinstance(part, nodes.TemplateData):
            if part.data and _glues(part.data[:2]) and any(line.bare for line in lines):
                self.fault(part, "is a part of a word")
            return frozenset(_after(line, part.data) for line in lines)
        safe = all(one in self.contexts for one in _contexts(part))
        record = all(one == RECORD for one in _contexts(part))
        for line in lines:
            if safe or (record and line.blank):
                continue
            if line.indent == _INDENT:
                self.fault(part, "is in a command line")
            elif line.last in _PART_OF_A_WORD or line.last.isalnum():
                self.fault(part, "is a part of a word")
        bare = not safe
        return frozenset(_Line(line.indent, False, "", bare) for line in lines)

    def fault(self, part: nodes.Node, what: str) -> None:
        names = ", ".join(self.contexts)
        self.faults.setdefault(
            part.lineno, f"a value that {what} needs a command context ({names})"
        )


def faults(tree: nodes.Template, contexts: Collection[str]) -> dict[int, str]:
    """Return what is wrong in a template by its line; empty when nothing is.

    Args:
        tree: the parsed template.
        contexts: the filters that may write values in command lines.
    """
    walk = _Walk(contexts)
    walk.body(tree.body, _START)
    return walk.faults


def _contexts(part: nodes.Node) -> Iterator[str]:
    """Name the contexts that may write an expression; empty text for none of them."""
    if isinstance(part, nodes.CondExpr):
        yield from _contexts(part.expr1)
        yield from _contexts(part.expr2) if part.expr2 is not None else ("",)
    else:
        yield part.name if isinstance(part, nodes.Filter) else ""


def _after(line: _Line, text: str) -> _Line:
    if not text:
        return line
    _before, newline, rest = text.rpartition("\n")
    if newline:
        line, text = _Line(), rest
        if not text:
            return line
    width = len(text) - len(text.lstrip(" ")) if line.blank else 0
    blank = line.blank and width == len(text)
    return _Line(min(_INDENT, line.indent + width), blank, text[-1])


def _glues(text: str) -> bool:
    """Tell whether text that follows a value belongs to the same word, ``-undo`` or ``.reg``."""
    if text[0] == ".":
        return len(text) > 1 and text[1].isalnum()
    return text[0] in _PART_OF_A_WORD or text[0].isalnum()
