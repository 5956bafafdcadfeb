"""Files whose form nobody wrote down: what is understood, and what is refused."""

import io

import pytest

from pinterest_assets.pinterest.api.errors import AnswerUnreadable
from pinterest_assets.pinterest.api.reports.loose_rows import loose_rows
from pinterest_assets.pinterest.catalog.report_levels import ENTITY

FORMS = {
    "object of lists": (b'{"7":[{"DATE":"2026-01-01","X":1}]}', [{ENTITY: "7", "DATE": "2026-01-01", "X": 1}]),
    "bare list": (b' [{"DATE":"2026-01-01","X":1}]', [{"DATE": "2026-01-01", "X": 1}]),
    "empty list": (b"[]", []),
    "CSV": (b"DATE,X\r\n2026-01-01,1\r\n", [{"DATE": "2026-01-01", "X": "1"}]),
    "CSV of other spelling": (b"\xef\xbb\xbfDate,Campaign ID,x-y\n2026-01-01,,1\n", [{"DATE": "2026-01-01", "CAMPAIGN_ID": None, "X_Y": "1"}]),
    "fields in lower case": (b'[{"date":"2026-01-01"}]', [{"DATE": "2026-01-01"}]),
    "a name without letters": (b'[{"%":1}]', [{"%": 1}]),
    "nothing": (b"", []),
}  # fmt: skip
BROKEN = {
    "a message": b'{"message":"no"}',
    "a list of numbers": b"[1,2]",
    "a cut list": b'[{"X":1},',
    "a cut object": b'{"7":[{"X":1}]',
    "two lists": b"[{}] [{}]",
    "no UTF-8": b'{"7":[{"X":"\xff"}]}',
    "a short line": b"A,B\n1\n",
}


@pytest.mark.parametrize(("content", "rows"), FORMS.values(), ids=FORMS)
def test_what_is_understood(content: bytes, rows: list[dict[str, object]]) -> None:
    assert list(loose_rows(io.BytesIO(content), "file")) == rows


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_what_is_refused(content: bytes) -> None:
    with pytest.raises(AnswerUnreadable, match=r"^file: "):
        list(loose_rows(io.BytesIO(content), "file"))
