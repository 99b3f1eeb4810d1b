"""Text that would do harm, or get lost, if a context let it through."""

from __future__ import annotations

from hypothesis import strategies as st

CANARY = "gpogen-canary.txt"
_RUN = f"[IO.File]::WriteAllText('{CANARY}', 'ran')"

HOSTILE = [
    "",
    " ",
    "plain",
    "'",
    "''",
    '"',
    "\u2018\u2019\u201a\u201b",
    "\u201c\u201d\u201e",
    f"'; {_RUN}; '",
    f"\u2019; {_RUN}; \u2019",
    f"\u201b; {_RUN} #",
    f"x\n{_RUN}",
    f"x\r{_RUN}",
    f"x\r\n{_RUN}\r\n",
    f"x\u2028{_RUN}\u2029{_RUN}\x85{_RUN}\v{_RUN}\f{_RUN}",
    f"#>\n{_RUN}\n<#",
    f"##>>{_RUN}<##",
    f"$({_RUN})",
    "`n`0`$x ${env:PATH} $null @args",
    "%PATH% !PATH! ^& | > < &",
    "{{ x }} {% raw %} {# no #}",
    "'@\n@'\n\"@\n",
    "\ttab\tand  blanks ",
    "\x01\x07\x1b[31m\x7f\x80\x9f",
    "\u202eabc\u202c \u200f\u200e \u2066x\u2069 \ufeff\u00ad\u200b",
    "\U0001f512 \U0001f468\u200d\U0001f469\u200d\U0001f467 \U000e0041",
    "é ñ 漢字 ﷽ ẞ",
    "SIG # Begin signature block",
    "signature block",
    ".SYNOPSIS",
    "  .EXTERNALHELP \\\\evil\\share",
    "Requires -Version 99",
    "-->",
    "--",
    "a--b---",
    "]]>",
    "]]]]>>",
    "<a b='c' d=\"e\">&amp;&#10;</a>",
    "<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;",
]

anything = st.text(st.characters(), max_size=60)
encodable = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
