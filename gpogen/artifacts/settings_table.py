"""settings.csv and settings.json: what the GPO sets, with policy and reason, a row a value."""

from __future__ import annotations

from gpogen.artifacts.api import Held, Reference, held
from gpogen.compile.origin import Traced
from gpogen.compile.result import Compiled
from gpogen.formats.settings import Setting
from gpogen.formats.targeting import wql_condition


def settings(compiled: Compiled) -> tuple[Setting, ...]:
    """Return the rows: policies and preferences of both sides, in the order of the GPO."""
    return tuple(map(_setting, (*compiled.policy, *compiled.preferences)))


def _setting(item: Traced) -> Setting:
    return Setting(
        record=item.record,
        policy=item.origin.policy or "",
        title=item.origin.title,
        why=item.origin.why,
        targeting=wql_condition(item.wql),
    )


def expected(source: Reference, form: str, path: str) -> tuple[Held, ...]:
    """Return what a file must give."""
    return (held(form, path, source.every),) if source.every else ()
