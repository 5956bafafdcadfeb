"""What every loader is asked to load: streams, requests and columns, from the catalog.

Shared by the loaders so that they ask the same. Makes no request and imports nothing heavy.
"""

import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlencode

from pinterest_assets.pinterest.catalog import STREAMS, AnalyticsStream, Stream
from pinterest_assets.pinterest.catalog.levels import AD_LEVEL
from pinterest_assets.pinterest.catalog.limits import ENTITY_STATUSES, PAGE_SIZE
from pinterest_assets.pinterest.catalog.metrics import CORE_METRICS

SCHEMA = "pinterest"
ENTITIES = ("ad_account", "campaign", "ad_group", "ad")
BREAKDOWNS = {"AGE_BUCKET": "age_bucket", "COUNTRY": "country", "GENDER": "gender"}
TABLES = (
    *ENTITIES,
    *(f"{entity}_analytics" for entity in ENTITIES),
    *(f"ad_targeting_analytics_{kind}" for kind in BREAKDOWNS.values()),
)
REPORTED_PARENTS = ("ad_account", "ad")
REPORTED = tuple(
    f"ad_targeting_analytics_{kind}" for kind in ("age_bucket", "country", "gender", "keyword", "placement")
)
"""Five breakdowns: as many as one report has."""

ATTRIBUTION: Mapping[str, int | str] = {
    "click_window_days": 30,
    "engagement_window_days": 30,
    "view_window_days": 1,
    "conversion_report_time": "TIME_OF_AD_ACTION",
}


@dataclass(frozen=True, slots=True)
class Job:
    """One run of one loader: what to ask whom, and where results go. ``home`` outlives it.

    Peers know ``TABLES`` and no reports.
    """

    base_url: str
    token: str
    start: str
    end: str
    database: str
    result: str
    home: str
    tables: tuple[str, ...] = TABLES
    by_report: bool = False

    @classmethod
    def given(cls) -> "Job":
        """The job this process was started for."""
        given = json.loads(sys.argv[1])
        return cls(**{**given, "tables": tuple(given["tables"])})

    def as_argument(self) -> str:
        """What ``given`` reads."""
        return json.dumps(asdict(self))

    def tell_imported(self) -> None:
        """Write down the CPU time until here: what starting and importing took."""
        Path(self.result).write_text(json.dumps({"imports_cpu": time.process_time()}))

    def address(self, path: str, params: list[tuple[str, str]]) -> str:
        """The URL of a request."""
        return f"{self.base_url}{path}?{urlencode(params)}"

    def list_params(self, entity: str) -> list[tuple[str, str]]:
        """How a list of entities of every status is asked for, without the bookmark."""
        statuses = ENTITY_STATUSES if entity != "ad_account" else ()
        return [*(("entity_statuses", status) for status in statuses), ("page_size", str(PAGE_SIZE))]

    def analytics_params(
        self, entity: str, ids: list[str], kinds: tuple[str, ...] = ()
    ) -> list[tuple[str, str]]:
        """How daily numbers of up to 250 ids are asked for; with ``kinds``, their breakdowns."""
        return [
            ("start_date", self.start),
            ("end_date", self.end),
            ("granularity", "DAY"),
            ("columns", ",".join(column.source for column in CORE_METRICS)),
            *([("targeting_types", ",".join(kinds))] if kinds else []),
            *((name, str(value)) for name, value in ATTRIBUTION.items()),
            *((f"{entity}_ids", id_) for id_ in ids if entity != "ad_account"),
        ]


def list_path(entity: str, account: str) -> str:
    """Where the entities of an account are listed."""
    return "/ad_accounts" if entity == "ad_account" else f"/ad_accounts/{account}/{entity}s"


def analytics_path(entity: str, account: str, *, broken: bool = False) -> str:
    """Where the numbers of a level, or its breakdowns, are."""
    stream = STREAMS[f"{entity}_analytics"]
    assert isinstance(stream, AnalyticsStream)  # noqa: S101 - for the type checker
    path = AD_LEVEL.targeting_path if broken else stream.level.path
    return str(path).format(ad_account_id=account)


def streams(tables: Sequence[str]) -> Iterator[Stream]:
    """The streams of tables, in their order."""
    yield from (STREAMS[table] for table in tables)
