"""Names of policies from a PolicyDefinitions folder: its ADMX files with their texts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from gpogen.errors import FormatError, UsageError
from gpogen.policy.records import Record
from gpogen.policy.types import Hive
from gpogen.reading.read import MAX_SIZE, read_bytes

_ENGLISH = "en-us"
_Titles: TypeAlias = "dict[tuple[Hive, str, str | None], str]"


@dataclass(frozen=True, slots=True)
class Definitions:
    """What the ADMX files of a folder name.

    Attributes:
        titles: the display name by hive, key and value name, both in lower case; a value name of
            None stands for every value of the key.
        errors: the files that could not be read, one sentence each.
    """

    titles: _Titles
    errors: tuple[str, ...]

    def title(self, record: Record) -> str:
        """Return the display name of the policy that writes a value, or an empty text."""
        place = (record.hive, record.key.lower())
        return self.titles.get((*place, record.name.lower())) or self.titles.get((*place, None), "")


def read_definitions(folder: str, *, max_size: int = MAX_SIZE) -> Definitions:
    """Read every ADMX file of a folder, with the texts of en-US, else of any language there.

    Where two policies write one value, the first by file name and order names it.

    Raises:
        UsageError: the folder can't be opened or has no ADMX file.
    """
    try:
        entries = sorted(Path(folder).iterdir(), key=lambda path: path.name.lower())
    except OSError as error:
        raise UsageError(f"{folder}: {error.strerror or error}") from None
    files = [path for path in entries if path.suffix.lower() == ".admx"]
    if not files:
        raise UsageError(f"{folder}: it has no .admx file; name a PolicyDefinitions folder")
    texts = _texts(Path(folder), [path for path in entries if path.is_dir()])
    titles: _Titles = {}
    errors: list[str] = []
    for file in files:
        try:
            _read(file, texts.get(file.with_suffix(".adml").name.lower()), titles, max_size)
        except (FormatError, UsageError) as error:
            errors.append(str(error))
    return Definitions(titles, tuple(errors))


def _texts(folder: Path, languages: list[Path]) -> dict[str, Path]:
    """Return the ADML files by name: those of en-US first, those beside the ADMX files last."""
    languages.sort(key=lambda path: path.name.lower() != _ENGLISH)
    found: dict[str, Path] = {}
    for place in (*languages, folder):
        for path in sorted(place.iterdir()):
            found.setdefault(path.name.lower(), path)
    return found


def _read(file: Path, text: Path | None, titles: _Titles, max_size: int) -> None:
    from gpogen.formats import admx

    strings: dict[str, str] = {}
    if text is not None:
        with _named(text):
            strings = admx.texts(read_bytes(text, max_size))
    with _named(file):
        parts = admx.written(read_bytes(file, max_size), strings)
    for part in parts:
        name = None if part.name is None else part.name.lower()
        titles.setdefault((part.hive, part.key.lower(), name), part.policy)


@contextmanager
def _named(file: Path) -> Iterator[None]:
    """Put the file's name before what is wrong in it."""
    try:
        yield
    except FormatError as error:
        raise error.named(file) from None
