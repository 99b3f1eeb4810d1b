"""``gpogen help``."""

from __future__ import annotations

import click

from gpogen.terminal.plain import page, say, width


@click.command("help")
@click.argument("words", nargs=-1, metavar="[TOPIC]")
@click.pass_context
def command(context: click.Context, words: tuple[str, ...]) -> int:
    """Show the documentation of a topic, or list the topics.

    The pages are part of gpogen and need no network. The name of a command shows its options.

    \b
    Examples:
      gpogen help                  the topics
      gpogen help rings
      gpogen help exit codes
      gpogen help unproven facts
      gpogen help check            the same as gpogen check --help
    """
    from gpogen.cli.main import COMMANDS
    from gpogen.reports.explain.terminal import terminal_lines
    from gpogen.reports.explain.topics import find_topic, text_of
    from gpogen.terminal import pages

    if not words:
        _list_topics()
        return 0
    text = " ".join(words)
    topic = find_topic(text)
    if topic is not None:
        pages.print_lines(terminal_lines(text_of(topic), width()))
        if topic.name in COMMANDS:
            page(f"\nOptions of the command: gpogen {topic.name} --help\n")
        return 0
    return 0 if _shows_command(context, text.lower()) else _refuse(text)


def _list_topics() -> None:
    from gpogen.calendar_views.lines import Line
    from gpogen.reports.explain.topics import TOPICS
    from gpogen.terminal import pages

    wide = max(len(topic.name) for topic in TOPICS)
    pages.print_lines(
        (
            Line("Topics: gpogen help TOPIC", "head"),
            *(Line(f"  {topic.name:<{wide}}  {topic.title}") for topic in TOPICS),
            Line(""),
            Line("Commands: gpogen COMMAND --help", "head"),
            Line("Rules, keys and facts: gpogen explain WORD", "head"),
        )
    )


def _shows_command(context: click.Context, name: str) -> bool:
    """Show a command's options; False where there is no such command."""
    group = context.parent
    if group is None or not isinstance(group.command, click.Group):
        return False
    found = group.command.get_command(group, name)
    if found is None:
        return False
    with click.Context(found, info_name=name, parent=group) as about:
        page(f"{found.get_help(about)}\n")
    return True


def _refuse(text: str) -> int:
    """Say that there is no such topic, and what is near."""
    from gpogen.reports.explain.find import find, of_kinds
    from gpogen.reports.explain.topics import TOPICS, near_topic
    from gpogen.text import cut

    near = near_topic(text)
    advice = f"did you mean {near}?" if near else ""
    if find(text, of_kinds(())):
        advice = f"see: gpogen explain {text}"
    names = ", ".join(topic.name for topic in TOPICS)
    say(f"gpogen: unknown topic {cut(text)!r}; {advice or f'topics: {names}'}", err=True)
    return 2
