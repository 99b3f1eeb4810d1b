"""Records of every kind, for the formats' round trips."""

from __future__ import annotations

from hypothesis import strategies as st

from gpogen.formats.subkeys import delete_key
from gpogen.policy.data import encode_data
from gpogen.policy.records import Record
from gpogen.policy.types import Action, Hive, RegType, Via

CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
PART = st.text(CHARACTERS.filter(lambda c: c != "\\"), min_size=1, max_size=8)
KEYS = st.lists(PART, min_size=1, max_size=3).map("\\".join)
# Names that look like the syntax of some format, now and then.
NAMES = st.text(CHARACTERS, max_size=12) | st.sampled_from(
    ["", "*", "(Default)", "@", "**del.X", "; x", "# x", "[x]", '"', "a\\b", "a=b", "x;y"]
)
TEXTS = st.text(CHARACTERS, max_size=20) | st.text("\\0;\"'ab", max_size=12)
HIVES = st.sampled_from(Hive)


def setting(kind: RegType, values: st.SearchStrategy[object]) -> st.SearchStrategy[Record]:
    return st.builds(
        lambda hive, key, name, value: Record(
            hive, key, name, Action.SET, kind, encode_data(kind, value)
        ),
        HIVES,
        KEYS,
        NAMES,
        values,
    )


WELL_FORMED = st.one_of(
    setting(RegType.SZ, TEXTS),
    setting(RegType.EXPAND_SZ, TEXTS),
    setting(RegType.MULTI_SZ, st.lists(TEXTS.filter(bool), max_size=4).map(tuple)),
    setting(RegType.DWORD, st.integers(0, 2**32 - 1)),
    setting(RegType.QWORD, st.integers(0, 2**64 - 1)),
    setting(RegType.BINARY, st.binary(max_size=80)),
)
ODD = st.builds(
    Record,
    HIVES,
    KEYS,
    NAMES,
    st.just(Action.SET),
    st.integers(0, 12) | st.integers(0, 2**32 - 1),
    st.binary(max_size=12),
)
"""Any type with any bytes: what registry.pol files may hold."""
WHOLE_KEY = st.builds(
    Record,
    HIVES,
    KEYS,
    st.just(""),
    st.sampled_from([Action.CREATE_KEY, Action.DELETE_VALUES]),
)
DELETIONS = st.builds(Record, HIVES, KEYS, NAMES, st.just(Action.DELETE)) | st.builds(
    delete_key, HIVES, KEYS.filter(lambda key: ";" not in key)
)
UNCOMMON = st.builds(
    Record,
    HIVES,
    KEYS,
    NAMES,
    st.sampled_from([Action.SOFT, Action.SECURE_KEY]),
    st.just(4),
    st.just(b"\1\0\0\0"),
)
PREFERENCES = st.builds(
    Record, HIVES, KEYS, NAMES, st.just(Action.DELETE), via=st.just(Via.PREFERENCE)
)
POLICY = st.lists(WELL_FORMED | ODD | WHOLE_KEY | DELETIONS | UNCOMMON, max_size=8)
