"""What a bulk download asks for, and how its file is read: every form that is understood, and none else."""

import io
from datetime import datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest

from pinterest_assets.pinterest.api.errors import AnswerUnreadable
from pinterest_assets.pinterest.api.reports import BulkRequest
from pinterest_assets.pinterest.api.reports.bulk_rows import bulk_csv_rows, bulk_rows

A = {"id": "626744128982", "name": 'Lamps\n"2"', "tracking_urls": {"click": ["https://a/?b=c"]}}
B = {"id": 2**60 + 1, "name": None, "targeting_spec": {"GENDER": ["female"]}}


def read(content: bytes) -> list[dict[str, Any]]:
    return list(bulk_rows(io.BytesIO(content), "bulk"))


def as_json(value: Any) -> bytes:
    return msgspec.json.encode(value)


FORMS = {
    "an object of lists": as_json({"campaigns": [A, B]}),
    "with values beside": as_json({"status": "SUCCEEDED", "campaigns": [A, B], "count": 2}),
    "with a list that is empty": as_json({"ad_groups": [], "campaigns": [A, B], "about": {"n": 1}}),
    "within another object": as_json({"data": {"campaigns": [A, B]}}),
    "by type": as_json({"CAMPAIGN": [A], "campaign": [B]}),
    "a list": as_json([A, B]),
    "a list after a line": b"\n " + as_json([A, B]),
    "a list over lines": msgspec.json.format(as_json([A, B]), indent=2),
    "an object over lines": msgspec.json.format(as_json({"items": [A, B]}), indent=2),
    "a line each": as_json(A) + b"\n" + as_json(B) + b"\n",
    "a line each, blank ones between": b"\n\n" + as_json(A) + b"\r\n\r\n" + as_json(B),
}


@pytest.mark.parametrize("content", FORMS.values(), ids=FORMS)
def test_the_forms_that_are_understood(content: bytes) -> None:
    """F25: ids stay exact whatever the form."""
    assert read(content) == [A, B]


@pytest.mark.parametrize("content", [b"", b"  \n", b"{}", b"[]", b'{"campaigns": []}'])
def test_files_without_entities(content: bytes) -> None:
    assert read(content) == []


WRONG = {
    "a message": b'{"code": 1, "message": "no"}',
    "entities by id": as_json({"1": A}),
    "rows without id": as_json({"campaigns": [{"name": "x"}]}),
    "an id that is empty": as_json([{"id": ""}]),
    "a list of texts": b'["1", "2"]',
    "lists of lists": b"[[1]]",
    "a text": b'"x"',
    "too deep": b'{"a": {"b": {"c": {"d": {"e": []}}}}}',
    "HTML": b"<Error><Code>AccessDenied</Code></Error>",
    "a row and no row": as_json(A) + b"\nno row",
    "cut in a list": as_json({"campaigns": [A, B]})[:-20],
    "cut after a row": as_json([A, B])[:-1],
    "cut at the end": as_json({"campaigns": [A, B]})[:-1],
    "cut line": as_json(A) + b"\n" + as_json(B)[:-3],
    "bytes": b"\xff\xfe\x00",
}


@pytest.mark.parametrize("content", WRONG.values(), ids=WRONG)
def test_anything_else_is_refused_and_not_taken_for_nothing(content: bytes) -> None:
    with pytest.raises(AnswerUnreadable, match=r"^bulk: ") as raised:
        read(content)
    assert "Lamps" not in str(raised.value)


def test_csv_is_read_under_plain_names() -> None:
    file = io.BytesIO(b'\xef\xbb\xbfID,Ad Account ID,name\r\n1,2,"a, ""b"""\r\n3,4,\r\n')
    assert list(bulk_csv_rows(file, "bulk")) == [
        {"id": "1", "ad_account_id": "2", "name": 'a, "b"'},
        {"id": "3", "ad_account_id": "4", "name": None},
    ]
    with pytest.raises(AnswerUnreadable, match="with an id"):
        list(bulk_csv_rows(io.BytesIO(b"name\r\nx\r\n"), "bulk"))


def test_the_order_and_the_poll_as_they_are_sent() -> None:
    """F27: the status is asked by request id, with details where wanted."""
    since = datetime(2026, 11, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    asked = BulkRequest("549", "PRODUCT_GROUP", since, include_details=True)
    assert asked.order.path == "/ad_accounts/549/bulk/download"
    assert msgspec.json.decode(asked.order.body or b"") == {
        "entity_types": ["PRODUCT_GROUP"],
        "output_format": "JSON",
        "updated_since": "1793527200",
    }
    assert asked.order == BulkRequest("549", "PRODUCT_GROUP", datetime(2026, 11, 1, 10)).order
    poll = asked.poll("549-16-ab")
    assert (poll.path, poll.params) == ("/ad_accounts/549/bulk/549-16-ab", (("include_details", "true"),))
    assert "updated_since" not in msgspec.json.decode(BulkRequest("5", "AD").order.body or b"")


@pytest.mark.parametrize(
    "answer", [None, [], {}, {"request_id": ""}, {"request_id": 5}, {"request_id": "a/../b?c"}]
)
def test_an_order_without_a_usable_id_is_unreadable(answer: Any) -> None:
    with pytest.raises(AnswerUnreadable, match="request_id"):
        BulkRequest("5", "AD").token(answer)


def test_the_states_of_a_download() -> None:
    """F27."""
    asked = BulkRequest("5", "AD")
    assert not asked.progress("t", {"status": "RUNNING", "result_url": None}).finished
    assert asked.progress("t", {"status": "FAILED"}).failed
    done = asked.progress(
        "t", {"status": "SUCCEEDED", "result_url": "https://s3/x?sig=1", "workload_id": "9"}
    )
    assert done.finished is not None
    assert (done.finished.url, done.finished.size) == ("https://s3/x?sig=1", None)
    assert "sig" not in repr(done)
    for odd in (None, {"status": "SUCCEEDED"}, {"status": "NEW", "result_url": "https://s3/x"}):
        with pytest.raises(AnswerUnreadable, match="without a link"):
            asked.progress("t", odd)
