"""A second implementation of what Azure Policy and Azure Resource Manager do with a definition.

It knows the conditions, the functions and the aliases that the definitions of gpogen use, as
Microsoft Learn describes them, and nothing of how gpogen makes them: anything else is a KeyError.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

TOKENS = re.compile(r"\s*(?:('(?:[^']|'')*')|([A-Za-z]\w*)|([0-9]+)|([().,]))")
EXISTENCE = {"type", "name", "location"}
MISSING: Any = object()


class _Reader:
    """Reads one expression of a template, lazily: `if` looks at one branch only."""

    def __init__(self, text: str, functions: dict[str, Callable[..., Any]]) -> None:
        self.tokens: list[tuple[str, str]] = []
        at = 0
        while at < len(text):
            found = TOKENS.match(text, at)
            assert found, text[at:]
            kind = ("text", "name", "number", "sign")[(found.lastindex or 0) - 1]
            self.tokens.append((kind, found[found.lastindex or 0]))
            at = found.end()
        self.at = 0
        self.functions = functions

    def take(self) -> tuple[str, str]:
        self.at += 1
        return self.tokens[self.at - 1]

    def peek(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def value(self) -> Callable[[], Any]:
        kind, word = self.take()
        if kind == "text":
            plain = word[1:-1].replace("''", "'")
            return lambda: plain
        if kind == "number":
            return lambda: int(word)
        assert kind == "name", word
        assert self.take()[1] == "("
        arguments: list[Callable[[], Any]] = []
        while self.peek() != ")":
            arguments.append(self.value())
            if self.peek() == ",":
                self.take()
        self.take()
        made = self._called(word, arguments)
        while self.peek() == ".":
            self.take()
            made = _member(made, self.take()[1])
        return made

    def _called(self, name: str, arguments: list[Callable[[], Any]]) -> Callable[[], Any]:
        if name == "if":
            test, then, other = arguments
            return lambda: then() if test() is True else other()
        function = self.functions[name]
        return lambda: function(*(one() for one in arguments))


def _member(owner: Callable[[], Any], name: str) -> Callable[[], Any]:
    return lambda: owner()[name]


def _object(*parts: Any) -> dict[str, Any]:
    return dict(zip(parts[::2], parts[1::2], strict=True))


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "concat": lambda *parts: "".join(parts),
    "contains": lambda owner, key: key in owner,
    "coalesce": lambda *values: next((one for one in values if one is not None), None),
    "createObject": _object,
    "json": json.loads,
}


def evaluated(value: Any, functions: dict[str, Callable[..., Any]]) -> Any:
    """Evaluate the expressions in a value; a property that becomes null is not sent."""
    if isinstance(value, dict):
        made = {key: evaluated(one, functions) for key, one in value.items()}
        return {key: one for key, one in made.items() if one is not None}
    if isinstance(value, list):
        return [evaluated(one, functions) for one in value]
    if isinstance(value, str) and value.startswith("[") and not value.startswith("[["):
        reader = _Reader(value[1:-1], {**FUNCTIONS, **functions})
        result = reader.value()
        assert reader.at == len(reader.tokens), value
        return result()
    return value


def deployed(properties: dict[str, Any], resource: dict[str, Any]) -> dict[str, Any]:
    """Return the one resource that a deployment of a policy sends for a resource."""
    given = evaluated(properties["parameters"], {"field": lambda name: one_of(resource, name)})
    template = properties["template"]
    assert set(given) == set(template["parameters"])
    for name, parameter in template["parameters"].items():
        wanted = {"string": str, "object": dict}[parameter["type"]]
        assert isinstance(given[name]["value"], wanted), name
    variables: dict[str, Any] = {}
    functions = {
        "parameters": lambda name: given[name]["value"],
        "variables": lambda name: variables[name],
    }
    for name, expression in template["variables"].items():
        variables[name] = evaluated(expression, functions)
    (made,) = template["resources"]
    found = evaluated(made, functions)
    assert isinstance(found, dict)
    return found


def values_of(resource: Any, path: str) -> Iterator[Any]:
    """Yield what a path such as ``a.b[*].c`` finds."""
    first, _, rest = path.partition(".")
    name = first.removesuffix("[*]")
    if not isinstance(resource, dict) or resource.get(name) is None:
        return
    found = resource[name]
    for one in found if first.endswith("[*]") else [found]:
        if rest:
            yield from values_of(one, rest)
        else:
            yield one


def _path(resource: dict[str, Any], field: str) -> str:
    if field in EXISTENCE:
        return field
    kind = f"{resource['type']}/"
    assert field.startswith(kind), field
    return f"properties.{field.removeprefix(kind)}"


def one_of(resource: dict[str, Any], field: str) -> Any:
    """Return the value of a field that is no list; None where it is missing."""
    return next(values_of(resource, _path(resource, field)), None)


def holds(condition: dict[str, Any], resource: dict[str, Any]) -> bool:
    """Say whether a condition of a policy holds for a resource."""
    if "allOf" in condition:
        return all(holds(one, resource) for one in condition["allOf"])
    if "anyOf" in condition:
        return any(holds(one, resource) for one in condition["anyOf"])
    left, (operator, wanted) = dict(condition), ("", None)
    if "count" in condition:
        counted = left.pop("count")
        members = values_of(resource, _path(resource, counted["field"]))
        found: Any = sum(_member_holds(counted, one) for one in members)
    else:
        found = one_of(resource, left.pop("field"))
    ((operator, wanted),) = left.items()
    return _OPERATORS[operator](found, wanted)


def _member_holds(counted: dict[str, Any], member: Any) -> bool:
    prefix = f"{counted['field']}."
    conditions = counted["where"]["allOf"]
    assert all(one["field"].startswith(prefix) for one in conditions)
    return all(
        _OPERATORS[operator](member.get(one["field"].removeprefix(prefix)), one[operator])
        for one in conditions
        for operator in one
        if operator != "field"
    )


def _low(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "equals": lambda found, wanted: _low(found) == _low(wanted),
    "notEquals": lambda found, wanted: _low(found) != _low(wanted),
    "contains": lambda found, wanted: found is not None and wanted.lower() in found.lower(),
    "notContains": lambda found, wanted: found is None or wanted.lower() not in found.lower(),
    "in": lambda found, wanted: _low(found) in map(_low, wanted),
    "notIn": lambda found, wanted: _low(found) not in map(_low, wanted),
    "exists": lambda found, wanted: (found is not None) is wanted,
    "greaterOrEquals": lambda found, wanted: found >= wanted,
}
