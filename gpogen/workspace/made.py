"""The files of every profile of a run: rendered, read back, and waiting until all are made."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gpogen.artifacts.choice import chosen
from gpogen.artifacts.render.overriding import in_use
from gpogen.compile.result import Compiled
from gpogen.errors import ContentError, FormatError, GpogenError
from gpogen.outputs.folder import read_manifest, refusals
from gpogen.outputs.place import open_output
from gpogen.outputs.tree import (
    ListedFile,
    Manifest,
    as_version,
    manifest_of,
    render_tree,
)
from gpogen.rules.check import Checked
from gpogen.verify.selfcheck import assert_same
from gpogen.workspace.spool import Spool


@dataclass(frozen=True, slots=True)
class Made:
    """What a profile's artifacts are, whatever lies in the output folder.

    Attributes:
        manifest: the manifest of all of them.
        files: path to content; the manifest itself is not among them.
    """

    manifest: Manifest
    files: dict[str, bytes]


def make(compiled: Compiled) -> Made:
    """Render all files of a profile, and read them back.

    Raises:
        ContentError: an artifact cannot hold something of the profile.
        AssertionError: an artifact holds something else: a fault of gpogen. With a user's
            templates it is a ContentError.
    """
    try:
        tree = render_tree(compiled)
    except (ContentError, FormatError) as error:
        raise ContentError(f"{compiled.header.name}: {error}") from None
    files = {path: item.data for path, (item, _) in tree.items()}
    _check(compiled, files)
    return Made(manifest_of(compiled, tree), files)


def _check(compiled: Compiled, files: dict[str, bytes]) -> None:
    templates = in_use()
    try:
        assert_same(compiled, files, chosen(compiled))
    except AssertionError as error:
        if templates is None:
            raise
        # It is the user's template, not gpogen, that has changed what the file holds.
        raise ContentError(f"{error}; check the templates of {templates.folder}") from None


class Batch:
    """What was made of the profiles of a run, in their order; it waits on disk where it is much.

    Attributes:
        error: the first that an artifact cannot hold; nothing was made after it.
    """

    def __init__(self, compared: Path | None = None) -> None:
        """Begin with no profiles.

        Args:
            compared: an output folder; what another version of gpogen has built there is made as
                that version would head it, too.
        """
        self.error: ContentError | None = None
        self._compared = compared
        self._failed = False
        self._spool = Spool()

    def close(self) -> None:
        """Let everything go."""
        self._spool.close()

    def add(self, item: Checked) -> None:
        """Make a profile's files; nothing for a base, nor after an error in any profile.

        Raises:
            UsageError: there is no space for them.
        """
        self._failed = self._failed or item.failed
        compiled = None if self._failed or self.error else item.compiled
        if compiled is None:
            return
        try:
            versions = [make(compiled), *self._as_older(compiled)]
        except ContentError as error:
            self.error = error
            return
        self._spool.add(
            [_plain(made.manifest) for made in versions],
            [data for made in versions for data in made.files.values()],
        )

    def _as_older(self, compiled: Compiled) -> Iterator[Made]:
        """Make what another version of gpogen has built, which may be all that differs."""
        found = None
        if self._compared is not None:
            with contextlib.suppress(GpogenError), refusals(self._compared):
                found = _manifest_in(self._compared, compiled.header.name)
        if found is not None and found.version != compiled.header.version:
            yield make(as_version(compiled, found.version))

    def __iter__(self) -> Iterator[tuple[Made, Made | None]]:
        """Yield each profile's files, and those that the other version makes, where asked for."""
        for manifests, parts in self._spool:
            data = iter(parts)
            made, *older = (
                Made(manifest, {path: next(data) for path in manifest.files})
                for manifest in map(_manifest, manifests)
            )
            yield made, older[0] if older else None


def _manifest_in(output: Path, name: str) -> Manifest | None:
    folder = open_output(output, make=False)
    if folder is None:
        return None
    with folder:
        return read_manifest(output / name)


def _plain(manifest: Manifest) -> list[Any]:
    files = [[path, item.sha256, item.artifact] for path, item in manifest.files.items()]
    return [manifest.version, manifest.profile, manifest.digest, files, manifest.revision]


def _manifest(plain: list[Any]) -> Manifest:
    version, profile, digest, files, revision = plain
    return Manifest(
        version=version,
        profile=profile,
        digest=digest,
        files={path: ListedFile(sha256=sha, artifact=artifact) for path, sha, artifact in files},
        revision=revision,
    )
