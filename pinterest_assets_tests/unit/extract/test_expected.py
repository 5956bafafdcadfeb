"""Rows that are not what was requested are refused, in a line that says which and what to do."""

import re
from datetime import date
from typing import Any

import pytest

from pinterest_assets.pinterest.api.errors import UnusableRows
from pinterest_assets.pinterest.catalog import Column
from pinterest_assets.pinterest.extract.expected import Expected
from pinterest_assets.pinterest.extract.frames import FrameBuilder, to_frame
from pinterest_assets.pinterest.extract.window import Window

COLUMNS = [
    Column("date", "DATE", "day", source="DATE"),
    Column("campaign_id", "VARCHAR", "campaign", source="CAMPAIGN_ID"),
    Column("ad_account_id", "VARCHAR", "account"),
    Column("clicks", "BIGINT", "clicks", source="CLICKS", additive=True),
    Column("rate", "DOUBLE", "clicks of views", source="RATE"),
]
KEY = ("date", "campaign_id")
DAYS = Window(date(2026, 11, 1), date(2026, 11, 3))
EXPECTED = Expected("GET /numbers", DAYS, {"campaign_id": frozenset({"1", "2"})}, ("ad_account_id",))
GOOD = {"DATE": "2026-11-02", "CAMPAIGN_ID": 1, "CLICKS": 3}


def numbers(*rows: dict[str, Any]) -> list[Any]:
    builder = FrameBuilder(
        COLUMNS, constants={"ad_account_id": "7"}, requested=("CLICKS", "RATE"), key=KEY, expected=EXPECTED
    )
    builder.add([GOOD])
    builder.add(rows)
    return builder.frame().to_dict("records")


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in GOOD.items() if key != name}


REFUSED = {
    "no id": (without("CAMPAIGN_ID"), "1 of 2 rows without CAMPAIGN_ID"),
    "a null id": ({**GOOD, "CAMPAIGN_ID": None}, "1 of 2 rows without CAMPAIGN_ID"),
    "an id of another name": ({**without("CAMPAIGN_ID"), "ENTITY_ID": "1"}, "without CAMPAIGN_ID"),
    "no day": (without("DATE"), "1 of 2 rows without DATE"),
    "another day": ({**GOOD, "DATE": "2026-09-22"}, "rows of 2026-09-22, and only 2026-11-01 to 2026-11-03"),
    "another campaign": ({**GOOD, "CAMPAIGN_ID": "9"}, "rows of campaign_id 9, which was not requested"),
    "another account": ({**GOOD, "AD_ACCOUNT_ID": "8"}, "rows of AD_ACCOUNT_ID 8, and 7 was requested"),
    "unknown names": (
        {**without("CLICKS"), "TAPS": 3},
        "1 of 1 row with nothing that was requested, but with TAPS",
    ),
    "another case": ({**without("CLICKS"), "clicks": 3}, "but with clicks"),
    "another place": ({**without("CLICKS"), "metrics": {"CLICKS": 3}}, "but with metrics"),
    "in lower case altogether": ({key.lower(): value for key, value in GOOD.items()}, "but with "),
    "only zeros, and something unknown": ({**GOOD, "CLICKS": 0, "TAPS": 3}, "but with TAPS"),
}


@pytest.mark.parametrize(("row", "told"), REFUSED.values(), ids=REFUSED)
def test_a_row_that_is_not_what_was_asked_for_is_refused(row: dict[str, Any], told: str) -> None:
    with pytest.raises(UnusableRows, match=re.escape(told)) as refused:
        numbers(row)
    line = str(refused.value)
    assert line.startswith("GET /numbers brought ")
    assert "nothing of it was stored" in line
    assert "pinterest-assets retry" in line
    assert len(line.splitlines()) == 1


TAKEN: dict[str, dict[str, Any]] = {
    "its account again": {**GOOD, "AD_ACCOUNT_ID": 7},
    "a new field beside a known one": {**GOOD, "TAPS": 3},
    "an id nobody requested": {**without("CLICKS"), "RATE": 0, "PIN_ID": "5"},
    "nothing but its key": without("CLICKS"),
    "an unknown field without a value": {**without("CLICKS"), "TAPS": None},
}


@pytest.mark.parametrize("row", TAKEN.values(), ids=TAKEN)
def test_other_rows_are_taken(row: dict[str, Any]) -> None:
    assert numbers(row)


def test_a_stranger_s_text_is_shown_short_and_without_line_breaks() -> None:
    row = {**without("CLICKS"), "[bold]x\n" * 100: 1}
    with pytest.raises(UnusableRows) as refused:
        numbers(row)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 400


def test_entities_are_refused_without_their_id_and_with_nothing_else_that_is_known() -> None:
    columns = [Column("id", "VARCHAR", "id"), Column("name", "VARCHAR", "name")]
    for row in (
        {"name": "a"},
        {"id": None, "name": "a"},
        {"id": "1", "NAME": "a"},
        {"id": "1", "data": {"name": "a"}},
    ):
        with pytest.raises(UnusableRows):
            to_frame([row], columns, key=["id"])
    assert to_frame([{"id": "1"}], columns, key=["id"])["name"].isna().all()


def test_the_id_of_an_ad_group_may_have_letters_before_it() -> None:
    columns = [Column("id", "VARCHAR", "id"), Column("ad_group_id", "VARCHAR", "ad group")]
    expected = Expected(fixed=("ad_group_id",))
    frame = to_frame(
        [{"id": "1", "ad_group_id": "AG26"}],
        columns,
        constants={"ad_group_id": "26"},
        key=["id"],
        expected=expected,
    )
    assert frame["ad_group_id"].tolist() == ["26"]
    with pytest.raises(UnusableRows, match="rows of ad_group_id 27, and 26 was requested"):
        to_frame(
            [{"id": "1", "ad_group_id": "AG27"}], columns, constants={"ad_group_id": "26"}, expected=expected
        )
