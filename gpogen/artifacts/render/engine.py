"""The template environments, one for each format.

Escaping is by construction: what ``{{ ... }}`` writes has been through a context, the one that
its filter names or else the format's default one. Nothing else writes values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from types import BuiltinMethodType, MethodType
from typing import Any

from jinja2 import BaseLoader, Environment, StrictUndefined, Template, nodes
from jinja2.exceptions import SecurityError, TemplateNotFound
from jinja2.runtime import Macro, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.tests import TESTS

from gpogen.artifacts.render.budget import Budget, Cost, counted
from gpogen.artifacts.render.formats import Context, TemplateFormat, format_of
from gpogen.artifacts.render.language import (
    CAPTURED,
    COUNTED,
    Checker,
    RenderedCodeGenerator,
    RenderedMacro,
    own_macro,
)
from gpogen.artifacts.render.rendered import ContextError, Rendered

_METHODS = (MethodType, BuiltinMethodType)
_TEXT_METHODS = ("upper", "lower", "startswith", "endswith")
"""Methods that look at each character of the text once."""
_ABSENT = object()
_TEST_NAMES = ("boolean", "defined", "integer", "none", "string")


class RenderEnvironment(ImmutableSandboxedEnvironment):
    """Jinja for one format."""

    code_generator_class = RenderedCodeGenerator

    def __init__(self, form: TemplateFormat, loader: BaseLoader, *, limited: bool = True) -> None:
        """Set up the language: few filters, few tests, no globals.

        Args:
            form: the format.
            loader: finds the templates.
            limited: whether what is rendered takes from ``budget``, once that is set; gpogen's own
                templates need no limit.
        """
        self.budget: Budget | None = None
        self._limited = limited
        self._sizes: dict[str, int] = {}
        super().__init__(
            loader=_OneFormat(form, loader),
            undefined=StrictUndefined,
            finalize=self._count_text(_finalizer(form.default)),
            autoescape=False,
            optimized=False,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        named = {
            name: self._count_text(_guarded(f"{form.name} {name}", context))
            for name, context in form.contexts.items()
        }
        visible = {"length": len, **named}
        self.filters = {**visible, CAPTURED: Rendered, COUNTED: self._counted}
        self.tests = {name: TESTS[name] for name in _TEST_NAMES}
        self.globals.clear()
        self._safe: set[tuple[type, str]] = set()
        self._checker = Checker(tuple(visible), _TEST_NAMES, form.commands)

    def _count_text(self, context: Context) -> Context:
        """Return a context that takes what it writes from the budget, where there is one."""
        if not self._limited:
            return context

        @wraps(context)
        def count(*args: Any, **kwargs: Any) -> Rendered:
            written = context(*args, **kwargs)
            if self.budget is not None:
                self.budget.spend(1, len(written))
            return written

        return count

    def _counted(self, items: Any, steps: int, written: int) -> Any:
        """Let a loop take its rounds from the budget."""
        return items if self.budget is None else counted(items, self.budget, steps, written)

    def own_macro(self, macro: Macro, steps: int, written: int) -> RenderedMacro:
        """Return the macro that templates get instead of Jinja's."""
        return own_macro(macro, Cost(steps, written), self.budget)

    def get_template(self, name: Any, *args: Any, **kwargs: Any) -> Template:
        """Return a template; each include and import counts as one run of all of it."""
        found = super().get_template(name, *args, **kwargs)
        if self.budget is not None:
            size = self._sizes.get(str(found.name), 0)
            self.budget.spend(1 + size, size)
        return found

    def is_safe_callable(self, obj: Any) -> bool:
        """Let templates call macros, functions of gpogen, and methods that cannot cost much."""
        if not isinstance(obj, _METHODS):
            return super().is_safe_callable(obj)
        own = obj.__self__
        if isinstance(own, str) and obj.__name__ in _TEXT_METHODS:
            if self.budget is not None:
                self.budget.spend(len(own), 0)
            return super().is_safe_callable(obj)
        return isinstance(own, Mapping) and obj.__name__ == "items"

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        self._sizes[str(name)] = len(source)
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


def _finalizer(default: Context) -> Callable[[object], Rendered]:
    def finalize(value: object) -> Rendered:
        if type(value) is Rendered:
            return value
        if isinstance(value, Undefined):
            value._fail_with_undefined_error()
        return default(value)

    return finalize


def _guarded(name: str, context: Context) -> Context:
    @wraps(context)
    def guarded(value: object, *args: Any, **kwargs: Any) -> Rendered:
        if isinstance(value, Undefined):
            value._fail_with_undefined_error()
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
