"""The template environments, one for each format.

Escaping is by construction: what ``{{ ... }}`` writes has been through a context, the one that
its filter names or else the format's default one. Nothing else writes values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from types import BuiltinMethodType, MethodType
from typing import Any

from jinja2 import BaseLoader, Environment, StrictUndefined, nodes
from jinja2.exceptions import SecurityError, TemplateNotFound
from jinja2.runtime import Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.tests import TESTS

from gpogen.artifacts.render.formats import Context, TemplateFormat, format_of
from gpogen.artifacts.render.language import (
    CAPTURED,
    Checker,
    RenderedCodeGenerator,
    own_macro,
)
from gpogen.artifacts.render.rendered import ContextError, Rendered

_METHODS = (MethodType, BuiltinMethodType)
_ABSENT = object()
_TEST_NAMES = ("boolean", "defined", "integer", "none", "string")


class RenderEnvironment(ImmutableSandboxedEnvironment):
    """Jinja for one format."""

    code_generator_class = RenderedCodeGenerator
    own_macro = staticmethod(own_macro)

    def __init__(self, form: TemplateFormat, loader: BaseLoader) -> None:
        """Set up the language: few filters, few tests, no globals."""
        super().__init__(
            loader=_OneFormat(form, loader),
            undefined=StrictUndefined,
            finalize=_finalizer(form.default),
            autoescape=False,
            optimized=False,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        named = {
            name: _guarded(f"{form.name} {name}", context)
            for name, context in form.contexts.items()
        }
        visible = {"length": len, **named}
        self.filters = {**visible, CAPTURED: Rendered}
        self.tests = {name: TESTS[name] for name in _TEST_NAMES}
        self.globals.clear()
        self._safe: set[tuple[type, str]] = set()
        self._checker = Checker(tuple(visible), _TEST_NAMES, form.commands)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        self._checker.check(tree, name, filename)
        return tree

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Read an attribute as Jinja does, which judges each name of a type once.

        Whether an attribute is safe depends on its name and on the object's type alone, and
        nothing but a method can be one that Jinja wraps.
        """
        if (type(obj), attribute) in self._safe:
            value = getattr(obj, attribute, _ABSENT)
            if value is not _ABSENT and not isinstance(value, _METHODS):
                return value
        return super().getattr(obj, attribute)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Ask Jinja, and remember for each type the attributes that are safe."""
        safe = super().is_safe_attribute(obj, attr, value)
        if safe:
            self._safe.add((type(obj), attr))
        return safe

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        """Refuse ``str.format``, which would return `Rendered` for a format that is.

        Raises:
            SecurityError: the value is such a method.
        """
        if super().wrap_str_format(value) is not None:
            raise SecurityError("templates may not use str.format")
        return None


class _OneFormat(BaseLoader):
    """Finds templates of one format only, so that an include cannot change the contexts."""

    def __init__(self, form: TemplateFormat, inner: BaseLoader) -> None:
        self._form = form
        self._inner = inner

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        if not template.endswith(self._form.endings):
            raise TemplateNotFound(template, f"{template} is no {self._form.name} template")
        return self._inner.get_source(environment, template)


def _fail_if_undefined(value: object) -> None:
    if isinstance(value, Undefined):
        value._fail_with_undefined_error()


def _finalizer(default: Context) -> Callable[[object], Rendered]:
    def finalize(value: object) -> Rendered:
        if type(value) is Rendered:
            return value
        _fail_if_undefined(value)
        return default(value)

    return finalize


def _guarded(name: str, context: Context) -> Context:
    @wraps(context)
    def guarded(value: object, *args: Any, **kwargs: Any) -> Rendered:
        _fail_if_undefined(value)
        if isinstance(value, Rendered):
            raise ContextError(name, "the text is in its final form already")
        return context(value, *args, **kwargs)

    return guarded


def render_from(loader: BaseLoader, template_name: str, /, **context: object) -> bytes:
    """Render a template that the loader finds; else as `rendering.render`."""
    form = format_of(template_name)
    return render_in(RenderEnvironment(form, loader), form, template_name, context)


def render_in(
    environment: RenderEnvironment, form: TemplateFormat, name: str, context: Mapping[str, object]
) -> bytes:
    """Render a template of an environment to the bytes of its file."""
    return form.finish(name, environment.get_template(name).render(dict(context)))
