"""Writes the pages that follow from the catalog: ``python -m docs.generate``. A test compares them."""

from pathlib import Path

from pinterest_assets.assets.presentation import endpoints
from pinterest_assets.pinterest.catalog import STREAMS, EntityStream, Stream
from pinterest_assets.pinterest.catalog.metrics import CORE_METRICS
from pinterest_assets.warehouse import GONE_AT

STREAMS_PAGE = Path(__file__).parent / "streams.md"


def streams_page() -> str:
    """Every stream, then every table with its columns."""
    parts = [
        "# Streams",
        "",
        f"{len(STREAMS)} streams: each is a Dagster asset `pinterest/<stream>` and a DuckDB table "
        "`pinterest.<stream>`. Written by `make docs` from the catalog.",
        "",
        "| stream | group | key | read for each | rate category | endpoint |",
        "|---|---|---|---|---|---|",
        *map(_row, STREAMS.values()),
        "",
        f"Analytics and targeting streams have the same {len(CORE_METRICS)} measures; suffix `_1` is paid, "
        "`_2` is earned. Money is in millionths of the ad account's own currency.",
        "",
        "Every table also has `_loaded_at` (UTC) and `_run_id`. Tables of entities have `_gone_at` as well: "
        f"{GONE_AT.description[0].lower()}{GONE_AT.description[1:]}",
        "",
        f"Bulk downloads have {', '.join(_by_bulk())}.",
    ]
    for stream in STREAMS.values():
        parts += ["", f"## {stream.name}", "", f"{stream.description}.", "", *_columns(stream)]
    return "\n".join(parts) + "\n"


def _by_bulk() -> list[str]:
    return [f"`{s.name}`" for s in STREAMS.values() if isinstance(s, EntityStream) and s.bulk is not None]


def _row(stream: Stream) -> str:
    asked = ", ".join(f"`{endpoint}`" for endpoint in endpoints(stream))
    parents = ", ".join(stream.inputs) or "-"
    cells = (
        f"[`{stream.name}`](#{stream.name})",
        stream.group,
        ", ".join(stream.key),
        parents,
        stream.category,
        asked,
    )
    return f"| {' | '.join(cells)} |"


def _columns(stream: Stream) -> list[str]:
    if stream.name.startswith(("ad_group_targeting", "ad_targeting", "campaign_targeting")):
        same = "ad_account_targeting_analytics_age_bucket"
        return [f"Columns as of [`{same}`](#{same}), by `{stream.key[1]}`."]
    lines = ["| column | type | meaning |", "|---|---|---|"]
    return lines + [f"| `{c.name}` | {c.type} | {c.description} |" for c in stream.columns]


if __name__ == "__main__":
    STREAMS_PAGE.write_text(streams_page())
