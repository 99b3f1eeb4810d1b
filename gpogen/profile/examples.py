"""How to write what a key takes, for messages about something of another kind."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from functools import cache

from gpogen.catalog.files import load
from gpogen.document.nodes import Mapping, Node, Scalar, Sequence
from gpogen.profile.arc import MACHINE
from gpogen.profile.azure import CLASSIFICATIONS
from gpogen.profile.fields import KEYWORDS, is_line
from gpogen.profile.schema import OSES, OUTPUTS, PLATFORMS, Profile
from gpogen.profile.sections import RESTART_MODELS, RESTART_NAMES, RESTARTS
from gpogen.profile.setting import setting_words

Path = tuple[int | str, ...]

_ANY = "*"
"""The step for keys that nobody lists: the names of a policy's values."""
_WITH_WORD = {
    "policies[]": "{{policy: {}, state: enabled}}",
    "assured[]": "{{what: {}, why: ...}}",
    "allow[]": "{{rule: {}, why: ...}}",
}
"""How a mapping is written of which somebody wrote the one word that matters."""
_SCALE_SET = "{{orchestration: {}, health_extension: true}}"
_WSUS = "{{server: '{0}', status_server: '{0}'}}"
_ITEMS = {
    "extends": re.compile(r".*"),
    "outputs": re.compile("|".join(OUTPUTS)),
    "arc.machines": re.compile(MACHINE),
    "update_manager.classifications": re.compile("|".join(CLASSIFICATIONS)),
    "update_manager.exclude_kbs": re.compile(r"KB[0-9]{6,8}"),
}
"""Lists of words, and which words are right in them."""
_LONGEST = 60
"""Characters of a word that is compared with the restart policies."""
_SAFE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*(?: [A-Za-z0-9_.-]+)*")
"""Texts that mean themselves in YAML without quotes, also in brackets."""
_NO_TEXT = ("true", "false", "null")
_URL = re.compile(r"https?://[^\s']+")
_DASH = re.compile(r"-[^\s-]")
_FIRST_RINGS = ("pilot", "test", "canary", "preview", "dev", "lab", "first")
"""Names of rings that usually install first."""
_LAST_NUMBER = re.compile(r"([0-9]{1,3})$")


@cache
def examples() -> dict[str, str]:
    """Return an example in YAML's flow style for each key, and as ``key[]`` for each item."""
    found: dict[str, str] = load("profile-examples.json")
    return {**found, **{word.path: str(word.row.example) for word in setting_words(Profile)}}


def key_of(path: Path) -> str:
    """Write a path as the catalog does: ``policies.state``, ``policies[]`` for an item."""
    names = [step for step in path if isinstance(step, str)]
    key = ".".join(names)
    if path and isinstance(path[-1], int):
        return f"{key}[]"
    if len(names) > 2 and names[-2] == "values":
        return ".".join((*names[:-1], _ANY))
    return key


def example(path: Path) -> str:
    """Return an example of what stands at a path; empty where the catalog has none."""
    return examples().get(key_of(path), "")


def write_instead(path: Path, node: Node | None) -> str:
    """Say how to write what is of the wrong kind; with the word that was found, where it fits."""
    key = key_of(path)
    found = node.value if isinstance(node, Scalar) else None
    word = _quoted(found) if isinstance(found, str) and found.strip() and is_line(found) else ""
    of_key = _OF_KEY.get(key)
    said = of_key(node, word) if of_key else ""
    if said:
        return f"write {said}" if said[0] in "{[" else said
    if f"{key}[]" in examples() and _has_dashes(node):
        return "put a space after the dash of each item"
    if word and found not in KEYWORDS and key in _WITH_WORD:
        return f"write {_WITH_WORD[key].format(word)}"
    return _by_example(path, key, node, word)


def _by_example(path: Path, key: str, node: Node | None, word: str) -> str:
    only = node.items[0] if isinstance(node, Sequence) and len(node.items) == 1 else None
    if key.endswith(f".{_ANY}") and isinstance(only, Scalar) and only.value is not None:
        return f"write {only.text if not isinstance(only.value, str) else _quoted(only.text)}"
    shape = example(path)
    if f"{key}[]" in examples():
        return f"write a list: {_one_item(key, shape, word)}"
    if shape and not shape.startswith(("{", "[")):
        return f"write a value such as {shape}"
    return f"write {shape}" if shape else ""


def _has_dashes(node: Node | None) -> bool:
    """Tell whether something is ``-one``, which is text or a key, and meant as ``- one``."""
    found = node.value if isinstance(node, Scalar) else None
    begun = next(iter(node.members), "") if isinstance(node, Mapping) else found
    return isinstance(begun, str) and _DASH.match(begun) is not None


def _one_item(key: str, shape: str, word: str) -> str:
    """Write a list: with the word that was found, where an item can say it."""
    if word and f"{key}[]" in _WITH_WORD:
        return f"[{_WITH_WORD[f'{key}[]'].format(word)}]"
    return f"[{word}]" if word and key in _ITEMS and _ITEMS[key].fullmatch(word) else shape


def _profile_name(text: str) -> str:
    """Return the name of a profile without the ending of its file; a path keeps it."""
    stem = text.removesuffix(".yaml").removesuffix(".yml")
    return text if "/" in text or "\\" in text or not stem else stem


def _schedule(_: Node | None, __: str) -> str:
    return f"{examples()['updates.schedule']}; weeks can be [second]"


def _extends(node: Node | None, word: str) -> str:
    """Write a list of the one name that was found."""
    name = str(node.value) if word and isinstance(node, Scalar) else ""
    return f"write a list: [{_quoted(_profile_name(name))}]" if name else ""


def _scale_set(_: Node | None, word: str) -> str:
    return _SCALE_SET.format(word) if word in ("uniform", "flexible") else ""


def _wsus(node: Node | None, _: str) -> str:
    """Write a WSUS server with the one address that was found."""
    found = node.value if isinstance(node, Scalar) else None
    fits = isinstance(found, str) and _URL.fullmatch(found)
    return _WSUS.format(found) if fits else ""


def _target(_: Node | None, word: str) -> str:
    """Write a target with the platform or the system that was found; another would be a guess."""
    platform = word if word in PLATFORMS else "..."
    return f"{{platform: {platform}, os: {word if word in OSES else '...'}}}"


def order_of(name: str) -> int:
    """Return the place of a ring in the order that its name stands for; 2 for other names."""
    number = _LAST_NUMBER.search(name)
    return int(number[1]) if number else 1 if name.lower() in _FIRST_RINGS else 2


def _ring(node: Node | None, _: str) -> str:
    """Write a ring with the name and the number that were found."""
    parts = node.items if isinstance(node, Sequence) else [node] if node is not None else []
    values = [item.value for item in parts if isinstance(item, Scalar)]
    name = next((one for one in values if isinstance(one, str) and is_line(one)), "")
    orders = [one for one in values if isinstance(one, int) and one is not True and one <= 1000]
    order = next((one for one in orders if one is not False and one >= 0), None)
    if not name and order is None:
        return example(("ring",))
    written = order_of(name) if order is None else order
    more = "; the ring with order 1 installs first" if order is None else ""
    return f"{{name: {_quoted(name or f'ring-{written}')}, order: {written}}}{more}"


def _near_policy(word: str) -> str:
    """Return the restart policy that somebody means; empty for a word that is near none."""
    word = word[:_LONGEST].lower()
    if word in RESTART_NAMES:
        return RESTART_NAMES[word]
    near = difflib.get_close_matches(word, (*RESTARTS, *KEYWORDS), n=1)
    return near[0] if near and near[0] in RESTARTS else ""


def _restart_for(node: Node | None, _: str) -> str:
    """Write the restart policy that a text means."""
    found = node.value if isinstance(node, Scalar) else None
    if not isinstance(found, str):
        return ""
    policy = _near_policy(found)
    return _restart(policy) if policy else "choose one (gpogen explain restart)"


def _restart(word: str) -> str:
    """Write a restart policy with the keys that it cannot do without."""
    needed = [
        f"{name}: {examples()[f'restart.{name}']}"
        for name, field in RESTART_MODELS[word].model_fields.items()
        if field.is_required() and name != "policy"
    ]
    return f"{{{', '.join((f'policy: {word}', *needed))}}}"


def _quoted(text: str) -> str:
    """Write a text as YAML takes it in brackets."""
    if _SAFE.fullmatch(text) and text.lower() not in _NO_TEXT:
        return text
    return "'{}'".format(text.replace("'", "''"))


_OF_KEY: dict[str, Callable[[Node | None, str], str]] = {
    "updates.schedule": _schedule,
    "extends": _extends,
    "target": _target,
    "target.scale_set": _scale_set,
    "ring": _ring,
    "restart": _restart_for,
    "updates.source.wsus": _wsus,
}
"""What to write for a key, by the node and the word that were found; empty for the example."""
