"""The file behind a link: where it may come from, what goes there, what it may weigh, what is said of it."""

import gzip
import logging
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from pinterest_assets.pinterest.api import errors
from pinterest_assets.pinterest.api.auth import AccessToken
from pinterest_assets.pinterest.api.client import Client
from pinterest_assets.pinterest.api.reports import (
    Downloads,
    ReportPatience,
    ReportRequest,
    Reports,
    ReportTokens,
)
from pinterest_assets_tests.integration.api.loopback import Asked, Loopback, Reply, refused
from pinterest_assets_tests.integration.api.test_secrets import shown

MARK = "PLANTEDsecret"
LABEL = "report /ad_accounts/1/reports"
REQUEST = ReportRequest("1", "CAMPAIGN", date(2026, 1, 1), date(2026, 1, 2), ("CAMPAIGN_ID",))
ONCE = ReportPatience(first_poll=0.01, longest_poll=0.01, downloads=1)


@pytest.fixture
def downloads(pinterest: Loopback) -> Iterator[Downloads]:
    opened = Downloads(pinterest.base_url, read_timeout=0.5, max_bytes=1_000_000)
    yield opened
    opened.close()


def link(pinterest: Loopback) -> str:
    return f"{pinterest.origin}/file.txt?X-Amz-Signature={MARK}"


def fetch(downloads: Downloads, url: str, size: int | None = None) -> bytes:
    with downloads.fetch(url, size, LABEL, ending=REQUEST.ending) as file:
        return file.read()


def test_the_request_as_it_arrives(
    pinterest: Loopback, downloads: Downloads, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No Authorization: neither our token nor a password that .netrc has for the store."""
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password secret\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    pinterest.script.append(Reply(body=b'{"1":[]}'))
    assert fetch(downloads, link(pinterest)) == b'{"1":[]}'
    (asked,) = pinterest.asked
    assert (asked.method, asked.path, asked.params) == ("GET", "/file.txt", (("X-Amz-Signature", MARK),))
    assert "Authorization" not in asked.headers
    assert "Cookie" not in asked.headers


@pytest.mark.parametrize(
    "url",
    [
        f"http://bucket.s3.amazonaws.com/f?X-Amz-Signature={MARK}",
        f"ftp://127.0.0.1/f?{MARK}",
        f"file:///etc/passwd?{MARK}",
        f"//bucket/{MARK}",
        f"http://[::1/{MARK}",
        MARK,
        "",
    ],
)
def test_a_link_that_is_not_https_is_not_followed(downloads: Downloads, url: str) -> None:
    with pytest.raises(errors.AnswerUnreadable, match="not https; nothing was fetched") as raised:
        fetch(downloads, url)
    assert MARK not in str(raised.value)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(pinterest: Loopback, downloads: Downloads, status: int) -> None:
    pinterest.script.append(Reply(status, b"", {"Location": f"{pinterest.origin}/other"}))
    with pytest.raises(errors.AnswerUnreadable, match="redirects are not followed"):
        fetch(downloads, link(pinterest))
    assert len(pinterest.asked) == 1


def test_a_file_is_bounded(pinterest: Loopback, downloads: Downloads) -> None:
    pinterest.script.append(Reply(body=b"x" * 1_000_001))
    with pytest.raises(errors.AnswerTooLarge, match=r"exceeds 1\.0 MB"):
        fetch(downloads, link(pinterest))


def test_a_packed_file_is_bounded_by_what_it_unpacks_to(pinterest: Loopback, downloads: Downloads) -> None:
    bomb = gzip.compress(bytes(30_000_000))
    assert len(bomb) < 100_000
    pinterest.script.append(Reply(body=bomb))
    with pytest.raises(errors.AnswerTooLarge):
        fetch(downloads, link(pinterest))


def test_packed_in_parts_and_an_empty_file(pinterest: Loopback, downloads: Downloads) -> None:
    whole = b'{"1":[{"A":1}]}'
    pinterest.script.append(Reply(body=gzip.compress(whole[:7]) + gzip.compress(whole[7:])))
    assert fetch(downloads, link(pinterest), size=len(whole)) == whole
    for body, words in (
        (b"", "does not end"),
        (b"\x1f", "does not end"),
        (b"\x1f\x8b\x08rubbish", "damaged"),
    ):
        pinterest.script.append(Reply(body=body))
        with pytest.raises(errors.AnswerUnreadable, match=words):
            fetch(downloads, link(pinterest))


def test_size_may_count_the_file_packed_or_unpacked(pinterest: Loopback, downloads: Downloads) -> None:
    whole = b'{"1":[' + b",".join([b'{"A":1}'] * 1000) + b"]}"
    packed = gzip.compress(whole)
    for size in (len(packed), len(whole)):
        pinterest.script.append(Reply(body=packed))
        assert fetch(downloads, link(pinterest), size) == whole
    pinterest.script.append(Reply(body=packed))
    with pytest.raises(errors.AnswerUnreadable, match="bytes"):
        fetch(downloads, link(pinterest), len(whole) + 1)


def test_a_file_that_stops(pinterest: Loopback, downloads: Downloads) -> None:
    pinterest.script.append(Reply(body=b'{"1":[]}', cut=3, stall=1.5))
    with pytest.raises(errors.TimedOut, match="stopped coming"):
        fetch(downloads, link(pinterest))


def test_a_full_disk_is_said(
    pinterest: Loopback, downloads: Downloads, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = Path("/dev/full")  # a disk without room, as Linux has it
    monkeypatch.setattr("tempfile.TemporaryFile", lambda **_: full.open("r+b", buffering=0))
    pinterest.script.append(Reply(body=b'{"1":[]}'))
    with pytest.raises(errors.SettingError, match="make room for temporary files"):
        fetch(downloads, link(pinterest))


def test_no_folder_for_the_file_is_said(
    pinterest: Loopback, downloads: Downloads, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    with pytest.raises(errors.SettingError, match="TMPDIR") as raised:
        fetch(downloads, link(pinterest))
    assert raised.value.variable == "TMPDIR"
    assert pinterest.asked == []


STORES = {
    "refused": Reply(403, f"<Error>{MARK}</Error>".encode()),
    "failing": Reply(500, f"<Error>{MARK}</Error>".encode()),
    "redirect": Reply(302, b"", {"Location": f"https://elsewhere/?{MARK}"}),
    "hang up": Reply(hang_up=True),
    "rubbish": Reply(body=f'{{"1":[{{"X-Amz-Signature":"{MARK}" ?}}]}}'.encode()),
    "short": Reply(body=f"{MARK}".encode()),
    "cut": Reply(body=f'{{"{MARK}":[]}}'.encode(), cut=4),
}
POLLS = {
    "echoed": refused(400, 1, f"no report {MARK} https://s3/?token={MARK}"),
    "failing": refused(500, 500, f"oops {MARK}"),
    "odd state": Reply(body={"report_status": MARK, "url": None}),
    "gone": Reply(body={"report_status": "EXPIRED", "url": f"https://s3/?{MARK}"}),
    "failed": Reply(body={"report_status": "FAILED", "url": f"https://s3/?{MARK}"}),
    "insecure": Reply(body={"report_status": "FINISHED", "url": f"http://s3/?{MARK}", "size": 1}),
}


@pytest.mark.parametrize("where", [*STORES, *(f"poll {name}" for name in POLLS)])
def test_tokens_and_links_are_never_shown(
    pinterest: Loopback,
    make_client: Callable[..., Client],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    where: str,
) -> None:
    def answer(asked: Asked) -> Reply:
        if asked.method == "POST":
            return Reply(body={"report_status": "IN_PROGRESS", "token": MARK, "message": ""})
        if asked.path == "/file.txt":
            return STORES[where]
        finished = {"report_status": "FINISHED", "url": link(pinterest), "size": 20}
        return POLLS[where.removeprefix("poll ")] if where.startswith("poll ") else Reply(body=finished)

    pinterest.answer = answer
    client = make_client(auth=AccessToken("pina_loopback"))
    tokens = ReportTokens(base_url=pinterest.base_url, identity=MARK, directory=tmp_path)
    reports = Reports(
        client, tokens, patience=ONCE, downloads=Downloads(pinterest.base_url, read_timeout=0.5)
    )
    with (
        reports,
        caplog.at_level(logging.DEBUG),
        pytest.raises(errors.PinterestError) as raised,
        reports.fetch(REQUEST) as file,
    ):
        list(file.batches())
    assert MARK not in shown(caplog, raised.value, reports, tokens, REQUEST.poll(MARK))
    assert any("/v5/ad_accounts/1/reports?..." in record.getMessage() for record in caplog.records)
