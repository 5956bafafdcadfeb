"""The demo account as a process of its own, and what it counted."""

import json
import subprocess
import sys
from datetime import date
from types import TracebackType
from urllib.request import Request, urlopen

TOKEN = "pina_demo"  # noqa: S105 - the demo's only token, and no secret
_STOP_SECONDS = 10


class Service:
    """A running demo account. ``today`` is fixed, so that midnight changes nothing."""

    def __init__(self, ads: int, latency_ms: int, today: date) -> None:
        command = [sys.executable, "-m", "pinterest_assets.demo", "--port", "0"]
        command += ["--ads", str(ads), "--latency-ms", str(latency_ms)]
        command += ["--today", today.isoformat()]
        self._process = subprocess.Popen(  # noqa: S603 - our own command
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self._process.stdout is not None  # noqa: S101 - a pipe was asked for
        self.base_url = self._process.stdout.readline().rpartition(" ")[2].strip()
        if not self.base_url:
            raise RuntimeError("the demo account did not start")

    def __enter__(self) -> "Service":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait(_STOP_SECONDS)

    def forget_calls(self) -> None:
        """Count from zero again."""
        self._control("DELETE")

    def calls(self) -> int:
        """Requests since the count began."""
        return self._control("GET")

    def _control(self, method: str) -> int:
        address = f"{self.base_url.removesuffix('/v5')}/_demo/calls"
        with urlopen(Request(address, method=method)) as answer:  # noqa: S310 - our own server
            return int(json.load(answer)["total"])
