"""Profiles as people write them, and as nobody should, for the generators."""

from __future__ import annotations

import json
from collections.abc import Callable

from fuzz import records
from fuzz.dice import Dice
from gpogen.profile import schema, sections
from gpogen.profile.fields import shown
from gpogen.profile.items import ASSURANCES, REGISTRY_ACTIONS, REGISTRY_TYPES
from gpogen.profile.setting import elements, setting_words

PLATFORMS = ("azure-local", "azure-arc", "azure-vm", "azure-stack-hci")
_POLICIES = (
    "WindowsUpdate.AutoUpdateCfg",
    "WindowsUpdate.DisablePauseUXAccess",
    "WindowsUpdate.CorpWuURL",
    "DeviceGuard.VirtualizationBasedSecurity",
    "AutoUpdateCfg",
    "Other.Policy",
)
_RULES = ("HP036", "HP016", "GP070", "HP999", "XX")
_IMAGES = ("2025-datacenter-azure-edition-core", "iso", "2022-datacenter-azure-edition-core", "x")
_WORDS = ("remove", "unmanaged", "true", "false", "null", "~", "0o17", "1e400", "08", "[]", "{}")
WORDS = tuple(
    word.encode()
    for word in (
        *("gpogen: 1\n", "extends: [hotpatch-base]\n", "target: unspecified\n", "registry:\n"),
        *("policies:\n", "allow:\n", "&a ", "*a", "<<: *a", "!!str ", "- ", ": ", "? ", "| \n"),
        *("{", "}", "[", "]", "'", '"', "#", "%YAML 1.1\n---\n", "...\n", "---\n", "\t", "\ufeff"),
        *_WORDS,
        *_RULES,
        *REGISTRY_ACTIONS,
    )
)


def profile(dice: Dice) -> bytes:
    """Make a profile: a head, a target, and a few sections."""
    lines = ["gpogen: 1", "name: a", f"title: {scalar(dice)}"]
    if dice.one_in(8):
        del lines[dice.below(3)]
    lines += _target(dice)
    # Most have each section once at most; a key that stands twice is an error.
    sections = {dice.pick(_SECTIONS) for _ in range(dice.below(4))}
    lines += [make(dice) for make in sorted(sections, key=_SECTIONS.index)]
    if dice.one_in(16):
        lines.append(_any(dice))
    return _text(dice, lines)


def _text(dice: Dice, lines: list[str]) -> bytes:
    text = "\n".join(lines) + "\n"
    return text.encode("utf-16" if dice.one_in(50) else "utf-8", "surrogatepass")


def scalar(dice: Dice) -> str:
    """Return a scalar: a text in quotes, a bare word, or one that means something to YAML."""
    if dice.one_in(16):
        return dice.pick(_WORDS)
    if dice.one_in(8):
        return dice.word()
    return json.dumps(dice.text(12) if dice.one_in(4) else dice.word(12))


def _target(dice: Dice) -> list[str]:
    if dice.one_in(2):
        return ["target: unspecified"]
    if dice.one_in(8):
        return []
    parts = [f"platform: {_word(dice, PLATFORMS)}", f"os: {_word(dice, schema.OSES)}"]
    if dice.one_in(2):
        parts.append(f"image: {_word(dice, _IMAGES)}")
    if dice.one_in(4):
        parts.append(f"role: {_word(dice, schema.ROLES)}")
    if dice.one_in(4):
        parts.append("time_zone: Europe/Rome")
    who = _word(dice, schema.ORCHESTRATIONS)
    return [f"target: {{{', '.join(parts)}}}", f"orchestration: {who}"]


def _word(dice: Dice, words: tuple[str, ...]) -> str:
    return scalar(dice) if dice.one_in(40) else dice.pick(words)


def _extends(dice: Dice) -> str:
    names = ("hotpatch-base", "azlocal-ws2025-core", "../x.yaml", "a")
    return f"extends: [{names[0] if dice.one_in(2) else _word(dice, names)}]"


def _vbs(dice: Dice) -> str:
    enforce = _word(dice, ("policy", "registry", "policy+registry", "elsewhere", "remove"))
    rows = elements(sections.Vbs)
    named = [f"{name}: {_word(dice, tuple(map(shown, rows[name].words)))}" for name in rows]
    return f"vbs: {{{', '.join([f'enforce: {enforce}', *(p for p in named if dice.one_in(2))])}}}"


def _updates(dice: Dice) -> str:
    schedule = (
        f"{{day: {_word(dice, sections.DAYS)}, at: {_hour(dice)}, weeks: {dice.pick(_WEEKS)}}}"
    )
    parts = [
        f"mode: {_word(dice, sections.MODES)}",
        f"schedule: {schedule}",
        *(
            f"{word.name}: {_word(dice, tuple(map(str, word.row.examples)))}"
            for word in setting_words(schema.Profile)
            if word.section == "updates" and word.row.number is None
        ),
        f"quality_deferral_days: {dice.number() if dice.one_in(4) else dice.below(31)}",
        f"microsoft_update: {_word(dice, ('true', 'false', 'remove'))}",
        "source: {wsus: {server: 'http://a', status_server: 'http://a'}}",
    ]
    kept = [part for part in parts if dice.one_in(2)]
    return f"updates: {{{', '.join(kept)}}}"


_WEEKS = ("every", "[first]", "[first, third]", "[]", "[fifth]")


def _hour(dice: Dice) -> str:
    return scalar(dice) if dice.one_in(8) else f'"{dice.below(24):02}:00"'


def _restart(dice: Dice) -> str:
    more = dice.pick(("", ", warn_minutes: 30", ", days: 2, grace_days: 1", f", x: {scalar(dice)}"))
    return f"restart: {{policy: {_word(dice, sections.RESTARTS)}{more}}}"


def _registry(dice: Dice) -> str:
    return "\n".join(["registry:", *(_registry_item(dice) for _ in range(1 + dice.below(3)))])


def _registry_item(dice: Dice) -> str:
    hive = "" if dice.one_in(24) else dice.pick(("HKLM\\", "HKCU\\", "HKLM:\\"))
    parts = [f"key: {json.dumps(hive + records.key(dice))}"]
    if not dice.one_in(12):
        parts.append(f"name: {json.dumps(dice.text())}")
    action = _word(dice, REGISTRY_ACTIONS) if dice.one_in(3) else "set"
    parts.append(f"action: {action}")
    if action in ("set", "soft") or dice.one_in(12):
        kind = dice.pick(REGISTRY_TYPES)
        parts += [f"type: {kind}", f"data: {_data(dice, kind)}"]
    elif action == "delete-keys":
        parts.append(f"data: {json.dumps(dice.some(Dice.word, 3))}")
    if dice.one_in(4):
        parts.append(f"via: {_word(dice, ('policy', 'preference'))}")
    return f"  - {{{', '.join(parts)}}}"


def _data(dice: Dice, kind: str) -> str:
    if dice.one_in(16):
        return scalar(dice)
    if kind in ("dword", "qword"):
        return str(dice.number())
    if kind == "binary":
        return f'"{dice.data().hex()}"'
    if kind == "multi-sz":
        return json.dumps(dice.some(Dice.text, 3))
    return json.dumps(dice.text(12))


def _policies(dice: Dice) -> str:
    values = f", values: {{{dice.word()}: {scalar(dice)}}}" if dice.one_in(3) else ""
    state = _word(dice, ("enabled", "disabled", "remove", "unmanaged"))
    return f"policies:\n  - {{policy: {_word(dice, _POLICIES)}, state: {state}{values}}}"


def _allow(dice: Dice) -> str:
    return f"allow: [{{rule: {_word(dice, _RULES)}, why: {scalar(dice)}}}]"


def _assured(dice: Dice) -> str:
    return f"assured: [{{what: {_word(dice, ASSURANCES)}, why: {scalar(dice)}}}]"


def _revision(dice: Dice) -> str:
    day = dice.pick(("2026-11-02", "1980-01-01", "2026-02-28", "2026-13-01"))
    return f"revision: {{number: {dice.number()}, date: {day}, change: {scalar(dice)}}}"


def _any(dice: Dice) -> str:
    return f"{dice.word()}: {scalar(dice)}"


_SECTIONS: tuple[Callable[[Dice], str], ...] = (
    _extends,
    _vbs,
    _updates,
    _restart,
    _registry,
    _policies,
    _allow,
    _assured,
    _revision,
)


def releases(dice: Dice) -> bytes:
    """Make a hotpatch-releases.yaml."""
    lines = ["gpogen: 1", f"as_of: {_day(dice)}", "releases:"]
    lines += [_release(dice) for _ in range(dice.below(3))] or ["  []"]
    lines += ["out_of_band:"]
    lines += [_between(dice) for _ in range(dice.below(3))] or ["  []"]
    return _text(dice, lines)


_SYSTEMS = ("windows-server-2025", "windows-server-2022", "2025", "windows-server-2019")


def _day(dice: Dice) -> str:
    if dice.one_in(12):
        return scalar(dice)
    return f"{2020 + dice.below(12)}-{1 + dice.below(12):02}-{1 + dice.below(28):02}"


def _numbers(dice: Dice) -> str:
    number = dice.pick(("KB5094125", f"KB{dice.below(10**8)}", f"{dice.below(10**8)}"))
    build = dice.pick(('"26100.32995"', '"20348.1"', "26100.1", "null"))
    return f"kb: {number}, build: {build}, note: {scalar(dice)}"


def _release(dice: Dice) -> str:
    kind = _word(dice, ("baseline", "unplanned-baseline", "hotpatch", "unknown"))
    day = _day(dice)
    date = f"date: {day}, " if dice.one_in(2) else ""
    month = day[:7]
    return (
        f"  - {{os: {_word(dice, _SYSTEMS)}, month: {month}, type: {kind}, {date}{_numbers(dice)}}}"
    )


def _between(dice: Dice) -> str:
    train = _word(dice, ("lcu", "hotpatch"))
    return (
        f"  - {{os: {_word(dice, _SYSTEMS)}, date: {_day(dice)}, train: {train}, {_numbers(dice)}}}"
    )
