"""Rules about the Secure Boot certificates of 2023."""

from __future__ import annotations

from collections.abc import Iterator

from gpogen.compile import secureboot
from gpogen.compile.subject import Authored, Subject
from gpogen.rules.engine import Hit

OPT_OUT = "HighConfidenceOptOut"
OPT_IN = "MicrosoftUpdateManagedOptIn"


def secureboot_certificates(subject: Authored) -> Iterator[Hit]:
    """Machines of which nothing says how they get the certificates."""
    if subject.machines is None:
        return
    assured = subject.declares("secure-boot-certificates")
    deployed = (subject.number(name) for name in (secureboot.VALUE, OPT_IN))
    if assured or secureboot.DEPLOY in deployed:
        return
    at = subject.place_of("secure_boot", "certificates")
    at = at if subject.written("secure_boot") else subject.place_of("target")
    message = "nothing states how the machines get the Secure Boot certificates of 2023"
    yield Hit(message=message, at=at)


def secureboot_opt_out(subject: Subject) -> Iterator[Hit]:
    """The policy whose title says the opposite of what it does."""
    if subject.number(OPT_OUT) == 1:
        message = (
            f"{OPT_OUT} is 1: it opts the machines out of the Secure Boot certificates in "
            'updates, although the policy is titled "Automatic Certificate Deployment via '
            'Updates"'
        )
        yield Hit(message=message, at=subject.place(OPT_OUT))


def secureboot_diagnostic_data(subject: Subject) -> Iterator[Hit]:
    """A rollout by Microsoft, which needs diagnostic data."""
    if subject.number(OPT_IN) == secureboot.DEPLOY:
        message = f"{OPT_IN} works only where the machines send required diagnostic data"
        yield Hit(message=message, at=subject.place(OPT_IN))
