"""What the numbers of a stream are requested with by the settings, and for how many days they change.

Kept with the days that are loaded, and compared with what is set when somebody asks which days are due.
"""

from dataclasses import asdict
from datetime import datetime

from pinterest_assets.custom_reports import spec_of
from pinterest_assets.pinterest.catalog import Stream
from pinterest_assets.pinterest.catalog.limits import SETTLING_DAYS
from pinterest_assets.pinterest.catalog.report_stream import ReportStream
from pinterest_assets.pinterest.extract.attribution import Attribution
from pinterest_assets.settings import Settings
from pinterest_assets.warehouse import LoadSettings, Requested

_WINDOWS = ("click_window_days", "engagement_window_days", "view_window_days")


def requested(stream: Stream, settings: Settings, at: datetime) -> Requested:
    """What a load of the stream's days is kept with that was begun at ``at`` (UTC)."""
    return Requested(at, load_settings(stream, settings), lookback_of(stream, settings))


def load_settings(stream: Stream, settings: Settings) -> LoadSettings:
    """The columns that the stream has now, its attribution as far as it has one, and what a report is cut by."""
    names = {column.name for column in stream.columns}
    attribution = attribution_of(stream, settings).as_columns()
    values = {
        name: "" if value is None else str(value) for name, value in attribution.items() if name in names
    }
    if isinstance(stream, ReportStream):
        values |= _report_values(stream)
    return LoadSettings(frozenset(names), tuple(sorted(values.items())))


def attribution_of(stream: Stream, settings: Settings) -> Attribution:
    """The attribution that a stream's numbers are requested with, where they are requested with one."""
    custom = settings.reports.get(stream.name)
    return settings.attribution if custom is None else spec_of(custom).attribution


def lookback_of(stream: Stream, settings: Settings) -> int:
    """How many days back the stream's numbers still change: ``PINTEREST_LOOKBACK_DAYS``, or the windows tell."""
    return settings.lookback_days or max(attribution_of(stream, settings).windows) + SETTLING_DAYS


def _report_values(stream: ReportStream) -> dict[str, str]:
    """What decides the rows of a report beside its columns; empty where it is not set."""
    kind = {name: value for name, value in asdict(stream.kind).items() if name != "report_name"}  # type: ignore[call-overload]
    return {
        "targeting_types": ", ".join(stream.targeting_types),
        "filters": "; ".join(f"{name}={','.join(values)}" for name, values in stream.filters),
        "metrics_filters": "; ".join(
            f"{one.field} {one.operator} {one.values}" for one in stream.metrics_filters
        ),
        **{name: str(value) if value else "" for name, value in kind.items()},
    }


def difference(loaded: LoadSettings, wanted: LoadSettings) -> str | None:
    """How days were loaded other than they would be now, after the word "loaded"; None when they were not.

    Days that were loaded with more columns than are set now lack nothing. What is not known of them counts
    as the same.
    """
    then, now = dict(loaded.values), dict(wanted.values)
    found = [] if loaded.columns >= wanted.columns else ["without some of the columns that are set now"]
    windows = [name for name in _WINDOWS if name in then and name in now]
    before, after = ("/".join(values[name] for name in windows) for values in (then, now))
    if before != after:
        found.append(f"with attribution windows {before} (now {after})")
    for name in (name for name in then if name not in windows):
        if then[name] != now.get(name, ""):
            of = name.replace("_", " ")
            found.append(f"with {of} {then[name] or 'not set'} (now {now.get(name) or 'not set'})")
    return " and ".join(found) or None


def lookback_then(stream: Stream, settings: Settings, loaded: LoadSettings | None) -> int:
    """How many days back numbers changed that were loaded with other windows; no more than now."""
    lookback = lookback_of(stream, settings)
    if loaded is None or settings.lookback_days is not None:
        return lookback
    windows = [int(text) for name, text in loaded.values if name in _WINDOWS and text]
    return min([lookback, *([max(windows) + SETTLING_DAYS] if windows else [])])
