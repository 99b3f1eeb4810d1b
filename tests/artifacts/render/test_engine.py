from __future__ import annotations

import codecs
from typing import Any

import pytest
from jinja2 import DictLoader
from jinja2.exceptions import (
    SecurityError,
    TemplateNotFound,
    TemplateSyntaxError,
    UndefinedError,
)

from gpogen.artifacts.render import (
    ContextError,
    Rendered,
    TemplateFaultError,
    render_from,
)
from gpogen.artifacts.render.formats import FORMATS
from gpogen.resources import resource_dir

LIBRARY = """\
{% macro shout(x) %}<{{ x }}>{% endmacro %}
{% macro wrap() %}({{ caller() }}){% endmacro %}
{% macro twice(x) %}{{ shout(x) }}{{ shout(x) }}{% endmacro %}
"""


BANNED = ["safe", "e", "escape", "forceescape", "format", "join", "map", "string", "tojson"]


def run(source: str, *, name: str = "t.ps1.j2", **context: Any) -> str:
    loader = DictLoader({name: source, "lib.ps1.j2": LIBRARY, "part.xml.j2": "<a/>"})
    return render_from(loader, name, **context).decode("utf-8-sig")


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ("{{ x }}", "'it''s'"),
        ("{{ 'k' }}", "'k'"),
        ("{{ 7 }}", "7"),
        ("{{ x|literal }}", "'it''s'"),
        ("{{ x.upper() }}", "'IT''S'"),
        ("{{ 'a' if x else 'b' }}", "'a'"),
        ("{{ xs|value }}", "@('a','b')"),
        ("{{ xs|length }}", "2"),
        ("{% for x in xs %}{{ loop.index }}{{ x }}{% endfor %}", "1'a'2'b'"),
        ("{% set y = x %}{{ y }}", "'it''s'"),
        ("{% with y = x %}{{ y }}{% endwith %}", "'it''s'"),
        ("{% if x is string and x is defined %}yes{% endif %}", "yes"),
    ],
)
def test_every_expression_goes_through_a_context(source: str, written: str) -> None:
    assert run(source, x="it's", xs=("a", "b")) == written


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ("{% import 'lib.ps1.j2' as m %}{{ m.shout(x) }}", "<'it''s'>"),
        ("{% from 'lib.ps1.j2' import shout %}{{ shout(x) }}", "<'it''s'>"),
        ("{% from 'lib.ps1.j2' import twice %}{{ twice(x) }}", "<'it''s'><'it''s'>"),
        ("{% macro m(y) %}[{{ y }}]{% endmacro %}{{ m(x) }}", "['it''s']"),
        ("{% macro m(y) %}[{{ y }}]{% endmacro %}{{ m(m(x)) }}", "[['it''s']]"),
        ("{% from 'lib.ps1.j2' import wrap %}{% call wrap() %}{{ x }}{% endcall %}", "('it''s')"),
        ("{% set y %}<{{ x }}>{% endset %}{{ y }}", "<'it''s'>"),
        ("{% set y %}a{% endset %}{% macro m(z) %}{{ z }}{% endmacro %}{{ m(y) }}", "a"),
        ("{% include 'lib.ps1.j2' %}{{ x }}", "\r\n\r\n\r\n'it''s'"),
    ],
)
def test_macros_and_block_sets_are_quoted_once(source: str, written: str) -> None:
    assert run(source, x="it's").removeprefix("\r\n\r\n\r\n") == written.removeprefix(
        "\r\n\r\n\r\n"
    )


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ("{% set y %}'a'{% endset %}{{ y.upper() }}", "'''A'''"),
        ("{% set y %}'a'{% endset %}{{ y[0] }}", "''''"),
        ("{% set y %}'a'{% endset %}{% for c in y %}{{ c }}{% endfor %}", "'''''a'''''"),
    ],
)
def test_what_is_cut_out_of_rendered_text_is_quoted_again(source: str, written: str) -> None:
    assert run(source) == written


@pytest.mark.parametrize(
    "source",
    [
        "{{ x ~ 'a' }}",
        "{{ x + 'a' }}",
        "{{ x * 2 }}",
        "{{ 'a%s' % x }}",
        "{{ x[0:1] }}",
        "{% filter comment %}a{% endfilter %}",
        "{% autoescape true %}a{% endautoescape %}",
        "{% set y|comment %}a{% endset %}",
        "{% extends 'lib.ps1.j2' %}",
        "{% block b %}{% endblock %}",
        "{% for y in x recursive %}{{ loop(y) }}{% endfor %}",
        *(f"{{{{ x|{name} }}}}" for name in BANNED),
        "{% if false %}{{ x|safe }}{% endif %}",
        "{{ x is callable }}",
        "{{ x|attribute }}",
    ],
)
def test_the_compiler_refuses_and_names_the_line(source: str) -> None:
    with pytest.raises(TemplateSyntaxError) as caught:
        run("line one\n" + source, x="a")
    assert (caught.value.name, caught.value.lineno) == ("t.ps1.j2", 2)


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("{{ missing }}", UndefinedError),
        ("{{ missing|comment }}", UndefinedError),
        ("{{ x.missing }}", UndefinedError),
        ("{{ x if false }}", UndefinedError),
        ("{{ range(3) }}", UndefinedError),
        ("{{ namespace() }}", UndefinedError),
        ("{{ none }}", ContextError),
        ("{{ self }}", ContextError),
        ("{{ x|literal|comment }}", ContextError),
        ("{{ [x|literal]|value }}", ContextError),
        ("{% import 'lib.ps1.j2' as m %}{{ m }}", ContextError),
        ("{% import 'lib.ps1.j2' as m %}{{ m.shout }}", ContextError),
        ("{{ x.__class__ }}", SecurityError),
        ("{{ (x|literal).format(x) }}", SecurityError),
        ("{{ '{}'.format_map({}) }}", SecurityError),
        ("{{ xs.append(x) }}", SecurityError),
        ("{% call x.format() %}a{% endcall %}", SecurityError),
        ("{% include 'part.xml.j2' %}", TemplateNotFound),
        ("{% import 'part.xml.j2' as m %}", TemplateNotFound),
    ],
)
def test_a_template_cannot_get_round_its_contexts(source: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        run(source, x="it's", xs=["a"])


class Box:
    def __init__(self, value: object) -> None:
        self.value = value
        self._own = value


@pytest.mark.parametrize(
    ("attribute", "second"), [("value", "{}".format), ("value", "{}".format_map), ("_own", "b")]
)
def test_an_attribute_that_was_read_before_is_judged_again(attribute: str, second: object) -> None:
    source = f"{{% for box in boxes %}}{{{{ box.{attribute}(1) if box.last else box.value }}}}"
    first, other = Box("a"), Box(second)
    first.__dict__["last"], other.__dict__["last"] = False, True
    with pytest.raises(SecurityError):
        run(source + "{% endfor %}", boxes=[first, first, other])


def test_an_attribute_that_only_some_objects_of_a_type_have_is_undefined_for_the_others() -> None:
    whole, bare = Box("a"), Box("a")
    del bare.value
    with pytest.raises(UndefinedError):
        run("{% for box in boxes %}{{ box.value }}{% endfor %}", boxes=[whole, whole, bare])


def test_a_call_block_on_something_other_than_a_macro_is_quoted() -> None:
    assert run("{% call f() %}a{% endcall %}", f=lambda caller: f"'{caller()}'") == "'''a'''"


def test_text_rendered_by_a_context_passes_from_one_template_to_another() -> None:
    assert run("{{ x }}", x=Rendered("$true")) == "$true"


@pytest.mark.parametrize("name", [name for name in dir(str) if not name.startswith("_")])
@pytest.mark.parametrize("arguments", [(), (9,), ("",), ("z",), ("z", "y"), ({},)])
def test_no_method_of_rendered_text_returns_other_rendered_text(
    name: str, arguments: tuple[object, ...]
) -> None:
    text = Rendered("a\tb")
    try:
        result = getattr(text, name)(*arguments)
    except (TypeError, ValueError, LookupError):
        return
    parts = result if isinstance(result, tuple | list) else [result]
    assert not any(isinstance(part, Rendered) and part != text for part in parts)


def test_powershell_is_plain_ascii_or_has_a_mark() -> None:
    loader = DictLoader({"t.ps1.j2": "{{ x }}\n"})
    assert render_from(loader, "t.ps1.j2", x="a") == b"'a'\r\n"
    assert render_from(loader, "t.ps1.j2", x="é") == codecs.BOM_UTF8 + "'é'\r\n".encode()


def test_text_is_plain_ascii_or_has_a_mark() -> None:
    loader = DictLoader({"t.txt.j2": "{{ x|block }}\n"})
    assert render_from(loader, "t.txt.j2", x="a\nb") == b"a\r\nb\r\n"
    assert render_from(loader, "t.txt.j2", x="é") == codecs.BOM_UTF8 + "é\r\n".encode()


def test_a_batch_file_is_ascii() -> None:
    loader = DictLoader({"t.cmd.j2": "@echo {{ x }}\n", "u.cmd.j2": "é"})
    assert render_from(loader, "t.cmd.j2", x="a") == b"@echo a\r\n"
    with pytest.raises(UnicodeEncodeError):
        render_from(loader, "u.cmd.j2")


def test_xml_has_no_mark_but_comment_files_have() -> None:
    loader = DictLoader({"t.xml.j2": "<a>{{ x }}</a>\n", "t.cmtx.j2": "<a>{{ x }}</a>\n"})
    assert render_from(loader, "t.xml.j2", x="é<") == "<a>é&lt;</a>\r\n".encode()
    assert render_from(loader, "t.cmtx.j2", x="a") == codecs.BOM_UTF8 + b"<a>a</a>\r\n"


def test_xml_that_is_not_well_formed_is_the_templates_fault() -> None:
    with pytest.raises(TemplateFaultError, match=r"t\.xml\.j2"):
        render_from(DictLoader({"t.xml.j2": "<a>"}), "t.xml.j2")


def test_an_unknown_ending_is_refused() -> None:
    with pytest.raises(ValueError, match="no template format"):
        render_from(DictLoader({"t.rtf.j2": ""}), "t.rtf.j2")


def test_a_templates_crlf_is_not_doubled() -> None:
    assert run("a\r\nb\r\n") == "a\r\nb\r\n"


def test_every_shipped_template_belongs_to_a_format() -> None:
    endings = tuple(ending for form in FORMATS for ending in form.endings)
    shipped = [path.name for path in resource_dir("templates").rglob("*") if path.is_file()]
    assert shipped
    assert all(name.endswith(endings) for name in shipped)
