"""A link to a file reaches no closed network, by number, by name or through a proxy, unless the API is there too."""

import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pinterest_assets.pinterest.api import errors
from pinterest_assets.pinterest.api.networks import ClosedNetwork, Networks
from pinterest_assets.pinterest.api.reports import Downloads
from pinterest_assets_tests.integration.api.loopback import Loopback, Reply

API = "https://api.pinterest.com/v5"
NAMES = {
    "api.pinterest.com": ["8.8.8.8"],
    "api.inside": ["10.0.0.5"],
    "private.example": ["10.0.0.1"],
    "cloud.example": ["169.254.169.254"],
    "here.example": ["127.0.0.1"],
    "localhost": ["127.0.0.1"],
    "both.example": ["8.8.8.8", "127.0.0.1"],
}

Asked = list[str]


@pytest.fixture
def resolved(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """The system's resolver, with the names above; the names that it was asked for."""
    asked: Asked = []
    resolve: Callable[..., Any] = socket.getaddrinfo

    def found(host: str, port: Any, *given: Any, **named: Any) -> Any:
        if host not in NAMES:
            return resolve(host, port, *given, **named)
        if named.get("flags") == socket.AI_NUMERICHOST:
            raise socket.gaierror(socket.EAI_NONAME, "no number")
        asked.append(host)
        return [entry for number in NAMES[host] for entry in resolve(number, port, *given, **named)]

    monkeypatch.setattr("socket.getaddrinfo", found)
    return asked


@pytest.fixture
def download() -> Iterator[Callable[[str, str], bytes]]:
    opened: list[Downloads] = []

    def download(api: str, url: str) -> bytes:
        opened.append(Downloads(api, connect_timeout=2.0, read_timeout=2.0))
        with opened[-1].fetch(url, None, "report") as file:
            return file.read()

    yield download
    for one in opened:
        one.close()


CLOSED = [
    "127.0.0.1", "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0",  # noqa: S104
    "[::]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "169.254.169.254", "[fe80::1]", "10.0.0.1", "172.16.0.1",
    "192.168.1.1", "100.64.0.1", "[fd00::1]", "224.0.0.1", "255.255.255.255", "[::ffff:10.0.0.1]",
    "private.example", "cloud.example", "here.example", "both.example",
]  # fmt: skip


@pytest.mark.parametrize("scheme", ["https", "http"])
@pytest.mark.parametrize("host", CLOSED)
def test_a_link_into_a_closed_network_is_not_followed(
    pinterest: Loopback,
    download: Callable[[str, str], bytes],
    resolved: Asked,
    host: str,
    scheme: str,
) -> None:
    port = pinterest.origin.rpartition(":")[2]
    with pytest.raises(errors.AnswerUnreadable, match=r"nothing was fetched") as raised:
        download(API, f"{scheme}://{host}:{port}/file?SECRET")
    assert pinterest.asked == []
    assert "SECRET" not in str(raised.value)


@pytest.mark.parametrize("host", [host for host in CLOSED if not host[0].isalpha()])
def test_no_proxy_is_sent_into_a_closed_network(
    pinterest: Loopback,
    download: Callable[[str, str], bytes],
    resolved: Asked,
    monkeypatch: pytest.MonkeyPatch,
    host: str,
) -> None:
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, pinterest.origin)
    with pytest.raises(errors.AnswerUnreadable, match="closed network"):
        download(API, f"https://{host}/file")
    assert pinterest.asked == []


def test_the_connection_is_made_to_the_address_that_was_checked(
    pinterest: Loopback, download: Callable[[str, str], bytes], resolved: Asked
) -> None:
    """So a name that has another address when it is looked up again leads nowhere else."""
    pinterest.script.append(Reply(body=b"here"))
    origin = pinterest.origin.replace("127.0.0.1", "localhost")
    assert download(pinterest.base_url, f"{origin}/file") == b"here"
    assert resolved == ["localhost"]
    assert pinterest.asked[0].headers["Host"] == origin.partition("//")[2]


@pytest.mark.parametrize("host", ["10.0.0.1", "169.254.169.254", "private.example", "cloud.example"])
def test_an_api_on_this_machine_opens_no_other_closed_network(
    pinterest: Loopback,
    download: Callable[[str, str], bytes],
    resolved: Asked,
    host: str,
) -> None:
    with pytest.raises(errors.AnswerUnreadable, match="closed network"):
        download(pinterest.base_url, f"https://{host}/file")


def test_an_api_in_a_private_network_may_have_its_files_there(resolved: Asked) -> None:
    inside = Networks("https://api.inside/v5")
    inside.check(["10.0.0.6", "8.8.8.8"])
    for number in ("127.0.0.1", "169.254.169.254", "0.0.0.0"):  # noqa: S104
        with pytest.raises(ClosedNetwork):
            inside.check([number])
    with pytest.raises(ClosedNetwork):
        Networks("https://nowhere.invalid/v5").check(["10.0.0.6"])


@pytest.mark.parametrize(
    "url", ["https://a..b/file", f"https://{'a' * 70}.example/file", "https://a b/", "https://[/"]
)
def test_a_link_that_is_no_address_is_wrong_with_that_link_alone(
    download: Callable[[str, str], bytes], url: str
) -> None:
    with pytest.raises(errors.TryAgain):
        download(API, url)


def test_a_store_that_cannot_prove_who_it_is_is_wrong_with_that_link_alone(
    pinterest: Loopback, download: Callable[[str, str], bytes]
) -> None:
    with pytest.raises(errors.AnswerUnreadable, match="could not prove who it is"):
        download(pinterest.base_url, pinterest.origin.replace("http:", "https:"))
