"""``deploy/nginx.conf`` in front of a real UI: a login, one host, no mutation that a page of another site can send."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from pinterest_assets.demo import DemoAccount, DemoServer, DemoSize
from pinterest_assets_tests.integration.api.loopback import certificate
from pinterest_assets_tests.integration.api.servers import free_port, nginx_server
from pinterest_assets_tests.project import BY_HAND, demo_settings
from pinterest_assets_tests.ui.browser import browser_page, needs_chromium
from pinterest_assets_tests.ui.dev_server import DevServer, dev_server

pytestmark = pytest.mark.xdist_group("ui")

RECIPE = Path(__file__).resolve().parents[2] / "deploy/nginx.conf"
LOGIN = ("ada", "PLANTEDsecret-of-the-proxy")
MUTATION = 'mutation{setConcurrencyLimit(concurrencyKey:"proof",limit:1)}'
"""It changes something that can be seen, and does no harm."""
DONE = {"data": {"setConcurrencyLimit": True}}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("proxy")


@pytest.fixture(scope="module")
def dagster(folder: Path) -> Iterator[DevServer]:
    with DemoServer(DemoAccount(size=DemoSize.SMALL)) as demo:
        settings = {**demo_settings(demo, folder / "ads.duckdb"), **BY_HAND}
        with dev_server(settings, folder / "home") as running:
            yield running


@pytest.fixture(scope="module")
def proxy(dagster: DevServer, folder: Path) -> Iterator[str]:
    """The address of the proxy: the recipe with this machine's names, and nothing else changed."""
    port, (public, secret), users = free_port(), certificate(folder), folder / "users"
    users.write_text(f"{LOGIN[0]}:{{PLAIN}}{LOGIN[1]}\n")
    configuration = RECIPE.read_text()
    for name, here in {
        "https://ads.example.com": f"https://127.0.0.1:{port}",
        "ads.example.com": "127.0.0.1",
        "listen 443": f"listen 127.0.0.1:{port}",
        "/etc/nginx/dagster.pem": str(public),
        "/etc/nginx/dagster.key": str(secret),
        "/etc/nginx/dagster.users": str(users),
        "http://127.0.0.1:3000": dagster.url,
    }.items():
        assert name in configuration
        configuration = configuration.replace(name, here)
    with nginx_server(configuration, port, folder):
        yield f"https://127.0.0.1:{port}"
    users.unlink()


@pytest.fixture
def asking(proxy: str, folder: Path) -> Iterator[requests.Session]:
    """Somebody who is logged in, as a browser that has kept the login is whoever makes it ask."""
    with requests.Session() as session:
        session.trust_env = False
        session.auth, session.verify = LOGIN, str(folder / "certificate.pem")
        yield session


def is_untouched(dagster: DevServer) -> bool:
    limits = dagster.graphql("{instance{concurrencyLimits{concurrencyKey}}}")["instance"]["concurrencyLimits"]
    return "proof" not in [limit["concurrencyKey"] for limit in limits]


def test_without_the_login_nothing_is_answered(proxy: str, folder: Path) -> None:
    for path in ("/", "/graphql", "/server_info", "/dagit/notebook"):
        for login in (None, ("ada", "wrong")):
            answer = requests.get(
                proxy + path, auth=login, verify=str(folder / "certificate.pem"), timeout=30
            )
            assert answer.status_code in (401, 405), path
            assert "dagster_webserver" not in answer.text


@pytest.mark.parametrize("host", ["attacker.example", "127.0.0.1.attacker.example", "localhost"])
def test_another_host_gets_no_answer(proxy: str, asking: requests.Session, host: str) -> None:
    with pytest.raises(requests.ConnectionError) as ended:
        asking.get(proxy, headers={"Host": host}, timeout=30)
    assert not isinstance(ended.value, requests.exceptions.SSLError)


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", f"/graphql?query={MUTATION}", {}),
        ("HEAD", f"/graphql?query={MUTATION}", {}),
        ("GET", f"/%67raphql?query={MUTATION}", {}),
        ("GET", f"//graphql?query={MUTATION}", {}),
        ("GET", f"/x/../graphql?query={MUTATION}", {}),
        ("GET", f"/graphql/?query={MUTATION}", {}),
        ("GET", f"/graphql?query={MUTATION}", {"Upgrade": "websocket", "Connection": "Upgrade"}),
        ("POST", f"/graphql?query={MUTATION}", {"Content-Type": "text/plain"}),
        ("POST", f"/graphql?query={MUTATION}", {"Content-Type": "application/x-www-form-urlencoded"}),
        ("POST", "/graphql", {"Content-Type": "application/graphql"}),
        ("POST", "/graphql", {"Content-Type": "text/plain"}),
        ("POST", "/graphql", {"Content-Type": "application/json", "Origin": "https://attacker.example"}),
        ("POST", "/graphql", {"Content-Type": "application/json", "Origin": "null"}),
        ("GET", "/graphql", {"Upgrade": "websocket", "Connection": "Upgrade", "Origin": "https://a.example"}),
    ],
)
def test_what_a_page_of_another_site_can_send_changes_nothing(
    dagster: DevServer, proxy: str, asking: requests.Session, method: str, path: str, headers: dict[str, str]
) -> None:
    request = requests.Request(method, proxy, headers=headers, auth=LOGIN)
    prepared = request.prepare()
    prepared.url = proxy + path.replace('"', "%22")  # as it stands: no client has tidied it up
    if method == "POST":
        prepared.prepare_body(data=json.dumps({"query": MUTATION}), files=None)
    answer = asking.send(prepared, timeout=30)
    assert answer.status_code in (403, 405), answer.text[:200]
    assert is_untouched(dagster)


@needs_chromium
def test_the_ui_works_behind_it_and_keeps_its_websocket(proxy: str) -> None:
    login = {"username": LOGIN[0], "password": LOGIN[1]}
    with browser_page(http_credentials=login, ignore_https_errors=True) as page:
        said: list[str] = []
        page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: said.append(str(frame))))
        page.goto(f"{proxy}/assets")
        page.get_by_text("ad_account_analytics").first.wait_for()
        page.goto(f"{proxy}/runs")
        page.get_by_text("No runs found").first.wait_for()
        assert any("connection_ack" in frame for frame in said)


def test_the_ui_s_own_mutations_pass_and_dagster_alone_runs_what_comes_by_get(
    dagster: DevServer, proxy: str, asking: requests.Session
) -> None:
    """The last test: it changes what the others look at. What it shows of Dagster is why a proxy is needed."""
    assert is_untouched(dagster)
    answer = asking.post(f"{proxy}/graphql", json={"query": "{version}"}, timeout=30)
    assert "version" in answer.json()["data"]
    bare = requests.get(
        f"{dagster.url}/graphql?query={MUTATION}", headers={"Host": "attacker.example"}, timeout=30
    )
    assert bare.json() == DONE
    assert not is_untouched(dagster)
    bare = requests.post(f"{dagster.url}/graphql?query={MUTATION}", data="x", timeout=30)
    assert bare.json() == DONE
    answer = asking.post(f"{proxy}/graphql", json={"query": MUTATION}, headers={"Origin": proxy}, timeout=30)
    assert answer.json() == DONE
