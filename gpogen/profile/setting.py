"""A setting word: one row, beside the field of the profile that it describes.

A row is the annotation of a field::

    drivers: Annotated[str | None, Setting(what=..., policy=..., words={...})] = None

What pydantic accepts, what the compiler writes, what the importer tries, what lists and pages
say: all of it is derived from the row. CONTRIBUTING.md has the recipe. An :class:`Element` is the
same for one element of a policy that a section writes as a whole, such as ``vbs``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, TypeAlias, get_args

from pydantic import BaseModel, BeforeValidator, GetCoreSchemaHandler
from pydantic_core import CoreSchema

from gpogen.profile.fields import KEYWORDS, flag, setting, shown, whole, words

State: TypeAlias = Literal["enabled", "disabled", "remove", "unmanaged"]
"""As in the Group Policy editor; ``remove`` deletes explicitly, ``unmanaged`` writes nothing."""
ElementValue: TypeAlias = int | str | bool


@dataclass(frozen=True, slots=True)
class Writes:
    """What a word asks of its policy.

    Attributes:
        state: the policy's state.
        values: values of its elements, by registry value name.
    """

    state: State
    values: Mapping[str, ElementValue] = field(default_factory=dict)


DISABLED = Writes("disabled")


def enabled(**values: ElementValue) -> Writes:
    """Ask for an enabled policy with some values of its elements."""
    return Writes("enabled", values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number that a setting takes besides its words.

    Attributes:
        element: the registry value of the policy that holds it.
        low: the smallest one.
        high: the largest one.
        unit: what it counts, ``days``.
        example: one for the documentation.
    """

    element: str
    low: int
    high: int
    unit: str
    example: int


class Row(ABC):
    """What describes a field: pydantic accepts what it lists, and nothing (nothing is said)."""

    __slots__ = ()

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Make pydantic's validator."""
        check = self.validator().func

        def checked(value: Any) -> Any:
            return None if value is None else check(value)

        return BeforeValidator(checked).__get_pydantic_core_schema__(source, handler)

    @abstractmethod
    def validator(self) -> Any:
        """Return the check of what an author wrote."""

    @property
    @abstractmethod
    def allowed(self) -> str:
        """What may stand there, as ``gpogen explain`` says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Element(Row):
    """One key of a section that writes a single policy: one element of the policy.

    Attributes:
        what: what it decides, one sentence.
        element: the registry value that holds it.
        words: what each word, or ``true`` and ``false``, writes; the catalog says what is
            written without one (``safe``).
    """

    what: str
    element: str
    words: Mapping[str | bool, ElementValue]

    def validator(self) -> Any:
        """Return the check of what an author wrote."""
        named = [word for word in self.words if isinstance(word, str)]
        return words(*named) if named else flag()

    @property
    def allowed(self) -> str:
        """What may stand there, as ``gpogen explain`` says it."""
        return ", ".join(shown(word) if isinstance(word, bool) else word for word in self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting(Row):
    """One setting word of a profile, which writes one policy.

    Attributes:
        what: what it decides, one or two sentences.
        policy: the policy's name in the catalog, ``WindowsUpdate.AllowOptionalContent``.
        words: what each word writes; of a number, those that write something else than itself.
        number: a number that may stand there instead.
        meant: other names of the words, in lower case, for the message about a wrong one.
        short: how lists call it; by default its key without underscores.
    """

    what: str
    policy: str
    words: Mapping[str | int, Writes]
    number: Number | None = None
    meant: Mapping[str, str] = field(default_factory=dict)
    short: str = ""

    def writes(self, value: int | str) -> Writes:
        """Return what a word or number writes."""
        if value in self.words:
            return self.words[value]
        if value in KEYWORDS:
            return Writes("remove" if value == "remove" else "unmanaged")
        assert self.number is not None
        assert isinstance(value, int)
        return enabled(**{self.number.element: value})

    @property
    def examples(self) -> tuple[int | str, ...]:
        """Each word, then a number, then the keywords: what a page shows."""
        number = () if self.number is None else (self.number.example,)
        return (*self.words, *number, *KEYWORDS)

    @property
    def example(self) -> int | str:
        """How somebody could write it: a number, or the first word."""
        return self.number.example if self.number is not None else next(iter(self.words))

    @property
    def allowed(self) -> str:
        """What may stand there, as ``gpogen explain`` says it."""
        number = self.number
        own = self.words if number is None else (f"{number.low} to {number.high}",)
        return ", ".join((*map(str, own), *KEYWORDS))

    def told(self, name: str, value: int | str) -> str:
        """Say a value shortly, for a list; of a number only what is not 0."""
        short = self.short or name.replace("_", " ")
        if self.number is None:
            return f"{short} {value}"
        if isinstance(value, str):
            return ""
        unit = self.number.unit.removesuffix("s") if value == 1 else self.number.unit
        return f"{short} {value} {unit}" if value else ""

    def validator(self) -> Any:
        """Return the check of what an author wrote."""
        number = self.number
        if number is None:
            return setting(*map(str, self.words), meant=self.meant)
        known = whole(number.low, number.high, number.unit, KEYWORDS).func
        return BeforeValidator(lambda value: value if value in KEYWORDS else known(value))


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingWord:
    """A row with its place in the profile.

    Attributes:
        section: the mapping that it stands in, ``updates``.
        name: its key in there, ``drivers``.
        row: the row.
    """

    section: str
    name: str
    row: Setting

    @property
    def path(self) -> str:
        """Its path, ``updates.drivers``."""
        return f"{self.section}.{self.name}"

    def told(self, section: BaseModel) -> str:
        """Say what a section has for it, for a list; nothing where it says nothing."""
        value = getattr(section, self.name)
        return "" if value is None else self.row.told(self.name, value)


@cache
def setting_words(profile: type[BaseModel]) -> tuple[SettingWord, ...]:
    """Return every setting word of a profile's sections, in the order of the fields."""
    return tuple(
        SettingWord(section=section, name=name, row=row)
        for section, info in profile.model_fields.items()
        for model in get_args(info.annotation)
        if isinstance(model, type) and issubclass(model, BaseModel)
        for name, row in _rows(model)
        if isinstance(row, Setting)
    )


@cache
def elements(section: type[BaseModel]) -> Mapping[str, Element]:
    """Return the elements of the policy that a section writes, by key."""
    return {name: row for name, row in _rows(section) if isinstance(row, Element)}


def _rows(model: type[BaseModel]) -> Iterator[tuple[str, Row]]:
    for name, info in model.model_fields.items():
        yield from ((name, item) for item in info.metadata if isinstance(item, Row))
