"""The part of Jinja that templates may use, and what macros and block sets return."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame, MacroRef
from jinja2.exceptions import TemplateSyntaxError
from jinja2.runtime import Macro

from gpogen.artifacts.render.command_lines import faults
from gpogen.artifacts.render.rendered import Rendered

CAPTURED = "captured block"
"""The filter that block sets end with. No template can name it: its name holds a blank."""

_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Const,
    nodes.Name,
    nodes.For,
    nodes.If,
    nodes.CondExpr,
    nodes.Macro,
    nodes.CallBlock,
    nodes.Assign,
    nodes.AssignBlock,
    nodes.With,
    nodes.Include,
    nodes.Import,
    nodes.FromImport,
    nodes.Getattr,
    nodes.Getitem,
    nodes.Call,
    nodes.Keyword,
    nodes.Filter,
    nodes.Test,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Neg,
    nodes.Tuple,
    nodes.List,
    nodes.Dict,
    nodes.Pair,
)
_REASONS = {
    nodes.Concat: "joining values with ~ would hide what is quoted already",
    nodes.Add: "joining values with + would hide what is quoted already",
    nodes.FilterBlock: "{% filter %} would quote what is quoted already",
    nodes.Scope: "{% autoescape %} has no meaning here",
}


class Checker:
    """Refuses what templates may not use, while a template is compiled."""

    def __init__(
        self, filters: Collection[str], tests: Collection[str], commands: Collection[str]
    ) -> None:
        """Take the names of the filters and tests that exist, and of those for command lines."""
        self._filters = filters
        self._tests = tests
        self._commands = commands

    def check(self, tree: nodes.Template, name: str | None, filename: str | None) -> None:
        """Check a tree, and mark its block sets so that they return `Rendered`.

        Raises:
            TemplateSyntaxError: the template uses what it may not.
        """
        for node in _walk(tree):
            if reason := self._fault(node):
                raise TemplateSyntaxError(reason, _line(node), name, filename)
        if self._commands:
            for line, reason in faults(tree, self._commands).items():
                raise TemplateSyntaxError(reason, line, name, filename)
        for block in list(tree.find_all(nodes.AssignBlock)):
            block.filter = nodes.Filter(None, CAPTURED, [], [], None, None, lineno=block.lineno)

    def _fault(self, node: nodes.Node) -> str | None:
        if not isinstance(node, _ALLOWED):
            return _REASONS.get(type(node), f"{type(node).__name__} is not for these templates")
        if isinstance(node, nodes.Filter) and node.name not in self._filters:
            return f"there is no filter {node.name!r}; there are {', '.join(self._filters)}"
        if isinstance(node, nodes.Test) and node.name not in self._tests:
            return f"there is no test {node.name!r}; there are {', '.join(self._tests)}"
        if isinstance(node, nodes.AssignBlock) and node.filter is not None:
            return "a filter on {% set %} would quote what is quoted already"
        if isinstance(node, nodes.For) and node.recursive:
            return "a recursive loop returns text that would be quoted twice"
        return None


def _walk(node: nodes.Node) -> list[nodes.Node]:
    found = [node]
    for child in node.iter_child_nodes():
        found.extend(_walk(child))
    return found


def _line(node: nodes.Node) -> int:
    # Jinja gives the scope of {% autoescape %} no line, but does so for what is in it.
    return node.lineno or next((_line(child) for child in node.iter_child_nodes()), 1)


class RenderedMacro(Macro):
    """A macro whose text is final: its own expressions have been through their contexts."""

    def _invoke(self, arguments: list[Any], autoescape: bool) -> str:
        return Rendered(super()._invoke(arguments, autoescape))


def own_macro(macro: Macro) -> RenderedMacro:
    """Turn the macro that Jinja made into one whose text is final."""
    own = RenderedMacro.__new__(RenderedMacro)
    own.__dict__.update(macro.__dict__)
    return own


class RenderedCodeGenerator(CodeGenerator):
    """Jinja's compiler, with two calls more. It wraps what Jinja writes and never repeats it."""

    def macro_def(self, macro_ref: MacroRef, frame: Frame) -> None:
        """Write the macro's definition, handed through `own_macro`."""
        self.write("environment.own_macro(")
        super().macro_def(macro_ref, frame)
        self.write(")")

    def visit_Call(  # noqa: N802 - Jinja's name
        self, node: nodes.Call, frame: Frame, forward_caller: bool = False
    ) -> None:
        """Write a call; that of ``{% call %}`` goes through finalize, as every output does."""
        if not forward_caller:
            super().visit_Call(node, frame)
            return
        self.write("str(environment.finalize(")
        super().visit_Call(node, frame, forward_caller=True)
        self.write("))")
