"""A template cannot run without end, whether it writes something or nothing."""

from __future__ import annotations

import pytest
from jinja2 import DictLoader
from jinja2.exceptions import SecurityError, TemplateRuntimeError, TemplateSyntaxError

from gpogen.artifacts.render import budget
from gpogen.artifacts.render.budget import Budget
from gpogen.artifacts.render.engine import RenderEnvironment, render_in
from gpogen.artifacts.render.formats import format_of
from gpogen.artifacts.render.language import MAX_LOOPS

NAME = "a.ps1.j2"
ITEMS = "'" + "x" * 40 + "'"


def loops(count: int, body: str) -> str:
    return f"{{% for a in {ITEMS} %}}" * count + body + "{% endfor %}" * count


def tower(count: int) -> str:
    """Make macros of which each calls the one before ten times."""
    first = "{% macro m0() %}{% endmacro %}"
    others = (
        f"{{% macro m{n}() %}}{f'{{{{ m{n - 1}() }}}}' * 10}{{% endmacro %}}"
        for n in range(1, count)
    )
    return first + "".join(others) + f"{{% set x %}}{{{{ m{count - 1}() }}}}{{% endset %}}"


def doubled(count: int) -> str:
    first = "{% set a0 %}0123456789{% endset %}"
    return first + "".join(
        f"{{% set a{n} %}}{f'{{{{ a{n - 1} }}}}' * 10}{{% endset %}}" for n in range(1, count)
    )


def run(source: str, within: Budget, **context: object) -> bytes:
    files = {
        NAME: source,
        "b.ps1.j2": "{% include 'c.ps1.j2' %}" * 100,
        "c.ps1.j2": "{% include 'd.ps1.j2' %}" * 100,
        "d.ps1.j2": "{% include 'e.ps1.j2' %}" * 100,
        "e.ps1.j2": "",
    }
    form = format_of(NAME)
    environment = RenderEnvironment(form, DictLoader(files))
    environment.budget = within
    return render_in(environment, form, NAME, context)


STEPS = "it needs more than 50000000 steps"
WRITTEN = "it writes more than 67108864 characters into variables, macros and the file"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (loops(9, ""), STEPS),
        (loops(9, "{% if a == 'y' %}z{% endif %}"), STEPS),
        (f"{{% for a in {ITEMS} if a == 'x' %}}" * 9 + "{% endfor %}" * 9, STEPS),
        (loops(9, "{% set b = v.upper() %}"), STEPS),
        (loops(9, "{% if 'zz' in v %}{% endif %}"), STEPS),
        (loops(9, "{% if v == w %}{% endif %}"), STEPS),
        (loops(9, "{% if v == '" + "x" * 100_000 + "' %}{% endif %}"), STEPS),
        (loops(9, "{% if v | literal == 'x' %}{% endif %}"), WRITTEN),
        (loops(9, "{% if loop.last or loop.length == 3 %}{% endif %}"), STEPS),
        (loops(8, "{% for k, x in d.items() %}{% endfor %}"), STEPS),
        (tower(30), STEPS),
        (doubled(20), WRITTEN),
        ("{% set x %}" + loops(9, "y" * 10_000) + "{% endset %}", WRITTEN),
        ("{% include 'b.ps1.j2' %}" * 100, STEPS),
        (
            "{% macro m() %}{{ caller() }}{{ caller() }}{% endmacro %}"
            + "{% call m() %}" * 40
            + "x"
            + "{% endcall %}" * 40,
            STEPS,
        ),
    ],
)
def test_what_runs_without_end_ends(source: str, said: str) -> None:
    # A twentieth of what there is: the same error, sooner.
    within = Budget(budget.MAX_STEPS // 20, budget.MAX_WRITTEN // 20)

    with pytest.raises(TemplateRuntimeError, match=said):
        run(source, within, v="x" * 100_000, w="x" * 99_999 + "y", d={"a": 1})


@pytest.mark.parametrize(
    "source",
    ["{% for a in 'xy' %}a{% endfor %}", "{% macro m() %}aa{% endmacro %}{{ m() }}", "{{ 'aa' }}"],
)
def test_the_last_step_and_the_last_character_are_granted(source: str) -> None:
    spent = Budget()
    written = run(source, spent)
    steps, characters = budget.MAX_STEPS - spent.steps, budget.MAX_WRITTEN - spent.written

    assert run(source, Budget(steps, characters)) == written
    with pytest.raises(TemplateRuntimeError):
        run(source, Budget(steps - 1, characters))
    with pytest.raises(TemplateRuntimeError):
        run(source, Budget(steps, characters - 1))


@pytest.mark.parametrize(
    "source",
    [
        "{{ 'x'.ljust(1000000000) }}",
        "{{ 'x'.replace('', 'yyyy') }}",
        "{{ 'x'.zfill(1000000000) }}",
        "{{ ','.join('abc') }}",
        "{{ 'x'.strip('x') }}",
        "{% set f = 'x'.center %}{{ f(1000000000) }}",
        "{{ d.values() }}",
    ],
)
def test_methods_that_make_long_texts_cannot_be_called(source: str) -> None:
    with pytest.raises(SecurityError, match="is not safely callable"):
        run(source, Budget(), d={"a": 1})


@pytest.mark.parametrize(
    "source",
    [
        "{% set a = [0] %}{% set a = [a, a] %}",
        "{% set a = (0, b) %}",
        "{% set a = {'x': b} %}",
        "{% macro m() %}{{ m(varargs, varargs) }}{% endmacro %}",
        "{% macro m() %}{{ m(x=kwargs, y=kwargs) }}{% endmacro %}",
    ],
)
def test_lists_cannot_be_nested_by_variables(source: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        run(source, Budget())


def test_ten_loops_in_each_other_are_the_most() -> None:
    one = "{% for a in 'x' %}"

    assert run(one * MAX_LOOPS + "{% endfor %}" * MAX_LOOPS, Budget()) == b""
    with pytest.raises(TemplateSyntaxError, match="more than 10 nested loops"):
        run(one * (MAX_LOOPS + 1) + "{% endfor %}" * (MAX_LOOPS + 1), Budget())
