"""``gpogen explain``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gpogen.near import alternatives
from gpogen.terminal.plain import echo_json, page, say, width

if TYPE_CHECKING:
    from gpogen.reports.explain.entry import Explanation

FORMATS = ("text", "json", "markdown")


@click.command("explain")
@click.argument("words", nargs=-1, metavar="[WORD]...")
@click.option("--all", "everything", is_flag=True, help="Explain everything.")
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    metavar="KIND",
    help="Explain only this kind (repeatable): rule, shape, policy, value, image, os, "
    "platform, orchestration, statement, unproven, key.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="The output format: for people, programs, or a web page.",
)
def command(words: tuple[str, ...], everything: bool, kinds: tuple[str, ...], form: str) -> int:
    """Explain rules, settings, profile keys, images and facts, with their sources.

    \b
    Examples:
      gpogen explain HP014
      gpogen explain AUOptions WindowsUpdate.AutoUpdateCfg
      gpogen explain 'HKLM\\...\\AUOptions'
      gpogen explain 2025-datacenter-azure-edition
      gpogen explain S28 UNPROVEN-A
      gpogen explain ring updates.schedule
      gpogen explain --all --kind rule --format json
    """
    from gpogen.reports.explain.entry import KINDS
    from gpogen.reports.explain.find import of_kinds

    wrong = [kind for kind in kinds if kind not in KINDS]
    if wrong:
        raise click.UsageError(f"unknown kind {wrong[0]!r}; kinds: {', '.join(KINDS)}")
    if bool(words) == everything:
        raise click.UsageError("name what to explain, or use --all, but not both")
    if not all(word.strip() for word in words):
        raise click.UsageError("WORD must be a name such as HP014; got an empty text")
    entries = of_kinds(kinds)
    found, missing = (entries, ()) if everything else _look_up(words, entries)
    if found or form == "json":
        _print(found, form)
    for word in missing:
        say(_unknown(word, entries), err=True)
    return 2 if missing else 0


def _look_up(
    words: tuple[str, ...], entries: tuple[Explanation, ...]
) -> tuple[tuple[Explanation, ...], tuple[str, ...]]:
    from gpogen.reports.explain.find import find, keys_with

    looked = {word: find(word, entries) or _only(keys_with(word, entries)) for word in words}
    found = dict.fromkeys(entry for hits in looked.values() for entry in hits)
    return tuple(found), tuple(word for word, hits in looked.items() if not hits)


def _only(keys: tuple[Explanation, ...]) -> tuple[Explanation, ...]:
    """Return the key that takes a value; none where several do, such as for ``true``."""
    return keys if len(keys) == 1 else ()


def _unknown(word: str, entries: tuple[Explanation, ...]) -> str:
    from gpogen.reports.explain.find import hints, keys_with
    from gpogen.workspace.select import shipped_names

    keys = [entry.id for entry in keys_with(word, entries)]
    if keys:
        return f"gpogen: {word!r} is a value; explain one of its keys: {', '.join(keys)}"
    if word in shipped_names():
        return f"gpogen: {word!r} is a shipped profile; see: gpogen list --shipped {word}"
    near = hints(word, entries)
    advice = f"did you mean {alternatives(near)}?" if near else "see: gpogen explain --help"
    return f"gpogen: unknown name {word!r}; {advice}"


def _print(found: tuple[Explanation, ...], form: str) -> None:
    from gpogen.reports.explain.text import WIDTH, as_markdown, as_text

    if form == "json":
        echo_json([entry.as_json() for entry in found])
    elif form == "markdown":
        page(as_markdown(found))
    else:
        page("\n\n".join(as_text(entry, min(width(), WIDTH)) for entry in found))
