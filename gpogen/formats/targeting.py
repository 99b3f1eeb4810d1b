"""When a preference is applied, in one line that is the same for the same conditions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256

from gpogen.formats.gppregistry import Around, Filter, PreferenceItem

ONCE = "FilterRunOnce"
"""Not a condition of the machine: the item is applied once and never again."""
_SHOWN = 200
_DEFAULTS = {"bool": "and", "not": "0", "namespace": "root\\cimv2"}
_PASSED_OVER = ("hidden",)


class Conditions:
    """Texts for the conditions of items; what a collection has is looked at once."""

    def __init__(self) -> None:
        """Begin with nothing looked at."""
        self._around: dict[int, tuple[Around, str]] = {}

    def of(self, item: PreferenceItem) -> str:
        """Return an item's conditions; an empty text where it is always applied."""
        parts = [self._outer(item.around), _texts(item.own)]
        parts += ["written as the logged-on user"] if item.user_context else []
        parts += ["removed when the GPO no longer applies"] if item.remove_policy else []
        return _short("; ".join(filter(None, parts)))

    def _outer(self, around: Around | None) -> str:
        if around is None:
            return ""
        known = self._around.get(id(around))
        if known is not None:
            return known[1]
        inner = ""
        for one in around.chain():
            outer = self._around.get(id(one))
            inner = outer[1] if outer else _short("; ".join(filter(None, (inner, _texts(one.own)))))
            # The object is kept, so that its number stays its own.
            self._around[id(one)] = (one, inner)
        return inner


def wql_condition(queries: Iterable[str]) -> str:
    """Return the text of items that are targeted by WMI queries, as `Conditions.of` has it."""
    own = tuple(Filter("FilterWmi", (("query", query),)) for query in queries)
    return _short(_texts(own))


def _short(text: str) -> str:
    if len(text) <= _SHOWN:
        return text
    return f"{text[:_SHOWN]}... (SHA-256 {sha256(text.encode('utf-8', 'replace')).hexdigest()})"


def _texts(filters: Iterable[Filter]) -> str:
    return " ".join(_one(filters))


def _one(filters: Iterable[Filter]) -> Iterator[str]:
    for number, item in enumerate(filters):
        given = {name.lower(): text for name, text in item.attributes}
        joined = "or " if number and given.get("bool", "").lower() == "or" else ""
        joined = "and " if number and not joined else joined
        negated = "not " if given.get("not", "0") == "1" else ""
        if item.element == ONCE:
            yield f"{joined}{negated}applied once"
            continue
        rest = [
            f'{name}="{text}"'
            for name, text in sorted(given.items())
            if name not in _PASSED_OVER
            and name not in ("bool", "not")
            and text
            and text.lower() != _DEFAULTS.get(name)
        ]
        inside = f" ({_texts(item.inside)})" if item.inside else ""
        yield f"{joined}{negated}{' '.join([item.element, *rest])}{inside}"
