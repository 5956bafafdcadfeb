"""What comes first when calls are scarce: every stream and every call has its rank."""

import pytest

from pinterest_assets.pinterest.catalog import STREAMS
from pinterest_assets.pinterest.catalog.worth import KEPT_BACK, RANKS, call_rank, stream_rank


@pytest.mark.parametrize(
    ("rank", "streams"),
    [
        (0, ("ad_account", "campaign", "ad_group", "ad", "ad_account_analytics", "campaign_analytics")),
        (1, ("ad_group_analytics", "ad_analytics")),
        (2, ("campaign_targeting_analytics_country", "keyword_report", "keyword", "audience")),
        (3, ("pin", "board", "pin_analytics", "catalog", "feed")),
    ],
)
def test_what_people_look_at_first_comes_first(rank: int, streams: tuple[str, ...]) -> None:
    assert {name: stream_rank(STREAMS[name]) for name in streams} == dict.fromkeys(streams, rank)


def test_every_stream_has_a_rank() -> None:
    assert {stream_rank(stream) for stream in STREAMS.values()} == set(range(len(RANKS)))
    assert len(KEPT_BACK) == len(RANKS)
    assert sorted(KEPT_BACK) == list(KEPT_BACK)


def test_a_parent_never_ranks_below_what_needs_it() -> None:
    """Else a day could end with numbers due whose entities nobody may list."""
    for stream in STREAMS.values():
        for parent in stream.inputs:
            assert stream_rank(STREAMS[parent]) <= stream_rank(stream), (parent, stream.name)


def test_a_report_ranks_with_breakdowns_whatever_is_in_it() -> None:
    assert call_rank("ads_analytics", "/ad_accounts/1/reports") == 2
    assert call_rank("ads_read", "/ad_accounts/1/bulk/download") == 0
