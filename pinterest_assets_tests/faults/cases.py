"""The faults, a line each: what is injected, and how. What becomes of it is seen when the matrix is run."""

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pinterest_assets_tests.e2e.command import Ended
from pinterest_assets_tests.faults.stage import SYNC, Stage
from pinterest_assets_tests.integration.api.loopback import Loopback, self_signed

NUMBERS = "/campaigns/analytics"
ORDER, POLL, FILE = r"/reports\?$", r"/reports\?token=", "/async_reporting_v3/"
REFUSED = {"code": 1, "message": "Invalid parameters."}
LIMITED = {"code": 8, "message": "This request exceeded a rate limit."}
TOO_FAR = {"code": 1, "message": "You can only get data from the last 90 days."}
PATIENCE = 90.0


@dataclass(frozen=True)
class Case:
    """A fault. ``meet`` brings it about and runs into it."""

    name: str
    meet: Callable[[Stage], Ended]


def answers(name: str, pattern: str, *, method: str = "auto", **fault: Any) -> Case:
    """A fault in the demo's answers, met by a sync."""

    def meet(stage: Stage) -> Ended:
        stage.demo.faults.add(pattern, **fault)
        stage.settings["PINTEREST_METHOD"] = method
        return stage.sync()

    return Case(name, meet)


def settings(name: str, **given: str) -> Case:
    """A fault of where the project is pointed at."""

    def meet(stage: Stage) -> Ended:
        stage.settings.update(given)
        ended = stage.sync()
        for variable in given:
            del stage.settings[variable]
        return ended

    return Case(name, meet)


def _wait(happened: Callable[[], Any]) -> None:
    give_up = time.monotonic() + PATIENCE
    while not happened():
        if time.monotonic() > give_up:
            raise RuntimeError("the command did not get that far")
        time.sleep(0.01)


def _killed(process: "subprocess.Popen[str]") -> Ended:
    process.kill()
    printed, complained = process.communicate(timeout=PATIENCE)
    return Ended(process.returncode, printed + complained)


def _kill_at_fetch(stage: Stage) -> Ended:
    held = stage.demo.faults.add(NUMBERS, delay=600.0)
    with stage.started() as process:
        _wait(lambda: held.hits)
        return _killed(process)


def _kill_at_write(stage: Stage) -> Ended:
    """Five times, at later and later moments after the last answer; at earlier ones again when it had ended."""
    moment, killed = 0.0, 0
    while killed < 5 and "MIXED" not in stage.state():
        stage.demo.clear()
        with stage.started() as process:
            _wait(lambda: sum(NUMBERS in request.path for request in stage.demo.requests) >= 2)
            time.sleep(moment)
            ended = _killed(process)
        if ended.status == -signal.SIGKILL:
            moment, killed = moment + 0.05, killed + 1
        else:
            moment = 0.0
    return ended


def _oauth(stage: Stage) -> None:
    demo = stage.demo
    stage.settings.update(
        PINTEREST_ACCESS_TOKEN="",
        PINTEREST_CLIENT_ID=demo.client_id,
        PINTEREST_CLIENT_SECRET=demo.client_secret,
        PINTEREST_REFRESH_TOKEN=demo.refresh_token,
        PINTEREST_TOKEN_PATH=str(stage.folder / "tokens.json"),
    )


def _refused_once(stage: Stage) -> Ended:
    _oauth(stage)
    stage.demo.faults.add(NUMBERS, status=401, times=1)
    return stage.sync()


_DIES_AT_TOKEN_WRITE = """
import os, signal, sys
from pinterest_assets.pinterest.api import token_store
token_store.TokenStore.save = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
sys.argv = ["pinterest-assets", *sys.argv[1:]]
from pinterest_assets.cli import main
main()
"""


def _kill_at_token_write(stage: Stage) -> Ended:
    _oauth(stage)
    died = subprocess.run(
        [sys.executable, "-c", _DIES_AT_TOKEN_WRITE, *SYNC],
        cwd=stage.folder,
        env={**stage.environ, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    if died.returncode != -signal.SIGKILL:
        raise RuntimeError(died.stdout + died.stderr)
    ended = stage.sync()
    # What the message asks for: a new consent.
    (stage.folder / "tokens.json").unlink(missing_ok=True)
    stage.settings["PINTEREST_REFRESH_TOKEN"] = stage.demo.refresh_token
    return ended


def _disk_full(stage: Stage) -> Ended:
    blocks = stage.database.stat().st_size // 1024 + 1
    program = shutil.which("pinterest-assets", path=str(sys.executable).rpartition("/")[0])
    done = subprocess.run(
        ["/bin/bash", "-c", f"ulimit -f {max(blocks, 2_000)}; exec {program} {' '.join(SYNC)}"],
        cwd=stage.folder,
        env={**stage.environ, "PATH": "/usr/bin:/bin", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    return Ended(done.returncode, done.stdout + done.stderr)


_HOLDS = (
    "import duckdb, sys, time; c = duckdb.connect(sys.argv[1]); print('held', flush=True); time.sleep(600)"
)


def _locked(stage: Stage) -> Ended:
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLDS, str(stage.database)], stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        ended = stage.sync()
        holder.kill()
    return ended


def _together(count: int) -> Callable[[Stage], Ended]:
    """So many commands at once; the worst end of them."""

    def meet(stage: Stage) -> Ended:
        processes = [stage.started() for _ in range(count)]
        texts = ["".join(process.communicate(timeout=300)) for process in processes]
        ends = [Ended(process.returncode, text) for process, text in zip(processes, texts, strict=True)]
        return max(ends, key=lambda ended: ended.status)

    return meet


def _at_token_expiry(stage: Stage) -> Ended:
    _oauth(stage)
    ended = _together(8)(stage)
    renewals = sum("oauth/token" in request.path for request in stage.demo.requests)
    if renewals != 1:
        raise RuntimeError(f"{renewals} renewals instead of one")
    return ended


def _clock(stage: Stage) -> Ended:
    stage.demo.ahead = -86_400.0
    return stage.sync()


def _nobody_vouches(stage: Stage) -> Ended:
    with Loopback() as pinterest:
        self_signed(pinterest, stage.folder)
        stage.settings["PINTEREST_BASE_URL"] = pinterest.base_url
        ended = stage.sync()
    del stage.settings["PINTEREST_BASE_URL"]
    return ended


CASES = (
    answers("429, without a word of how long", NUMBERS, status=429, times=2),
    answers(
        "429, x-ratelimit-reset in seconds", NUMBERS, status=429, headers={"X-RateLimit-Reset": "1"}, times=2
    ),
    answers("429, retry-after", NUMBERS, status=429, headers={"Retry-After": "1"}, times=2),
    answers(
        '400, "Retry after 1 seconds"',
        NUMBERS,
        status=400,
        json={"code": 1, "message": "Retry after 1 seconds"},
        times=2,
    ),
    answers("403 with code 8", NUMBERS, status=403, json=LIMITED, times=2),
    answers("500, twice", NUMBERS, status=500, times=2),
    answers("500, for good, of one account", NUMBERS + "?", status=500, skip=1),
    answers("502 with a page of HTML", NUMBERS, status=502, html="<html>bad gateway</html>", times=2),
    answers("503, everywhere and for good", NUMBERS, status=503),
    answers("connection closed unanswered", NUMBERS, drop=True, times=2),
    answers("no answer in time, once", NUMBERS, delay=62.0, times=1),
    answers("no end of the answer in time, once", NUMBERS, body_delay=62.0, times=1),
    answers("body cut off", NUMBERS, cut=True, times=2),
    answers("JSON cut short, as long as announced", NUMBERS, bad_json=True, times=2),
    answers("HTML with status 200", NUMBERS, status=200, html="<html>hello</html>", times=2),
    answers("another JSON than promised, for good", NUMBERS, status=200, json={"surprise": True}),
    answers('spurious "last 90 days"', NUMBERS, status=400, json=TOO_FAR, times=2),
    Case("401, once, with a token that can be renewed", _refused_once),
    answers("401, for good, or with a token that cannot be renewed", NUMBERS, status=401),
    answers("403, not permitted", NUMBERS, status=403),
    answers("404", NUMBERS, status=404, json={"code": 404, "message": "Not found."}),
    answers(
        "409, no catalog, of a list of catalogs",
        "/catalogs",
        status=409,
        json={"code": 4180, "message": "No catalog."},
    ),
    answers(
        "400 with code 12, which passes",
        NUMBERS,
        status=400,
        json={"code": 12, "message": "Hold on"},
        times=2,
    ),
    answers("400, refused for good", NUMBERS, status=400, json=REFUSED),
    answers("a report that failed", POLL, method="async", report_status="FAILED"),
    answers("a report that expired, once", POLL, method="async", report_status="EXPIRED", times=1),
    answers("a report that was cancelled, for good", POLL, method="async", report_status="CANCELLED"),
    answers("a report that does not exist", POLL, method="async", report_status="DOES_NOT_EXIST"),
    answers("a dead link to a report, once", FILE, method="async", status=403, times=1),
    answers("a file shorter than its size, for good", FILE, method="async", bad_json=True),
    answers("a file cut inside its JSON, for good", POLL, method="async", file_cut=9),
    answers("a slow server, 1.5 s an answer", "/", delay=1.5),
    settings("a name that no DNS knows", PINTEREST_BASE_URL="https://pinterest.invalid/v5"),
    Case("a certificate that nobody vouches for", _nobody_vouches),
    Case("kill -9 while numbers are fetched", _kill_at_fetch),
    Case("kill -9 while rows are written, five times", _kill_at_write),
    Case("kill -9 before a renewed token is kept", _kill_at_token_write),
    Case("disk full", _disk_full),
    Case("another program holds the file", _locked),
    Case("two syncs at once", _together(2)),
    Case("eight processes when the token has ended", _at_token_expiry),
    Case("this machine's clock a day ahead", _clock),
)
"""All of them, in the order of the page."""
