"""A list that names the update which takes a machine off must never say "on the train"."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

DAY = ("--today", "2025-11-20")
ON, OFF = "KB5066835", "KB5070881"
"""The baseline of October 2025, and the update that takes a machine off the train after it."""
PACKAGE = "Package_for_RollupFix~31bf3856ad364e35~amd64~~26100.{}.1.7 | Installed"

HIDING = {
    "list-of-numbers": json.dumps(
        [{"KBArticleIDs": ["5066835"]}, {"KBArticleIDs": ["5070881"], "Title": "Security Update"}]
    ),
    "two-in-one-list": json.dumps([{"KBArticleIDs": ["5066835", "5070881"]}]),
    "two-in-one-cell": f"HotFixID,Source\n{ON} {OFF},web\n",
    "two-lines-in-one-cell": f'HotFixID,Source\n"{ON}\n{OFF}",web\n',
    "sign-before": f"HotFixID,Source\n{ON},web\n#{OFF},web\n",
    "sign-behind": f"HotFixID,Source\n{ON},web\n{OFF}*,web\n",
    "hidden-character": f"HotFixID,Source\n{ON},web\nKB5070\u200b881,web\n",
    "wide-digits": f"HotFixID,Source\n{ON},web\nKB\uff15\uff10\uff17\uff10\uff18\uff18\uff11,web\n",
    "number-with-a-dot": json.dumps([{"HotFixID": ON}, {"HotFixID": 5070881.0}]),
    "key-twice": f'[{{"kb": "{OFF}", "kb": "{ON}"}}]',
    "column-in-two-spellings": json.dumps([{"kb": OFF, "K-B": ON}]),
    "two-lists": json.dumps({"machine": "a", "updates": [ON], "Updates": [OFF]}),
    "machines-and-updates": json.dumps(
        {"machines": [{"machine": "a", "updates": [ON]}], "updates": [OFF]}
    ),
    "two-columns": f"HotFixID,KB,Source\n{ON},{OFF},web\n",
    "title-beside": f"HotFixID,Title,Source\n{ON},Security Update ({OFF}),web\n",
    "number-beside-a-package": f"{OFF}\n{PACKAGE.format('6899')}\n",
    "second-package-in-a-line": f"{PACKAGE.format('6899')} {PACKAGE.format('6905')}\n",
    "number-before-the-head": f"{OFF}\nSource Description HotFixID\nweb    Update      {ON}\n",
    "two-in-a-block": f"HotFixID : {ON}, {OFF}\n\n",
    "hyphen": f"{ON} kb-5070881\n",
    "letter-before": f"{ON} xKB5070881\n",
}


@pytest.mark.parametrize("name", HIDING)
def test_what_hides_an_update_gives_no_verdict_that_is_good(
    gpogen: Run, tmp_path: Path, name: str
) -> None:
    path = tmp_path / "list"
    path.write_text(HIDING[name], encoding="utf-8")
    found = gpogen("train", str(path), *DAY)

    assert found.code in (1, 2)
    assert "on the hotpatch train (" not in found.out
    assert ": on the hotpatch train" not in found.out


def test_the_same_update_alone_is_on_the_train(gpogen: Run) -> None:
    assert ": on the hotpatch train" in gpogen("train", "--kb", ON, *DAY).out


def test_the_work_grows_with_the_cells_and_not_with_rows_times_columns() -> None:
    from gpogen.lists.reading import parse
    from tests.support.work import steps_of

    def steps(columns: int) -> int:
        head = ",".join(f"c{number}" for number in range(columns))
        return steps_of(lambda: parse(f"HotFixID,{head}\n" + f"{ON}\n" * 500, "a"))

    assert steps(4000) < steps(2000) * 3
    wide = "HotFixID " + "x " * 900
    assert steps_of(lambda: parse(f"{wide}\n" + "a\n" * 2000, "a")) < 2_000_000
