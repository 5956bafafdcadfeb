"""A file of custom reports: what it means, and that every mistake is told in one line with its place."""

import os
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from pinterest_assets.custom_reports import CustomReport, NamedReport, read_reports, spec_of
from pinterest_assets.pinterest.api.errors import SettingError
from pinterest_assets.pinterest.catalog import STREAMS
from pinterest_assets.pinterest.catalog.report_levels import ENTITY, REPORT_LEVELS
from pinterest_assets.pinterest.extract.attribution import Attribution

TODAY = date(2026, 11, 23)
WHOLE = "- name: spend\n  columns: [SPEND_IN_DOLLAR]\n"


def read(folder: Path, text: str) -> tuple[NamedReport, ...]:
    path = folder / "reports.yaml"
    path.write_text(text)
    return read_reports(path, TODAY)


def one(folder: Path, *lines: str) -> CustomReport:
    (report,) = read(folder, WHOLE + "".join(f"  {line}\n" for line in lines))
    assert isinstance(report, CustomReport)
    return report


def problems(folder: Path, text: str) -> list[str]:
    """The lines of the message, without the path before them."""
    with pytest.raises(SettingError) as refused:
        read(folder, text)
    assert refused.value.variable == "PINTEREST_REPORTS_PATH"
    lines = str(refused.value).splitlines()
    prefix = f"{folder / 'reports.yaml'}:"
    assert all(line.startswith(prefix) for line in lines)
    return [line.removeprefix(prefix) for line in lines]


def test_what_is_left_out_is_as_pinterest_has_it(tmp_path: Path) -> None:
    """E06, E08, E09, E11, E12, E13, E14, E15, E16: the defaults of a report that names only columns."""
    report = one(tmp_path)
    assert (report.level, report.granularity, report.report_format) == ("ADVERTISER", "TOTAL", "JSON")
    assert (report.start_date, report.schedule) == (None, None)
    spec = spec_of(report)
    assert spec.attribution == Attribution(30, 30, 1, "TIME_OF_AD_ACTION", ())
    assert spec.stream.key == ("start_date", "end_date", "ad_account_id")
    assert (spec.stream.filters, spec.stream.metrics_filters, spec.accounts) == ((), (), ())


def test_every_field_reaches_the_stream_and_how_it_is_read(tmp_path: Path) -> None:
    """E10 to E16, F35, F36: columns, windows of 0, report time, types, start, breakdowns and filters."""
    report = one(
        tmp_path,
        "level: PIN_PROMOTION_TARGETING",
        "granularity: WEEK",
        "click_window_days: 0",
        "engagement_window_days: 0",
        "view_window_days: 0",
        "conversion_report_time: TIME_OF_CONVERSION",
        "attribution_types: [HOUSEHOLD]",
        "start_date: 2026-01-31",
        "targeting_types: [GENDER, AGE_BUCKET]",
        "ad_account_ids: [549755885175]",
        "campaign_ids: [0123, '626735565838']",
        "ad_statuses: [APPROVED]",
        "metrics_filters: [{field: TOTAL_IMPRESSION, operator: LESS_THAN, values: [1, 2.5]}]",
        "report_format: CSV",
        "schedule: '0 4 * * *'",
    )
    spec = spec_of(report)
    assert spec.attribution == Attribution(0, 0, 0, "TIME_OF_CONVERSION", ("HOUSEHOLD",))
    assert spec.accounts == ("549755885175",)
    assert spec.stream.filters == (("campaign_ids", ("0123", "626735565838")), ("ad_statuses", ("APPROVED",)))
    assert [one.as_field() for one in spec.stream.metrics_filters] == [
        {"field": "TOTAL_IMPRESSION", "operator": "LESS_THAN", "values": [1.0, 2.5]}
    ]
    assert spec.stream.key == ("date", "ad_id", "targeting_type", "targeting_value")
    assert spec.stream.requested == ("AD_ID", "SPEND_IN_DOLLAR")
    assert (spec.stream.report_format, report.start_date) == ("CSV", date(2026, 1, 31))


@pytest.mark.parametrize("level", REPORT_LEVELS.values(), ids=lambda level: level.name)
@pytest.mark.parametrize("granularity", ["TOTAL", "DAY", "HOUR", "WEEK", "MONTH"])
def test_the_key_follows_from_level_granularity_and_breakdowns(
    tmp_path: Path, level: Any, granularity: str
) -> None:
    """B16 to B19, E08, E09: no two rows of a report have the same key, and its column is asked for."""
    types = ("targeting_types: [GENDER]",) if level.targeting_types else ()
    stream = spec_of(one(tmp_path, f"level: {level.name}", f"granularity: {granularity}", *types)).stream
    when = {"TOTAL": ("start_date", "end_date"), "HOUR": ("date", "hour")}.get(granularity, ("date",))
    broken = ("targeting_type", "targeting_value") if types else ()
    assert stream.key == (*when, level.id_column, *broken)
    assert (level.id_field in stream.requested) == (level.id_field != ENTITY)
    assert "ad_account_id" in [column.name for column in stream.columns]


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("Spend", "report_spend"),
        ("Weekly spend, by ad", "report_weekly_spend_by_ad"),
        ("Übersicht: Größe 2", "report_ubersicht_grosse_2"),
        ("2026", "report_2026"),
    ],
)
def test_a_name_makes_a_table(tmp_path: Path, name: str, table: str) -> None:
    """E07: the name becomes the name of the table and of the asset."""
    (report,) = read(tmp_path, f"- name: '{name}'\n  columns: [SPEND_IN_DOLLAR]\n")
    assert report.table == table


def test_ids_of_a_row_that_are_also_columns_are_there_once(tmp_path: Path) -> None:
    (report,) = read(
        tmp_path, "- name: a\n  level: CAMPAIGN\n  columns: [AD_ACCOUNT_ID, CAMPAIGN_ID, CTR, CTR]\n"
    )
    assert spec_of(report).stream.requested == ("CAMPAIGN_ID", "CTR")


def test_fields_without_a_value_are_not_set(tmp_path: Path) -> None:
    report = one(tmp_path, "level:", "start_date: ~", "campaign_ids:", "attribution_types: []")
    assert (report.level, report.start_date, report.campaign_ids) == ("ADVERTISER", None, ())


REFUSED = {
    "an unknown level": ("level: CAMPAING", 3, "level cannot be 'CAMPAING'; did you mean CAMPAIGN?"),
    "an unknown granularity": ("granularity: DAILY", 3, "granularity cannot be 'DAILY'"),
    "an unknown field": ("collumns: [CTR]", 3, "collumns is no field of a report; did you mean columns?"),
    "a window that is none": ("click_window_days: 3", 3, "0, 1, 7, 14, 30, 60 days; not '3'"),
    "a window of words": ("view_window_days: one", 3, "view_window_days must be 0, 1"),
    "a report time that is none": (
        "conversion_report_time: NOW",
        3,
        "conversion_report_time cannot be 'NOW'",
    ),
    "a type that is none": ("attribution_types: [HOUSE]", 3, "'HOUSE' is no attribution type"),
    "a date that is none": ("start_date: 2026-02-30", 3, "must be a day such as 2026-01-31"),
    "a date of digits": ("start_date: 20260101", 3, "must be a day such as 2026-01-31; not '20260101'"),
    "a date to come": ("start_date: 2026-11-23", 3, "start_date must be before today"),
    "hours too far back": ("granularity: HOUR\n  start_date: 2026-11-14", 4, "more than 8 days back"),
    "types on a plain level": (
        "level: AD_GROUP\n  targeting_types: [GENDER]",
        4,
        "targeting_types are ignored at level AD_GROUP: take level AD_GROUP_TARGETING",
    ),
    "types at keywords": ("level: KEYWORD\n  targeting_types: [GENDER]", 4, "ignored at level KEYWORD"),
    "no types": ("level: CAMPAIGN_TARGETING", 3, "level CAMPAIGN_TARGETING needs targeting_types"),
    "a type of another level": (
        "level: AD_GROUP_TARGETING\n  targeting_types: [GENDER, MEDIA_TYPE]",
        4,
        "MEDIA_TYPE is only there at level PRODUCT_ITEM_TARGETING",
    ),
    "a type that reports have not": (
        "level: PIN_PROMOTION_TARGETING\n  targeting_types: [QUIZ_RESULT]",
        4,
        "'QUIZ_RESULT' is no targeting type of reports",
    ),
    "ads of items": ("level: PRODUCT_ITEM\n  ad_ids: [1]", 4, "ad_ids is not allowed at level PRODUCT_ITEM"),
    "statuses of ads of items": (
        "level: PRODUCT_ITEM_TARGETING\n  targeting_types: [GENDER]\n  ad_statuses: [APPROVED]",
        5,
        "ad_statuses is not allowed at level PRODUCT_ITEM_TARGETING",
    ),
    "an id that is none": ("campaign_ids: [1, two]", 3, "campaign_ids must be an id of digits; not 'two'"),
    "a status that is none": ("campaign_statuses: [ACTIVE]", 3, "'ACTIVE' is no status of campaigns"),
    "one value for a list": ("campaign_ids: 7", 3, "campaign_ids must be a list"),
    "a list for one value": ("schedule: [1]", 3, "schedule must be one value, not a list"),
    "no cron": ("schedule: every day", 3, "schedule must be cron such as '0 4 * * *'; not 'every day'"),
    "CSV without ids": ("level: KEYWORD\n  report_format: CSV", 4, "CSV has no id of the keyword"),
    "a metric that is no filter": (
        "metrics_filters:\n  - field: CTR\n    operator: LESS_THAN\n    values: [1]",
        4,
        "'CTR' is no metric of metrics_filters",
    ),
    "a filter of words": (
        "metrics_filters:\n  - {field: TOTAL_IMPRESSION, operator: LESS_THAN, values: [few]}",
        4,
        "metrics_filters.values must be a number",
    ),
    "ids that cannot be divided": (
        f"level: CAMPAIGN\n  ad_ids: [{', '.join(map(str, range(501)))}]",
        4,
        "ad_ids has 501 values; at level CAMPAIGN at most 500",
    ),
    "statuses that cannot be divided": (
        "campaign_statuses: [RUNNING, PAUSED, NOT_STARTED, COMPLETED, ADVERTISER_DISABLED, ARCHIVED, DRAFT]",
        3,
        "campaign_statuses has 7 values; at level ADVERTISER at most 6",
    ),
    "a field that is there twice": (
        "level: CAMPAIGN\n  columns: [CTR]",
        4,
        "columns is there a second time (the first is in line 2)",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_mistake_in_a_report_is_one_line_with_its_place(tmp_path: Path, case: str) -> None:
    """E06 to E16: unknown levels, columns, types and values are refused here, with what was meant."""
    lines, line, words = REFUSED[case]
    (problem,) = problems(tmp_path, f"{WHOLE}  {lines}\n")
    assert problem.startswith(f"{line}: ")
    assert words in problem


def test_columns_are_refused_with_close_matches_and_the_line_of_each(tmp_path: Path) -> None:
    """E10: unknown columns, and columns that a level does not have."""
    text = "- name: a\n  level: PRODUCT_ITEM\n  columns:\n  - CTR\n  - SPEND_IN_DOLAR\n  - total_impression\n"
    unknown, lower = problems(tmp_path, text)
    assert unknown.startswith(
        "5: columns 'SPEND_IN_DOLAR' is no column of reports; did you mean SPEND_IN_DOLLAR"
    )
    assert lower.startswith(
        "6: columns 'total_impression' is no column of reports; did you mean TOTAL_IMPRESSION"
    )
    text = "- name: a\n  level: PRODUCT_ITEM\n  columns:\n  - CTR\n  - PIN_PROMOTION_NAME\n  - AD_ID\n"
    assert problems(tmp_path, text) == [
        "5: columns: PIN_PROMOTION_NAME is no column of level PRODUCT_ITEM",
        "6: columns: AD_ID is no column of level PRODUCT_ITEM",
    ]
    text = "- name: a\n  level: CAMPAIGN_TARGETING\n  targeting_types: [GENDER]\n  columns: [TOTAL_IMPRESSION_USER]\n"
    assert problems(tmp_path, text) == [
        "4: columns: TOTAL_IMPRESSION_USER is no column of level CAMPAIGN_TARGETING"
    ]


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        "- name: a\n  columns: []\n- level: CAMPAIGN\n- just words\n- name: d\n  columns: [CTR]\n  level: X\n",
    )
    assert [line.split(":")[0] for line in found] == ["2", "3", "3", "4", "7"]
    assert "name is missing" in found[1]
    assert "a report must be fields and values" in found[3]


@pytest.mark.parametrize(
    ("names", "line", "words"),
    [
        (("spend", "spend"), 3, "name 'spend' is taken: it makes table report_spend"),
        (("A b", "a-B"), 3, "name 'a-B' is taken: it makes table report_a_b, as 'A b' does"),
        (("x", "—"), 3, "must have letters or digits"),
        (("x", "y" * 61), 3, "must not be longer than 60"),
    ],
)
def test_names_that_cannot_be(tmp_path: Path, names: tuple[str, ...], line: int, words: str) -> None:
    """E06, E07: duplicates, names that become the same, names that become nothing."""
    text = "".join(f"- name: '{name}'\n  columns: [CTR]\n" for name in names)
    (problem,) = problems(tmp_path, text)
    assert problem.startswith(f"{line}: ")
    assert words in problem


def test_a_name_that_makes_another_streams_table(tmp_path: Path) -> None:
    """E07: a report cannot write into a table of the catalog."""
    path = tmp_path / "reports.yaml"
    path.write_text("- name: Template\n  columns: [CTR]\n")
    with pytest.raises(SettingError, match="makes table report_template, which is another stream's"):
        read_reports(path, TODAY, taken=(*STREAMS, "report_template"))


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "there is nothing"),
        ("# only words\n", 1, "there is nothing"),
        ("[]\n", 1, "there is nothing"),
        ("name: spend\ncolumns: [CTR]\n", 1, "must be a list of reports"),
        ("just words\n", 1, "must be a list of reports"),
        ("- name: [spend\n", 2, "is no YAML"),
        ("- name: a\n   columns: [CTR]\n", 2, "is no YAML"),
        ("- name: a\n\tcolumns: [CTR]\n", 2, "is no YAML"),
        ("- &a [*a]\n", 1, "has an anchor or an alias"),
        ("- name: a\n- <<: *a\n", 2, "has an anchor or an alias"),
        ("- name: a\n  columns: &x [CTR]\n", 2, "has an anchor or an alias"),
        ("- !!python/object/apply:os.system [id]\n", 1, "a report must be fields"),
        ("- {[a]: b}\n", 1, "a name of a field is a word"),
        ("- name: a\n---\n- name: b\n", 2, "is no YAML"),
        ("- name: a\n  columns: [CTR]\n  name: b\n", 3, "name is there a second time"),
    ],
)
def test_a_file_that_is_no_list_of_reports(tmp_path: Path, text: str, line: int, words: str) -> None:
    (problem,) = problems(tmp_path, text)
    assert problem.startswith(f"{line}: "), problem
    assert words in problem


def test_a_file_of_no_characters(tmp_path: Path) -> None:
    path = tmp_path / "reports.yaml"
    path.write_bytes(b"- name: \x00\xff\xfe")
    with pytest.raises(SettingError, match="is no YAML"):
        read_reports(path, TODAY)


LAUGHS = "- &a0 [x, x]\n" + "".join(
    f"- &a{number} [{', '.join([f'*a{number - 1}'] * 10)}]\n" for number in range(1, 10)
)
HOSTILE = {
    "aliases that stand for a thousand million": LAUGHS,
    "20,000 lists": "[" * 20_000,
    "20,000 closed lists": "[" * 20_000 + "]" * 20_000,
    "20,000 mappings": "{a: " * 20_000,
    "20,000 indented lists": "- " * 20_000,
    "20,000 keys of keys": "? " * 20_000,
    "deeper line by line": "".join(" " * depth + "a:\n" for depth in range(1_000)),
    "too long": "- name: a\n" * 100_001,
    "a long text": "x" * 1_000_001,
    "binary": "\x7fELF\x02\x01\x01\x00\x00",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_file_that_is_made_to_take_all_memory_is_refused_in_a_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "reports.yaml"
    path.write_text(text)
    with pytest.raises(SettingError, match=r"reports\.yaml") as refused:
        read_reports(path, TODAY)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 1_000


@pytest.mark.parametrize("what", ["/dev/zero", "/dev/null", "a fifo", "a link to a device", "a folder"])
def test_what_is_no_file_is_refused_at_once(tmp_path: Path, what: str) -> None:
    path = tmp_path / "reports.yaml"
    if what == "a fifo":
        os.mkfifo(path)
    elif what == "a folder":
        path.mkdir()
    elif what == "a link to a device":
        path.symlink_to("/dev/zero")
    else:
        path = Path(what)
    with pytest.raises(SettingError, match="is not a file") as refused:
        read_reports(path, TODAY)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    for path in (tmp_path / "none.yaml", tmp_path):
        with pytest.raises(SettingError, match=re.escape(str(path))) as refused:
            read_reports(path, TODAY)
        assert "\n" not in str(refused.value)
        assert "PINTEREST_REPORTS_PATH" in str(refused.value)


def test_hours_of_the_last_eight_days_are_allowed(tmp_path: Path) -> None:
    """E09: the horizon of hours, to the day."""
    first = TODAY - timedelta(days=8)
    assert one(tmp_path, "granularity: HOUR", f"start_date: {first}").start_date == first
