"""The numbers in the README are those of the code."""

import re
from datetime import time
from pathlib import Path
from typing import Any

import pytest

from pinterest_assets.assets.landing import POOL
from pinterest_assets.checks.gone import TOLD_FOR
from pinterest_assets.cli import demo
from pinterest_assets.executor import AT_ONCE
from pinterest_assets.pinterest.catalog import (
    STREAMS,
    AnalyticsStream,
    EntityStream,
    LookupStream,
    PinAnalyticsStream,
    ReadyStream,
    Stream,
)
from pinterest_assets.pinterest.catalog.limits import (
    BULK_WORTH_CALLS,
    MAX_IDS,
    REACH,
    SETTLING_DAYS,
    TRIAL_CALLS_PER_DAY,
)
from pinterest_assets.pinterest.catalog.metrics import CORE_METRICS
from pinterest_assets.pinterest.catalog.report_columns import REPORT_COLUMNS
from pinterest_assets.pinterest.catalog.report_levels import REPORT_LEVELS
from pinterest_assets.pinterest.catalog.report_stream import ReportStream
from pinterest_assets.settings import PREFIX, Settings, read_settings

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
WORDS = {"three": 3, "four": 4, "fifteen": 15, "seven": 7}


def kind(stream: Stream) -> str:
    """What the README counts a stream as."""
    match stream:
        case EntityStream():
            return "daily" if stream.daily else "list"
        case AnalyticsStream():
            return "breakdown" if stream.targeting_type else "daily"
        case PinAnalyticsStream():
            return "daily"
        case ReportStream():
            return "report"
        case LookupStream():
            return "lookup"
        case ReadyStream():
            return "readiness"
    raise AssertionError(stream)


def count(of: str) -> int:
    return sum(kind(stream) == of for stream in STREAMS.values())


FACTS: list[tuple[str, Any]] = [
    (r"materializes all (\d+) streams", len(STREAMS)),
    (r"^(\d+) tables in \d+ groups", len(STREAMS)),
    (r"^\d+ tables in (\d+) groups", len({stream.group for stream in STREAMS.values()})),
    (r"\[(\d+) streams\]\(docs/streams.md\)", len(STREAMS)),
    (r"streams.md\): (\d+) lists", count("list")),
    (r"lists, (\d+) streams of daily numbers", count("daily")),
    (r"(\d+) targeting breakdowns", count("breakdown")),
    (r"breakdowns \([^)]*\), (\d+) reports that", count("report")),
    (r"products\), (\d+) lookups, and", count("lookup")),
    (
        r"over the last (\d+)\s+days, and prints",
        next(p.default for p in demo.demo.params if p.name == "days"),
    ),
    (r"`core` \((\d+) columns", len(CORE_METRICS)),
    (r"all (\d+) levels, \d+ columns", len(REPORT_LEVELS)),
    (r"all \d+ levels, (\d+) columns", len(REPORT_COLUMNS)),
    (r"at once for the last (\d+) days, and by report for \d+", REACH["sync", "DAY"].days_back),
    (r"at once for the last \d+ days, and by report for (\d+)", REACH["async", "DAY"].days_back),
    (r"older than the (\d+) days served at once", REACH["sync", "DAY"].days_back),
    (r"`sync` asks at once \((\d+) days back\)", REACH["sync", "DAY"].days_back),
    (r"wherever there are any \((\d+) days back\)", REACH["async", "DAY"].days_back),
    (r"(\d+) ids and \d+ days a call", MAX_IDS),
    (r"\d+ ids and (\d+) days a call", REACH["sync", "DAY"].days),
    (r"What is older than (\d+) days", REACH["sync", "DAY"].days_back),
    (r"up to (\d+) days of the whole account each", REACH["async", "DAY"].days),
    (r"the largest window plus (\d+)", SETTLING_DAYS),
    (r"lists would be many calls \((\d+) or more\)", BULK_WORTH_CALLS),
    (r"With the default of (\d+) hours", Settings().entity_complete_hours),
    (r"access: ([\d,]+) calls a day", TRIAL_CALLS_PER_DAY),
    (r"Within a run, up to (\w+) steps", AT_ONCE),
    (r"`no_account_gone` warns for (\d+) days", TOLD_FOR.days),
    (r"`no_list_emptied` warns for (\d+) days", TOLD_FOR.days),
    (r"`no_day_emptied` warns for (\d+) days", TOLD_FOR.days),
]


@pytest.mark.parametrize(("pattern", "value"), FACTS, ids=[pattern for pattern, _ in FACTS])
def test_a_number_of_the_readme_is_that_of_the_code(pattern: str, value: float) -> None:
    found = re.findall(pattern, README, re.MULTILINE)
    assert len(found) == 1, pattern
    assert WORDS.get(found[0]) == value or float(found[0].replace(",", "")) == value


def test_every_count_of_streams_in_the_readme_is_held() -> None:
    assert len(re.findall(rf"\b{len(STREAMS)}\b", README)) == 3, "each needs its own line in FACTS"


def test_the_pool_and_the_steps_of_the_instance_are_those_of_the_readme() -> None:
    instance = (ROOT / "pinterest_assets" / "dagster.yaml").read_text()
    (steps,) = re.findall(r"default_limit: (\d+)", instance)
    (runs,) = re.findall(r"max_concurrent_runs: (\d+)", instance)
    (told,) = re.findall(
        r"(\w+) runs at a time, and (\w+)\s+steps that ask Pinterest \(the pool `(\w+)`\)", README
    )
    assert (WORDS[told[0]], WORDS[told[1]], told[2]) == (int(runs), int(steps), POOL)


def test_the_pythons_of_the_readme_are_those_that_can_install_it() -> None:
    (wanted,) = re.findall(r'requires-python = ">=([\d.]+),<([\d.]+)"', (ROOT / "pyproject.toml").read_text())
    ((first, last),) = re.findall(r"needs Python ([\d.]+) to ([\d.]+) and nothing else", README)
    major, minor = wanted[1].split(".")
    assert (first, last) == (wanted[0], f"{major}.{int(minor) - 1}")


def rows() -> list[tuple[list[str], list[str]]]:
    """Variables and their defaults in the table of settings, as far as these are values."""
    table = README.partition("### Settings")[2].partition("\n## ")[0]
    found = []
    for line in re.findall(r"^\| `PINTEREST_.*$", table, re.MULTILINE):
        variables, default = (cell.strip() for cell in line.split(" | ")[:2])
        values = re.findall(r"`([^`]+)`|\b(\d+)\b", default)
        found.append(
            (re.findall(rf"`{PREFIX}([A-Z_]+)`", variables), [one or other for one, other in values])
        )
    return found


def shown(value: Any) -> list[str]:
    """A default as the table has it."""
    if isinstance(value, time):
        return [value.strftime("%H:%M")]
    if isinstance(value, float):
        return [f"{value:g}"]
    if isinstance(value, tuple):
        return [str(one) for one in value]
    return [str(value)]


def test_the_defaults_in_the_table_of_settings_are_those_of_the_code() -> None:
    settings, held = read_settings({}), []
    fields = {str(field.alias or name).upper(): name for name, field in Settings.model_fields.items()}
    for variables, values in rows():
        defaults = [getattr(settings, fields[name]) for name in variables]
        if (
            not values
            or defaults[0] in (None, "")
            or "SMTP_PORT" in variables[0]
            or "COLUMNS" in variables[0]
        ):
            continue  # said in words
        if "START_DATE" in variables[0] or "LOOKBACK" in variables[0] or "SCHEMA_POLICY" in variables[0]:
            continue
        assert values == [text for value in defaults for text in shown(value)], variables
        held += variables
    assert len(held) > 25
