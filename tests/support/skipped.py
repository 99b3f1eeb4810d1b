"""What was skipped, in groups, and how to get it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

HOW = {
    "neither pwsh": "install PowerShell 7 (pwsh), or set PSRUN to a folder with psrun",
    "PSRUN names no": "set PSRUN to a folder with psrun-wine",
    "Wine is not": "apt-get install --no-install-recommends wine wine64",
    "python3-samba is not": "apt-get install python3-samba",
    "GPOGEN_CORPUS": "set GPOGEN_CORPUS to a folder of real policy files and templates",
    "no Administrative Templates": "put Microsoft's templates into GPOGEN_CORPUS",
    "GPOGEN_FACTS": "set GPOGEN_FACTS to a folder of collected facts",
    "GPOGEN_OSCONFIG": "set GPOGEN_OSCONFIG to a checkout of github.com/microsoft/osconfig",
    "GPOGEN_DSC": "set GPOGEN_DSC to a checkout of github.com/PowerShell/DSC",
    "names no checkout": "clone the repository, and name its folder by the variable",
    "ansible-playbook is not": "pip install ansible ansible-lint, and put them on PATH",
    "GPOGEN_SAMBA_ROOT": "debootstrap a Debian, install samba in it, and name its root folder",
    "npm is not": "apt-get install npm",
    "the npm registry": "allow npm to reach its registry",
    "bash is not": "apt-get install bash",
    "bash or jq": "apt-get install bash jq",
    "shellcheck is not": "apt-get install shellcheck",
    "GPOGEN_NODE_MODULES": "npm install @kusto/language-service-next, and name its node_modules",
    " is not installed": "put it on PATH (scripts/venv --dev brings zizmor, not actionlint)",
    "could not import": "scripts/venv --dev installs it, where the system has it",
    "no Python of another": "put Python 3.11 to 3.13 on PATH, or name one by GPOGEN_OTHER_PYTHON",
    "pip install atheris": "pip install atheris (Linux)",
    "no small file system": "run as root on Linux",
    "mount is not allowed": "run as root, with the right to mount",
    "a Samba domain": "run as root on Linux",
    "no git checkout": "run in a git checkout",
    "fonts-dejavu-core": "apt-get install fonts-dejavu-core fonts-liberation",
}
"""The beginning of a reason, or a part of it, and what brings the tests back."""
ELSEWHERE = (
    "this system has no",
    "there are no pipes",
    "there is no /dev/full",
    "as POSIX has them",
    "rights on POSIX",
    "pipes end otherwise",
    "names are UTF-16",
    "Windows has no such",
    "Windows removes the file",
    "those of Linux",
    "forked",
    "a path in the network",
)
"""Reasons of tests that need another system."""
NOTHING = (
    "left out where it is inherited",
    "the rule is about the words",
    "its form is wrong",
)
"""Reasons of cases in which there is nothing to test."""


def remedy(reason: str) -> str:
    """Return how to get what was skipped for a reason; empty where nobody has said."""
    for part, how in HOW.items():
        if part in reason:
            return how
    if any(part in reason for part in ELSEWHERE):
        return "run on Linux (a few of them: on another system)"
    return "nothing to test there" if any(part in reason for part in NOTHING) else ""


def summary(reasons: Iterable[str], *, without_slow: bool) -> Iterator[str]:
    """Return the lines that say what was skipped, by its remedy, and how to get it."""
    groups: Counter[tuple[str, str]] = Counter()
    for reason in reasons:
        groups[(remedy(reason), reason)] += 1
    for (how, reason), count in sorted(groups.items(), key=lambda item: (-item[1], item[0])):
        yield f"{count} skipped: {reason}" + (f"; {how}" if how else "")
    if without_slow:
        yield "left out: the slow tests, and most examples of the long ones; scripts/test --all"
