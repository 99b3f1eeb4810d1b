"""The queries of gpogen.artifacts.azure_queries, read by the Kusto language service."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from gpogen.artifacts.azure_queries import emit
from tests.artifacts.azure.conftest import ARC, VM, written
from tests.artifacts.factory import compiled
from tests.artifacts.powershell.samples import SAMPLES

NAMES = ["hotpatch-status", "patch-failures", "patch-history", "pending-patches", "vm-health"]
_PARSE = """
require(process.argv[1] + '/@kusto/language-service-next/bridge.min.js');
require(process.argv[1] + '/@kusto/language-service-next/Kusto.Language.Bridge.min.js');
const fs = require('fs');
const found = process.argv.slice(2).map((path) => {
  const code = Kusto.Language.KustoCode.Parse(fs.readFileSync(path, 'utf8'));
  const told = code.GetSyntaxDiagnostics();
  const said = [];
  for (let i = 0; i < told.Count; i += 1) said.push(told.getItem(i).Message);
  return [path, said];
});
console.log(JSON.stringify(found));
"""


def test_azure_machines_have_the_queries_and_others_have_none() -> None:
    for made in (compiled(arc=ARC), compiled(vm=VM)):
        assert [file.path for file in emit(made)] == [f"azure/{name}.kql" for name in NAMES]
    assert emit(compiled()) == ()


def test_a_resource_group_of_the_profile_narrows_each_query() -> None:
    for file in emit(compiled(arc=ARC)):
        assert "| where resourceGroup =~ 'rg-servers'\n" in file.data.decode()
    for file in emit(compiled(vm=VM)):
        assert "resourceGroup =~" not in file.data.decode()


def test_each_query_has_the_columns_that_pages_of_a_large_result_need() -> None:
    # One call returns at most 1000 rows. Names are not unique, and a page needs an order.
    for file in emit(compiled(arc=ARC)):
        text = file.data.decode()
        last = [line for line in text.splitlines() if line.startswith("| project")][-1]
        assert re.match(r"\| project id(,| = )", last), file.path
        assert re.search(r"\| order by (\w+ (asc|desc), )?id asc$", text.strip()), file.path
        assert "az graph query --first 1000" in text
        assert "--skip-token" in text


def test_no_text_of_an_author_leaves_its_comment() -> None:
    plain = {file.path: file.data.decode() for file in emit(compiled(arc=ARC))}
    for sample in SAMPLES.values():
        for file in emit(replace(sample, arc=ARC)):
            text = file.data.decode()
            assert re.sub("(?m)^//.*\n", "", text) == re.sub("(?m)^//.*\n", "", plain[file.path])


def test_the_language_service_finds_no_mistake(tmp_path: Path) -> None:
    modules = os.environ.get("GPOGEN_NODE_MODULES")
    if not modules or not shutil.which("node"):
        pytest.skip("GPOGEN_NODE_MODULES names no folder with @kusto/language-service-next")
    for artifact in ("arc", "queries"):
        written(compiled(arc=ARC), artifact, tmp_path)
    paths = sorted(tmp_path.rglob("*.kql"))
    assert len(paths) == len(NAMES) + 1
    wrong = tmp_path / "wrong.kql"
    wrong.write_text("resources | where (type =~ 'x'\n", encoding="utf-8")
    done = subprocess.run(
        ["node", "-e", _PARSE, modules, *map(str, [*paths, wrong])],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found.pop()[1]
    assert [said for _, said in found] == [[]] * len(paths)
