"""No word about Azure carries text that acts on anything, or that Azure would read otherwise."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from gpogen.finding import Severity
from gpogen.profile.azure import Azure, UpdateManager
from tests.profile.test_arc import AZURE_HOSTILE, STANDARD, section
from tests.support.profiles import checked

IMAGE = {"publisher": "MicrosoftWindowsServer", "offer": "WindowsServer"}
SKU = "2022-datacenter-azure-edition-hotpatch"
VM = {"os": "windows-server-2022-azure-edition", "platform": "azure-vm"}
SCHEDULE = {"at": "22:00", "duration": "03:00"}
LISTS = ("classifications", "exclude_kbs")
TEXTS = [text for text in AZURE_HOSTILE if text.strip() and text != "plain"]
"""An empty text and a plain word are no attack; a plain word is refused where it is not allowed."""


def test_there_are_forty_hostile_texts_and_every_word_is_covered() -> None:
    assert len(set(TEXTS)) >= 40
    azure = {f"azure.{name}" for name in Azure.model_fields}
    schedule = {f"update_manager.{name}" for name in UpdateManager.model_fields}
    assert {word for word in WORDS if word.startswith("azure.")} == azure
    assert {word for word in WORDS if word.startswith("update_manager.")} == schedule


def takes(duration: str) -> bool:
    """Tell whether a schedule can have a window that is open so long."""
    try:
        UpdateManager.model_validate({**SCHEDULE, "duration": duration})
    except ValidationError:
        return False
    return True


def test_a_window_is_open_from_90_to_235_minutes() -> None:
    every = [f"{hour:02}:{minute:02}" for hour in range(24) for minute in range(60)]

    assert [one for one in every if takes(one)] == every[90 : 235 + 1]


WORDS = [
    *(f"azure.{name}" for name in Azure.model_fields),
    *(f"update_manager.{name}" for name in UpdateManager.model_fields),
    "arc.policy_effect",
    "target.image.publisher",
    "target.image.offer",
    "target.image.sku",
    "target.time_zone",
]


def written(value: object) -> str:
    """Write a value as YAML takes it."""
    return json.dumps(value, ensure_ascii=False)


def parts(word: str, text: str) -> tuple[str, dict[str, str]]:
    """Return the body and the target of a profile in which a word has a text."""
    room, _, name = word.partition(".")
    value = [text] if name in LISTS else text
    if room == "arc":
        return section(policy_effect=text), STANDARD
    if room == "azure":
        return f"azure: {written({name: value})}\n", {**VM, "image": SKU}
    if room == "update_manager":
        body = f"update_manager: {written({**SCHEDULE, name: value})}\n"
        return f"{body}updates: {{mode: download}}\n", STANDARD
    if name == "time_zone":
        return "", {**VM, "image": SKU, "extra_target": f", time_zone: {written(text)}"}
    image = {**IMAGE, "sku": SKU, name.partition(".")[2]: text}
    return "", {**VM, "image": written(image)}


@pytest.mark.parametrize("word", WORDS)
def test_a_hostile_text_is_refused_at_its_place(word: str) -> None:
    orchestration = "azure-guest-patching"
    if word.startswith(("arc", "update")):
        orchestration = "azure-update-manager"
    for text in TEXTS:
        body, target = parts(word, text)
        result = checked(body, orchestration=orchestration, **target)
        assert result.compiled is None, text
        errors = [one.message for one in result.findings if one.severity is Severity.ERROR]
        # The image's three names are judged as one; YAML itself refuses control characters.
        name = ("image" if "image" in word else word).rpartition(".")[2]
        assert any(name in message or "not YAML" in message for message in errors), (text, errors)
