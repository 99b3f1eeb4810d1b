"""Templates of a user, which replace shipped ones of the same name.

They are rendered in the same sandbox, with the same contexts and variables. All of them are read
and parsed before anything is rendered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from jinja2 import BaseLoader, ChoiceLoader, DictLoader, FileSystemLoader, meta
from jinja2.exceptions import TemplateError, TemplateSyntaxError

from gpogen.artifacts.render.engine import RenderEnvironment
from gpogen.artifacts.render.formats import format_of
from gpogen.disk.directory import Directory, Kind, walk
from gpogen.errors import UsageError, UsageErrors
from gpogen.near import hint
from gpogen.resources import resource_dir

MAX_TEMPLATE = 1 << 18
"""Bytes of one template of a user."""
_ENDING = ".j2"
_NOT_OF_A_BUILD = ("calendar/", "status/")


@dataclass(frozen=True, slots=True, eq=False)
class Overrides:
    """The templates of a user's folder.

    Attributes:
        folder: the folder, as it was named.
        sources: the template's name, ``readme/gpo.txt.j2``, to its text.
    """

    folder: str
    sources: Mapping[str, str]
    _environments: dict[str, RenderEnvironment] = field(default_factory=dict)

    def environment(self, template: str) -> RenderEnvironment:
        """Return the environment of a template's format, in which a user's templates win."""
        form = format_of(template)
        ending = form.endings[0]
        if ending not in self._environments:
            loader = ChoiceLoader([DictLoader(dict(self.sources)), _shipped_loader()])
            self._environments[ending] = RenderEnvironment(form, loader)
        return self._environments[ending]


_IN_USE: ContextVar[Overrides | None] = ContextVar("templates", default=None)


def in_use() -> Overrides | None:
    """Return the templates that replace shipped ones; None where nobody has named any."""
    return _IN_USE.get()


@contextmanager
def using(overrides: Overrides | None) -> Iterator[None]:
    """Let a user's templates replace shipped ones."""
    token = _IN_USE.set(overrides)
    try:
        yield
    finally:
        _IN_USE.reset(token)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipped:
    """One shipped template that a user's can replace.

    Attributes:
        name: its path below the folder, ``readme/gpo.txt.j2``.
        variables: what it reads, sorted.
        contexts: the filters that may write a value in it; the first is the default one.
    """

    name: str
    variables: tuple[str, ...]
    contexts: tuple[str, ...]


@cache
def shipped() -> tuple[Shipped, ...]:
    """Return the templates that a build renders, by name."""
    folder = resource_dir("templates")
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob(f"*{_ENDING}"))
    return tuple(_described(name) for name in names if not name.startswith(_NOT_OF_A_BUILD))


def _described(name: str) -> Shipped:
    form = format_of(name)
    environment = RenderEnvironment(form, _shipped_loader())
    source, _, _ = _shipped_loader().get_source(environment, name)
    default = next(word for word, context in form.contexts.items() if context is form.default)
    others = (word for word in form.contexts if word != default)
    return Shipped(
        name=name,
        variables=tuple(sorted(meta.find_undeclared_variables(environment.parse(source)))),
        contexts=(default, *others),
    )


def _shipped_loader() -> BaseLoader:
    return FileSystemLoader(resource_dir("templates"))


def read_overrides(folder: str) -> Overrides:
    """Read a folder of templates; a link in it is not followed.

    Raises:
        UsageError: it can't be read, has no template, or has a file that replaces none; with
            every problem, a line each.
    """
    try:
        with Directory.open(Path(folder)) as root:
            found = walk(root)
    except OSError as error:
        raise UsageError(f"{folder}: {error.strerror or error}") from None
    problems: list[str] = []
    sources: dict[str, str] = {}
    for name, kind in sorted(found.items()):
        try:
            sources[name] = _source(folder, name, kind)
        except UsageError as error:
            problems.append(str(error))
    if not found:
        problems.append(f"{folder}: it has no template; gpogen templates lists their names")
    overrides = Overrides(folder, sources)
    problems += _faults(overrides)
    if problems:
        raise UsageErrors(problems)
    return overrides


def _source(folder: str, name: str, kind: Kind) -> str:
    known = tuple(item.name for item in shipped())
    if name not in known:
        near = hint(name, known)
        raise UsageError(
            f"{folder}/{name}: no shipped template has this name"
            f"{f'; {near}' if near else '; gpogen templates lists them'}"
        )
    if kind is not Kind.FILE:
        raise UsageError(f"{folder}/{name}: a template must be a regular file, not a link")
    path = Path(folder, name)
    with Directory.open(path.parent) as parent:
        try:
            return parent.read(path.name, MAX_TEMPLATE).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise UsageError(f"{path.as_posix()}: not UTF-8 at byte {error.start}") from None
        except OSError as error:
            raise UsageError(f"{path.as_posix()}: {error.strerror or error}") from None


def _faults(overrides: Overrides) -> Iterator[str]:
    """Parse every template, and say what is wrong, with the line."""
    for name, source in overrides.sources.items():
        try:
            overrides.environment(name).parse(source, name)
        except TemplateSyntaxError as error:
            yield f"{overrides.folder}/{name}:{error.lineno}: {error.message}"
        except TemplateError as error:
            yield f"{overrides.folder}/{name}: {error}"
        except RecursionError:
            yield f"{overrides.folder}/{name}: more levels of nesting than Jinja can parse"
