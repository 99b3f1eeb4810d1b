"""What is wrong with a text that PyYAML cannot parse, and how to write it.

PyYAML tells where its grammar stopped ("did not find expected key"); this module tells what its
author wrote there. Each function explains one kind of fault, or returns None.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import yaml

from gpogen.finding import Finding, Place, SourceText, mistake
from gpogen.text import cut

BREAK = re.compile(r"\r\n|\r|\n")
_LONGEST = 2000
"""Characters of a line that is looked at; a line can have a million."""
_SHOWN = 60
_NO_SPACE = re.compile(r"(?:- +)*([A-Za-z_][A-Za-z0-9_-]*):([^\s:/\\].*)")
"""``at:03:00``, but no URL and no path."""
_MEMBER = re.compile(r"\s*(?:- +)*([^\s:'\"\[{#][^:]*): +(\S.*)")
"""A key with a value on one line."""
_ITEM = re.compile(r"\s*([^\s:]+): +- +([^\s:][^:]*)")
_COMMENT = re.compile(r"(?:^|\s)#.*")
_ESCAPES = ("unknown escape character", "hexdecimal number", "hexadecimal", "escape code")
_DOUBLE_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_OTHER = ("alias", "anchor", "directive", "tag")


@dataclass(frozen=True, slots=True)
class _Fault:
    """Where PyYAML stopped.

    Attributes:
        problem: its words, of libyaml or of the parser in Python.
        context: what it was reading.
        lines: the lines of the text.
        at: where it stopped.
        begun: where what it was reading began; None where it does not say.
    """

    problem: str
    context: str
    lines: list[str]
    at: Place
    begun: Place | None

    def line(self, number: int) -> str:
        """Return a line by its number, cut; empty where there is none."""
        return self.lines[number - 1][:_LONGEST] if 1 <= number <= len(self.lines) else ""

    @property
    def before(self) -> str:
        """What stands before the place on its line."""
        return self.line(self.at.line)[: self.at.col - 1]

    @property
    def rest(self) -> str:
        """What stands at the place and after it on its line, without a comment."""
        return _COMMENT.sub("", self.line(self.at.line)[self.at.col - 1 :]).rstrip()

    @property
    def above(self) -> int:
        """The number of the last line above that says something; 0 where none does."""
        numbers = range(self.at.line - 1, 0, -1)
        return next((one for one in numbers if _says(self.line(one))), 0)

    def place(self, line: int, col: int) -> Place:
        """Return a place of the same file."""
        return replace(self.at, line=line, col=col)


def explain(error: yaml.YAMLError, file: str, text: str) -> Finding:
    """Return the finding of what PyYAML raised: GP005 for a tab, GP002 for everything else."""
    begun, mark = getattr(error, "context_mark", None), getattr(error, "problem_mark", None)
    source = SourceText(text)
    fault = _Fault(
        problem=str(getattr(error, "problem", None) or error),
        context=str(getattr(error, "context", None) or ""),
        lines=BREAK.split(text),
        at=_place(mark or begun, file, source),
        begun=None if begun is None else _place(begun, file, source),
    )
    for one in _EXPLANATIONS:
        found = one(fault)
        if found is not None:
            return found
    return _unexplained(fault)


def _place(mark: Any, file: str, source: SourceText) -> Place:
    return (
        Place(file, 1, 1) if mark is None else Place(file, mark.line + 1, mark.column + 1, source)
    )


def _tab(fault: _Fault) -> Finding | None:
    line = fault.line(fault.at.line)
    blanks = line[: len(line) - len(line.lstrip())]
    is_indentation = fault.at.col <= len(blanks) + 1 and "\t" in blanks
    if "tab character" not in fault.problem and not is_indentation:
        return None
    at = fault.place(fault.at.line, blanks.index("\t") + 1) if "\t" in blanks else fault.at
    return mistake("GP005", "a tab is used as indentation", at, "indent with spaces")


def _escape(fault: _Fault) -> Finding | None:
    is_escape = any(part in fault.problem for part in _ESCAPES)
    if fault.begun is None or "quoted" not in fault.context or not is_escape:
        return None
    found = _DOUBLE_QUOTED.match(fault.line(fault.begun.line)[fault.begun.col - 1 :])
    fix = "use single quotes"
    if found is not None:
        meant = found[1].replace("\\\\", "\\").replace('\\"', '"')
        fix = f"use single quotes: {_single(meant)}"
    message = "not YAML: in double quotes, a backslash starts an escape sequence; this is not one"
    return mistake("GP002", message, fault.at, fix, _other(fault.begun, fault.at))


def _open_quote(fault: _Fault) -> Finding | None:
    begun = fault.begun
    if begun is None or "quoted" not in fault.context or "unexpected" not in fault.problem:
        return None
    quote = fault.line(begun.line)[begun.col - 1 : begun.col]
    message = "not YAML: the quoted text that starts here is not closed"
    return mistake("GP002", message, begun, f"close what starts here with {quote}")


def _open_bracket(fault: _Fault) -> Finding | None:
    begun = fault.begun
    if begun is None or not fault.context.endswith(("flow sequence", "flow mapping")):
        return None
    is_list = fault.context.endswith("sequence")
    what, closing = ("list", "]") if is_list else ("mapping", "}")
    if fault.at.line > begun.line:
        message = (
            f"not YAML: the {what} that starts here is not closed, or a comma is missing in it"
        )
        fix = f"close the bracket with {closing}, or put a comma between two values"
        return mistake("GP002", message, begun, fix, _other(fault.at, begun))
    message = f"not YAML: must be ',' or '{closing}'; got {_shown(fault.rest)}"
    fix = "close the bracket, put a comma between two values, or put text that has `: ` in quotes"
    return mistake("GP002", message, fault.at, fix, _other(begun, fault.at))


def _no_value(fault: _Fault) -> Finding | None:
    if "node content" not in fault.problem:
        return None
    if fault.rest[:1] == ",":
        message = "not YAML: a value is missing before the comma"
        return mistake("GP002", message, fault.at, "write the value, or remove the comma")
    message = f"not YAML: a value is missing; got {_shown(fault.rest)}"
    return mistake("GP002", message, fault.at, "write the value, or remove the bracket")


def _first_character(fault: _Fault) -> Finding | None:
    is_other = "alphabetic or numeric" in fault.problem and fault.begun is not None
    if "cannot start any token" not in fault.problem and not is_other:
        return None
    at = fault.begun if is_other and fault.begun is not None else fault.at
    text = _COMMENT.sub("", fault.line(at.line)[at.col - 1 :]).rstrip()
    message = f"not YAML: text without quotes cannot start with {text[:1]}"
    return mistake("GP002", message, at, f"put it in quotes: {_single(text)}")


def _item_beside_key(fault: _Fault) -> Finding | None:
    if "sequence entries are not allowed" not in fault.problem:
        return None
    found = _ITEM.fullmatch(_COMMENT.sub("", fault.line(fault.at.line)).rstrip())
    fix = f"write {cut(found[1])}: [{cut(found[2])}]" if found else "write it on the next line"
    message = "not YAML: a list item cannot start on the line of its key"
    return mistake("GP002", message, fault.at, fix)


def _missing_space(fault: _Fault) -> Finding | None:
    """Explain ``at:03:00`` in a block, which is text that goes on in the next line."""
    if "could not find" not in fault.problem and "mapping values" not in fault.problem:
        return None
    number = fault.begun.line if fault.begun is not None else fault.above
    found = _NO_SPACE.fullmatch(_COMMENT.sub("", fault.line(number)).strip())
    if found is None or fault.before.strip(" -") != fault.before.strip(" -").partition(":")[0]:
        return None
    line = fault.line(number)
    at = fault.place(number, line.index(f"{found[1]}:") + 1)
    message = f"not YAML: a space is missing after the colon in {_shown(found[0])}"
    return mistake("GP002", message, at, f"write {found[1]}: {cut(found[2])}")


def _no_colon(fault: _Fault) -> Finding | None:
    if "could not find" not in fault.problem or fault.begun is None:
        return None
    begun = fault.begun
    text = _COMMENT.sub("", fault.line(begun.line)[begun.col - 1 :]).strip()
    message = f"not YAML: must be a key with a colon and a value; got {_shown(text)}"
    fix = f"write {cut(text)}: and its value; indent the line if it continues the text above"
    return mistake("GP002", message, begun, fix)


def _second_colon(fault: _Fault) -> Finding | None:
    if "mapping values" not in fault.problem:
        return None
    found = _MEMBER.match(_COMMENT.sub("", fault.line(fault.at.line)).rstrip())
    if found is None or found.end(1) + 1 >= fault.at.col:
        return None
    message = "not YAML: mapping values are not allowed here: text that has `: ` needs quotes"
    fix = f"put the text in quotes: {cut(found[1])}: {_single(found[2])}"
    return mistake("GP002", message, fault.at, fix)


def _indentation(fault: _Fault) -> Finding | None:
    """Explain a line whose first character stands below no other that it can belong to."""
    line = fault.line(fault.at.line)
    spaces = _spaces(line)
    parts = ("expected key", "'-' indicator", "<block end>", "document start", "mapping values")
    if not any(part in fault.problem for part in parts) or not fault.above:
        return None
    if "mapping values" not in fault.problem and fault.before.strip(" "):
        return None
    levels = _levels(fault)
    if spaces in levels:
        return None
    near = min(levels, key=lambda one: (abs(one - spaces), -one))
    told = " or ".join(map(str, levels))
    message = f"not YAML: the line must be indented like one above, by {told} spaces; got {spaces}"
    at = fault.place(fault.at.line, spaces + 1)
    fix = f"indent it by {near} space{'' if near == 1 else 's'}" if near else "do not indent it"
    return mistake("GP002", message, at, fix)


def _not_an_item(fault: _Fault) -> Finding | None:
    if "'-' indicator" not in fault.problem and "block collection" not in fault.context:
        return None
    message = f"not YAML: a line in a list must start with `- `; got {_shown(fault.rest)}"
    fix = f"write - {cut(fault.rest)}, or indent it so that it belongs to a line above"
    return mistake("GP002", message, fault.at, fix, _other(fault.begun, fault.at))


def _unexpected_item(fault: _Fault) -> Finding | None:
    is_first = not fault.before.strip(" ")
    if (
        "block mapping" not in fault.context
        or not is_first
        or fault.rest[:1] not in ("-", "]", "}")
    ):
        return None
    if fault.rest[:1] == "-":
        message = "not YAML: must be a key, like the lines above; got a list item"
        fix = "write it below the key that it belongs to"
    else:
        message = f"not YAML: must be a key, like the lines above; got {fault.rest[:1]}"
        fix = "remove it, or open the bracket"
    return mistake("GP002", message, fault.at, fix, _other(fault.begun, fault.at))


def _after_a_value(fault: _Fault) -> Finding | None:
    if not fault.before.strip(" ") or not any(
        part in fault.problem for part in ("expected key", "<block end>", "document start")
    ):
        return None
    message = f"not YAML: text after a quoted text or a bracket: {_shown(fault.rest)}"
    found = _MEMBER.match(_COMMENT.sub("", fault.line(fault.at.line)).rstrip())
    fix = "remove it, or put the whole text in quotes"
    if found is not None and found[2][:1] in ("'", '"'):
        quote, text = found[2][:1], found[2]
        is_around = text.endswith(quote) and len(text) > 1
        fix = f"put the whole text in quotes: {cut(found[1])}: "
        fix += _single(text[1:-1] if is_around else text)
    return mistake("GP002", message, fault.at, fix)


def _after_the_end(fault: _Fault) -> Finding | None:
    if "document start" not in fault.problem:
        return None
    message = f"not YAML: the document ends above; got {_shown(fault.rest)}"
    return mistake("GP002", message, fault.at, "remove it, or write it as part of the text above")


def _block_text(fault: _Fault) -> Finding | None:
    if "block scalar" not in fault.context:
        return None
    message = (
        "not YAML: only + or -, a number from 1 to 9, and a comment can follow | or >; got "
        f"{_shown(fault.rest)}"
    )
    fix = "write the text on the next line, or put it in quotes"
    return mistake("GP002", message, fault.at, fix)


def _unexplained(fault: _Fault) -> Finding:
    at = fault.begun or fault.at
    read = (
        f"{fault.context} {fault.problem} {'directive' if 'YAML document' in fault.problem else ''}"
    )
    what = next((one for one in _OTHER if one in read), "")
    if what:
        message = f"not YAML: the {what} is malformed"
        return mistake("GP002", message, at, "remove it, or put the text in quotes")
    return mistake("GP002", "not YAML: not allowed here", at, "put the text in quotes")


_EXPLANATIONS: tuple[Callable[[_Fault], Finding | None], ...] = (
    _tab,
    _escape,
    _open_quote,
    _open_bracket,
    _no_value,
    _first_character,
    _item_beside_key,
    _missing_space,
    _no_colon,
    _second_colon,
    _indentation,
    _not_an_item,
    _unexpected_item,
    _after_a_value,
    _after_the_end,
    _block_text,
)


def _says(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _spaces(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _levels(fault: _Fault) -> list[int]:
    """Return by how many spaces a line can be indented here, from the fewest."""
    found: list[int] = []
    for number in range(fault.above, 0, -1):
        line = fault.line(number)
        if not _says(line):
            continue
        spaces = _spaces(line)
        inner = len(line) - len(line.lstrip(" -")) if line.lstrip().startswith("- ") else spaces
        found += [one for one in (inner, spaces) if not found or one < found[-1]]
        if spaces == 0:
            break
    return sorted(set(found)) or [0]


def _other(place: Place | None, at: Place) -> tuple[Place, ...]:
    return () if place is None or place == at else (place,)


def _single(text: str) -> str:
    """Write a text in single quotes, as YAML takes it."""
    return "'{}'".format(cut(text).replace("'", "''"))


def _shown(text: str) -> str:
    return f"'{cut(text, _SHOWN)}'" if text else "the end of the line"
