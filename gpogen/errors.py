"""The one family of errors that gpogen raises on purpose."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar


class GpogenError(Exception):
    """Base of every expected failure; its text is what the user reads.

    Attributes:
        exit_code: the process's exit code when this error ends a command.
    """

    exit_code: ClassVar[int] = 2

    @property
    def messages(self) -> tuple[str, ...]:
        """What to print, a line each."""
        return (str(self),)


class UsageError(GpogenError):
    """Wrong options or paths, or an input that can't be opened (exit 2)."""


class UsageErrors(UsageError):  # noqa: N818 - it stands for several
    """Several of them, which are told a line each."""

    def __init__(self, messages: Iterable[str]) -> None:
        """Keep them apart."""
        self._messages = tuple(messages)
        super().__init__("; ".join(self._messages))

    @property
    def messages(self) -> tuple[str, ...]:
        """One for each problem."""
        return self._messages


class FormatError(GpogenError):
    """Bytes that are no valid file of their format (exit 2).

    Attributes:
        offset: the byte at which reading failed, or None where a format has no bytes to name.
    """

    def __init__(self, message: str, *, offset: int | None = None) -> None:
        """Remember where reading failed."""
        self.offset = offset
        at = "" if offset is None else f" (at byte {offset})"
        super().__init__(f"{message}{at}")

    def named(self, file: object) -> FormatError:
        """Return the same error with the file's name before it."""
        found = FormatError(f"{file}: {self}")
        found.offset = self.offset
        return found


class ContentError(GpogenError):
    """The content of a profile can't be built, or a difference was found (exit 1)."""

    exit_code: ClassVar[int] = 1
