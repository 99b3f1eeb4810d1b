"""Templates to bytes, every value written by the context that its place needs."""

from __future__ import annotations

from gpogen.artifacts.render.engine import render, render_from
from gpogen.artifacts.render.formats import TemplateFaultError
from gpogen.artifacts.render.rendered import ContextError, Rendered

__all__ = [
    "ContextError",
    "Rendered",
    "TemplateFaultError",
    "render",
    "render_from",
]
