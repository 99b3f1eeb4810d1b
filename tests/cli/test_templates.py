"""``--templates DIR`` and ``gpogen templates``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gpogen.artifacts.render import overriding
from gpogen.resources import resource_dir
from tests.cli.conftest import Run, Workplace

SET = "powershell/set.ps1.j2"
README = "readme/lgpo.txt.j2"


def template(place: Workplace, name: str, text: str | bytes) -> Path:
    path = place.root / "mine" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def shipped(name: str) -> str:
    return (resource_dir("templates") / name).read_text("utf-8")


def test_a_template_replaces_the_shipped_one_of_its_name(place: Workplace, gpogen: Run) -> None:
    place.profile("web")
    template(place, README, "lgpo: for the server team of {{ h.name | word }}.\n")

    assert gpogen("build", "--templates", "mine").code == 0

    readme = (place.output / "web/README.txt").read_text("utf-8-sig")
    assert "lgpo: for the server team of web." in readme
    assert "The same policy as text" not in readme
    assert gpogen("verify", "output/web", "--templates", "mine").code == 0
    assert gpogen("build", "--check", "--templates", "mine").code == 0
    assert gpogen("verify", "output/web").code == 1
    assert gpogen("build", "--check").code == 1


def test_the_import_script_lists_the_backup_of_the_same_templates(
    place: Workplace, gpogen: Run
) -> None:
    place.profile("web")
    assert gpogen("build").code == 0
    first = (place.output / "web/powershell/Import-WebGpo.ps1").read_bytes()
    name = "gpo/comment.cmtx.j2"
    template(place, name, shipped(name).replace("?>", "?><!-- mine -->", 1))

    assert gpogen("build", "--templates", "mine").code == 0

    assert (place.output / "web/powershell/Import-WebGpo.ps1").read_bytes() != first or b"mine" in (
        next(place.output.rglob("comment.cmtx")).read_bytes()
    )


def test_a_value_still_goes_through_its_context(place: Workplace, gpogen: Run) -> None:
    place.profile("web", 'why: "it\'s; Remove-Item C: #>"')
    template(place, SET, "{{ h.why }}\n")

    assert gpogen("build", "--templates", "mine").code == 0

    script = (place.output / "web/powershell/Set-Web.ps1").read_text("utf-8-sig")
    assert script == "'it''s; Remove-Item C: #>'\n"


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("powershell/st.ps1.j2", "", "mine/powershell/st.ps1.j2: no shipped template has this"),
        ("notes.txt", "", "mine/notes.txt: no shipped template has this name"),
        ("calendar/calendar.svg.j2", "", "mine/calendar/calendar.svg.j2: no shipped template has"),
        ("status/status.html.j2", "", "mine/status/status.html.j2: no shipped template has this"),
        (README, "a\n{% if %}\n", "mine/readme/lgpo.txt.j2:2: Expected an expression"),
        (README, "{{ h.name ~ h.name }}", "mine/readme/lgpo.txt.j2:1: joining values with ~ would"),
        (README, "{{ h.name | upper }}", "mine/readme/lgpo.txt.j2:1: there is no filter 'upper'"),
        (README, b"\xff", "mine/readme/lgpo.txt.j2: not UTF-8 at byte 0"),
        (README, b" " * (overriding.MAX_TEMPLATE + 1), "lgpo.txt.j2: more than 262144 bytes"),
    ],
)
def test_what_is_not_a_template_is_refused_with_its_name(
    place: Workplace, gpogen: Run, name: str, text: str | bytes, message: str
) -> None:
    place.profile("web")
    template(place, name, text)

    answer = gpogen("build", "--templates", "mine")

    assert answer.code == 2
    assert message in answer.err
    assert not place.output.exists()


def test_every_problem_of_a_folder_is_told_at_once(place: Workplace, gpogen: Run) -> None:
    place.profile("web")
    template(place, README, "{% if %}")
    template(place, "readme/lgop.txt.j2", "")

    answer = gpogen("build", "--templates", "mine")

    first, second = answer.err.splitlines()
    assert first.startswith("gpogen: mine/readme/lgop.txt.j2: no shipped template has this name; ")
    assert second.startswith("gpogen: mine/readme/lgpo.txt.j2:1: ")


def test_a_template_of_the_largest_size_is_read(place: Workplace, gpogen: Run) -> None:
    place.profile("web")
    template(place, README, b"{#" + b" " * (overriding.MAX_TEMPLATE - 4) + b"#}")

    assert gpogen("build", "--templates", "mine").code == 0


def test_a_link_out_of_the_folder_is_not_followed(place: Workplace, gpogen: Run) -> None:
    place.profile("web")
    secret = place.root / "secret"
    secret.write_text("secret")
    template(place, SET, shipped(SET))
    (place.root / "mine/readme").mkdir()
    (place.root / "mine" / README).symlink_to(secret)
    (place.root / "mine/sconfig").symlink_to(place.root)

    answer = gpogen("build", "--templates", "mine")

    assert answer.code == 2
    assert f"mine/{README}: a template must be a regular file, not a link" in answer.err
    assert "mine/sconfig: no shipped template has this name" in answer.err
    assert "secret" not in answer.err


@pytest.mark.parametrize("folder", ["none", "profiles/web.yaml", "empty"])
def test_a_folder_without_templates_is_wrong_usage(
    place: Workplace, gpogen: Run, folder: str
) -> None:
    place.profile("web")
    (place.root / "empty").mkdir()

    answer = gpogen("build", "--templates", folder)

    assert answer.code == 2
    assert f"{folder}: " in answer.err


@pytest.mark.parametrize(
    "text",
    [
        "{{ h.__class__.__mro__ }}",
        "{{ ''.__class__ }}",
        "{{ h.name.format(h) }}",
        "{{ nothing }}",
        "{% include '../../secret.txt.j2' %}",
        "{% include '/etc/passwd' %}",
        "{% for a in groups %}" * 7 + "x" * 40 + "{% endfor %}" * 7,
        "{{ h }}",
    ],
)
def test_a_template_that_cannot_be_rendered_is_told_and_nothing_is_written(
    place: Workplace, gpogen: Run, text: str
) -> None:
    place.profile("web")
    template(place, README, text)

    answer = gpogen("build", "--templates", "mine")

    assert answer.code == 1, answer.err
    assert "README" in answer.err or "mine: " in answer.err or "takes text" in answer.err
    assert not (place.output / "web").exists()


def test_a_template_that_calls_itself_without_end_is_told(place: Workplace, gpogen: Run) -> None:
    place.profile("web")
    template(place, SET, "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}")

    answer = gpogen("build", "--templates", "mine")

    assert answer.code == 1
    assert f"mine: {SET}: the template cannot be rendered: it calls itself too often" in answer.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{% for a in 'xxxxxxxxxxxxxxxx' %}" * 9 + "{% endfor %}" * 9, "more than 50000000 steps"),
        ("{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}", "more levels of nesting than Jinja can"),
        ("{% if 1 %}" * 400 + "{% endif %}" * 400, "more levels of nesting than Jinja can parse"),
    ],
)
def test_a_template_without_end_or_with_too_many_levels_is_told(
    place: Workplace, gpogen: Run, text: str, said: str
) -> None:
    place.profile("web")
    template(place, SET, text)

    answer = gpogen("build", "--templates", "mine")

    assert answer.code in (1, 2)
    assert said in answer.err
    assert not (place.output / "web").exists()


def test_a_template_that_changes_what_the_gpo_holds_is_refused(
    place: Workplace, gpogen: Run
) -> None:
    place.profile("web")
    name = "gpo/Registry.xml.j2"
    template(place, name, shipped(name).replace('action="', 'action="D" was="'))

    answer = gpogen("build", "--templates", "mine")

    assert answer.code == 1
    assert "web: " in answer.err
    assert "mine" in answer.err
    assert not (place.output / "web").exists()


def test_a_build_after_it_uses_the_shipped_templates_again(place: Workplace, gpogen: Run) -> None:
    place.profile("web")
    template(place, README, "mine\n")
    assert gpogen("build", "--templates", "mine").code == 0
    assert gpogen("build").code == 0

    assert "The same policy as text" in (place.output / "web/README.txt").read_text("utf-8-sig")


def test_the_list_names_every_template_of_a_build_with_its_variables(gpogen: Run) -> None:
    found = json.loads(gpogen("templates", "--format", "json").out)
    rows = {item["name"]: item for item in found["templates"]}
    folder = resource_dir("templates")
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*.j2")}

    assert set(rows) == {name for name in names if not name.startswith(("calendar/", "status/"))}
    assert rows[README]["variables"] == ["c", "h", "machine", "user"]
    assert rows[SET]["contexts"][0] == "literal"
    assert README in gpogen("templates").out
