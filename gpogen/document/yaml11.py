"""What YAML 1.1 takes a plain scalar for, where a document is read by it as well as by YAML 1.2."""

from __future__ import annotations

import yaml

BOOLEANS = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
"""What both versions take for a boolean."""
_TAG = "tag:yaml.org,2002:"
_TAGS = {str: "str", int: "int", float: "float", bool: "bool", type(None): "null"}


def has_type(text: str, kind: type) -> bool:
    """Tell whether YAML 1.1, as PyYAML reads it, gives a plain scalar a type."""
    resolvers = yaml.SafeLoader.yaml_implicit_resolvers
    known = (tag for tag, pattern in resolvers.get(text[:1], []) if pattern.match(text))
    return str(next(known, f"{_TAG}str")) == _TAG + _TAGS[kind]
