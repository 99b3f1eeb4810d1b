"""What a fuzz target is, and the errors that a reader may end with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType

from fuzz.dice import Dice
from gpogen.errors import GpogenError

EXPECTED = GpogenError
"""The only family of errors that may leave a reader."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One reader under test.

    Attributes:
        generate: makes an input that is mostly well formed.
        check: reads an input, and asserts what must hold of the result. A `GpogenError` is an
            expected refusal; any other exception is a finding.
        words: byte strings of the format, which mutations insert.
        most: bytes of one input; longer mutants are cut.
        steps: bytecodes that one input may cost, fixed and for each of its bytes.
        memory: bytes of Python objects that one input may cost, fixed and for each of its bytes.
    """

    generate: Callable[[Dice], bytes]
    check: Callable[[bytes], None]
    words: tuple[bytes, ...] = ()
    most: int = 4096
    steps: tuple[int, int] = (20_000, 200)
    memory: tuple[int, int] = (2 << 20, 500)


MODULES: Mapping[str, str] = MappingProxyType(
    {
        name: f"fuzz.targets.{name.replace('-', '_')}"
        for name in (
            "formats",
            "pol",
            "lgpo",
            "reg",
            "policyrules",
            "preferences",
            "settings",
            "dsc",
            "osconfig",
            "ansible",
            "samba",
            "comments",
            "admx",
            "adml",
            "backup",
            "backup-info",
            "backup-manifest",
            "yaml",
            "profile",
            "releases",
            "train",
            "status",
            "release-page",
            "manifest",
            "journal",
            "any-input",
            "import-file",
            "build",
        )
    }
)
"""Name to module. A module is imported when it is asked for, not before."""


def load(name: str) -> Target:
    """Import one target.

    Raises:
        KeyError: there is none of this name.
    """
    target = import_module(MODULES[name]).TARGET
    assert isinstance(target, Target)
    return target
