"""The inputs of the benchmarks: profiles, and registry.pol files of any number of records.

    python benchmarks/samples.py pol COUNT EVERY FILE

writes a registry.pol; it is a command so that the benchmark itself never holds what it makes.
"""

from __future__ import annotations

import struct
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BASES = (
    "azlocal-ws2022-core",
    "azlocal-ws2022-iso",
    "azlocal-ws2025-core",
    "arc-ws2025-datacenter",
)
ZONES = (
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "America/Los_Angeles",
    "Asia/Tokyo",
    "Asia/Kolkata",
    "Australia/Sydney",
    "America/Sao_Paulo",
)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
KEY = r"Software\Policies\Microsoft\Windows\WindowsUpdate\AU"


def write_whole(folder: Path, count: int, checkout: Path = ROOT) -> list[Path]:
    """Write profiles that extend nothing, no two alike, as long as those that a checkout ships."""
    text = (checkout / "profiles" / "azlocal-ws2025-core.yaml").read_text(encoding="utf-8")
    text = text.replace("extends: [hotpatch-base]\n", "")
    text += (checkout / "profiles" / "hotpatch-base.yaml").read_text("utf-8").partition("vbs:")[1]
    text += "\n  enforce: policy+registry\n  platform_security: secure-boot\n"
    paths = []
    for number in range(count):
        name = f"profile-{number:05}"
        body = text.replace("name: azlocal-ws2025-core", f"name: {name}")
        body = body.replace('title: "', f'title: "{number} ')
        path = folder / f"{name}.yaml"
        path.write_text(body.replace('"03:00"', f'"{number % 24:02}:00"'), encoding="utf-8")
        paths.append(path)
    return paths


def write_derived(folder: Path, count: int) -> list[Path]:
    """Write profiles that extend four shipped ones, each with its time zone and schedule."""
    paths = []
    for number in range(count):
        name = f"web-{number:05}"
        day, hour = _DAYS[number % len(_DAYS)], number // len(_DAYS) % 24
        path = folder / f"{name}.yaml"
        path.write_text(
            f"gpogen: 1\nname: {name}\n"
            f'title: "Hotpatch: site {number}"\n'
            f"why: Servers of site {number}, by CHG-{number:05}.\n"
            f"extends: [{BASES[number % len(BASES)]}]\n"
            f"target:\n  time_zone: {ZONES[number % len(ZONES)]}\n"
            f'updates:\n  schedule: {{day: {day}, at: "{hour:02}:00", weeks: every}}\n',
            encoding="utf-8",
        )
        paths.append(path)
    return paths


def write_pol(file: Path, count: int, every: int) -> None:
    """Write records of the usual mix: three quarters DWORD, the rest texts.

    Args:
        file: where to.
        count: how many records.
        every: every so many records a DWORD has another value; 0 for never.
    """
    key = KEY.encode("utf-16-le")
    with file.open("wb") as stream:
        stream.write(struct.pack("<4sI", b"PReg", 1))
        for number in range(count):
            name = f"Setting{number:07}".encode("utf-16-le")
            kind, data = 1, f"text {number}\0".encode("utf-16-le")
            if number % 4 != 3:
                # 10, 59, 91 and 93 are the bytes that searching parsers trip over.
                other = every and number % every == 0
                kind, data = 4, (number % 7 + (2 if other else 1)).to_bytes(4, "little")
            head = struct.pack("<2sI2sI2s", b";\0", kind, b";\0", len(data), b";\0")
            stream.write(b"[\0" + key + b"\0\0;\0" + name + b"\0\0" + head + data + b"]\0")


if __name__ == "__main__":
    write_pol(Path(sys.argv[4]), int(sys.argv[2]), int(sys.argv[3]))
