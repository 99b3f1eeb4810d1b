"""One argument of a command line that somebody pastes into a shell from a text.

Nobody knows into which shell. So each context refuses what the other shell would act upon, and
a caller shows the step in words instead of a line that cannot be written.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from gpogen.artifacts.render.contexts.characters import first_hidden
from gpogen.artifacts.render.contexts.powershell import literal
from gpogen.artifacts.render.rendered import ContextError, Rendered, wrong_type

# Between double quotes PowerShell acts on $ and `, and cmd on % and, in some sessions, on !. Beyond
# ASCII there are double quotes that PowerShell takes for its own, and full-width forms that
# programs without Unicode receive as the ASCII ones.
_NOT_IN_BOTH = re.compile(r'[^ -~]|["$`%!]')
# Between single quotes PowerShell acts on nothing, but to cmd these quotes are letters.
_NOT_IN_POWERSHELL = re.compile(r'["%!^&|<>()]')
_OPTION = ("-", "/", "@")


def argument(value: object) -> Rendered:
    r"""Write ``"HKLM\SOFTWARE\A B"``: the same argument to PowerShell and to cmd.

    Raises:
        ContextError: no text, empty text, text that begins as an option or ends with ``\``, or a
            character that one of the shells acts upon.
    """
    name = "command argument"
    text = _argument(name, value)
    if found := _NOT_IN_BOTH.search(text):
        raise ContextError(name, "cannot hold", text=text, character=found.group())
    return Rendered(f'"{text}"')


def powershell_argument(value: object) -> Rendered:
    r"""Write ``'HKLM\SOFTWARE\$A'``: one argument to PowerShell, and nothing that cmd acts upon.

    Raises:
        ContextError: no text, empty text, text that begins as an option or ends with ``\``, a
            hidden character, or a character that cmd acts upon.
    """
    name = "PowerShell command argument"
    text = _argument(name, value)
    hidden = first_hidden(text)
    found = _NOT_IN_POWERSHELL.search(text)
    if hidden is not None or found:
        odd = hidden if found is None else found.group()
        raise ContextError(name, "cannot hold", text=text, character=odd)
    return literal(text)


def fits(context: Callable[[object], Rendered], text: str) -> bool:
    """Tell whether a context of this module can write the text."""
    try:
        context(text)
    except ContextError:
        return False
    return True


def _argument(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise wrong_type(name, "text", value)
    if not value:
        raise ContextError(name, "cannot be empty")
    if value.startswith(_OPTION):
        raise ContextError(name, "cannot begin with", text=value, character=value[0])
    if value.endswith("\\"):
        # A program reads \" as a quote within the argument.
        raise ContextError(name, "cannot end with", text=value, character="\\")
    return str(value)
