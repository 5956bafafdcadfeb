"""Reports of templates, MMM and products as assets: rows land, ends are told in one line, tables stay."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pinterest_assets.custom_reports import spec_of
from pinterest_assets.demo import DemoServer
from pinterest_assets.pinterest.api.reports import ReportPatience, Reports
from pinterest_assets.pinterest.catalog.report_columns import REPORT_COLUMNS
from pinterest_assets.pinterest.catalog.report_stream import ReportStream, report
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.settings import Settings, read_settings
from pinterest_assets_tests.project import (
    YESTERDAY,
    assert_same,
    demo_settings,
    failed_slices,
    failure,
    in_order,
    last_days,
    load,
    materialize,
    rows,
)

MONDAY = YESTERDAY - timedelta(days=YESTERDAY.weekday() + 7)
FILE = """
- name: daily
  kind: template
  template_id: {daily}
  level: CAMPAIGN
  granularity: DAY
  ad_account_ids: [{first}]
- name: weekly
  kind: template
  template_id: {weekly}
  level: PIN_PROMOTION
  granularity: WEEK
  columns: [TOTAL_CLICKTHROUGH]
  ad_account_ids: [{first}]
- name: mix
  kind: mmm
  level: AD_GROUP_TARGETING
  columns: [AD_GROUP_NAME, SPEND_IN_MICRO_DOLLAR, TOTAL_IMPRESSION]
  targeting_types: [APPTYPE, AUDIENCE_INCLUDE, COUNTRY, CREATIVE_TYPE, GENDER, LOCATION, PLACEMENT]
- name: brands
  kind: brand
  level: CAMPAIGN
  granularity: WEEK
  columns: [TOTAL_CHECKOUT_CONVERSION_PRODUCT_QUANTITY]
  view_window_days: 1
- name: bought
  kind: brand
  conversion_product_breakdown: PRODUCT_BRAND_AND_CATEGORY
  columns: [TOTAL_CONVERSION_PRODUCT_QUANTITY, TOTAL_CONVERSION_PRODUCT_VALUE]
  start_date: {start}
"""


@dataclass(frozen=True)
class Kind:
    """A report of the file, the partitions that are loaded, and where it is ordered and polled."""

    name: str
    keys: Window | None
    order: str
    poll: str


KINDS = {
    kind.name: kind
    for kind in (
        Kind("report_daily", last_days(10), r"/templates/\d+/reports\?", r"/reports\?token="),
        Kind("report_weekly", Window(MONDAY, MONDAY), r"/templates/\d+/reports\?", r"/reports\?token="),
        Kind("report_mix", last_days(3), r"/mmm_reports\?$", r"/mmm_reports\?token="),
        Kind("report_brands", Window(MONDAY, MONDAY), r"/brand_category_sku\?$", r"_sku\?token="),
        Kind("report_bought", None, r"/brand_category_sku\?$", r"_sku\?token="),
    )
}
every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


@pytest.fixture
def settings(
    demo: DemoServer, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Settings]:
    """The settings of the file above; accounts are loaded. Five orders a minute are each test's own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    first = demo.world.tree.accounts[0].id
    daily, weekly, *_ = (row["id"] for row in demo.world.report_templates[first])
    path = tmp_path / "reports.yaml"
    start = YESTERDAY - timedelta(days=399)
    path.write_text(FILE.format(first=first, daily=daily, weekly=weekly, start=start))
    monkeypatch.setenv("PINTEREST_REPORTS_PATH", str(path))
    load(["ad_account"])
    demo.clear()
    demo.desk.reset()
    yield read_settings({**demo_settings(demo, database), "PINTEREST_REPORTS_PATH": str(path)})
    demo.desk.reset()


def table(database: Path, name: str, settings: Settings) -> pd.DataFrame:
    return rows(database, name, declared=spec_of(settings.reports[name]).stream)


def plain(level: str, columns: list[str], granularity: Any = "DAY", **more: Any) -> ReportStream:
    known = [REPORT_COLUMNS[name] for name in columns]
    return report("plain", level, known, about="A plain report", granularity=granularity, **more)


def of_first(demo: DemoServer, frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["ad_account_id"] == demo.world.tree.accounts[0].id].reset_index(drop=True)


def test_a_template_gives_what_a_plain_report_of_the_same_gives(
    demo: DemoServer, database: Path, settings: Settings
) -> None:
    """Its columns are none of the file's: each arrives as one of the table's, and nobody knows what one lacks."""
    kind = KINDS["report_daily"]
    assert kind.keys is not None
    load([kind.name], kind.keys)
    same = plain("CAMPAIGN", ["CAMPAIGN_NAME", "SPEND_IN_MICRO_DOLLAR", "TOTAL_IMPRESSION", "TOTAL_CHECKOUT"])
    wanted = in_order(of_first(demo, demo.truth.report(same, kind.keys.start, kind.keys.end)), same)
    found = table(database, kind.name, settings)
    assert list(found.columns[:3]) == ["date", "campaign_id", "ad_account_id"]
    assert len(wanted)
    names = sorted(map(str, found.columns))
    assert_same(found[names], wanted[names].replace({0: None}))
    (order,) = demo.desk.orders
    assert order.body["granularity"] == ["DAY"]


def test_a_template_in_csv_has_the_columns_that_were_named_with_their_types(
    demo: DemoServer, database: Path, settings: Settings
) -> None:
    kind = KINDS["report_weekly"]
    assert kind.keys is not None
    load([kind.name], kind.keys)
    same = plain("PIN_PROMOTION", ["AD_NAME", "TOTAL_CLICKTHROUGH"], "WEEK")
    week = demo.truth.report(same, MONDAY, MONDAY + timedelta(days=6))
    wanted = in_order(of_first(demo, week[week["total_clickthrough"] > 0]), same)
    found = table(database, kind.name, settings)
    clicked = found[found["total_clickthrough"].astype(int) > 0].reset_index(drop=True)
    names = ["date", "ad_id", "total_clickthrough", "ad_name"]
    assert len(wanted)
    assert_same(clicked[names], wanted[names])
    assert set(found["spend_in_dollar"].map(type)) == {str}, "a column nobody named is as CSV has it: text"


def test_mmm_breakdowns_are_put_together_and_sum_to_the_whole(
    demo: DemoServer, database: Path, settings: Settings
) -> None:
    kind = KINDS["report_mix"]
    assert kind.keys is not None
    load([kind.name], kind.keys)
    found = table(database, kind.name, settings)
    assert list(found.columns[:5]) == [
        "date",
        "ad_group_id",
        "ad_account_id",
        "targeting_type",
        "targeting_value",
    ]
    wanted = demo.truth.rows("ad_group_analytics", kind.keys.start, kind.keys.end)
    whole = wanted.groupby(["date", "ad_group_id"])["total_impression"].sum()
    for targeting_type in ("GENDER", "COUNTRY", "PLACEMENT", "CREATIVE_TYPE"):
        part = found[found["targeting_type"] == targeting_type]
        summed = part.groupby(["date", "ad_group_id"])["total_impression"].sum()
        pd.testing.assert_series_equal(summed[summed > 0], whole[whole > 0], check_dtype=False)
    accounts = len(demo.world.tree.accounts)
    asked = sorted(len(order.body["targeting_types"]) for order in demo.desk.orders)
    assert asked == [2] * accounts + [5] * accounts
    assert {order.body["report_name"] for order in demo.desk.orders} == {"mix"}


def test_brands_of_a_week_sum_to_its_checkouts(demo: DemoServer, database: Path, settings: Settings) -> None:
    kind = KINDS["report_brands"]
    load([kind.name], kind.keys)
    found = table(database, kind.name, settings)
    assert list(found.columns[:4]) == ["date", "campaign_id", "ad_account_id", "conversion_product_brand"]
    assert set(found["conversion_product_brand"]) == {"Nordhem", "Casa Verde", ""}
    assert (set(found["view_window_days"]), set(found["date"])) == ({1}, {MONDAY})
    wanted = demo.truth.rows("campaign_analytics", MONDAY, MONDAY + timedelta(days=6))
    bought = "total_checkout_conversion_product_quantity"
    by_campaign = found.groupby("campaign_id")[bought].sum()
    whole = wanted.groupby("campaign_id")["total_checkout"].sum()
    pd.testing.assert_series_equal(by_campaign, whole[whole > 0], check_dtype=False, check_names=False)


def test_a_total_of_products_is_cut_into_windows_of_about_the_same_length(
    demo: DemoServer, database: Path, settings: Settings
) -> None:
    """400 days are more than a year: 200 and 200, not 365 and 35."""
    load(["report_bought"])
    found = table(database, "report_bought", settings)
    windows = sorted(set(zip(found["start_date"], found["end_date"], strict=True)))
    lengths = [(end - start).days + 1 for start, end in windows]
    assert lengths == [200, 200]
    assert windows[-1][1] == YESTERDAY
    assert list(spec_of(settings.reports["report_bought"]).stream.key) == [
        "start_date",
        "end_date",
        "ad_account_id",
        "conversion_product_brand",
        "conversion_product_category",
    ]


@every_kind
def test_a_second_run_changes_nothing(
    kind: Kind, demo: DemoServer, database: Path, settings: Settings
) -> None:
    load([kind.name], kind.keys)
    before = table(database, kind.name, settings)
    assert len(before)
    load([kind.name], kind.keys, checks=True)
    assert_same(table(database, kind.name, settings), before)


def refused(status: int) -> dict[str, Any]:
    return {
        "status": status,
        "json": {"code": 29, "message": "You are not permitted to access that resource."},
    }


def fails(kind: Kind, demo: DemoServer, database: Path, settings: Settings, **fault: Any) -> str:
    """What a run says that meets the fault; the table stays as it was."""
    load([kind.name], kind.keys)
    before = table(database, kind.name, settings)
    demo.clear()
    demo.faults.add(**fault)
    result = materialize([kind.name], kind.keys)
    demo.faults.clear()
    assert_same(table(database, kind.name, settings), before)
    assert not any(event.is_step_up_for_retry for event in result.all_events)
    said = failure(result)
    assert "\n" not in said.strip()
    return said


@every_kind
def test_a_report_that_failed_leaves_the_table(
    kind: Kind, demo: DemoServer, database: Path, settings: Settings
) -> None:
    said = fails(kind, demo, database, settings, pattern=kind.poll, report_status="FAILED")
    assert "could not make the report" in said


@pytest.mark.parametrize("name", ["report_mix", "report_brands"])
def test_a_closed_account_is_skipped_and_told_who_opens_it(
    name: str, demo: DemoServer, database: Path, settings: Settings
) -> None:
    kind = KINDS[name]
    load([kind.name], kind.keys)
    before = table(database, kind.name, settings)
    demo.clear()
    demo.faults.add(pattern=kind.order, **refused(403))
    load([kind.name], kind.keys)
    assert_same(table(database, kind.name, settings), before)
    told = failed_slices(database, kind.name, "skipped_slice")
    assert told
    for said in told:
        assert "Pinterest has to open" in said
        assert "for this ad account" in said
        assert any(account.id in said for account in demo.world.tree.accounts)


@every_kind
def test_a_report_that_is_never_ready_is_picked_up_by_the_next_run(
    kind: Kind, demo: DemoServer, database: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: Callable[..., Reports] = Reports

    def impatient(*given: Any) -> Reports:
        return made(*given, patience=ReportPatience(first_poll=0.02, longest_poll=0.05, ready_within=0.3))

    monkeypatch.setattr("pinterest_assets.resources.Reports", impatient)
    demo.faults.add(kind.poll, report_status="IN_PROGRESS")
    said = failure(materialize([kind.name], kind.keys))
    assert "the next run will pick it up" in said
    demo.faults.clear()
    ordered = len(demo.desk.orders)
    load([kind.name], kind.keys)
    assert len(demo.desk.orders) == ordered, "the next run ordered nothing"


def test_a_row_that_does_not_say_what_it_is_of_ends_the_run(
    demo: DemoServer, database: Path, settings: Settings
) -> None:
    def nameless(answer: Any) -> None:
        for found in answer.values() if "report_status" not in str(answer)[:400] else ():
            for row in found:
                del row["TARGETING_TYPE"]

    kind = KINDS["report_mix"]
    said = fails(
        kind, demo, database, settings, pattern=r"mmm_reports\?token|/async_reporting", mutate=nameless
    )
    assert "rows without TARGETING_TYPE" in said


def test_the_days_of_another_template_do_not_mix(
    demo: DemoServer, database: Path, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(["report_daily"], last_days(2))
    first = demo.world.tree.accounts[0].id
    other = [row["id"] for row in demo.world.report_templates[first]][2]
    path = tmp_path / "other.yaml"
    path.write_text(
        f"- name: daily\n  kind: template\n  template_id: {other}\n  level: CAMPAIGN\n  granularity: DAY\n"
    )
    monkeypatch.setenv("PINTEREST_REPORTS_PATH", str(path))
    assert "the report is now of level CAMPAIGN by DAY of template" in failure(
        materialize(["report_daily"], last_days(2))
    )
