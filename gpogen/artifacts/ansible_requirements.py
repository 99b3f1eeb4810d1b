"""``ansible/requirements.yml``: the collections that the playbook needs."""

from __future__ import annotations

from gpogen.artifacts.api import Artifact, OutFile
from gpogen.compile.result import Compiled
from gpogen.yaml_text import to_document

_CONTENT = {"collections": [{"name": "ansible.windows", "version": ">=3.0.0"}]}


def emit(compiled: Compiled) -> tuple[OutFile, ...]:
    """Write the list; nothing where there is no playbook."""
    if not compiled.direct:
        return ()
    return (OutFile("ansible/requirements.yml", b"---\n" + to_document(_CONTENT).encode("ascii")),)


ARTIFACT = Artifact(
    id="ansible-requirements",
    title="collections of the playbook",
    consumer="ansible-galaxy",
    command="ansible-galaxy collection install -r ansible/requirements.yml",
    emit=emit,
    unread="a list of collections: gpogen verify compares its bytes with what the profile produces",
)
