"""The part of Jinja that templates may use, and what macros and block sets return."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame, MacroRef
from jinja2.exceptions import TemplateSyntaxError
from jinja2.runtime import Macro

from gpogen.artifacts.render.budget import Budget, Cost, cost
from gpogen.artifacts.render.command_lines import faults
from gpogen.artifacts.render.rendered import Rendered

CAPTURED = "captured block"
"""The filter that block sets end with. No template can name it: its name holds a blank."""
COUNTED = "counted loop"
"""The filter that what a loop goes through ends with."""

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
MAX_LOOPS = 10
"""Loops in each other: what follows a value on its line is found by going through each twice."""
_ALL_ARGUMENTS = ("varargs", "kwargs")
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
        """Check a tree, and mark its block sets, which return `Rendered`, and its loops.

        Raises:
            TemplateSyntaxError: the template uses what it may not.
        """
        whole = _walk(tree)
        written = {id(node.node) for node in whole if isinstance(node, nodes.Filter)}
        for node in whole:
            if reason := self._fault(node, is_written=id(node) in written):
                raise TemplateSyntaxError(reason, _line(node), name, filename)
        if line := _too_deep(tree):
            raise TemplateSyntaxError(f"more than {MAX_LOOPS} nested loops", line, name, filename)
        if self._commands:
            for line, reason in faults(tree, self._commands).items():
                raise TemplateSyntaxError(reason, line, name, filename)
        for block in list(tree.find_all(nodes.AssignBlock)):
            block.filter = nodes.Filter(None, CAPTURED, [], [], None, None, lineno=block.lineno)
        for loop in list(tree.find_all(nodes.For)):
            each = cost(loop)
            numbers = [nodes.Const(each.steps), nodes.Const(each.written)]
            line = loop.lineno
            loop.iter = nodes.Filter(loop.iter, COUNTED, numbers, [], None, None, lineno=line)

    def _fault(self, node: nodes.Node, *, is_written: bool) -> str | None:
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
        if isinstance(node, nodes.Name) and node.name in _ALL_ARGUMENTS:
            return f"{node.name} is not for these templates: name the parameters of the macro"
        is_literal = isinstance(node, nodes.List | nodes.Tuple | nodes.Dict)
        if is_literal and not is_written and not _is_constant(node):
            return "a list, a tuple or a dict of variables must be followed by a filter"
        return None


def _is_constant(node: nodes.Node) -> bool:
    """Tell whether a literal holds no variable: variables could nest it without end."""
    if isinstance(node, nodes.Tuple) and node.ctx != "load":
        return True
    constant = (nodes.Const, nodes.Pair, nodes.List, nodes.Tuple, nodes.Dict)
    return all(isinstance(found, constant) for found in _walk(node))


def _too_deep(tree: nodes.Template) -> int:
    """Return the line of a loop inside too many others; 0 for none."""
    stack: list[tuple[nodes.Node, int]] = [(tree, 0)]
    while stack:
        node, loops = stack.pop()
        loops += isinstance(node, nodes.For)
        if loops > MAX_LOOPS:
            return node.lineno
        stack += ((child, loops) for child in node.iter_child_nodes())
    return 0


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

    each: Cost
    budget: Budget | None

    def _invoke(self, arguments: list[Any], autoescape: bool) -> str:
        if self.budget is not None:
            self.budget.spend(self.each.steps, self.each.written)
        return Rendered(super()._invoke(arguments, autoescape))


def own_macro(macro: Macro, each: Cost, budget: Budget | None) -> RenderedMacro:
    """Turn the macro that Jinja made into one whose text is final, and whose calls count."""
    own = RenderedMacro.__new__(RenderedMacro)
    own.__dict__.update(macro.__dict__)
    own.each, own.budget = each, budget
    return own


class RenderedCodeGenerator(CodeGenerator):
    """Jinja's compiler, with two calls more. It wraps what Jinja writes and never repeats it."""

    def macro_def(self, macro_ref: MacroRef, frame: Frame) -> None:
        """Write the macro's definition, handed through `own_macro`."""
        each = cost(macro_ref.node)
        self.write("environment.own_macro(")
        super().macro_def(macro_ref, frame)
        self.write(f", {each.steps}, {each.written})")

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
