"""The digest of a profile's content, which says whether two profiles are the same."""

from __future__ import annotations

import hashlib
import json

from gpogen.document.nodes import Mapping, plain


def digest_of(tree: Mapping) -> str:
    """Return the SHA-256 of a merged tree's content, hexadecimal."""
    content = plain(tree)
    content.pop("extends", None)  # It is merged already.
    text = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()
