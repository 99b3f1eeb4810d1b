"""What of a profile an output folder does not hold, as far as its formats say so."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from gpogen.artifacts.all import load
from gpogen.artifacts.choice import chosen
from gpogen.compile.result import Compiled
from gpogen.verify.sources import OfProfile


def gaps(compiled: Compiled, only: Collection[str] = ()) -> Iterator[str]:
    """Yield a sentence for each file that lacks records, and each artifact that has no file.

    Args:
        compiled: the profile.
        only: the artifacts that a build was asked for; none means all.
    """
    made = chosen(compiled)
    for name in only:
        if name not in made:
            yield f"{name}: not written, because the profile does not have it among its outputs"
    source = OfProfile(compiled, lambda _: None)
    for name in made:
        artifact = load(name)
        if artifact.expected is None or (only and name not in only):
            continue
        held = artifact.expected(source)
        if not held and name in compiled.outputs:
            yield f"{name}: no file, because this profile has nothing for it"
        for item in held:
            if item.lost:
                records = "record" if item.lost == 1 else "records"
                yield (
                    f"{item.path}: {item.lost} {records} left out, which the format cannot hold; "
                    "comments in the file name them"
                )
