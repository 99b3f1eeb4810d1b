"""Reading the JSON files that the package carries."""

from __future__ import annotations

import json
from pkgutil import get_data
from typing import Any

from gpogen.policy.types import RegType


def load(name: str) -> Any:
    """Parse ``data/NAME`` of this package (no cache: every caller keeps its own result).

    Raises:
        FileNotFoundError: the package has no such file.
    """
    # importlib.resources would do the same, but importing it costs more than the parsing.
    content = get_data("gpogen.catalog", f"data/{name}")
    if content is None:
        raise FileNotFoundError(name)
    return json.loads(content)


def reg_type(name: str) -> RegType:
    """The registry type that a data file calls ``DWORD``, ``SZ`` and so on.

    Raises:
        KeyError: the name is no registry type.
    """
    return RegType[name]
