"""What pages of other sites can do with the control endpoints of a demo that runs on the reader's machine: nothing."""

import pytest
import requests

from pinterest_assets.demo import DemoServer

FAULT = b'{"pattern": "/boards", "status": 500}'
FORMS = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", None]
"""What a browser lets a page send to another site without asking that first; None is no header at all."""


@pytest.mark.parametrize("kind", FORMS)
@pytest.mark.parametrize("path", ["faults", "limits", "reports", "restate", "entities", "ready"])
def test_a_body_that_is_not_called_json_changes_nothing(
    demo: DemoServer, path: str, kind: str | None
) -> None:
    headers = {"Content-Type": kind} if kind else {}
    answer = requests.post(f"{demo.root}/_demo/{path}", FAULT, headers=headers, timeout=5)
    assert answer.status_code == 415
    assert requests.get(f"{demo.root}/_demo/calls", timeout=5).status_code == 200


@pytest.mark.parametrize(
    "host", ["attacker.example", "attacker.example:80", "127.0.0.1.attacker.example", ""]
)
def test_another_name_of_this_machine_is_refused(demo: DemoServer, host: str) -> None:
    for method, path in (
        ("POST", "_demo/faults"),
        ("GET", "_demo/calls"),
        ("DELETE", "_demo/calls"),
        ("GET", "oauth/"),
    ):
        answer = requests.request(
            method,
            f"{demo.root}/{path}",
            data=FAULT,
            headers={"Host": host, "Content-Type": "application/json"},
            timeout=5,
        )
        assert answer.status_code == 400


@pytest.mark.parametrize(
    "target",
    ["http://attacker.example/", "https://127.0.0.1.attacker.example/", "//attacker.example", "javascript:1"],
)
def test_consent_redirects_to_this_machine_only(demo: DemoServer, target: str) -> None:
    answer = requests.get(
        demo.authorize_url,
        params={"client_id": demo.client_id, "redirect_uri": target, "state": "s"},
        allow_redirects=False,
        timeout=5,
    )
    assert answer.status_code == 400
    assert "Location" not in answer.headers
