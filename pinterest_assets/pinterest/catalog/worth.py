"""In which order the calls of a scarce day are spent: what people look at first comes first.

One table, by path: it ranks the streams (see ``stream_rank``) and each single call. Spends nothing.
"""

import re

from pinterest_assets.pinterest.catalog.lists import EntityStream
from pinterest_assets.pinterest.catalog.lookups import LookupStream
from pinterest_assets.pinterest.catalog.model import (
    AnalyticsStream,
    Category,
    PinAnalyticsStream,
    ReadyStream,
    Stream,
)
from pinterest_assets.pinterest.catalog.report_stream import ReportStream

KEPT_BACK: tuple[int, ...] = (0, 100, 250, 400)
"""How many of a trial day's calls each rank leaves to those before it (ours)."""

RANKS: tuple[str, ...] = (
    "lists of campaigns, ad groups and ads, and the numbers of ad accounts and campaigns",
    "the numbers of ad groups and ads",
    "breakdowns, reports, keywords, product-group promotions and audiences",
    "catalogs, organic boards and pins, lookups and all other lists",
)
"""What each rank is, the most valuable first."""

_FIRST = re.compile(
    r"^/ad_accounts(/[^/]+/(campaigns|ad_groups|ads|analytics|campaigns/analytics))?$|/bulk/|/metrics_ready_state$"
)
_SECOND = re.compile(r"/(ad_groups|ads)/analytics$")
_THIRD = re.compile(
    r"targeting_analytics$|product_groups/analytics$|reports?(/|$)"
    r"|^/ad_accounts/[^/]+/(keywords|product_group_promotions|audiences|customer_lists|templates)$"
)


def call_rank(category: Category, path: str) -> int:
    """The rank of a call, 0 for the most valuable ones."""
    if category in ("org_read", "org_analytics", "catalogs_read"):
        return 3
    return next((rank for rank, paths in enumerate((_FIRST, _SECOND, _THIRD)) if paths.search(path)), 3)


def stream_rank(stream: Stream) -> int:
    """The rank of a stream: of the least valuable call that it takes."""
    return max(call_rank(stream.category, path) for path in _paths(stream))


def _paths(stream: Stream) -> tuple[str, ...]:
    match stream:
        case EntityStream():
            return tuple(path.operation for path in stream.paths)
        case AnalyticsStream(targeting_type=None):
            return (stream.level.path,)
        case AnalyticsStream():
            return (stream.level.targeting_path or stream.level.path,)
        case ReportStream():
            return (stream.kind.path,)
        case PinAnalyticsStream() | ReadyStream() | LookupStream():
            return (stream.path,)
    raise TypeError(f"nobody has said how {stream.name} is read")
