"""Entries of policies and registry values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gpogen.catalog.policies import EnumItem, Policy, Status, policies, releases_of
from gpogen.catalog.settings import Setting, settings
from gpogen.catalog.values import values
from gpogen.policy.types import type_name
from gpogen.reports.explain.entry import Explanation, facts


def entries() -> Iterator[Explanation]:
    """Yield every policy, then every registry value."""
    rows = settings()
    for policy in policies().values():
        yield _policy(policy, [row for row in rows if row.policy == policy.id])
    yield from _values(rows)


def editor_path(policy: Policy) -> str:
    """Return where the editor shows a policy."""
    side = "User" if policy.policy_class == "User" else "Computer"
    folders = (f"{side} Configuration", "Policies", "Administrative Templates", *policy.category)
    return " > ".join((*folders, policy.display_name))


def _policy(policy: Policy, rows: list[Setting]) -> Explanation:
    return Explanation(
        id=policy.id,
        kind="policy",
        title=policy.display_name,
        source=policy.source,
        aliases=(policy.name, policy.display_name),
        facts=facts(
            ("does", policy.summary),
            ("editor", editor_path(policy)),
            ("systems", _systems(policy.oses)),
            ("supported on", policy.supported_on),
            ("not on", (f"{os}: {why}" for os, why in policy.excluded_reason.items())),
            ("values", (f"{row.name} ({_type(row)}): {row.meaning}" for row in rows)),
            ("when absent", _said(policy.absent, policy.absent_source)),
            ("note", _said(policy.note, policy.note_source)),
            ("extension", policy.client_extension),
            ("not offered", policy.reason if policy.status is Status.KNOWN else None),
        ),
    )


def _values(rows: Iterable[Setting]) -> Iterator[Explanation]:
    grouped: dict[str, list[Setting]] = {}
    for row in rows:
        grouped.setdefault(_path(row).lower(), []).append(row)
    short = {_path_of(row.key, row.name).lower(): row.id for row in values()}
    for path, members in grouped.items():
        yield _value(members, short.get(path))


def _value(rows: list[Setting], short: str | None) -> Explanation:
    first = rows[0]
    aliases = (first.name, f"{first.hive}\\{first.key}!{first.name}") if first.name else ()
    return Explanation(
        id=_path(first),
        kind="value",
        title=first.meaning,
        source="; ".join(dict.fromkeys(row.source for row in rows)),
        aliases=(*aliases, short) if short else aliases,
        facts=facts(
            ("type", _type(first) if first.type is not None else None),
            ("allowed", _allowed(first)),
            ("systems", _systems(tuple(dict.fromkeys(os for row in rows for os in row.oses)))),
            ("policy", (_of_policy(row) for row in rows)),
            ("editor", dict.fromkeys(_editor(row) for row in rows)),
            ("when absent", dict.fromkeys(row.absent or "" for row in rows)),
            ("not offered", dict.fromkeys(row.reason or "" for row in rows)),
        ),
    )


def _path(row: Setting) -> str:
    return f"{row.hive}{_path_of(row.key, row.name)[4:]}"


def _path_of(key: str, name: str | None) -> str:
    return f"HKLM\\{key}\\{name}" if name else f"HKLM\\{key}"


def _type(row: Setting) -> str:
    return type_name(row.type) if row.type is not None else "any type"


def _of_policy(row: Setting) -> str:
    if row.policy is None:
        return ""
    element = f", element {row.element}" if row.element else ""
    return (
        f"{row.policy}{element} (templates {releases_of(row.policy.partition('.')[0], row.sets)})"
    )


def _editor(row: Setting) -> str:
    if row.policy is None:
        return f"in no template; category {row.category}"
    return editor_path(policies()[row.policy])


def _allowed(row: Setting) -> Iterator[str]:
    if row.min is not None and row.max is not None:
        yield f"{row.min} to {row.max}"
    if row.max_length is not None:
        yield f"a text of at most {row.max_length} characters"
    yield from (_choice(item) for item in row.choices)


def _choice(item: EnumItem) -> str:
    data = str(item.value.data)
    if item.display == data or item.display.startswith(f"{data} "):
        return item.display
    return f"{data}: {item.display}"


def _systems(families: Iterable[str]) -> str:
    named = ", ".join(family.replace("-", " ").title() for family in families)
    return named or "no supported server"


def _said(text: str | None, source: str | None) -> str | None:
    return f"{text} ({source})" if text and source else text
