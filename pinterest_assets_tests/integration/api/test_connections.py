"""Connections: kept alive, shared, bounded in time and size, and safe."""

import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate
from pathlib import Path

import pytest

from pinterest_assets.pinterest.api import errors
from pinterest_assets.pinterest.api.client import Client
from pinterest_assets.pinterest.api.patience import Patience
from pinterest_assets.pinterest.api.question import Question
from pinterest_assets.pinterest.api.request import Request
from pinterest_assets.pinterest.api.throttle import Throttle
from pinterest_assets.pinterest.api.transport import Anonymous, Transport
from pinterest_assets_tests.integration.api.loopback import Loopback, Reply, self_signed
from pinterest_assets_tests.project import wait_for

PINS = Request("org_read", "/pins", params=(("ad_account_id", "1"), ("id", "a"), ("id", "b,c")))
ONCE = Patience(tries=1)


def test_the_request_as_it_arrives(pinterest: Loopback, client: Client) -> None:
    client.get(PINS)
    (asked,) = pinterest.asked
    assert (asked.method, asked.path) == ("GET", "/v5/pins")
    assert asked.params == PINS.params
    assert asked.headers["Authorization"] == "Bearer pina_loopback"
    assert "gzip" in asked.headers["Accept-Encoding"]
    assert asked.headers["User-Agent"].startswith("pinterest_assets/")
    assert asked.headers["User-Agent"].endswith("(+dagster)")


def test_the_clocks_are_compared(pinterest: Loopback, client: Client) -> None:
    assert client.clock_skew is None
    client.get(PINS)
    assert client.clock_skew == pytest.approx(0, abs=3)
    pinterest.script.append(Reply(body={}, headers={"Date": formatdate(time.time() - 3600, usegmt=True)}))
    client.get(PINS)
    assert client.clock_skew == pytest.approx(3600, abs=3)
    pinterest.script.append(Reply(body={}, headers={"Date": "today"}))
    client.get(PINS)
    assert client.clock_skew == pytest.approx(3600, abs=3)


def test_netrc_does_not_replace_the_token(
    pinterest: Loopback, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    client.get(PINS)
    assert pinterest.asked[0].headers["Authorization"] == "Bearer pina_loopback"


def test_many_calls_use_few_connections(pinterest: Loopback, make_client: Callable[..., Client]) -> None:
    client = make_client(pool_size=4)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: client.get(PINS), range(120)))
    assert len(answers) == 120
    assert client.calls == {"org_read": 120}
    assert len({asked.connection for asked in pinterest.asked}) <= 4


def test_errors_keep_the_connection(pinterest: Loopback, client: Client) -> None:
    pinterest.script.append(Reply(404, {"code": 50, "message": "Pin not found."}))
    with pytest.raises(errors.NotFound):
        client.get(PINS)
    client.get(PINS)
    assert len({asked.connection for asked in pinterest.asked}) == 1


def test_gzip_and_large_numbers(pinterest: Loopback, client: Client) -> None:
    pinterest.script.append(Reply(body={"id": 2**63 + 1, "name": "Ünïcode"}, zipped=True))
    assert client.get(PINS) == {"id": 2**63 + 1, "name": "Ünïcode"}


def test_the_cap_counts_the_gunzipped_answer(pinterest: Loopback, make_client: Callable[..., Client]) -> None:
    client = make_client(max_answer_bytes=100_000)
    pinterest.script.append(Reply(body={"items": ["x" * 200_000]}, zipped=True))
    with pytest.raises(errors.AnswerTooLarge):
        client.get(PINS)
    assert len(pinterest.asked) == 1
    assert client.get(PINS) == {"items": [], "bookmark": None}


def test_cookies_are_not_kept(pinterest: Loopback, client: Client) -> None:
    pinterest.script.append(Reply(body={}, headers={"Set-Cookie": "session=1; Path=/"}))
    client.get(PINS)
    client.get(PINS)
    assert "Cookie" not in pinterest.asked[1].headers


def test_redirects_are_not_followed(pinterest: Loopback, client: Client) -> None:
    with Loopback() as elsewhere:
        pinterest.script.append(Reply(307, b"", {"Location": f"{elsewhere.base_url}/pins"}))
        with pytest.raises(errors.SettingError, match="PINTEREST_BASE_URL") as raised:
            client.get(PINS)
        assert raised.value.variable == "PINTEREST_BASE_URL"
        assert elsewhere.asked == []


def test_nobody_listens(make_client: Callable[..., Client]) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        client = make_client(base_url=f"http://127.0.0.1:{unused.getsockname()[1]}")
        with pytest.raises(errors.Unavailable, match=r"no connection to 127\.0\.0\.1 .*refused"):
            client.get(PINS)
    assert client.calls == {"org_read": 4}


def test_an_unknown_name(make_client: Callable[..., Client]) -> None:
    client = make_client(base_url="https://pinterest.invalid/v5", patience=ONCE)
    with pytest.raises(errors.Unavailable, match=r"no connection to pinterest\.invalid"):
        client.get(PINS)


def test_a_server_without_tls(pinterest: Loopback, make_client: Callable[..., Client]) -> None:
    client = make_client(base_url=pinterest.base_url.replace("http:", "https:"))
    with pytest.raises(errors.InsecureConnection):
        client.get(PINS)
    assert client.calls == {"org_read": 1}


def test_a_certificate_nobody_vouches_for(
    pinterest: Loopback, make_client: Callable[..., Client], tmp_path: Path
) -> None:
    self_signed(pinterest, tmp_path)
    client = make_client(base_url=pinterest.base_url)
    with pytest.raises(errors.InsecureConnection, match="self-signed"):
        client.get(PINS)
    assert client.calls == {"org_read": 1}


def test_calls_of_a_part_count_for_it_and_for_the_whole(
    pinterest: Loopback, make_client: Callable[..., Client]
) -> None:
    client = make_client()
    one, other = client.counting(), client.counting()
    pinterest.script += [Reply(200, {}), Reply(503, {}), Reply(200, {}), Reply(200, {})]
    client.get(PINS)
    one.get(PINS)
    other.get(PINS)
    assert (one.calls, other.calls) == ({"org_read": 2}, {"org_read": 1})
    assert client.calls == {"org_read": 4}
    one.close()
    with pytest.raises(RuntimeError, match="closed"):
        other.get(PINS)


def test_a_closed_client_refuses_and_wakes_sleepers(
    pinterest: Loopback, make_client: Callable[..., Client]
) -> None:
    client = make_client(patience=Patience(first_wait=60, longest_wait=60))
    pinterest.script.append(Reply(429, {"code": 8, "message": "Retry after 60 seconds"}))
    with ThreadPoolExecutor(1) as pool:
        sleeper = pool.submit(client.get, PINS)
        while not pinterest.asked:
            pass
        threading.Event().wait(0.2)
        client.close()
        with pytest.raises(RuntimeError, match="closed"):
            sleeper.result(timeout=5)


def test_a_closed_client_waits_for_no_budget(
    pinterest: Loopback, make_client: Callable[..., Client], tmp_path: Path
) -> None:
    throttle = Throttle({}, directory=tmp_path)
    throttle.pause("org_read", 300)
    client = make_client(throttle=throttle)
    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(client.get, PINS) for _ in range(2)]
        threading.Event().wait(0.2)
        client.close()
        for one in waiting:
            with pytest.raises(RuntimeError, match="closed"):
                one.result(timeout=5)
    assert pinterest.asked == []


def _plainly(pinterest: Loopback, folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Nothing in between."""


def _over_tls(pinterest: Loopback, folder: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("REQUESTS_CA_BUNDLE", str(self_signed(pinterest, folder)))


def _through_a_proxy(pinterest: Loopback, folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Which is all that answers: behind it is nobody."""
    patch.setenv("http_proxy", pinterest.origin)
    pinterest.base_url = "http://127.0.0.2:9/v5"


@pytest.mark.parametrize("way", [_plainly, _over_tls, _through_a_proxy])
@pytest.mark.parametrize(
    "slow",
    [
        Reply(delay=20.0),
        Reply(body={"items": []}, cut=3, stall=20.0),
        Reply(body={"items": []}, cut=3, stall=20.0, headers={"Connection": "close"}),
    ],
    ids=["silent", "within the answer", "within the last answer"],
)
def test_a_closed_client_hangs_up_on_answers_that_are_slow(
    pinterest: Loopback,
    make_client: Callable[..., Client],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    slow: Reply,
    way: Callable[[Loopback, Path, pytest.MonkeyPatch], None],
) -> None:
    way(pinterest, tmp_path, monkeypatch)
    client = make_client(base_url=pinterest.base_url)
    pinterest.script += [Reply(body={}), slow]
    client.get(PINS)
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(client.get, PINS)
        wait_for(lambda: len(pinterest.asked) == 2, 5)
        threading.Event().wait(0.2)  # what comes of the answer is there
        client.close()
        with pytest.raises(RuntimeError, match="closed"):
            call.result(timeout=5)
    assert caplog.messages == [], "no failure, and not tried again"


def test_a_closed_transport_makes_no_connection(pinterest: Loopback) -> None:
    transport = Transport()
    transport.close()
    with pytest.raises(errors.Unavailable):
        transport.send(Question(f"{pinterest.base_url}/pins", "/pins", Anonymous()))
    assert pinterest.asked == []
