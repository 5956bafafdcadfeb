"""A table of which nothing may be read any more is not fresh: its step fails, it keeps its rows, and all can see it."""

from pathlib import Path

import dagster as dg
import duckdb
import pytest

from pinterest_assets.assets.asked import ACCOUNTS_TAG
from pinterest_assets.assets.presentation import asset_key
from pinterest_assets.assets.shortfall import SLICES
from pinterest_assets.demo import DemoServer
from pinterest_assets.pinterest.catalog import STREAMS
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets_tests.project import (
    assert_same,
    failed_slices,
    failure,
    gone,
    last_days,
    load,
    materialize,
    rows,
)

WINDOW = last_days(3)
ENDED = "nothing of it may be read any more: its rows stay, and are not fresh"


def window_of(stream: str) -> Window | None:
    return WINDOW if STREAMS[stream].daily else None


@pytest.mark.parametrize(
    ("stream", "pattern"),
    [
        ("ad_group", r"/ad_groups\?"),
        ("board", r"/boards\?"),
        ("keyword", r"/keywords\?"),
        ("campaign_analytics", "/campaigns/analytics"),
        ("ad_targeting_analytics_gender", "/ads/targeting_analytics"),
        ("pin_analytics", "/analytics"),
        ("product_item_report", r"/reports\?"),
        ("metric_definition", "/resources/delivery_metrics"),
    ],
)
def test_a_table_of_which_nothing_may_be_read_any_more_is_not_fresh(
    stream: str, pattern: str, demo: DemoServer, loaded: Path
) -> None:
    instance, key = dg.DagsterInstance.ephemeral(), asset_key(stream)
    load([stream], window_of(stream), instance=instance)
    before, fresh = rows(loaded, stream), instance.get_latest_materialization_event(key)
    demo.faults.add(pattern, status=403)
    result = materialize([stream], window_of(stream), instance=instance, checks=True)
    assert not result.success
    assert failure(result).endswith(ENDED)
    assert "403" in failure(result)
    last = instance.get_latest_materialization_event(key)
    assert last is not None
    assert fresh is not None
    assert last.timestamp == fresh.timestamp
    assert_same(rows(loaded, stream), before)
    if not STREAMS[stream].daily:
        assert gone(loaded, stream) == set()
    assert failed_slices(loaded, stream)
    assert failed_slices(loaded, stream, "skipped_slice") == []
    evaluation = latest_check(instance, stream)
    assert not evaluation.passed
    assert evaluation.severity == dg.AssetCheckSeverity.ERROR
    demo.faults.clear()
    load([stream], window_of(stream), instance=instance, checks=True)
    assert failed_slices(loaded, stream) == []
    assert latest_check(instance, stream).passed


def latest_check(instance: dg.DagsterInstance, stream: str) -> dg.AssetCheckEvaluation:
    key = dg.AssetCheckKey(asset_key(stream), SLICES)
    (record,) = instance.event_log_storage.get_latest_asset_check_execution_by_key([key]).values()
    event = record.event.dagster_event if record.event else None
    assert event is not None, f"{record.status} says nothing"
    return event.asset_check_evaluation_data


def test_a_check_says_so_too_where_a_table_failed_for_any_other_reason(
    demo: DemoServer, loaded: Path
) -> None:
    """The run skips the checks of a step that failed; what they said before would go on to be shown."""
    instance = dg.DagsterInstance.ephemeral()
    load(["campaign"], instance=instance, checks=True)
    assert latest_check(instance, "campaign").passed
    demo.faults.add(r"/campaigns\?", status=400, json={"code": 1, "message": "Invalid parameters."})
    materialize(["campaign"], instance=instance, checks=True)
    assert not latest_check(instance, "campaign").passed


def test_one_account_of_two_that_may_not_be_read_fails_nothing(demo: DemoServer, loaded: Path) -> None:
    account = demo.world.tree.accounts[0].id
    demo.faults.add(f"/{account}/ad_groups", status=403)
    load(["ad_group"])
    assert len(failed_slices(loaded, "ad_group", "skipped_slice")) == 1
    demo.faults.add("/ad_groups", status=403)
    materialize(["ad_group"])
    assert len(failed_slices(loaded, "ad_group")) == 2
    assert failed_slices(loaded, "ad_group", "skipped_slice") == [], "each is kept once"


def test_rows_of_other_accounts_are_no_rows_of_before(demo: DemoServer, loaded: Path) -> None:
    account = demo.world.tree.accounts[0].id
    demo.faults.add(f"/{account}/customer_lists", empty=True)
    load(["customer_list"])
    with duckdb.connect(str(loaded)) as connection:
        connection.execute("delete from pinterest.customer_list where ad_account_id = ?", [account])
        assert connection.execute("select count(*) from pinterest.customer_list").fetchone() != (0,)
    demo.faults.clear()
    demo.faults.add("/customer_lists", status=403)
    load(["customer_list"], tags={ACCOUNTS_TAG: account})
    assert len(failed_slices(loaded, "customer_list", "skipped_slice")) == 1


def test_a_table_that_not_every_token_may_read_is_skipped_with_its_rows(
    demo: DemoServer, loaded: Path
) -> None:
    before = rows(loaded, "label")
    assert len(before)
    demo.faults.add("/labels", status=403)
    load(["label"])
    assert_same(rows(loaded, "label"), before)
    assert failed_slices(loaded, "label", "skipped_slice")
