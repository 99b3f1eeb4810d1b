"""What artifacts have in common that write values of a machine without Group Policy."""

from __future__ import annotations

import textwrap

from gpogen.artifacts.api import Held, Reference, held
from gpogen.artifacts.placing import placing
from gpogen.artifacts.powershell_text import head_lines
from gpogen.artifacts.render.contexts.characters import split_lines
from gpogen.compile.result import Compiled, records_of

_WIDTH = 98


def remarks(compiled: Compiled) -> tuple[str, ...]:
    """Return the comment at the top of such a file: the profile, and what stays or is missing."""
    header = compiled.header
    head = (line for text in head_lines(header) for line in split_lines(text))
    missing = (f"Not in this file: {item.what}: {item.reason}" for item in compiled.not_direct)
    stays = (
        f"It writes values directly into the registry of {placing(header).direct}; Group Policy "
        "does not remove them: they stay (tattoo) until somebody deletes them."
    )
    lines = (*head, stays, *missing)
    return tuple(part for line in lines for part in _wrapped(line))


def _wrapped(line: str) -> list[str]:
    return textwrap.wrap(
        line,
        _WIDTH,
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def expected(source: Reference, form: str, path: str) -> tuple[Held, ...]:
    """Return what the file must give: the direct records that the format can hold.

    A file of which it can hold none is there, too: its comments name them.
    """
    if source.compiled is None:
        # The policy of the backup goes to other keys where a machine has no Group Policy.
        return (Held(path=path, content=source.every, common=True),)
    records = records_of(source.compiled.direct)
    return (held(form, path, records),) if records else ()
