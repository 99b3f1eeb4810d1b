"""Templates to bytes, every value written by the context that its place needs."""

from __future__ import annotations

from gpogen.artifacts.render.engine import render_from
from gpogen.artifacts.render.formats import TemplateFaultError
from gpogen.artifacts.render.rendered import ContextError, Rendered
from gpogen.artifacts.render.rendering import render

__all__ = [
    "ContextError",
    "Rendered",
    "TemplateFaultError",
    "render",
    "render_from",
]
