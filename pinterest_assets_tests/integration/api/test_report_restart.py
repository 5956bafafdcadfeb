"""Reports that outlive the process that ordered them, and what is kept of them on the disk."""

import json
import signal
import stat
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from pinterest_assets.demo import DemoServer
from pinterest_assets.pinterest.api import errors
from pinterest_assets.pinterest.api.reports import Reports, ReportTokens
from pinterest_assets_tests.integration.api.ordering import campaign_report, fetched

POLL = r"/reports\?token="


def week(demo: DemoServer) -> tuple[str, str]:
    return str(demo.world.today - timedelta(days=6)), str(demo.world.today)


def started(demo: DemoServer, folder: Path, what: tuple[str, ...]) -> "subprocess.Popen[str]":
    module = "pinterest_assets_tests.integration.api.reporter"
    arguments = [demo.base_url, demo.token, str(folder), demo.world.tree.accounts[0].id, *what]
    return subprocess.Popen([sys.executable, "-m", module, *arguments], stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("kind", ["report", "bulk"])
def test_a_killed_run_is_gone_on_with(report_demo: DemoServer, tmp_path: Path, kind: str) -> None:
    """kill -9 between the order and the download; the next run orders nothing."""
    report_demo.desk.ready_after = 600.0
    what = ("AD",) if kind == "bulk" else week(report_demo)
    with started(report_demo, tmp_path, what) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "ordered\n"
        give_up = time.monotonic() + 20
        while not report_demo.desk.orders[0].polls and time.monotonic() < give_up:
            time.sleep(0.01)
        first.kill()
        assert first.wait(timeout=10) == -signal.SIGKILL
    assert report_demo.desk.downloads == []
    report_demo.desk.advance(601)
    with started(report_demo, tmp_path, what) as second:
        printed, _ = second.communicate(timeout=60)
    assert second.returncode == 0
    assert int(printed) > 10
    assert [call.method for call in report_demo.requests].count("POST") == 1
    assert len(report_demo.desk.downloads) == 1


@pytest.mark.parametrize("status", ["EXPIRED", "DOES_NOT_EXIST", "CANCELLED", "FAILED"])
def test_a_token_of_an_earlier_run_that_is_dead_is_replaced(
    report_demo: DemoServer, reports: Reports, tokens: ReportTokens, status: str
) -> None:
    request = campaign_report(report_demo)
    tokens.keep(request.order, "of-an-earlier-run")
    report_demo.faults.add(POLL, report_status=status, times=1)
    assert fetched(reports, request)
    assert [call.method for call in report_demo.requests] == ["GET", "POST", "GET"]


def test_a_token_that_pinterest_refuses_is_replaced(
    report_demo: DemoServer, reports: Reports, tokens: ReportTokens
) -> None:
    request = campaign_report(report_demo)
    tokens.keep(request.order, "of-an-earlier-run")
    report_demo.faults.add(POLL, status=400, json={"code": 1104, "message": "not valid"}, times=1)
    assert fetched(reports, request)


def test_only_the_same_report_of_the_same_asker_is_picked_up(
    report_demo: DemoServer, tokens: ReportTokens, tmp_path: Path
) -> None:
    request = campaign_report(report_demo)
    tokens.keep(request.order, "t")
    assert tokens.recall(request.order) == "t"
    assert tokens.recall(campaign_report(report_demo, granularity="WEEK").order) is None
    assert tokens.recall(campaign_report(report_demo, ad_account_id="1").order) is None
    for identity, base_url in (("another", report_demo.base_url), ("app", "https://api.pinterest.com/v5")):
        other = ReportTokens(base_url=base_url, identity=identity, directory=tmp_path)
        assert other.recall(request.order) is None


def test_a_token_is_kept_for_less_than_its_hour(
    report_demo: DemoServer, tokens: ReportTokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    request, now = campaign_report(report_demo), time.time()
    tokens.keep(request.order, "t")
    for later, found in ((3_200, "t"), (3_400, None), (-60, None)):
        with monkeypatch.context() as patch:
            patch.setattr(time, "time", lambda later=later: now + later)
            assert tokens.recall(request.order) == found
    monkeypatch.setattr(time, "time", lambda: now + 4_000)
    tokens.keep(campaign_report(report_demo, granularity="WEEK").order, "u")
    assert len(list(tokens.folder.iterdir())) == 1


def test_what_is_on_the_disk(report_demo: DemoServer, tokens: ReportTokens) -> None:
    assert not tokens.folder.exists()
    tokens.keep(campaign_report(report_demo).order, "t")
    (file,) = tokens.folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(tokens.folder.stat().st_mode) == 0o700
    assert set(json.loads(file.read_text())) == {"token", "created"}


@pytest.mark.parametrize("content", [b"", b"{", b'{"token": "", "created": 1}', b'{"token": "t"}', b"\xff"])
def test_a_damaged_file_is_as_good_as_none(
    report_demo: DemoServer, reports: Reports, tokens: ReportTokens, content: bytes
) -> None:
    request = campaign_report(report_demo)
    tokens.keep(request.order, "t")
    next(tokens.folder.iterdir()).write_bytes(content)
    assert tokens.recall(request.order) is None
    assert fetched(reports, request)


def test_a_folder_that_cannot_be_used_is_named(report_demo: DemoServer, tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the folder should go")
    tokens = ReportTokens(base_url=report_demo.base_url, identity="app", directory=tmp_path / "state")
    request = campaign_report(report_demo)
    assert tokens.recall(request.order) is None
    with pytest.raises(errors.SettingError, match="XDG_STATE_HOME"):
        tokens.keep(request.order, "t")
