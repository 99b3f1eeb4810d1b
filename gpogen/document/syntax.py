"""What is wrong with a text that PyYAML cannot parse, and how to write it.

PyYAML tells where its grammar stopped ("did not find expected key"); this module tells what its
author wrote there. Each function explains one kind of fault, or returns None.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import yaml

from gpogen.document import fault as reader
from gpogen.document.fault import BREAK, COMMENT, Fault, other, says
from gpogen.finding import Finding, Place, SourceText, mistake
from gpogen.text import cut

_SHOWN = 60
_NO_SPACE = re.compile(r"(?:- +)*([A-Za-z_][A-Za-z0-9_-]*):([^\s:/\\].*)")
"""``at:03:00``, but no URL and no path."""
_MEMBER = re.compile(r"\s*(?:- +)*([^\s:'\"\[{#][^:]*): +(\S.*)")
"""A key with a value on one line."""
_ITEM = re.compile(r"\s*([^\s:]+): +- +([^\s:][^:]*)")
_NO_DASH = re.compile(r"\s*(-[A-Za-z_'\"{][^\s:]*: .*)")
"""``-policy: x``, an item without the space after its dash."""
_ESCAPES = ("unknown escape character", "hexdecimal number", "hexadecimal", "escape code")
_DOUBLE_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_OTHER = ("alias", "anchor", "directive", "tag")


def explain(error: yaml.YAMLError, file: str, text: str) -> Finding:
    """Return the finding of what PyYAML raised: GP005 for a tab, GP002 for everything else."""
    begun, mark = getattr(error, "context_mark", None), getattr(error, "problem_mark", None)
    source = SourceText(text)
    fault = Fault(
        problem=str(getattr(error, "problem", None) or error),
        context=str(getattr(error, "context", None) or ""),
        text=text,
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


def _tab(fault: Fault) -> Finding | None:
    line = fault.line(fault.at.line)
    blanks = line[: len(line) - len(line.lstrip())]
    is_indentation = fault.at.col <= len(blanks) + 1 and "\t" in blanks
    if "tab character" not in fault.problem and not is_indentation:
        return None
    at = fault.place(fault.at.line, blanks.index("\t") + 1) if "\t" in blanks else fault.at
    return mistake("GP005", "a tab is used as indentation", at, "indent with spaces")


def _quote_of_a_later_line(fault: Fault) -> Finding | None:
    """Explain a quote that is not closed on its line, but by the quote that opens a later text."""
    opened = fault.begun if "quoted" in fault.context else None
    if opened is None:
        opened = _text_of_lines(fault)
    if opened is None or opened.line >= fault.at.line:
        return None
    between = (fault.line(number) for number in range(opened.line + 1, fault.at.line + 1))
    if not any(map(_MEMBER.match, between)):
        return None  # A text of several lines that has no keys in it.
    quote = fault.line(opened.line)[opened.col - 1 : opened.col]
    message = "not YAML: this quote is not closed on its line"
    fix = f"close the text with {quote} at the end of its line"
    return mistake("GP002", message, opened, fix, other(fault.at, opened))


def _text_of_lines(fault: Fault) -> Place | None:
    """Return where the last quoted text before the fault begins, if it ends on a later line."""
    end = (fault.at.line, fault.at.col)
    last = None
    try:
        for token in yaml.scan(fault.text, Loader=reader.LOADER):
            begun, ended = token.start_mark, token.end_mark
            if (ended.line + 1, ended.column + 1) > end:
                break
            is_quoted = isinstance(token, yaml.ScalarToken) and not token.plain
            if is_quoted and begun.line < ended.line and ended.line + 1 == fault.at.line:
                last = fault.place(begun.line + 1, begun.column + 1)
    except yaml.YAMLError:
        pass  # The fault may be the scanner's: what stands before it is read.
    return last


def _escape(fault: Fault) -> Finding | None:
    is_escape = any(part in fault.problem for part in _ESCAPES)
    if fault.begun is None or "quoted" not in fault.context or not is_escape:
        return None
    found = _DOUBLE_QUOTED.match(fault.line(fault.begun.line)[fault.begun.col - 1 :])
    fix = "use single quotes"
    if found is not None:
        meant = found[1].replace("\\\\", "\\").replace('\\"', '"')
        fix = f"use single quotes: {_single(meant)}"
    message = "not YAML: in double quotes, a backslash starts an escape sequence; this is not one"
    return mistake("GP002", message, fault.at, fix, other(fault.begun, fault.at))


def _open_quote(fault: Fault) -> Finding | None:
    begun = fault.begun
    if begun is None or "quoted" not in fault.context or "unexpected" not in fault.problem:
        return None
    quote = fault.line(begun.line)[begun.col - 1 : begun.col]
    message = "not YAML: the quoted text that starts here is not closed"
    return mistake("GP002", message, begun, f"close what starts here with {quote}")


def _open_bracket(fault: Fault) -> Finding | None:
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
        return mistake("GP002", message, begun, fix, other(fault.at, begun))
    message = f"not YAML: must be ',' or '{closing}'; got {_shown(fault.rest)}"
    fix = "close the bracket, put a comma between two values, or put text that has `: ` in quotes"
    return mistake("GP002", message, fault.at, fix, other(begun, fault.at))


def _no_value(fault: Fault) -> Finding | None:
    if "node content" not in fault.problem:
        return None
    if fault.rest[:1] == ",":
        message = "not YAML: a value is missing before the comma"
        return mistake("GP002", message, fault.at, "write the value, or remove the comma")
    message = f"not YAML: a value is missing; got {_shown(fault.rest)}"
    return mistake("GP002", message, fault.at, "write the value, or remove the bracket")


def _first_character(fault: Fault) -> Finding | None:
    is_other = "alphabetic or numeric" in fault.problem and fault.begun is not None
    if "cannot start any token" not in fault.problem and not is_other:
        return None
    at = fault.begun if is_other and fault.begun is not None else fault.at
    text = COMMENT.sub("", fault.line(at.line)[at.col - 1 :]).rstrip()
    message = f"not YAML: text without quotes cannot start with {text[:1]}"
    return mistake("GP002", message, at, f"put it in quotes: {_single(text)}")


def _item_beside_key(fault: Fault) -> Finding | None:
    if "sequence entries are not allowed" not in fault.problem:
        return None
    found = _ITEM.fullmatch(COMMENT.sub("", fault.line(fault.at.line)).rstrip())
    fix = f"write {cut(found[1])}: [{cut(found[2])}]" if found else "write it on the next line"
    message = "not YAML: a list item cannot start on the line of its key"
    return mistake("GP002", message, fault.at, fix)


def _missing_space(fault: Fault) -> Finding | None:
    """Explain ``at:03:00`` in a block, which is text that goes on in the next line."""
    if "could not find" not in fault.problem and "mapping values" not in fault.problem:
        return None
    number = fault.begun.line if fault.begun is not None else fault.above
    found = _NO_SPACE.fullmatch(COMMENT.sub("", fault.line(number)).strip())
    if found is None or fault.before.strip(" -") != fault.before.strip(" -").partition(":")[0]:
        return None
    line = fault.line(number)
    at = fault.place(number, line.index(f"{found[1]}:") + 1)
    message = f"not YAML: a space is missing after the colon in {_shown(found[0])}"
    fix = f"put a space after the colon: {found[1]}: {cut(found[2])}"
    return mistake("GP002", message, at, fix)


def _bracket_after_colon(fault: Fault) -> Finding | None:
    """Explain ``ring:{name: x}``, which is text with a second colon or a comma in it."""
    found = _NO_SPACE.match(fault.line(fault.at.line).strip())
    if found is None or found[2][:1] not in ("{", "["):
        return None
    line = fault.line(fault.at.line)
    at = fault.place(fault.at.line, line.index(f"{found[1]}:") + 1)
    if fault.at.col <= at.col:
        return None
    text = COMMENT.sub("", found[2]).rstrip()
    message = f"not YAML: a space is missing after the colon in {_shown(f'{found[1]}:{text}')}"
    fix = f"put a space after the colon: {found[1]}: {cut(text)}"
    return mistake("GP002", message, at, fix)


def _missing_space_after_dash(fault: Fault) -> Finding | None:
    """Explain ``-policy: x``, which is a key, where the next line of the item stands deeper."""
    numbers = [number for number in (fault.above, fault.at.line) if number]
    for number in numbers:
        line = fault.line(number)
        found = _NO_DASH.fullmatch(COMMENT.sub("", line).rstrip())
        if found is not None:
            at = fault.place(number, line.index("-") + 1)
            message = f"not YAML: a space is missing after the dash in {_shown(found[1])}"
            return mistake("GP002", message, at, f"write - {cut(found[1][1:])}")
    return None


def _no_colon(fault: Fault) -> Finding | None:
    if "could not find" not in fault.problem or fault.begun is None:
        return None
    begun = fault.begun
    text = COMMENT.sub("", fault.line(begun.line)[begun.col - 1 :]).strip()
    message = f"not YAML: must be a key with a colon and a value; got {_shown(text)}"
    fix = f"write {cut(text)}: and its value; indent the line if it continues the text above"
    return mistake("GP002", message, begun, fix)


def _second_colon(fault: Fault) -> Finding | None:
    if "mapping values" not in fault.problem:
        return None
    found = _MEMBER.match(COMMENT.sub("", fault.line(fault.at.line)).rstrip())
    if found is None or found.end(1) + 1 >= fault.at.col:
        return None
    message = "not YAML: mapping values are not allowed here: text that has `: ` needs quotes"
    fix = f"put the text in quotes: {cut(found[1])}: {_single(found[2])}"
    return mistake("GP002", message, fault.at, fix)


def _indentation(fault: Fault) -> Finding | None:
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
    if spaces > max(levels):
        fix += "; or is the key above missing?"
    return mistake("GP002", message, at, fix)


def _not_an_item(fault: Fault) -> Finding | None:
    if "'-' indicator" not in fault.problem and "block collection" not in fault.context:
        return None
    message = f"not YAML: a line in a list must start with `- `; got {_shown(fault.rest)}"
    fix = f"write - {cut(fault.rest)}, or indent it so that it belongs to a line above"
    return mistake("GP002", message, fault.at, fix, other(fault.begun, fault.at))


def _unexpected_item(fault: Fault) -> Finding | None:
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
    return mistake("GP002", message, fault.at, fix, other(fault.begun, fault.at))


def _after_a_value(fault: Fault) -> Finding | None:
    if not fault.before.strip(" ") or not any(
        part in fault.problem for part in ("expected key", "<block end>", "document start")
    ):
        return None
    message = f"not YAML: text after a quoted text or a bracket: {_shown(fault.rest)}"
    found = _MEMBER.match(COMMENT.sub("", fault.line(fault.at.line)).rstrip())
    fix = "remove it, or put the whole text in quotes"
    if found is not None and found[2][:1] in ("'", '"'):
        quote, text = found[2][:1], found[2]
        is_around = text.endswith(quote) and len(text) > 1
        fix = f"put the whole text in quotes: {cut(found[1])}: "
        fix += _single(text[1:-1] if is_around else text)
    return mistake("GP002", message, fault.at, fix)


def _after_the_end(fault: Fault) -> Finding | None:
    if "document start" not in fault.problem:
        return None
    message = f"not YAML: the document ends above; got {_shown(fault.rest)}"
    return mistake("GP002", message, fault.at, "remove it, or write it as part of the text above")


def _block_text(fault: Fault) -> Finding | None:
    if "block scalar" not in fault.context:
        return None
    message = (
        "not YAML: only + or -, a number from 1 to 9, and a comment can follow | or >; got "
        f"{_shown(fault.rest)}"
    )
    fix = "write the text on the next line, or put it in quotes"
    return mistake("GP002", message, fault.at, fix)


def _unexplained(fault: Fault) -> Finding:
    at = fault.begun or fault.at
    read = (
        f"{fault.context} {fault.problem} {'directive' if 'YAML document' in fault.problem else ''}"
    )
    what = next((one for one in _OTHER if one in read), "")
    if what:
        message = f"not YAML: the {what} is malformed"
        return mistake("GP002", message, at, "remove it, or put the text in quotes")
    return mistake("GP002", "not YAML: not allowed here", at, "put the text in quotes")


_EXPLANATIONS: tuple[Callable[[Fault], Finding | None], ...] = (
    _tab,
    _open_quote,
    _quote_of_a_later_line,
    _escape,
    _open_bracket,
    _no_value,
    _first_character,
    _item_beside_key,
    _missing_space,
    _bracket_after_colon,
    _missing_space_after_dash,
    _no_colon,
    _second_colon,
    _indentation,
    _not_an_item,
    _unexpected_item,
    _after_a_value,
    _after_the_end,
    _block_text,
)


def _spaces(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _levels(fault: Fault) -> list[int]:
    """Return by how many spaces a line can be indented here, from the fewest."""
    found: list[int] = []
    for number in range(fault.above, 0, -1):
        line = fault.line(number)
        if not says(line):
            continue
        spaces = _spaces(line)
        inner = len(line) - len(line.lstrip(" -")) if line.lstrip().startswith("- ") else spaces
        found += [one for one in (inner, spaces) if not found or one < found[-1]]
        if spaces == 0:
            break
    return sorted(set(found)) or [0]


def _single(text: str) -> str:
    """Write a text in single quotes, as YAML takes it."""
    return "'{}'".format(cut(text).replace("'", "''"))


def _shown(text: str) -> str:
    return f"'{cut(text, _SHOWN)}'" if text else "the end of the line"
