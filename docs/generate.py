"""Writes the pages that follow from the catalog: ``python -m docs.generate``. A test compares them."""

import json
from datetime import date
from pathlib import Path

from docs.coverage import COVERAGE_PAGE, coverage_page
from docs.erd import ERD_HTML, ERD_PAGE, erd_html, erd_page
from docs.freshness import freshness_page
from pinterest_assets import custom_reports
from pinterest_assets.assets.presentation import endpoints
from pinterest_assets.custom_reports import NamedReport
from pinterest_assets.custom_reports.schema import file_schema
from pinterest_assets.custom_reports.special import KINDS
from pinterest_assets.pinterest.catalog import STREAMS, EntityStream, Stream
from pinterest_assets.pinterest.catalog.limits import REACH
from pinterest_assets.pinterest.catalog.measures import meaning
from pinterest_assets.pinterest.catalog.metrics import CORE_METRICS, REPORTED_METRICS
from pinterest_assets.pinterest.catalog.report_columns import REPORT_COLUMNS, SYNC_COLUMNS
from pinterest_assets.pinterest.extract.horizon import served
from pinterest_assets.warehouse import GONE_AT

_A_DAY = date(2026, 11, 23)
"""Any day: how many days are served does not depend on it."""

STREAMS_PAGE = Path(__file__).parent / "streams.md"
COLUMNS_PAGE = Path(__file__).parent / "columns.md"
REPORTS_PAGE = Path(__file__).parent / "reports.md"
FRESHNESS_PAGE = Path(__file__).parent / "freshness.md"
_SHARED = ("name", "kind", "start_date", "ad_account_ids", "schedule")
"""Fields of every kind, which the table of plain reports has."""
REPORTS_SCHEMA = Path(custom_reports.__file__).with_name("reports.schema.json")


def streams_page() -> str:
    """Every stream, then every table with its columns."""
    parts = [
        "# Streams",
        "",
        f"{len(STREAMS)} streams: each is a Dagster asset `pinterest/<stream>` and a DuckDB table "
        "`pinterest.<stream>`. Written by `make docs` from the catalog.",
        "",
        "| stream | group | key | days back | read for each | rate category | endpoint |",
        "|---|---|---|---|---|---|---|",
        *map(_row, STREAMS.values()),
        "",
        f"Days back are those that Pinterest serves: {REACH['sync', 'DAY'].days_back} where it answers at once, "
        f"{REACH['async', 'DAY'].days_back} by report. The numbers of ads are asked for in the way that takes "
        "fewer calls, and are the same either way: a count or an amount that was requested is 0 where Pinterest leaves "
        "it out, a ratio without a value is NULL, and a day on which all of an entity's numbers are 0 has no row.",
        "",
        f"Analytics and targeting streams have the same {len(CORE_METRICS)} measures, and {len(REPORTED_METRICS)} more on "
        "days that come by report, unless `PINTEREST_COLUMNS` chooses [others](columns.md); suffix `_1` is paid, `_2` is earned. Money is in millionths of the ad "
        "account's own currency.",
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
    back = (_A_DAY - served(stream, _A_DAY, "auto").start).days if stream.daily else "-"
    cells = (
        f"[`{stream.name}`](#{stream.name})",
        stream.group,
        ", ".join(stream.key),
        str(back),
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
    return lines + [f"| `{c.name}` | {c.type} | {meaning(stream, c)} |" for c in stream.columns]


def columns_page() -> str:
    """Every column that analytics can be asked for."""
    every = {**SYNC_COLUMNS, **REPORT_COLUMNS}
    core = {
        **{metric.source: " (core)" for metric in CORE_METRICS},
        **{metric.source: " (core, by report)" for metric in REPORTED_METRICS},
    }
    lines = [
        "# Columns of analytics",
        "",
        f"What `PINTEREST_COLUMNS` can name: {len(SYNC_COLUMNS)} columns of the endpoints that answer at once, "
        f"{len(REPORT_COLUMNS)} of reports. Written by `make docs` from the catalog; types and meanings follow "
        "from the names. Where parts do not sum to the whole, a sum over rows means nothing.",
        "",
        "| column | type | sums | at once | in reports | meaning |",
        "|---|---|---|---|---|---|",
    ]
    for name, column in every.items():
        marks = (column.additive, name in SYNC_COLUMNS, name in REPORT_COLUMNS)
        sums, at_once, reports = ("yes" if mark else "" for mark in marks)
        label = f"`{name}`{core.get(name, '')}"
        lines.append(f"| {label} | {column.type} | {sums} | {at_once} | {reports} | {column.description} |")
    return "\n".join(lines) + "\n"


def reports_page() -> str:
    """The page of custom reports, with its table of fields."""
    page = REPORTS_PAGE.read_text()
    for kind, model in KINDS.items():
        before, begin, rest = page.partition(f"<!-- fields of {kind} -->\n")
        _, end, after = rest.partition("<!-- /fields -->\n")
        own = [name for name in model.model_fields if kind == "report" or name not in _SHARED]
        lines = ["| field | default | meaning |", "|---|---|---|", *(_field(model, name) for name in own)]
        page = before + begin + "\n".join(lines) + "\n" + end + after
    return page


def _field(model: type[NamedReport], name: str) -> str:
    field = model.model_fields[name]
    default = "needed" if field.is_required() else "" if field.default in (None, ()) else f"`{field.default}`"
    return f"| `{name}` | {default} | {field.description} |"


def reports_schema() -> str:
    """The JSON schema of a file of reports, as it ships."""
    return json.dumps(file_schema(), indent=1) + "\n"


if __name__ == "__main__":
    STREAMS_PAGE.write_text(streams_page())
    COLUMNS_PAGE.write_text(columns_page())
    REPORTS_PAGE.write_text(reports_page())
    REPORTS_SCHEMA.write_text(reports_schema())
    FRESHNESS_PAGE.write_text(freshness_page())
    COVERAGE_PAGE.write_text(coverage_page())
    ERD_HTML.write_text(erd_html())
    ERD_PAGE.write_text(erd_page())
