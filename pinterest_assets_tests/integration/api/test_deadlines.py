"""Every request ends, whatever the server sends and however slowly: by the API, by the token endpoint, of files."""

import gzip
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pinterest_assets.pinterest.api import errors
from pinterest_assets.pinterest.api.auth import AccessToken
from pinterest_assets.pinterest.api.client import Client
from pinterest_assets.pinterest.api.patience import Patience
from pinterest_assets.pinterest.api.question import Question
from pinterest_assets.pinterest.api.reports import Downloads
from pinterest_assets.pinterest.api.request import Request
from pinterest_assets.pinterest.api.throttle import Throttle
from pinterest_assets.pinterest.api.token_endpoint import TokenEndpoint
from pinterest_assets.pinterest.api.transport import Anonymous, Transport
from pinterest_assets_tests.integration.api.loopback import Loopback, Reply
from pinterest_assets_tests.integration.api.trickle import Endless, Trickling

DEADLINE = 0.5
HANGING = 30.0
"""Seconds after which a request that has not ended is taken for one that never will."""

OK = b"HTTP/1.1 200 OK\r\n"
ENDLESS = {
    "status line": Endless(b"HTTP/1.1 200 ", b"O"),
    "header": Endless(OK + b"X-Long: ", b"x"),
    "headers": Endless(OK, b"X: y\r\n"),
    "body with a length": Endless(OK + b"Content-Length: 9999999\r\n\r\n", b"1"),
    "one large chunk": Endless(OK + b"Transfer-Encoding: chunked\r\n\r\nffffff\r\n", b"1"),
    "chunks of one byte": Endless(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n1\r\n", piece=6),
    "chunk extension": Endless(OK + b"Transfer-Encoding: chunked\r\n\r\n1;", b"x"),
    "body without a length": Endless(OK + b"\r\n", b"1"),
    "100 Continue": Endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n", piece=25),
    "100 Continue at full speed": Endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100, piece=2500, seconds=0),
    "empty gzip members": Endless(OK + b"Content-Encoding: gzip\r\n\r\n", gzip.compress(b""), piece=20),
    "empty gzip members at full speed": Endless(
        OK + b"Content-Encoding: gzip\r\n\r\n", gzip.compress(b"") * 50, piece=1000, seconds=0
    ),
}


def of_the_api(origin: str, folder: Path) -> None:
    throttle = Throttle({}, directory=folder, base_url=origin)
    patience = Patience(tries=1, timeout_tries=1, total=DEADLINE)
    with Client(base_url=origin, auth=AccessToken("t"), throttle=throttle, patience=patience) as client:
        client.get(Request("org_read", "/pins"))


def of_the_token_endpoint(origin: str, folder: Path) -> None:
    patience = Patience(tries=1, timeout_tries=1, total=DEADLINE)
    TokenEndpoint(f"{origin}/oauth/token", "id", "secret", patience=patience).renew("refresh")


def of_a_file(origin: str, folder: Path) -> None:
    downloads = Downloads(origin, longest=DEADLINE)
    try:
        downloads.fetch(f"{origin}/file", None, "report").close()
    finally:
        downloads.close()


def ended(call: Callable[[str, Path], None], origin: str, folder: Path) -> errors.PinterestError:
    """What a request fails with, which it does."""
    with ThreadPoolExecutor(1) as pool, pytest.raises(errors.PinterestError) as raised:
        pool.submit(call, origin, folder).result(HANGING)
    return raised.value


@pytest.mark.parametrize("call", [of_the_api, of_the_token_endpoint, of_a_file])
@pytest.mark.parametrize("endless", ENDLESS.values(), ids=ENDLESS)
def test_an_answer_that_trickles_in_ends(
    tmp_path: Path, endless: Endless, call: Callable[[str, Path], None]
) -> None:
    with Trickling(endless) as server:
        error = ended(call, server.origin, tmp_path)
    # More than a hundred headers are refused at once.
    assert isinstance(error, errors.TimedOut | errors.RenewalFailed | errors.Unavailable), error


@pytest.mark.parametrize("call", [of_the_api, of_the_token_endpoint, of_a_file])
def test_a_tls_handshake_that_trickles_in_ends(tmp_path: Path, call: Callable[[str, Path], None]) -> None:
    server_hello = Endless(b"\x16\x03\x03\x40\x00", b"\x02")
    with Trickling(server_hello) as server:
        error = ended(call, server.origin.replace("http:", "https:"), tmp_path)
    assert "in time" in str(error)


def test_a_proxy_that_trickles_in_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Trickling(Endless(b"HTTP/1.1 200 ", b"O")) as proxy:
        monkeypatch.setenv("https_proxy", proxy.origin)
        error = ended(of_the_api, "https://pinterest.invalid", tmp_path)
    assert isinstance(error, errors.TryAgain)


@pytest.mark.parametrize("what", ["body with a length", "one large chunk", "body without a length"])
def test_the_line_says_that_the_answer_was_still_coming(tmp_path: Path, what: str) -> None:
    with Trickling(ENDLESS[what]) as server:
        error = ended(of_the_api, server.origin, tmp_path)
    assert "GET /pins: the answer was still coming after" in str(error)


def test_a_file_that_makes_progress_is_not_cut() -> None:
    """It takes several times the deadline, and comes faster than the slowest that may be."""
    size = 2_000_000
    start = OK + b"Content-Length: %d\r\n\r\n" % size
    with Trickling(Endless(start, b"x" * 40_000, piece=40_000)) as server:
        downloads = Downloads(server.origin, longest=2 * DEADLINE, slowest=100_000)
        with downloads.fetch(f"{server.origin}/file", size, "report") as file:
            assert len(file.read()) == size
        downloads.close()


def test_the_deadline_of_one_answer_is_not_that_of_the_next(pinterest: Loopback) -> None:
    transport = Transport(whole_timeout=1.0)
    question = Question(f"{pinterest.base_url}/pins", "/pins", Anonymous())
    for _ in range(3):
        pinterest.script.append(Reply(body=[], delay=0.7))
        assert transport.send(question).status == 200
    assert len({asked.connection for asked in pinterest.asked}) == 1
    transport.close()


@pytest.mark.parametrize("status", [101, 102, 103])
def test_an_interim_answer_is_not_taken_for_the_answer_nor_the_next_one(
    pinterest: Loopback, status: int
) -> None:
    transport = Transport()
    question = Question(f"{pinterest.base_url}/pins", "/pins", Anonymous())
    pinterest.script += [Reply(status, b"", {"Link": "</x>"}), Reply(body=["second"])]
    with pytest.raises(errors.AnswerUnreadable, match="which is no answer"):
        transport.send(question)
    assert transport.send(question).body == b'["second"]'
    assert len({asked.connection for asked in pinterest.asked}) == 2
    transport.close()
