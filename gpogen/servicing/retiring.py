"""Which profiles `gpogen retire` can bring machines back from."""

from __future__ import annotations

from gpogen.servicing.decide import EXTERNAL

SUFFIX = "-retired"
"""What the name of the new profile has more than the old one's."""
LONGEST_NAME = 63 - len(SUFFIX)
"""The most characters of a name that leave room for the suffix: a profile's name has 63."""


def can_retire(name: str, platform: str, named: str) -> bool:
    """Tell whether `refusals` has nothing to say."""
    return not refusals(name, platform, named)


def refusals(name: str, platform: str, named: str) -> tuple[str, ...]:
    """Return every reason against it.

    Args:
        name: the profile's name.
        platform: its platform.
        named: the orchestration that it names.
    """
    found = []
    if len(name) > LONGEST_NAME:
        found.append(
            f"the name must have at most {LONGEST_NAME} characters, because the new name ends with "
            f"{SUFFIX}; got {len(name)}"
        )
    if platform == "azure-vm":
        found.append(
            "Azure writes AUOptions and NoAutoUpdate on Azure VMs; change the patch mode in Azure"
        )
    elif named in EXTERNAL:
        found.append(
            f"orchestration must be group-policy, sconfig, or manual; got {named}: AUOptions 3 "
            "would stay beside that installer"
        )
    return tuple(found)
