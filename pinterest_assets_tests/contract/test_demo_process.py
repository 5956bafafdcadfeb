"""The demo as a process of its own: one line that says where it listens, and a clean end."""

import signal
import subprocess
import sys

import pytest
import requests

from pinterest_assets.demo import DEMO_TOKEN, DemoAccount, DemoServer


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_it_listens_and_stops_when_told(stop: signal.Signals) -> None:
    command = [sys.executable, "-m", "pinterest_assets.demo", "--ads", "100", "--latency-ms", "20"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("listening on http://127.0.0.1:")
        base_url = line.split()[-1]
        headers = {"Authorization": f"Bearer {DEMO_TOKEN}"}
        answer = requests.get(f"{base_url}/ad_accounts", headers=headers, timeout=10)
        assert len(answer.json()["items"]) == 2
        assert answer.elapsed.total_seconds() >= 0.02
        root = base_url.removesuffix("/v5")
        assert requests.get(f"{root}/_demo/calls", timeout=5).json()["by_category"] == {"ads_read": 1}
        process.send_signal(stop)
        assert process.wait(timeout=10) == 0


def test_several_demos_live_in_one_process() -> None:
    with DemoServer(DemoAccount()) as one, DemoServer(DemoAccount(seed=8), latency=0.01) as two:
        headers = {"Authorization": f"Bearer {DEMO_TOKEN}"}
        ids = [
            requests.get(f"{demo.base_url}/ad_accounts", headers=headers, timeout=5).json()["items"][0]["id"]
            for demo in (one, two)
        ]
        assert ids[0] != ids[1]
        assert (len(one.requests), len(two.requests)) == (1, 1)
    with pytest.raises(requests.ConnectionError):
        requests.get(one.base_url, timeout=1)
