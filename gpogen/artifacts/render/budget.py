"""What one file may cost that a user's template writes: steps and characters.

Without it, a few nested loops or macros that call each other run for years and write nothing.
Every loop, call and include is a number of steps that depends on the template alone, so that a
template fails for each machine or for none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jinja2 import nodes
from jinja2.exceptions import TemplateRuntimeError

MAX_STEPS = 50_000_000
"""Steps of one file: a few seconds. The largest profile takes less than a twentieth of it."""
MAX_WRITTEN = 64 << 20
"""Characters that one file may write, also into variables and macros."""
_ROUND = 10
_SEARCH = 20_000
"""What a comparison with a value counts for, which may be a long text or list."""
_CHARACTERS = 64
"""So many characters of a constant count as one step more."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a part of a template costs each time.

    Attributes:
        steps: of its code.
        written: characters of its text.
    """

    steps: int
    written: int


@dataclass(slots=True)
class Budget:
    """What is left for one file."""

    steps: int = MAX_STEPS
    written: int = MAX_WRITTEN

    def spend(self, steps: int, written: int) -> None:
        """Take steps and characters.

        Raises:
            TemplateRuntimeError: nothing is left.
        """
        self.steps -= steps
        self.written -= written
        if self.steps < 0:
            raise TemplateRuntimeError(f"it needs more than {MAX_STEPS} steps")
        if self.written < 0:
            raise TemplateRuntimeError(
                f"it writes more than {MAX_WRITTEN} characters into variables, macros and the file"
            )


def cost(node: nodes.Node) -> Cost:
    """Return the cost of one round of a loop, one call of a macro, or a whole template."""
    steps, written, stack = _ROUND, 0, [node]
    while stack:
        found = stack.pop()
        steps += _steps(found)
        written += len(found.data) if isinstance(found, nodes.TemplateData) else 0
        stack += found.iter_child_nodes()
    return Cost(steps, written)


def _steps(node: nodes.Node) -> int:
    constant = (nodes.Const, nodes.List, nodes.Tuple, nodes.Dict)
    if isinstance(node, nodes.Operand) and not isinstance(node.expr, constant):
        return _SEARCH
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        return 1 + len(node.value) // _CHARACTERS
    return 1


def counted(items: Iterator[object], budget: Budget, steps: int, written: int) -> Iterator[object]:
    """Yield items, and take the cost of a round for each."""
    for item in items:
        budget.spend(steps, written)
        yield item
