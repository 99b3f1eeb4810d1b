"""Text that has the form of a key, a token or a password."""

from __future__ import annotations

import re

_SECRET = re.compile(
    r"eyJ[A-Za-z0-9_-]{8,}"  # a JSON web token
    r"|[0-9A-Fa-f]{32,}"  # a key or a hash in hexadecimal
    r"|[A-Za-z0-9_.-]{3}[0-9]Q~"  # a client secret of Microsoft Entra ID
    r"|(?i:(?:account|shared|access)[-_ ]?key|password|passwd|pwd|secret|token|bearer|sig)\s*[=: ]"
    r"|(?=[A-Za-z0-9+/]*[A-Z])(?=[A-Za-z0-9+/]*[a-z])(?=[A-Za-z0-9+/]*[0-9])[A-Za-z0-9+/]{40,}"
)


def looks_like_secret(text: str) -> bool:
    """Tell whether a text has such a form."""
    return _SECRET.search(text) is not None
