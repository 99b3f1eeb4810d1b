"""What the ending of ``--output`` says about the format, and which endings a format has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import TypeAlias

from gpogen.errors import UsageError
from gpogen.near import alternatives

Endings: TypeAlias = Mapping[str, Sequence[str]]
"""By format, the endings of its files in lower case, the usual one first."""

_PICTURES = (".png", ".pdf", ".jpg", ".jpeg", ".gif", ".webp", ".emf")
_STDOUT = "-"


def form_of(form: str | None, output: str, endings: Endings, usual: str) -> str:
    """Return the format to write; standard output and a name without an ending take any.

    Args:
        form: what ``--format`` names; None where the ending decides.
        output: a file, or ``-``.
        endings: the formats. An ending that several have names the first of them.
        usual: the format where neither ``--format`` nor an ending names one.

    Raises:
        UsageError: the ending is of no format, or of another one.
    """
    ending = _ending(output)
    if form is not None:
        check(output, endings[form], f"with --format {form}, ")
        return form
    if not ending:
        return usual
    for name, known in endings.items():
        if ending in known:
            return name
    told = alternatives([f"{known[0]} ({name})" for name, known in _first_of_each(endings).items()])
    picture = "; for a picture, use .svg" if ending in _PICTURES and "svg" in endings else ""
    raise UsageError(f"--output: must end with {told}; got {output}{picture}")


def check(output: str, allowed: Sequence[str], when: str = "") -> None:
    """Refuse a file whose ending is not one of some; standard output has none.

    Raises:
        UsageError: it has another ending.
    """
    ending = _ending(output)
    if ending and ending not in allowed:
        raise UsageError(f"--output: {when}must end with {alternatives(allowed)}; got {output}")


def _ending(output: str) -> str:
    return "" if output == _STDOUT else PurePath(output).suffix.lower()


def _first_of_each(endings: Endings) -> Endings:
    """Leave out the formats whose every ending names another one."""
    taken: set[str] = set()
    found: dict[str, Sequence[str]] = {}
    for name, known in endings.items():
        own = [ending for ending in known if ending not in taken]
        taken.update(known)
        if own:
            found[name] = own
    return found
