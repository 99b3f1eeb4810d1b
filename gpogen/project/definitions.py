"""Names of policies from a PolicyDefinitions folder: its ADMX files with their texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gpogen.errors import FormatError, UsageError
from gpogen.policy.records import Record
from gpogen.policy.types import Hive
from gpogen.project.reading import MAX_SIZE, read_bytes

_ENGLISH = "en-us"


@dataclass(frozen=True, slots=True)
class Definitions:
    """What the ADMX files of a folder name.

    Attributes:
        titles: the display name by hive, key and value name, both in lower case; a value name of
            None stands for every value of the key.
        errors: the files that could not be read, one sentence each.
    """

    titles: dict[tuple[Hive, str, str | None], str]
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
        raise UsageError(f"{folder}: no .admx file in it; name a PolicyDefinitions folder")
    languages = [path for path in entries if path.is_dir()]
    languages.sort(key=lambda path: path.name.lower() != _ENGLISH)
    found = Definitions({}, ())
    errors: list[str] = []
    for file in files:
        try:
            _read(file, languages, found, max_size)
        except (FormatError, UsageError) as error:
            errors.append(str(error))
    return Definitions(found.titles, tuple(errors))


def _read(file: Path, languages: Iterable[Path], found: Definitions, max_size: int) -> None:
    from gpogen.formats import admx

    strings: dict[str, str] = {}
    text = _texts_of(file, languages)
    if text is not None:
        with _named(text):
            strings = admx.texts(read_bytes(text, max_size))
    with _named(file):
        parts = admx.written(read_bytes(file, max_size), strings)
    for part in parts:
        name = None if part.name is None else part.name.lower()
        found.titles.setdefault((part.hive, part.key.lower(), name), part.policy)


def _texts_of(file: Path, languages: Iterable[Path]) -> Path | None:
    """Return the ADML file of an ADMX file, in a language's folder or beside it."""
    wanted = file.with_suffix(".adml").name.lower()
    for folder in (*languages, file.parent):
        for path in sorted(folder.iterdir()):
            if path.name.lower() == wanted:
                return path
    return None


@contextmanager
def _named(file: Path) -> Iterator[None]:
    """Put the file's name before what is wrong in it."""
    try:
        yield
    except FormatError as error:
        raise error.named(file) from None
