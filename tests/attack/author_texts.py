"""Every field in which an author writes text, found in the profile's schema, and hostile texts.

``BUILDERS`` says for each such field how a profile with a given text in it looks. A field that the
schema gains, and that is not in it, fails a test of test_author_texts.py.
"""

from __future__ import annotations

import os
import random
import typing
from collections.abc import Callable, Iterator
from typing import Annotated, Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from gpogen.profile.schema import Profile
from gpogen.profile.setting import Row
from tests.support.profiles import OS_2025

LONG = os.environ.get("GPOGEN_CAMPAIGN") == "long"
Builder = Callable[[str], dict[str, Any]]

# What an author could want to have run, in each of the languages that the files are in.
PS = "[IO.File]::WriteAllText('pwned.txt','x')"
CMD = "echo pwned>pwned.txt"
QUOTES = "'\"`\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u00ab\u00b4\u02bc\uff07\uff02"
HOSTILE: tuple[str, ...] = (
    *(f"{quote};{PS};{quote}" for quote in QUOTES),
    *(f"a{quote}{quote} + ({PS}) + {quote}{quote}" for quote in QUOTES),
    *(f"{quote}&{CMD}&{quote}" for quote in "'\"^`"),
    *(
        f"$({PS})",
        f"${{x}};{PS}",
        f"@({PS})",
        f"`n{PS}",
        f"#>\n{PS}\n<#",
        f"#>;{PS};<#",
        "<#",
        "#>",
    ),
    *(f"\n'@\n{PS}\n@'\n", f'\n"@\n{PS}\n@"\n', f"@'\n{PS}", f"a\n{PS}", f"a\n{CMD}\nb", "a`\nb"),
    *(
        "\n.PARAMETER x\n.EXAMPLE\n",
        ".EXTERNALHELP \\\\host\\x",
        "#requires -Modules x",
        "\n# SIG #",
    ),
    *(
        "# SIG # Begin signature block",
        "param($x)",
        "--%",
        "-x",
        "/x",
        "||calc",
        "& calc",
        "a|calc",
    ),
    *("%PATH%", "%~f0", "!PATH!", "%X:~0,1%&calc", "^", "a^", "^&calc", "&calc", ">x", "<x", "(x)"),
    *(
        "]]>",
        "]]]]><![CDATA[>",
        "<![CDATA[",
        "<!--",
        "-->",
        "--",
        "<?x?>",
        "<!DOCTYPE a>",
        "<a b='c'/>",
    ),
    *(
        "' x='y",
        '" x="y',
        '"/><Registry action="D"/><x a="',
        "</text><x/>",
        "&amp;",
        "&x;",
        "&#0;",
        "&#x1;",
    ),
    *(
        "\nkey: value",
        "- item",
        "a: b",
        "{a: b}",
        "[a]",
        "!!python/object:x",
        "&a *a",
        "<<",
        "? x",
        "| x",
    ),
    *(
        "---",
        "...",
        "# comment",
        "'",
        '"',
        "null",
        "true",
        "1e3",
        "0x10",
        "~",
        "=",
        "2026-11-02",
        "@x",
        "`",
    ),
    *(
        "\\",
        "a\\",
        "\\\\host\\share",
        "..\\..\\x",
        "../../x",
        "C:\\x",
        "NUL",
        "a:b",
        "a/b",
        "\\u0041",
        "\\n",
    ),
    *(
        '",',
        '"}',
        '\\"',
        "\\",
        "{{ x }}",
        "{% x %}",
        "{# x #}",
        "{x}",
        "{0}",
        "%s",
        "%(x)s",
        "$x",
        "${x}",
    ),
    *(
        "BEGIN:VEVENT",
        "\nEND:VCALENDAR",
        "a;b,c",
        "a\\;b",
        "DTSTART:x",
        "\nATTACH:x",
        "X" * 80,
        "\u00e9" * 75,
    ),
    *(
        "Computer",
        "User",
        "; x",
        "DELETEALLVALUES",
        "SZ:x",
        "\nComputer\nX\nY\nDELETE",
        "DWORD:1",
        "*",
    ),
    *(
        "[HKEY_LOCAL_MACHINE\\X]",
        "\n[-HKEY_LOCAL_MACHINE\\X]",
        '"x"=dword:1',
        '\n"x"=-',
        "@=-",
        "-",
    ),
    *(
        "**del.X",
        "**delvals.",
        "**DeleteKeys",
        "**SecureKey",
        "**soft.x",
        "(Default)",
        "PReg",
        "[;;;;]",
    ),
    *("##vso[task.x]y", "##[error]x", "::set-output name=a::b", "\n::error::x", "##teamcity[x]"),
    *(
        "\u202e\u2066x",
        "\u200b",
        "\ufeff",
        "\xa0",
        "\xad",
        "\u0130",
        "\u017f",
        "e\u0301",
        "\U0001f512",
    ),
    *(
        "\ud7ff",
        "\ue000",
        "\ufffd",
        "\U0010fffd",
        "\u2028x",
        "\u2029x",
        "\x85x",
        "\t",
        " ",
        " a ",
        "\x7f",
    ),
)
"""Some hundred; a field refuses those that it cannot hold."""
MAX_LINE = 250
"""UTF-16 units that every field can hold."""


def packed() -> tuple[str, ...]:
    """Return all hostile texts that any field can hold, many in one line."""
    lines = [""]
    for text in filter(str.isprintable, HOSTILE):
        joined = f"{lines[-1]} {text.strip()}".strip()
        if len(joined.encode("utf-16-le")) // 2 > MAX_LINE:
            lines.append(text.strip())
        else:
            lines[-1] = joined
    # A key cannot hold an empty part, and as a whole no more than 255.
    return tuple(f"{line.replace(chr(92) * 2, chr(92))} x" for line in lines)


def chosen(count: int, seed: str) -> tuple[str, ...]:
    """Return all texts packed, and some of them alone, always the same; in a long campaign all."""
    alone = HOSTILE if LONG else random.Random(seed).sample(HOSTILE, count)
    return (*packed(), *alone)


# The fields.

FREE = ('It\'s any "text"; <of> {an} [author], & more', "http://a/'&<>\"")


def fields() -> set[str]:
    """Return the path of every field that takes free text, such as ``registry[].key``."""
    return set(_of_model(Profile, ""))


def _of_model(model: type[BaseModel], prefix: str) -> Iterator[str]:
    hints = typing.get_type_hints(model, include_extras=True)
    for name in model.model_fields:
        yield from _of_type(hints[name], prefix + name)


def _of_type(kind: Any, path: str) -> Iterator[str]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield from _of_model(kind, f"{path}.")
        return
    if _takes_text(kind):
        yield path
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if any(isinstance(note, Row) for note in inner):
        return  # It takes what the row lists.
    if origin is Annotated:
        yield from _inside(inner[0], path)
    else:
        yield from _inside(kind, path)


def _inside(kind: Any, path: str) -> Iterator[str]:
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin is list:
        yield from _of_type(inner[0], f"{path}[]")
    elif origin is dict:
        yield f"{path}{{name}}"
        yield from _of_type(inner[1], f"{path}{{}}")
    elif origin is Annotated:
        yield from _of_type(kind, path)
    elif isinstance(kind, type) and issubclass(kind, BaseModel):
        yield from _of_model(kind, f"{path}.")
    elif origin is not None and origin is not tuple:
        for one in inner:
            yield from _of_type(one, path)


def _takes_text(kind: Any) -> bool:
    adapter: TypeAdapter[Any] = TypeAdapter(kind)
    for text in FREE:
        try:
            adapter.validate_python(text)
        except ValidationError:
            continue
        return True
    return False


KEY = r"HKLM\SOFTWARE\Contoso\Campaign"
POLICY_KEY = r"HKLM\SOFTWARE\Policies\Contoso\Campaign"


def _one(**members: Any) -> dict[str, Any]:
    head = {"gpogen": 1, "name": "stdin", "title": "Sample", "orchestration": "manual"}
    target = {"platform": "azure-arc", "os": "windows-server-2025-standard"}
    return {**head, "target": target, **members}


def _item(**members: Any) -> dict[str, Any]:
    return _one(registry=[{"key": KEY, "name": "N", "type": "sz", "data": "x", **members}])


def _vm(**image: Any) -> dict[str, Any]:
    target = {"platform": "azure-vm", "os": OS_2025, **image}
    return _one(target=target, orchestration="azure-guest-patching")


def _image(**members: str) -> dict[str, Any]:
    image = {"publisher": "MicrosoftWindowsServer", "offer": "WindowsServer", "sku": "x"}
    return _vm(image={**image, **members})


def _wsus(**members: str) -> dict[str, Any]:
    wsus = {"server": "http://w", "status_server": "http://w", **members}
    return _one(updates={"source": {"wsus": wsus}})


def _address(text: str) -> str:
    return f"http://{''.join(text.split())}"


def _group(values: dict[str, str]) -> dict[str, Any]:
    policy = {"policy": "WindowsUpdate.TargetGroup_Title", "state": "enabled", "values": values}
    return _one(policies=[policy])


def _revision(**members: str) -> dict[str, Any]:
    return _one(revision={"number": 1, "date": "2026-11-02", **members})


def _keys(**members: Any) -> dict[str, Any]:
    return _one(registry=[{"key": KEY, **members}])


RESTART: dict[str, Any] = {"policy": "at-scheduled-time"}
BUILDERS: dict[str, tuple[Builder, ...]] = {
    "title": (lambda text: _one(title=text),),
    "why": (lambda text: _one(why=text),),
    "extends[]": (lambda text: _one(extends=[text]),),
    "target.image": (lambda text: _vm(image=text),),
    "target.image.publisher": (lambda text: _image(publisher=text),),
    "target.image.offer": (lambda text: _image(offer=text),),
    "target.image.sku": (lambda text: _image(sku=text),),
    "ring.name": (lambda text: _one(ring={"name": text, "order": 1}),),
    "revision.change": (lambda text: _revision(change=text),),
    "revision.owner": (lambda text: _revision(owner=text),),
    "vbs.why": (lambda text: _one(vbs={"enforce": "policy+registry", "why": text}),),
    "secure_boot.why": (lambda text: _one(secure_boot={"certificates": "deploy", "why": text}),),
    "updates.source.wsus.server": (lambda text: _wsus(server=_address(text)),),
    "updates.source.wsus.status_server": (lambda text: _wsus(status_server=_address(text)),),
    "updates.source.wsus.alternate": (lambda text: _wsus(alternate=_address(text)),),
    "updates.why": (lambda text: _one(updates={"mode": "download", "why": text}),),
    "restart.why": (lambda text: _one(restart={**RESTART, "why": text}),),
    "policies[].values{name}": (lambda text: _group({text: "x"}),),
    "policies[].values{}": (lambda text: _group({"TargetGroup": text}),),
    "policies[].why": (
        lambda text: _one(
            policies=[{"policy": "WindowsUpdate.AutoUpdateCfg", "state": "disabled", "why": text}]
        ),
    ),
    "registry[].key": (
        lambda text: _item(key=f"{KEY}\\{text}"),
        lambda text: _item(key=f"{KEY}\\{text}", via="preference"),
        lambda text: _keys(key=f"{POLICY_KEY}\\{text}", action="delete-values"),
        lambda text: _keys(key=f"{KEY}\\{text}", action="create-key"),
    ),
    "registry[].name": (
        lambda text: _item(name=text),
        lambda text: _item(name=text, via="preference"),
        lambda text: _keys(name=text, action="delete"),
        lambda text: _item(name=text, type="dword", data=1, action="soft"),
    ),
    "registry[].data": (
        lambda text: _item(data=text),
        lambda text: _item(data=text, via="preference"),
        lambda text: _item(data=text, type="expand-sz"),
        lambda text: _item(data=[text, "b"], type="multi-sz"),
        lambda text: _item(data=["a", text], type="multi-sz", via="preference"),
        lambda text: _keys(key=POLICY_KEY, action="delete-keys", data=[text]),
    ),
    "registry[].why": (
        lambda text: _item(why=text),
        lambda text: _item(why=text, via="preference"),
        lambda text: _keys(key=f"{POLICY_KEY}\\sub", action="delete-values", why=text),
    ),
    "allow[].why": (lambda text: _one(allow=[{"rule": "HP031", "why": text}]),),
    "assured[].why": (lambda text: _one(assured=[{"what": "endpoints-reachable", "why": text}]),),
}
CASES = [
    (f"{field} {number}", build)
    for field, found in BUILDERS.items()
    for number, build in enumerate(found)
]
