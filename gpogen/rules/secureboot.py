"""Rules about the Secure Boot certificates of 2023."""

from __future__ import annotations

from collections.abc import Iterator

from gpogen.compile import secureboot
from gpogen.compile.subject import Subject
from gpogen.rules.engine import Hit

OPT_OUT = "HighConfidenceOptOut"
OPT_IN = "MicrosoftUpdateManagedOptIn"


def certificates(subject: Subject) -> Iterator[Hit]:
    """Machines of which nothing says how they get the certificates."""
    profile = subject.profile
    if profile.target is None:
        return
    assured = any(item.what == "secure-boot-certificates" for item in profile.assured)
    deployed = (subject.number(name) for name in (secureboot.VALUE, OPT_IN))
    if assured or secureboot.DEPLOY in deployed:
        return
    at = subject.tree.place("secure_boot", "certificates")
    at = at if subject.tree.written("secure_boot") else subject.tree.place("target")
    message = "nothing here says how the machines get the Secure Boot certificates of 2023"
    yield Hit(message=message, at=at)


def opt_out(subject: Subject) -> Iterator[Hit]:
    """The policy whose title says the opposite of what it does."""
    if subject.number(OPT_OUT) == 1:
        message = (
            f"{OPT_OUT} is 1: it opts the machines out of the Secure Boot certificates that come "
            'with updates, though the policy is titled "Automatic Certificate Deployment via '
            'Updates"'
        )
        yield Hit(message=message, at=subject.place(OPT_OUT))


def diagnostic_data(subject: Subject) -> Iterator[Hit]:
    """A rollout by Microsoft, which needs diagnostic data."""
    if subject.number(OPT_IN) == secureboot.DEPLOY:
        message = f"{OPT_IN} works only where the machines send required diagnostic data"
        yield Hit(message=message, at=subject.place(OPT_IN))
