"""Findings and errors on the terminal, and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePath
from typing import TYPE_CHECKING

from gpogen.finding import Finding, Place, Severity
from gpogen.reports.excerpt import excerpt
from gpogen.reports.findings import joined
from gpogen.terminal import color
from gpogen.terminal.plain import can_show, folded, say, say_styled, width
from gpogen.text import plural

if TYPE_CHECKING:
    from gpogen.rules.check import Checked
    from gpogen.workspace.select import Selection

_GUTTER = 4
"""Columns of a line number."""
_INDENT = "    "


def show_findings(findings: Iterable[Finding], *, verbose: bool, err: bool = False) -> None:
    """Print findings, each with its source line and its fix, and with its reason when asked.

    What several profiles say in the same words is one message with the other places.
    """
    for item, others in joined(findings):
        _show_head(item, err=err)
        if item.at is not None:
            _show_source(item.severity, item.at, err=err)
        if item.fix:
            _remark("fix", item.fix, err=err)
        if others:
            _remark("also", ", ".join(map(str, others)), err=err)
        if _is_elsewhere(item):
            _remark("in", ", ".join(item.profiles), err=err)
        for place in item.related:
            _remark("see", str(place), err=err)
            if item.severity is Severity.ERROR:
                _show_source(Severity.INFO, place, err=err)
        if verbose and item.why:
            _remark("why", item.why, err=err)
            _remark("source", item.source, err=err)


def _show_head(item: Finding, *, err: bool) -> None:
    at = f"{item.at}: " if item.at else ""
    severity = item.severity.value
    first, *rest = _broken(f" {item.id}: {item.message}", len(at) + len(severity), err=err)
    say_styled([(at, {}), (severity, color.SEVERITIES[item.severity]), (first, {})], err=err)
    for line in rest:
        say(line, err=err)


def _remark(word: str, text: str, *, err: bool) -> None:
    first, *rest = _broken(f": {text}", len(_INDENT) + len(word), err=err)
    say_styled([(_INDENT, {}), (word, color.LABEL), (first, {})], err=err)
    for line in rest:
        say(line, err=err)


def _broken(text: str, used: int, *, err: bool) -> list[str]:
    """Break a text at blanks where lines are folded.

    Args:
        text: the text.
        used: columns that its first line has taken already.
        err: whether it goes to standard error.
    """
    # What is printed already is one word here: blanks at a line's start would be dropped.
    first, *rest = folded("x" * used + text, len(_INDENT), err=err)
    return [first[used:], *rest]


def _show_source(severity: Severity, at: Place, *, err: bool) -> None:
    """Print the line that a finding is about, and a mark below what it is about."""
    found = excerpt(at, width() - _GUTTER - len(" | "), lambda text: can_show(text, err=err))
    if found is None:
        return
    bar = " " * (_GUTTER + 1) + "| "
    number = f"{found.number:>{_GUTTER}} | "
    mark = "^" * found.length
    say_styled([(number, color.GUTTER), (found.text, {})], err=err)
    say_styled(
        [(bar, color.GUTTER), (" " * found.before, {}), (mark, color.SEVERITIES[severity])],
        err=err,
    )


def _is_elsewhere(item: Finding) -> bool:
    """Tell whether a finding stands in a file that the profile extends."""
    if item.at is None or item.at.file == "<stdin>":
        return False
    return bool(item.profiles) and item.profiles != (PurePath(item.at.file).stem,)


def left_out(item: Checked) -> Iterator[str]:
    """Yield a line for each inherited setting that was not written."""
    for left in item.left_out:
        at = f"{left.at}: " if left.at else ""
        yield f"{at}left out of {item.loaded.stem}: {left.what}: {left.reason}"


def show_overridden(profiles: Iterable[Checked]) -> None:
    """Print the settings in which the bases of a profile differ, each with its chain."""
    for item in profiles:
        for setting in item.loaded.overridden:
            say(f"{item.loaded.file}: inherited {setting}")


def show_allowed(profiles: Iterable[Checked]) -> None:
    """Print what the authors silenced."""
    for item in profiles:
        for allowed in item.allowed:
            text = f"{allowed.finding.id}: {allowed.finding.message} (because: {allowed.why})"
            say(f"{item.loaded.file}: allowed {text}")


def show_errors(selection: Selection) -> None:
    """Print the files that could not be opened."""
    for error in selection.errors:
        say(f"gpogen: {error}", err=True)


def summary(selection: Selection, *, silenced: bool = False) -> str:
    """Count: ``7 profiles: 1 error, 2 warnings``, and ``, 1 silenced`` when asked."""
    parts = []
    for severity in Severity:
        count = sum(item.severity is severity for item in selection.findings)
        if count:
            parts.append(plural(count, severity.value, severity.value + "s"))
    counted = [plural(selection.count, "profile")] if selection.count else []
    counted += [plural(selection.gpos, "GPO")] if selection.gpos else []
    found = ", ".join(parts) or "no findings"
    allowed = sum(len(item.allowed) for item in selection.profiles) if silenced else 0
    found += f", {allowed} silenced" if allowed else ""
    unread = len(selection.errors)
    if not counted and unread:
        return f"gpogen read nothing; {plural(unread, 'path')} not read"
    text = f"{', '.join(counted) or '0 profiles'}: {found}"
    return f"{text}; {plural(unread, 'path')} not read" if unread else text


def unproven(selection: Selection) -> str:
    """Write one line that names the unproven facts, those aside that the authors have proved.

    Empty where no profile rests on any.
    """
    from gpogen.workspace.strict import unproven_findings

    found = [{fact.id for fact in unproven_findings(item)} for item in selection.profiles]
    names = sorted(set().union(*found))
    if not names:
        return ""
    count = sum(map(bool, found))
    verb = "rests" if count == 1 else "rest"
    told = f"{plural(count, 'profile')} {verb} on unproven facts: {', '.join(names)}"
    return f"{told} (gpogen explain {names[0]})"
