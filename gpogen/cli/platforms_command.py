"""``gpogen platforms``."""

from __future__ import annotations

import click

from gpogen.terminal.plain import echo_json, page, width

FORMATS = ("text", "json", "markdown")


@click.command("platforms")
@click.argument("word", default="", metavar="[PLATFORM]")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="The output format: for people, programs, or a web page.",
)
def command(word: str, form: str) -> int:
    """Show what each platform supports: systems, exact images, builds, orchestration.

    For a single platform, gpogen also shows its steps: for azure-vm, what Azure does automatically,
    and where to find it in the portal.

    \b
    Examples:
      gpogen platforms
      gpogen platforms azure-vm
      gpogen platforms --format json
    """
    from gpogen.reports import platform_text
    from gpogen.reports.platform_pages import pages, sections

    shown = pages(word)
    if form == "json":
        echo_json([page.as_json() for page in shown])
    elif form == "markdown":
        page(platform_text.as_markdown(sections(shown)))
    else:
        page(platform_text.as_text(sections(shown), min(width(), 100)))
    return 0
