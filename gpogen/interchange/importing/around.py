"""What of a GPO besides its records a profile keeps, and a line for each thing that it does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gpogen.artifacts.extensions import extension_names
from gpogen.artifacts.gpo_backup import enabled_sides
from gpogen.compile.assemble import assemble
from gpogen.compile.compiler import compile_profile
from gpogen.compile.result import Compiled
from gpogen.interchange.compare_gpos import side_word
from gpogen.policy.gpo import Gpo, Reading
from gpogen.policy.types import Hive
from gpogen.profile.load import Loader
from gpogen.reading.describe import extension_guids, extension_title, tool_guids
from gpogen.yaml_text import to_yaml


def keep_gpo(content: dict[str, Any], reading: Reading, reports: list[str]) -> dict[str, Any]:
    """Return a profile that keeps the GPO's sides, and report what it cannot keep."""
    gpo = reading.gpo
    if gpo is None:
        return content
    made = _assembled(content)
    if made is not None:
        words = _sides(gpo, made)
        if words:
            at = list(content).index("target")
            items = list(content.items())
            content = dict([*items[:at], ("gpo", words), *items[at:]])
        reports += _extensions(gpo, made)
    if gpo.wmi_filter:
        reports.append(
            f"the WMI filter {gpo.wmi_filter} is not kept: without it, the GPO applies to every "
            "machine in its scope; link the filter to the new GPO in the Group Policy "
            "Management Console"
        )
    reports += [f"not kept: {part}" for part in gpo.parts]
    return content


def _assembled(content: Mapping[str, Any]) -> Compiled | None:
    loaded = Loader().load_bytes(to_yaml(content, (), ()).encode())
    found = compile_profile(loaded)
    return assemble(found) if found is not None else None


def _sides(gpo: Gpo, made: Compiled) -> dict[str, str]:
    """Return the words for the sides that a build would not switch so by itself."""
    usual = enabled_sides(made)
    sides = (("computer", gpo.computer, usual[0]), ("user", gpo.user, usual[1]))
    return {
        word: side_word(wanted)
        for word, wanted, other in sides
        if wanted is not None and wanted != other
    }


def _extensions(gpo: Gpo, made: Compiled) -> Iterator[str]:
    if gpo.extensions is None:
        return
    for hive in Hive:
        before, after = gpo.extensions[hive], extension_names(made, hive)
        for guid in extension_guids(before):
            if guid not in extension_guids(after):
                yield f"the {hive.side} extension {extension_title(guid)} is not kept"
        for guid in extension_guids(after):
            if guid not in extension_guids(before):
                yield (
                    f"the {hive.side} extension {extension_title(guid)} is added: its values "
                    "have no effect without it"
                )
        tools = [guid for guid in tool_guids(before) if guid not in tool_guids(after)]
        if tools:
            yield (
                f"of the {hive.side} extension names, {', '.join(tools)} are not kept: they name "
                "editors of the console, not extensions that machines run"
            )
