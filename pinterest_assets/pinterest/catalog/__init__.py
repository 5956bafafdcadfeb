"""What can be read: streams, columns, levels and limits, as data."""

from pinterest_assets.pinterest.catalog.lists import EntityStream
from pinterest_assets.pinterest.catalog.lookups import LookupStream
from pinterest_assets.pinterest.catalog.model import (
    AnalyticsStream,
    Column,
    ForeignKey,
    Level,
    PinAnalyticsStream,
    ReadyStream,
    Stream,
)
from pinterest_assets.pinterest.catalog.path import Path, post
from pinterest_assets.pinterest.catalog.streams import STREAMS

__all__ = [
    "STREAMS",
    "AnalyticsStream",
    "Column",
    "EntityStream",
    "ForeignKey",
    "Level",
    "LookupStream",
    "Path",
    "PinAnalyticsStream",
    "ReadyStream",
    "Stream",
    "post",
]
