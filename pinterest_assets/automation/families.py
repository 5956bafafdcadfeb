"""Streams that are kept fresh alike: what a family is called, and which streams are of it.

Freshness, conditions, jobs and schedules are declared by family; a stream's family follows from its line
in the catalog.
"""

from collections.abc import Mapping
from typing import Literal, get_args

import dagster as dg

from pinterest_assets.assets.presentation import asset_key
from pinterest_assets.pinterest.catalog import (
    AnalyticsStream,
    EntityStream,
    LookupStream,
    ReadyStream,
    Stream,
)
from pinterest_assets.settings import Settings

Family = Literal["entities", "lookups", "analytics", "targeting", "reports", "readiness", "custom_reports"]

FAMILIES: tuple[Family, ...] = get_args(Family)
DAILY: tuple[Family, ...] = ("analytics", "targeting", "reports")
"""Families of daily numbers, all with the same partitions."""


def family_of(stream: Stream, settings: Settings) -> Family:
    """The family of a stream."""
    if stream.name in settings.reports:
        return "custom_reports"
    if isinstance(stream, EntityStream) and not stream.daily:
        return "lookups" if stream.seldom else "entities"
    if isinstance(stream, LookupStream):
        return "lookups"
    if isinstance(stream, AnalyticsStream):
        return "targeting" if stream.targeting_type else "analytics"
    if isinstance(stream, ReadyStream):
        return "readiness"
    return "reports" if stream.group == "reports" else "analytics"


def families(settings: Settings) -> Mapping[Family, list[Stream]]:
    """The streams of every family, in the order of the catalog; a family may be empty."""
    every = [(family_of(stream, settings), stream) for stream in settings.streams.values()]
    return {family: [stream for of, stream in every if of == family] for family in FAMILIES}


def selection(streams: list[Stream]) -> dg.AssetSelection:
    """The assets of ``streams``."""
    return dg.AssetSelection.assets(*(asset_key(stream.name) for stream in streams))
