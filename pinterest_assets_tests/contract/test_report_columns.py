"""Every name of a column, compared with Pinterest's lists: none missing, none invented."""

import pytest

from pinterest_assets.pinterest.catalog.model import Column
from pinterest_assets.pinterest.catalog.report_columns import REPORT_COLUMNS, SYNC_COLUMNS
from pinterest_assets_tests.contract.description import (
    Json,
    description,
    parameters,
    report_columns,
    resolved,
    schema,
)

VERSIONS = ("5.23", "5.28")
KINDS = {"sync": SYNC_COLUMNS, "async": REPORT_COLUMNS}


@pytest.mark.parametrize("kind", KINDS)
def test_the_names_are_those_of_both_descriptions_and_no_others(kind: str) -> None:
    """Every conversion column is known, cross-device ones too."""
    every = {name for version in VERSIONS for name in report_columns(kind, version)}
    known = set(KINDS[kind])
    assert every - known == set(), "new in the lists: add to catalog/column_names.py"
    assert known - every == set(), "in no list"


def test_the_numbers_are_those_of_the_newest_description() -> None:
    assert (len(SYNC_COLUMNS), len(REPORT_COLUMNS)) == (185, 626)
    assert set(SYNC_COLUMNS) - set(REPORT_COLUMNS) == {"QUIZ_PIN_RESULT_OPEN"}


def test_a_newer_description_prints_what_is_new() -> None:
    at_once = resolved(parameters("/ad_accounts/{ad_account_id}/analytics")["columns"]["schema"]["items"])
    in_reports = schema("ReportingColumnAsync")
    for described, known in ((at_once, SYNC_COLUMNS), (in_reports, REPORT_COLUMNS)):
        assert set(described["enum"]) - set(known) == set(), "new in facts/openapi.json"


def test_every_endpoint_that_answers_at_once_takes_the_same_columns() -> None:
    paths = [path for path in description()["paths"] if path.endswith(("/analytics", "/targeting_analytics"))]
    taking = {path: known["columns"] for path in paths if "columns" in (known := _parameters(path))}
    assert len(taking) == 10
    for path, parameter in taking.items():
        names = resolved(resolved(parameter["schema"])["items"])["enum"]
        assert set(names) <= set(SYNC_COLUMNS), path


def _parameters(path: str) -> dict[str, Json]:
    return parameters(path) if "get" in description()["paths"][path] else {}


def test_a_name_means_the_same_in_both_ways_and_fits_a_table() -> None:
    columns: dict[str, Column] = {**SYNC_COLUMNS, **REPORT_COLUMNS}
    assert all(SYNC_COLUMNS[name] == columns[name] for name in SYNC_COLUMNS)
    assert all(column.source == name and column.name == name.lower() for name, column in columns.items())
    assert len({column.name for column in columns.values()}) == len(columns)
