"""A long answer is taken apart in order and whole, or is said to be unreadable."""

import json
from typing import Any

import pytest

from pinterest_assets.pinterest.api.errors import AnswerUnreadable, UnusableRows
from pinterest_assets.pinterest.api.rows import ROWS_AT_A_TIME, row_batches
from pinterest_assets.pinterest.api.transport import Answer


def taken_apart(body: Any, member: str | None = None) -> list[list[dict[str, Any]]]:
    text = body if isinstance(body, str) else json.dumps(body)
    answer = Answer(200, {}, bytearray(text.encode(errors="surrogateescape")))
    return [some.records() for some in row_batches("GET /x", "/x", answer, member)]


@pytest.mark.parametrize("count", [0, 1, ROWS_AT_A_TIME, ROWS_AT_A_TIME + 1])
@pytest.mark.parametrize("member", [None, "data"])
def test_every_row_comes_once_and_in_order(count: int, member: str | None) -> None:
    rows = [{"id": 2**60 + number, "deep": {"names": ["é🎯", '"']}} for number in range(count)]
    batches = taken_apart({"more": 1, member: rows} if member else rows, member)
    assert [row for batch in batches for row in batch] == rows
    assert all(len(batch) <= ROWS_AT_A_TIME for batch in batches)


@pytest.mark.parametrize(
    ("body", "member"),
    [
        ({"data": []}, None),
        ([1, 2], None),
        ([], "data"),
        ({"items": []}, "data"),
        ({"data": None}, "data"),
        ({"data": {}}, "data"),
        ({"data": ["row"]}, "data"),
    ],
)
def test_what_holds_no_rows_is_of_no_use(body: Any, member: str | None) -> None:
    with pytest.raises(UnusableRows, match=r"^GET /x: .*nothing of it was stored"):
        taken_apart(body, member)


@pytest.mark.parametrize(
    ("body", "member"),
    [
        ("", None),
        ("<html>", None),
        ('[{"a": 1}, {"a"', None),
        ('{"data": [{"a": 1}', "data"),
        ('[{"a": "no UTF-8: \udcff"}]', None),
        ('{"no UTF-8: \udcff": 1, "data": []}', "data"),
    ],
)
def test_what_is_no_json_is_unreadable(body: str, member: str | None) -> None:
    with pytest.raises(AnswerUnreadable, match=r"^GET /x: "):
        taken_apart(body, member)
