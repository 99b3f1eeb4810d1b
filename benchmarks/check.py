"""Checking 1,000 profiles against parsing their YAML with PyYAML's C loader, in one run.

Goal: under 10 times as long. Run: python benchmarks/check.py
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from gpogen.project.select import select

COUNT = 1000
GOAL = 10.0
RUNS = 5


def write_profiles(folder: Path) -> list[Path]:
    """Write whole profiles, no two alike, each as long as those that ship."""
    text = (ROOT / "profiles" / "azlocal-ws2025-core.yaml").read_text(encoding="utf-8")
    text = text.replace("extends: [hotpatch-base]\n", "")
    text += (ROOT / "profiles" / "hotpatch-base.yaml").read_text("utf-8").partition("vbs:")[1]
    text += "\n  enforce: policy+registry\n  platform_security: secure-boot\n"
    paths = []
    for number in range(COUNT):
        name = f"profile-{number:04}"
        path = folder / f"{name}.yaml"
        body = text.replace("name: azlocal-ws2025-core", f"name: {name}")
        body = body.replace('title: "', f'title: "{number} ')
        path.write_text(body.replace('"03:00"', f'"{number % 24:02}:00"'), encoding="utf-8")
        paths.append(path)
    return paths


def parse(paths: list[Path]) -> None:
    """Parse with PyYAML's C loader."""
    for path in paths:
        yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)


def check(paths: list[Path]) -> None:
    """Check as the command does."""
    selection = select([str(path) for path in paths], "profiles")
    assert selection.exit_code == 0, selection.findings[:3]
    assert len(selection.profiles) == COUNT


def main() -> int:
    """Time both in turn and print the ratio of the medians."""
    with tempfile.TemporaryDirectory() as folder:
        paths = write_profiles(Path(folder))
        check(paths)
        times: dict[str, list[float]] = {"parse": [], "check": []}
        for _ in range(RUNS):
            for name, work in (("parse", parse), ("check", check)):
                start = time.process_time()
                work(paths)
                times[name].append(time.process_time() - start)
    medians = {name: sorted(values)[RUNS // 2] for name, values in times.items()}
    ratio = medians["check"] / medians["parse"]
    for name, value in medians.items():
        print(f"{name:6} {COUNT} profiles  {value:6.3f} s CPU")
    print(f"ratio  {ratio:5.1f}  (goal: under {GOAL:.0f})")
    return int(ratio >= GOAL)


if __name__ == "__main__":
    sys.exit(main())
