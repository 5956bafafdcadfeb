"""What the materialization of each day tells first: spend by currency, impressions, pin clicks, checkouts."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

from pinterest_assets.assets.asked import ACCOUNTS_TAG
from pinterest_assets.assets.presentation import asset_key, totals
from pinterest_assets.demo import DemoServer
from pinterest_assets.pinterest.catalog import STREAMS
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets_tests.project import YESTERDAY, last_days, load, truth

DAYS = last_days(4)
TABLE = "campaign_analytics"
Sums = dict[str, float]


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.instance_for_test() as opened:
        yield opened


def told(instance: dg.DagsterInstance, table: str, day: str) -> Sums:
    """The numbers of the newest materialization of a day that begin with a capital letter, in Dagster's order."""
    found = instance.fetch_materializations(
        dg.AssetRecordsFilter(asset_key(table), asset_partitions=[day]), limit=1
    ).records[0]
    assert found.asset_materialization is not None
    metadata: Mapping[str, dg.MetadataValue[Any]] = found.asset_materialization.metadata
    numbers = (dg.IntMetadataValue, dg.FloatMetadataValue)
    names = sorted(name for name, value in metadata.items() if isinstance(value, numbers))
    first = [name for name in names if name[0].isupper()]
    assert names[: len(first)] == first, "Dagster plots them in this order"
    return {name: metadata[name].value for name in first}


def expected(demo: DemoServer, day: str) -> Sums:
    """The same sums from the demo account's truth."""
    rows = truth(demo, TABLE, DAYS)
    rows = rows[rows["date"].astype(str) == day]
    accounts = truth(demo, "ad_account", None)
    currencies: dict[str, str] = dict(zip(accounts["id"], accounts["currency"], strict=True))
    assert set(currencies.values()) == {"USD", "EUR"}
    spend = rows.groupby("ad_account_id")["spend_in_micro_dollar"].sum()
    return {
        "Checkouts": rows["total_checkout"].sum(),
        "Impressions": rows["total_impression"].sum(),
        "Pin clicks": rows["total_clickthrough"].sum(),
        **{f"Spend ({currencies[str(account)]})": micros / 1e6 for account, micros in spend.items()},
    }


@pytest.mark.usefixtures("database")
def test_each_day_of_a_range_tells_its_own_sums_and_never_adds_currencies(
    demo: DemoServer, instance: dg.DagsterInstance
) -> None:
    load(["ad_account", "campaign"])
    load([TABLE], DAYS, instance=instance)
    days = [str(part.start) for part in DAYS.split(1)]
    assert [told(instance, TABLE, day) for day in days] == [expected(demo, day) for day in days]
    assert all(value > 0 for value in told(instance, TABLE, days[0]).values()), "the demo account is not idle"


@pytest.mark.usefixtures("database")
def test_a_run_of_one_day_and_of_one_account_tells_of_the_whole_day(
    demo: DemoServer, instance: dg.DagsterInstance
) -> None:
    load(["ad_account", "campaign"])
    alone = Window(YESTERDAY, YESTERDAY)
    load([TABLE], alone, instance=instance)
    assert told(instance, TABLE, str(YESTERDAY)) == expected(demo, str(YESTERDAY))
    account = truth(demo, "ad_account", None)["id"][0]
    load([TABLE], alone, instance=instance, tags={ACCOUNTS_TAG: account})
    assert told(instance, TABLE, str(YESTERDAY)) == expected(demo, str(YESTERDAY))


def test_a_currency_that_is_not_known_is_none_of_the_others(
    database: Path, instance: dg.DagsterInstance
) -> None:
    load(["ad_account", "campaign"])
    with duckdb.connect(str(database)) as connection:
        connection.execute("update pinterest.ad_account set currency = '<b>EUR' where currency = 'EUR'")
    load([TABLE], DAYS, instance=instance)
    found = told(instance, TABLE, str(YESTERDAY))
    assert {name for name in found if name.startswith("Spend")} == {"Spend (USD)", "Spend (unknown currency)"}


def test_breakdowns_tell_no_sums_as_a_person_is_in_many_of_their_rows() -> None:
    with_sums = {name for name, stream in STREAMS.items() if totals(stream)}
    assert {"ad_account_analytics", "ad_analytics", "pin_analytics", "keyword_report"} <= with_sums
    assert not {name for name in with_sums if "targeting" in name}
    assert [one.name for one in totals(STREAMS["pin_analytics"])] == ["Impressions", "Pin clicks"]
