"""What a report may ask for, and how the rows of its file are read."""

import io
import json
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinterest_assets.pinterest.api.errors import AnswerUnreadable
from pinterest_assets.pinterest.api.reports import ENTITY, ReportPatience, ReportRequest, rows
from pinterest_assets.pinterest.api.reports.rows import batched, csv_rows, json_rows
from pinterest_assets.pinterest.api.reports.stepwise import stepwise_rows

START = date(2026, 1, 1)


def asked(**changes: Any) -> ReportRequest:
    days = {"start_date": START, "end_date": START + timedelta(days=changes.pop("days", 1) - 1)}
    full: dict[str, Any] = {"ad_account_id": "1", "level": "CAMPAIGN", "columns": ("CAMPAIGN_ID",), **days}
    return ReportRequest(**(full | changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"days": 186},
        {"days": 3, "granularity": "HOUR"},
        {"days": 31, "level": "PRODUCT_ITEM"},
        {"level": "CAMPAIGN_TARGETING", "targeting_types": ("GENDER",) * 5},
        {"filters": (("ad_ids", ("1",) * 500), ("ad_statuses", ("APPROVED",) * 6))},
    ],
)
def test_what_is_allowed(changes: dict[str, Any]) -> None:
    assert asked(**changes).path == "/ad_accounts/1/reports"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"days": 187}, "more than 186 days"),
        ({"days": 4, "granularity": "HOUR"}, "more than 3 days"),
        ({"days": 32, "level": "PRODUCT_ITEM"}, "more than 31 days"),
        ({"days": 0}, "ends before it begins"),
        ({"columns": ()}, "no columns"),
        ({"targeting_types": ("GENDER",)}, "end in _TARGETING"),
        ({"level": "CAMPAIGN_TARGETING"}, "end in _TARGETING"),
        ({"level": "CAMPAIGN_TARGETING", "targeting_types": ("GENDER",) * 6}, "more than 5"),
        ({"filters": (("campaign_ids", ("1",) * 501),)}, "1 to 500"),
        ({"filters": (("campaign_statuses", ("PAUSED",) * 7),)}, "1 to 6"),
        ({"filters": (("campaign_ids", ()),)}, "1 to 500"),
        ({"filters": (("colours", ("red",)),)}, "no filter colours"),
        ({"level": "PRODUCT_ITEM", "filters": (("ad_ids", ("1",)),)}, "ad_ids is not allowed"),
    ],
)
def test_what_is_refused_before_it_is_asked(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        asked(**changes)


def test_the_body_of_an_order() -> None:
    request = asked(
        level="AD_GROUP_TARGETING", targeting_types=("GENDER",), filters=(("campaign_ids", ("1", "2")),)
    )
    assert msgspec.json.decode(request.order.body or b"") == {
        "level": "AD_GROUP_TARGETING",
        "start_date": "2026-01-01",
        "end_date": "2026-01-01",
        "granularity": "DAY",
        "columns": ["CAMPAIGN_ID"],
        "report_format": "JSON",
        "targeting_types": ["GENDER"],
        "campaign_ids": ["1", "2"],
        "click_window_days": 30,
        "engagement_window_days": 30,
        "view_window_days": 1,
        "conversion_report_time": "TIME_OF_AD_ACTION",
    }
    assert (
        request.order
        == asked(
            level="AD_GROUP_TARGETING", targeting_types=("GENDER",), filters=(("campaign_ids", ("1", "2")),)
        ).order
    )


def test_polls_double_up_to_eight_seconds() -> None:
    waits = ReportPatience().polls()
    assert [next(waits) for _ in range(7)] == [1, 2, 4, 8, 8, 8, 8]


def read_json(content: bytes) -> list[dict[str, Any]]:
    return list(json_rows(io.BytesIO(content), "report"))


@pytest.fixture(params=[1, 7, 40, 2**19], ids=lambda size: f"{size}_bytes")
def piece(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """How much of a file is read at once."""
    monkeypatch.setattr(rows, "_PIECE_BYTES", request.param)
    monkeypatch.setattr(rows, "_LONGEST_ROW", 200)
    return int(request.param)


@pytest.mark.usefixtures("piece")
def test_json_rows() -> None:
    content = {
        "7": [{"CAMPAIGN_ID": 626_000_000_158_570_421, "SPEND_IN_DOLLAR": 1.5, "NAME": "ü\n", "X": None}],
        "8": [],
        "9": [{"LABELS": ["a", {"b": [1]}], "ON": True}, {}],
    }
    assert read_json(msgspec.json.encode(content)) == [
        {ENTITY: key, **row} for key, rows in content.items() for row in rows
    ]
    assert read_json(b" {} \n") == []


_NASTY = st.sampled_from(["},{", "}],", '"', "\\", "{", "ü", "]}", "x"])
_VALUES = st.one_of(
    st.integers(1 - 2**63, 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.none(),
    st.lists(_NASTY, max_size=4).map("".join),
    st.lists(st.dictionaries(_NASTY, st.integers(0, 9), max_size=2), max_size=2),
)
_ROWS = st.lists(st.dictionaries(st.sampled_from("ABCD"), _VALUES, max_size=4), max_size=6)


@given(content=st.dictionaries(_NASTY, _ROWS, max_size=4), indented=st.booleans(), size=st.integers(1, 60))
def test_whatever_the_rows_hold_and_wherever_pieces_end(
    *, content: dict[str, Any], indented: bool, size: int
) -> None:
    """Python's own way of writing has blanks between rows, msgspec's has none."""
    text = json.dumps(content).encode() if indented else msgspec.json.encode(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows, "_PIECE_BYTES", size)
        assert read_json(text) == list(stepwise_rows(io.BytesIO(text), "report"))


def test_an_entity_that_comes_twice_keeps_all_of_its_rows(piece: int) -> None:
    content = b'{"1":[{"A":1},{"A":2}],"2":[{"A":3}],"1":[{"A":4}],"3":[{"A":5}]}'
    assert [(row[ENTITY], row["A"]) for row in read_json(content)] == [
        ("1", 1),
        ("1", 2),
        ("2", 3),
        ("1", 4),
        ("3", 5),
    ]


@pytest.mark.usefixtures("piece")
@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"[]", b"null", b'"a"', b'{"1":{}}', b'{"1":5}', b'{"1":[5]}', b'{"1":[[]]}', b'{"1":[null]}'),
        b'{"1":[{"A":"no UTF-8: \xff"},{"A":"x"}]}',
    ],
)
def test_json_of_another_form(content: bytes) -> None:
    with pytest.raises(AnswerUnreadable):
        read_json(content)


@pytest.mark.usefixtures("piece")
def test_every_cut_of_a_json_file_is_found() -> None:
    whole = msgspec.json.encode({"1": [{"A": 1, "B": "x]}"}, {"A": [1, {"C": 2}]}], "2": [{"A": 1.5}]})
    for end in range(len(whole)):
        with pytest.raises(AnswerUnreadable, match="not whole JSON"):
            read_json(whole[:end])
    for more in (b"x", b"{}", whole, b"\xff"):
        with pytest.raises(AnswerUnreadable):
            read_json(whole + more)


def test_csv_rows() -> None:
    content = '\ufeffDATE,NAME,IMPRESSION_1\r\n2026-01-01,"a ""b""\nc",0\r\n2026-01-02,,5\r\n'.encode()
    assert list(csv_rows(io.BytesIO(content), "report")) == [
        {"DATE": "2026-01-01", "NAME": 'a "b"\nc', "IMPRESSION_1": "0"},
        {"DATE": "2026-01-02", "NAME": None, "IMPRESSION_1": "5"},
    ]
    assert list(csv_rows(io.BytesIO(b""), "report")) == []


@pytest.mark.parametrize("content", [b"A,B\n1\n", b"A,B\n1,2,3\n", b'A,B\n1,"2\n', b"A,B\n1,\xff\n"])
def test_broken_csv(content: bytes) -> None:
    with pytest.raises(AnswerUnreadable):
        list(csv_rows(io.BytesIO(content), "report"))


def test_batches() -> None:
    found = [{"A": number} for number in range(5)]
    assert list(batched(iter(found), 2)) == [found[:2], found[2:4], found[4:]]
    assert list(batched(iter(found), 5)) == [found]
    assert list(batched(iter([]), 5)) == []
