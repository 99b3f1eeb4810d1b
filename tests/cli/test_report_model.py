"""The model that ``gpogen status`` reads reports by is the published JSON Schema."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, validators
from jsonschema import ValidationError as SchemaError
from pydantic import ValidationError

from gpogen.fleet.report import REPORT, read_report
from tests.cli.audit_reports import REPORTS, SCHEMA

PUBLISHED: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
EXAMPLES = [json.loads(path.read_text(encoding="ascii")) for path in sorted(REPORTS.glob("*.json"))]


def shortened(report: dict[str, Any]) -> dict[str, Any]:
    """A report with few rows, which is judged as quickly as it is changed."""
    made = copy.deepcopy(report)
    for key in ("requirements", "readiness"):
        made[key] = made[key][:2]
    return made


SHORT = [shortened(example) for example in EXAMPLES]


def _pattern(_validator: Any, pattern: str, value: Any, _schema: Any) -> Iterator[SchemaError]:
    """Match as ECMA-262 does, where ``$`` is the end alone; Python's stops before a line break."""
    if isinstance(value, str) and not re.search(pattern.replace("$", r"\Z"), value):
        yield SchemaError(f"{value!r} does not match {pattern!r}")


VALIDATOR = validators.extend(Draft202012Validator, {"pattern": _pattern})(PUBLISHED)


def by_model(report: Any) -> bool:
    try:
        read_report(json.dumps(report).encode())
    except ValidationError:
        return False
    return True


def agree(report: Any) -> bool:
    valid = bool(VALIDATOR.is_valid(report))
    assert by_model(report) is valid, list(VALIDATOR.iter_errors(report))[:1]
    return valid


TEXT = st.text(max_size=12)


def strategy(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that fit a part of the schema."""
    if "const" in schema or "enum" in schema:
        return st.sampled_from(schema.get("enum", [schema.get("const")]))
    if "anyOf" in schema:
        return st.one_of([strategy(part) for part in schema["anyOf"]])
    kinds = schema["type"]
    if isinstance(kinds, list):
        return st.one_of([strategy({**schema, "type": kind}) for kind in kinds])
    match kinds:
        case "null" | "boolean":
            return st.none() if kinds == "null" else st.booleans()
        case "integer":
            return st.integers(schema["minimum"], schema["maximum"])
        case "string" if "pattern" in schema:
            return st.from_regex(schema["pattern"].replace("$", r"\Z"))
        case "string":
            return TEXT | st.just("x" * schema["maxLength"])
        case "array":
            return st.lists(strategy(schema["items"]), max_size=min(schema["maxItems"], 2))
    return st.fixed_dictionaries(
        {key: strategy(part) for key, part in schema["properties"].items()}
    )


def places(schema: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every part of the schema, by the keys that lead there."""
    yield path
    for key, part in schema.get("properties", {}).items():
        yield from places(part, (*path, "properties", key))
    if "items" in schema:
        yield from places(schema["items"], (*path, "items"))
    for number, part in enumerate(schema.get("anyOf", ())):
        yield from places(part, (*path, "anyOf", str(number)))


ODD_ONES: tuple[Any, ...] = (
    *(None, True, False, -1, 0, 3, 1_000_001, 4_294_967_296, 0.5, "", "x", "x" * 31),
    *("x" * 1001, "\ud800", "2026-11-28\n", "KB123456\n", "26100\n", "gpogen-audit/1", "ok"),
    *([], ["a"], [1], ["a"] * 101, ["x" * 1001], {}, {"a": 1}),
)
ODD = st.one_of(st.integers(-2, 5_000_000_000), st.sampled_from(ODD_ONES), TEXT)


def spots(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container of a report, with each of its keys."""
    for key in value if isinstance(value, dict) else range(len(value)):
        yield value, key
        if isinstance(value[key], dict | list):
            yield from spots(value[key])


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(strategy(PUBLISHED))
def test_whatever_the_schema_lets_through_the_model_reads(report: Any) -> None:
    assert agree(report)


@settings(max_examples=150, deadline=None)
@given(st.data(), st.sampled_from(SHORT))
def test_a_report_that_is_changed_here_and_there_is_judged_alike(
    data: st.DataObject, example: Any
) -> None:
    report = copy.deepcopy(example)
    for _ in range(data.draw(st.integers(1, 3))):
        every = list(spots(report))
        container, key = every[data.draw(st.integers(0, len(every) - 1))]
        match data.draw(st.sampled_from(["value", "remove", "add", "many"])):
            case "value":
                container[key] = copy.deepcopy(data.draw(ODD))
            case "remove":
                del container[key]
            case "add" if isinstance(container, dict):
                container[data.draw(TEXT)] = copy.deepcopy(data.draw(ODD))
            case "many" if isinstance(container, list):
                container *= data.draw(st.sampled_from([2, 20, 101, 201]))
    agree(report)


@pytest.mark.parametrize("example", SHORT, ids=["compliant", "not-compliant", "readiness"])
def test_each_member_with_each_odd_value_is_judged_alike(example: Any) -> None:
    report = copy.deepcopy(example)
    verdicts = set()
    for container, key in list(spots(report)):
        whole = container[key]
        for odd in ODD_ONES:
            container[key] = odd
            verdicts.add(agree(report))
        container[key] = whole
        if isinstance(container, dict):
            del container[key]
            assert not agree(report)
            container[key] = whole
    assert verdicts == {True, False}


def test_each_limit_of_the_schema_is_that_of_the_model() -> None:
    """The number of every limit and the words of every list, part by part."""
    model = REPORT.json_schema()
    checked = 0
    for path in places(PUBLISHED):
        wanted, found = _at(PUBLISHED, path), _resolved(model, path)
        for key in ("maxLength", "maxItems", "minimum", "maximum", "pattern", "const", "required"):
            if key in wanted:
                assert _value(found, key) == _value(wanted, key), (path, key)
                checked += 1
        if "enum" in wanted and path[-1] != "exit_code":
            assert set(found["enum"]) == set(wanted["enum"]), path
            checked += 1
    assert checked > 150


def _at(schema: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    found: Any = schema
    for key in path:
        found = found[int(key)] if isinstance(found, list) else found[key]
    assert isinstance(found, dict)
    return found


def _merged(model: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """One object of what Pydantic writes as a reference or as alternatives."""
    if "$ref" in part:
        part = model["$defs"][part["$ref"].rpartition("/")[2]]
    found = {key: value for key, value in part.items() if key != "anyOf"}
    for other in part.get("anyOf", ()):
        found |= {key: value for key, value in _merged(model, other).items() if key not in found}
    return found


def _resolved(model: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    found = _merged(model, model)
    steps = list(path)
    while steps:
        key = steps.pop(0)
        if key == "anyOf":
            steps.pop(0)
        else:
            name = steps.pop(0) if key == "properties" else ""
            found = _merged(model, found[key][name] if name else found[key])
    return found


def _value(schema: dict[str, Any], key: str) -> Any:
    return sorted(schema.get(key, ())) if key == "required" else schema.get(key)


@pytest.mark.parametrize("example", EXAMPLES, ids=["compliant", "not-compliant", "readiness"])
def test_the_examples_fit_both(example: Any) -> None:
    assert agree(example)


def test_a_number_is_written_without_a_fraction() -> None:
    """The one difference: JSON Schema takes 1.0 for an integer, and no script writes it so."""
    report = copy.deepcopy(EXAMPLES[0])
    report["machine"]["sku"] = 7.0

    assert VALIDATOR.is_valid(report)
    assert not by_model(report)
