"""A value in a line that people paste has a command context, or the template does not compile."""

from __future__ import annotations

import pytest
from jinja2 import DictLoader
from jinja2.exceptions import TemplateSyntaxError

from gpogen.artifacts.render import render_from
from gpogen.resources import resource_dir

BARE = [
    "    reg.exe export {{ x }} a.reg\n",
    "    reg.exe export {{ x | line }} a.reg\n",
    "    reg.exe export {{ x | record }} a.reg\n",
    "    {{ x }}\n",
    "a\n    {{ x }} b\n",
    "    cd {{ x | word }} {{ x }}\n",
    "    cd{% for y in xs %} /e {{ y }}{% endfor %}\n",
    "    cd {% if x %}a{% else %}b{% endif %} {{ x }}\n",
    "{% if x %}    cd {% endif %}{{ x }}\n",
    "{% if x %}a\n{% else %}    cd {% endif %}{{ x }}\n",
    "{% for y in xs %}{{ y }}    cd {% endfor %}\n    {{ x }}",
    "{% for y in xs %}{{ y | line }} {% if y %}\n\n    cd {% endif %}{% endfor %}",
    "    cd {{ x | word if x else x }}\n",
    "    cd {{ x | word if x }}\n",
    "    cd {{ m(x) }}\n{% macro m(y) %}{{ y | word }}{% endmacro %}",
    "{% macro m(y) %}cd {{ y }}{% endmacro %}",
    "{% set y %}cd {{ x }}{% endset %}",
    "{% with y = x %}    cd {{ y }}{% endwith %}",
    "{% include 'p.txt.j2' %}{{ x }}",
    "Run Set-{{ x }}.ps1\n",
    "Run {{ x }}.ps1\n",
    "Run lgpo\\{{ x }} now\n",
    "Run {{ x }}{% if x %}-undo{% endif %}\n",
    "Run {{ x | line }}{{ x }}.reg\n",
]
SAFE = [
    "    reg.exe export {{ x | argument }} a.reg\n",
    "    reg.exe export {{ x | powershell }} a.reg\n",
    "    {{ x | record }}\n",
    "      {{ x | record }}\n",
    "{{ x }}: a sentence.\n",
    '- {{ x }}, and ({{ x }}) or "{{ x }}".\n  {{ x | block(2) }}\n',
    "Run Set-{{ x | word }}.ps1\n",
    "    cd {{ x | word if x else x | argument }}\n",
    "    cd{% for y in xs %} /e {{ y | argument }}{% endfor %}\n",
    "   {{ x }}\n",
]


def run(source: str) -> bytes:
    loader = DictLoader({"t.txt.j2": source, "p.txt.j2": "    cd "})
    return render_from(loader, "t.txt.j2", x="ab", xs=("ab", "c"))


@pytest.mark.parametrize("source", BARE)
def test_a_bare_value_in_a_command_does_not_compile(source: str) -> None:
    with pytest.raises(TemplateSyntaxError, match="needs a command context"):
        run(source)


@pytest.mark.parametrize("source", SAFE)
def test_a_value_with_a_command_context_or_in_prose_does(source: str) -> None:
    assert b"ab" in run(source)


def test_the_line_of_the_fault_is_named() -> None:
    with pytest.raises(TemplateSyntaxError) as caught:
        run("a\nb\n    cd {{ x }}\n")
    assert caught.value.lineno == 3


def test_every_shipped_text_template_is_checked() -> None:
    folder = resource_dir("templates")
    names = [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*.txt.j2"))]
    assert "readme.txt.j2" in names
    for name in names:
        source = (folder / name).read_text(encoding="utf-8")
        if " | word }}" not in source:
            continue
        bare = source.replace(" | word }}", " }}", 1)
        with pytest.raises(TemplateSyntaxError, match="needs a command context"):
            render_from(DictLoader({name: bare}), name)
