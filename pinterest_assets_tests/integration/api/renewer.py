"""Run as a process of its own: makes one call with a renewed token when a line comes in.

Arguments: base URL, path of the tokens, refresh token of the settings; "killed" before them kills the
process when the answer with the new tokens is there and nothing is written yet.
"""

import os
import signal
import sys
from pathlib import Path

from pinterest_assets.pinterest.api.auth import RefreshedToken
from pinterest_assets.pinterest.api.client import Client
from pinterest_assets.pinterest.api.request import Request
from pinterest_assets.pinterest.api.throttle import Throttle
from pinterest_assets.pinterest.api.token_store import Tokens, TokenStore


class Killed(TokenStore):
    """The store of a process that does not live to write."""

    def save(self, tokens: Tokens) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


def main(base_url: str, path: str, refresh_token: str, store: TokenStore) -> None:
    auth = RefreshedToken("app", "pepper", refresh_token, store=store, token_url=f"{base_url}/oauth/token")
    throttle = Throttle({}, directory=Path(path).parent, base_url=base_url)
    with Client(base_url=base_url, auth=auth, throttle=throttle) as client:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        client.get(Request("ads_read", "/ad_accounts"))


if __name__ == "__main__":
    arguments = sys.argv[1:]
    kind = Killed if arguments[0] == "killed" else TokenStore
    url, tokens, setting = arguments[-3:]
    main(url, tokens, setting, kind(Path(tokens)))
