"""Forty texts that an author can write, most of which run something where they are not quoted."""

from __future__ import annotations

import json

from gpogen.compile.result import Compiled
from gpogen.profile.load import Loader
from gpogen.rules.check import check
from tests.support import profiles

KEY = r"SOFTWARE\Policies\Gpogen\Hostile"
CANARY = "gpogen-canary"
_RUN = rf"New-Item C:\{CANARY} -Force"

TEXTS = (
    f"'; {_RUN}; '",
    f'"; {_RUN}; "',
    f"$({_RUN})",
    f"@({_RUN})",
    f"'@\n{_RUN}\n@'",
    f'"@\n{_RUN}\n@"',
    f"'\r\n{_RUN}\r\n'",
    f"#>\n{_RUN}\n<#",
    f"#> {_RUN} <#",
    f"\u2018; {_RUN}; \u2019",
    f"\u201a; {_RUN}; \u201b",
    f"\u201c; {_RUN}; \u201d",
    f"\u201e; {_RUN}; \u201f",
    f"''; {_RUN}; ''",
    f"`'; {_RUN}; `'",
    f"\\'; {_RUN}; \\'",
    f"`\n{_RUN}",
    f"| {_RUN}",
    f"& {{ {_RUN} }}",
    f"; {_RUN} #",
    f"&& {_RUN}",
    f"\u2013Name x; {_RUN}",
    f"--% {_RUN}",
    "%COMSPEC% & echo x>C:\\" + CANARY,
    "!COMSPEC! ^& echo x^>C:\\" + CANARY,
    "& echo x>C:\\" + CANARY,
    "| echo x>C:\\" + CANARY,
    '" & echo x>C:\\' + CANARY + ' & "',
    "${env:PATH}$env:PATH$HOME",
    "{{ 7 * 7 }}{% for x in y %}{# z #}",
    "# SIG # Begin signature block\n# QUJD\n# SIG # End signature block",
    "\n.PARAMETER x\n.EXAMPLE\n.EXTERNALHELP \\\\host\\x.xml",
    '"=dword:00000001\n[-HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Gpogen]',
    "ends with a backslash \\",
    'ends with a quote "',
    "\\\\server\\share\\..\\..",
    "*?[a-z]~{0}{1:x}%1$s%n",
    "]]></x><x a='1'><!-- & -->",
    " spaces before and after ",
    "\u00e4\u03a9\u4e2d\U0001f512 \u00a0 end",
)


def sample() -> Compiled:
    """Return a profile that has each text as a name, as values of three types, and as a why."""
    items = []
    for number, text in enumerate(TEXTS):
        key = rf"HKLM\{KEY}\{number}"
        items += [
            {"key": key, "name": name_of(text), "type": "sz", "data": text, "why": _why(text)},
            {"key": key, "name": "list", "type": "multi-sz", "data": [text, "x", text]},
            {"key": key, "name": "expand", "type": "expand-sz", "data": text},
        ]
    flat = " ".join(" ".join(TEXTS).split())
    body = (
        f"title: {_json(flat[:200])}\nwhy: {_json(_why(chr(10).join(TEXTS)))}\n"
        "updates: {mode: download}\n"
        f"registry: {_json(items)}\n"
    )
    text = profiles.text_of(body).replace("title: Sample\n", "", 1)
    made = check(Loader().load_bytes(text.encode()))
    assert made.compiled is not None, made.findings
    return made.compiled


def name_of(text: str) -> str:
    """Return a text as the name of a value, which has no control characters."""
    return text.replace("\r\n", " ").replace("\n", " ")


def _why(text: str) -> str:
    """Return a text without CR, which a reason cannot have."""
    return text.replace("\r\n", "\n")


def _json(data: object) -> str:
    """Write data as YAML reads it, too: without pairs of surrogates."""
    return json.dumps(data, ensure_ascii=False)
