"""``gpogen templates``."""

from __future__ import annotations

import click

from gpogen.cli import options
from gpogen.terminal.plain import echo_json, say


@click.command("templates")
@options.form
def command(form: str) -> int:
    """List the templates of a build, with the variables that each one reads.

    Copy a template from the folder that the first line names into a folder of your own, under
    the same name, and change it. gpogen build --templates DIR and gpogen verify --templates DIR
    use it instead of the shipped one. A template cannot write a value except through one of its
    contexts, which quote it for its place in the file.

    \b
    Examples:
      gpogen templates
      gpogen templates --format json
      gpogen build --templates my-templates
    """
    from dataclasses import asdict

    from gpogen.artifacts.render.overriding import shipped
    from gpogen.resources import resource_dir

    folder = resource_dir("templates").as_posix()
    if form == "json":
        echo_json({"folder": folder, "templates": [asdict(item) for item in shipped()]})
        return 0
    say(f"Templates in {folder}:")
    for item in shipped():
        say(f"  {item.name}")
        say(f"    variables: {', '.join(item.variables) or 'none'}")
        say(f"    contexts: {', '.join(item.contexts)}")
    return 0
