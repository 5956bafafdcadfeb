"""The demo's numbers agree with themselves: levels sum up, breakdowns sum up, funnels narrow."""

import itertools
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from pinterest_assets.demo import DemoAccount, DemoSize, Truth
from pinterest_assets.demo.metrics import COMPUTED
from pinterest_assets.pinterest.catalog import STREAMS, AnalyticsStream
from pinterest_assets.pinterest.catalog.levels import LEVELS
from pinterest_assets.pinterest.catalog.metrics import CORE_METRICS

TODAY = date(2026, 11, 22)
START, END = TODAY - timedelta(days=89), TODAY
METRICS = [metric.name for metric in CORE_METRICS]
NAMES = tuple(metric.source for metric in CORE_METRICS)
UNDER = {"ad_account": "campaign", "campaign": "ad_group", "ad_group": "ad"}
TARGETED = [level for level in LEVELS if level.targeting_path]


@pytest.fixture(scope="module")
def world() -> DemoAccount:
    return DemoAccount(today=TODAY)


@pytest.fixture(scope="module")
def truth(world: DemoAccount) -> Truth:
    return Truth(world)


def summed(frame: pd.DataFrame, *keys: str) -> pd.DataFrame:
    """Sums of the metrics per keys, absent values as nothing."""
    numbers = frame[METRICS].astype("float64").fillna(0)
    return pd.concat([frame[list(keys)], numbers], axis=1).groupby(list(keys)).sum().sort_index()


@pytest.mark.parametrize("level", UNDER)
def test_the_level_below_sums_to_the_level_on_every_day(level: str, truth: Truth) -> None:
    parent = f"{level}_id"
    below = truth.rows(f"{UNDER[level]}_analytics", START, END)
    if level != "ad_account":
        owners = truth.rows(UNDER[level]).set_index("id")[parent]
        below[parent] = [owners[node] for node in below[f"{UNDER[level]}_id"]]
    above = truth.rows(f"{level}_analytics", START, END)
    pd.testing.assert_frame_equal(summed(below, "date", parent), summed(above, "date", parent))


@pytest.mark.parametrize(
    ("level", "kind"), [(level.name, kind) for level in TARGETED for kind in level.targeting_types]
)
def test_every_breakdown_sums_to_its_entity(level: str, kind: str, world: DemoAccount) -> None:
    days, wanted = world.days(START, END), frozenset(world.levels[level].ids)
    whole = world.table(level, wanted, days, NAMES)
    parts = world.table(level, wanted, days, NAMES, kind)
    assert len(parts.days)
    assert (parts.numbers >= 0).all()
    sums = totals(parts.entities, parts.days, parts.numbers)
    expected = totals(whole.entities, whole.days, whole.numbers)
    if kind == "QUIZ_RESULT":
        expected = {key: value for key, value in expected.items() if key in sums}
    assert sums.keys() == expected.keys()
    assert all((sums[key] == value).all() for key, value in expected.items())


def totals(entities: np.ndarray, days: np.ndarray, numbers: np.ndarray) -> dict[tuple[int, int], np.ndarray]:
    found: dict[tuple[int, int], np.ndarray] = {}
    for entity, day, row in zip(entities.tolist(), days.tolist(), numbers, strict=True):
        found[entity, day] = found.get((entity, day), np.zeros(numbers.shape[1], dtype=np.int64)) + row
    return found


def test_promoted_products_sum_to_their_ad_groups(truth: Truth) -> None:
    group_of = truth.rows("product_group_promotion").set_index("id")["ad_group_id"]
    parts = truth.rows("product_group_promotion_analytics", START, END)
    parts["ad_group_id"] = [group_of[promotion] for promotion in parts["product_group_promotion_id"]]
    whole = truth.rows("ad_group_analytics", START, END)
    whole = whole[whole["ad_group_id"].isin(set(parts["ad_group_id"]))]
    pd.testing.assert_frame_equal(summed(parts, "date", "ad_group_id"), summed(whole, "date", "ad_group_id"))


def test_funnels_narrow(truth: Truth) -> None:
    steps = ["total_impression", "total_clickthrough", "total_conversions", "total_checkout"]
    for stream, depth in (("ad_analytics", 4), ("ad_targeting_analytics_keyword", 2)):
        numbers = truth.rows(stream, START, END)[METRICS].astype("float64").fillna(0)
        for wider, narrower in itertools.pairwise(steps[:depth]):
            assert (numbers[wider] >= numbers[narrower]).all()
        assert ((numbers["spend_in_micro_dollar"] > 0) == (numbers["impression_1"] > 0)).all()
        assert (numbers["total_video_p25_combined"] >= numbers["total_video_p95_combined"]).all()


def test_weekends_are_busier(world: DemoAccount) -> None:
    table = world.table(
        "ad_account", frozenset(world.levels["ad_account"].ids), world.days(START, END), NAMES
    )
    weekday = np.array([date.fromordinal(int(day)).weekday() for day in table.days])
    impressions = table.numbers[:, NAMES.index("TOTAL_IMPRESSION")]
    assert impressions[weekday >= 5].mean() > 1.1 * impressions[weekday < 4].mean()


def test_rows_have_zeros_and_no_row_has_nothing_else(truth: Truth) -> None:
    rows = truth.rows("ad_analytics", START, END)
    assert not rows[METRICS].isna().any().any()
    assert (rows[METRICS] == 0).any().any()
    assert not (rows[METRICS] == 0).all(axis=1).any()


def test_the_same_size_seed_and_day_give_the_same_data() -> None:
    first, again = (Truth(DemoAccount(today=TODAY)) for _ in range(2))
    other = Truth(DemoAccount(today=TODAY, seed=8))
    for stream in ("ad", "pin", "ad_targeting_analytics_keyword", "pin_analytics"):
        frames = [truth.rows(stream, END - timedelta(days=6), END) for truth in (first, again, other)]
        pd.testing.assert_frame_equal(frames[0], frames[1])
        assert not frames[0].equals(frames[2])


def test_any_part_of_the_numbers_equals_the_whole(world: DemoAccount) -> None:
    ads = world.levels["ad"].ids
    whole = world.table("ad", frozenset(ads), world.days(START, END), NAMES, "KEYWORD")
    some, day = int(whole.entities[-1]), date.fromordinal(int(whole.days[-1]))
    one = world.table("ad", frozenset({ads[some]}), world.days(day, day), NAMES, "KEYWORD")
    same = (whole.entities == some) & (whole.days == day.toordinal())
    assert len(one.days)
    assert (whole.numbers[same] == one.numbers).all()


def test_late_conversions_reach_every_level_and_breakdown() -> None:
    world = DemoAccount(today=TODAY)
    truth, day = Truth(world), TODAY - timedelta(days=12)
    streams = [name for name in STREAMS if "analytics" in name and isinstance(STREAMS[name], AnalyticsStream)]
    before = {name: conversions(truth, name, day) for name in streams}
    ad = world.restate(day, world.tree.campaigns[0].id, extra_checkouts=5)
    assert world.ads[ad]["campaign_id"] == world.tree.campaigns[0].id
    for name in streams:
        if not name.endswith(("quiz_result", "promotion_analytics")):
            assert conversions(truth, name, day) == before[name] + 5, name


def conversions(truth: Truth, stream: str, day: date) -> int:
    return int(truth.rows(stream, day, day)["total_conversions"].dropna().sum())


def test_ads_deliver_only_while_they_run(world: DemoAccount, truth: Truth) -> None:
    rows = truth.rows("ad_analytics", START, END)
    for ad in world.tree.ads:
        days = [day.toordinal() for day in rows.loc[rows["ad_id"] == ad.id, "date"]]
        assert all(ad.first <= day <= ad.last for day in days)
    spent = set(rows["ad_id"])
    statuses = {ad.status for ad in world.tree.ads if ad.id in spent}
    assert statuses == {"ACTIVE", "PAUSED", "ARCHIVED"}


def test_the_known_sizes_have_exactly_their_counts() -> None:
    world = DemoAccount(DemoSize.THOUSAND_ADS, today=TODAY)
    counts = (len(world.accounts), len(world.campaigns), len(world.ad_groups), len(world.ads))
    assert counts == (1, 50, 200, 1_000)


def test_every_metric_of_the_catalog_has_numbers(truth: Truth) -> None:
    assert set(NAMES) <= COMPUTED
    rows = truth.rows("ad_analytics", START, END)
    assert [name for name in METRICS if rows[name].isna().all()] == []
