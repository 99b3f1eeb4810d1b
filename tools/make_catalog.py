"""Write what is made from sources/rules and gpogen/rules: the JSON and the lists of the rules.

    python -m tools.make_catalog            write what is not current
    python -m tools.make_catalog --check    write nothing; exit 1 when something is not current

``python -m tools.admx`` writes policies.json from Administrative Templates.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from tools.rule_code import functions, modules
from tools.rule_pages import ROOT, PageError, pages

COMMAND = "python -m tools.make_catalog"
_DATA = Path("gpogen", "catalog", "data")
_CODE = Path("gpogen", "rules")
_ABOUT = f"Made by {COMMAND} from sources/rules; don't edit."


def made() -> dict[Path, str]:
    """Return the text of each generated file, by its path in the checkout.

    Raises:
        PageError: a page or a function is wrong.
    """
    found = pages()
    rows = [page.row for page in found.values()]
    shown = {
        page.id: {"fails": one.fails.splitlines(), "passes": one.passes.splitlines()}
        for page in found.values()
        for one in page.examples[:1]
    }
    code = modules(functions(found))
    return {
        _DATA / "rules.json": _json({"about": _ABOUT, "rules": rows}),
        _DATA / "rule-examples.json": _json({"about": _ABOUT, "examples": shown}),
        **{_CODE / f"{name}.py": text for name, text in code.items()},
    }


def _json(content: Any) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def stale() -> list[Path]:
    """Return the generated files that are not current."""
    return [path for path, text in made().items() if _text(ROOT / path) != text]


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def main() -> int:
    """Write the files, or with --check tell whether all are current."""
    try:
        files = made()
    except PageError as error:
        print(error, file=sys.stderr)
        return 2
    old = [path for path, text in files.items() if _text(ROOT / path) != text]
    if "--check" in sys.argv[1:]:
        for path in old:
            print(f"{path.as_posix()} is not current: run {COMMAND}", file=sys.stderr)
        return int(bool(old))
    for path in old:
        (ROOT / path).write_text(files[path], encoding="utf-8", newline="\n")
        print(f"wrote {path.as_posix()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
