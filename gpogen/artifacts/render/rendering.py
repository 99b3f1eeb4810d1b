"""Rendering a template by its name: a shipped one, or a user's that replaces it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from jinja2 import FileSystemLoader
from jinja2.exceptions import TemplateError

from gpogen.artifacts.render.budget import Budget
from gpogen.artifacts.render.engine import RenderEnvironment, render_in
from gpogen.artifacts.render.formats import TemplateFaultError, TemplateFormat, format_of
from gpogen.artifacts.render.overriding import Overrides, in_use
from gpogen.artifacts.render.rendered import ContextError
from gpogen.errors import ContentError
from gpogen.resources import resource_dir

_FAULTS = (
    TemplateError,
    TemplateFaultError,
    TypeError,
    ValueError,
    RecursionError,
    SyntaxError,  # Python nests no more than 20 loops, and a limited number of blocks.
)
MAX_OUTPUT = 16 << 20
"""Characters of a file that a user's template may write."""


@cache
def _shipped(ending: str) -> RenderEnvironment:
    loader = FileSystemLoader(resource_dir("templates"))
    return RenderEnvironment(format_of(ending), loader, limited=False)


def render(template_name: str, /, **context: object) -> bytes:
    """Render a shipped template to the bytes of its file.

    Args:
        template_name: the path below the templates' folder, ``powershell/set.ps1.j2``.
        context: the template's variables.

    Returns:
        CRLF, but for ``.svg``, ``.sh`` and ``.html``. ``.ps1`` and ``.txt``: ASCII, or UTF-8 with a
        mark. ``.cmd``, ``.sh``: ASCII. ``.html``: UTF-8.
        ``.xml``: UTF-8 without, ``.cmtx``: with a mark, and well-formed.

    Raises:
        ContentError: a user's template replaces this one or a part of it, and cannot be rendered.
        ContextError: a value does not fit its place.
        TemplateFaultError: the result is not well-formed XML.
        jinja2.TemplateError: the template is wrong or a variable is missing.
        ValueError: no format has the name's ending.
    """
    form = format_of(template_name)
    overrides = in_use()
    if overrides is None:
        return render_in(_shipped(form.endings[0]), form, template_name, context)
    return _overridden(overrides, form, template_name, context)


def _overridden(
    overrides: Overrides, form: TemplateFormat, name: str, context: Mapping[str, object]
) -> bytes:
    parts: list[str] = []
    size = 0
    environment = overrides.environment(name)
    environment.budget = Budget()
    try:
        for part in environment.get_template(name).generate(dict(context)):
            size += len(part)
            if size > MAX_OUTPUT:
                raise TemplateFaultError(f"it writes more than {MAX_OUTPUT} characters")
            parts.append(part)
        return form.finish(name, "".join(parts))
    except ContextError:
        raise
    except _FAULTS as error:
        what = "it calls itself too often" if isinstance(error, RecursionError) else str(error)
        raise ContentError(
            f"{overrides.folder}: {name}: the template cannot be rendered: {what}"
        ) from None
