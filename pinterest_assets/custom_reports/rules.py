"""What goes together in a report: level, columns, breakdowns, filters, granularity and days.

Pure: a report and the current day in, findings out. Fields by themselves are judged by ``model``.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from pinterest_assets.custom_reports.model import CustomReport, NamedReport
from pinterest_assets.custom_reports.problems import Finding
from pinterest_assets.custom_reports.product_rules import PRODUCT_RULES
from pinterest_assets.custom_reports.special import BrandReport, TemplateReport
from pinterest_assets.pinterest.catalog.column_choice import is_valid
from pinterest_assets.pinterest.catalog.report_filters import FILTERS
from pinterest_assets.pinterest.catalog.report_levels import ENTITY, REPORT_LEVELS, TARGETING

Rule = Callable[[Any, date], Iterator[Finding]]
"""A report and the current day in, findings out."""


def broken_rules(report: NamedReport, today: date) -> Iterator[Finding]:
    """What Pinterest would refuse, ignore in silence, or answer with numbers that do not add up."""
    for rule in (*_OF_KIND.get(type(report), ()), _days, _schedule):
        yield from rule(report, today)


def _columns(report: CustomReport | TemplateReport, _: date) -> Iterator[Finding]:
    level = REPORT_LEVELS[report.level]
    for position, name in enumerate(report.columns):
        if not is_valid(name, level.of, targeting=bool(level.targeting_types)):
            yield ("columns", position), f"columns: {name} is no column of level {report.level}"


def _targeting(report: CustomReport, _: date) -> Iterator[Finding]:
    allowed = REPORT_LEVELS[report.level].targeting_types
    if allowed and not report.targeting_types:
        yield ("level",), f"level {report.level} needs targeting_types, at least one"
    if report.targeting_types and not allowed:
        broken = f"{report.level}{TARGETING}"
        better = f": take level {broken}" if broken in REPORT_LEVELS else ""
        yield ("targeting_types",), f"targeting_types are ignored at level {report.level}{better}"
        return
    for position, kind in enumerate(report.targeting_types):
        if kind not in allowed:
            at = ", ".join(name for name, other in REPORT_LEVELS.items() if kind in other.targeting_types)
            yield ("targeting_types", position), f"targeting_types: {kind} is only there at level {at}"


def _filters(report: CustomReport | BrandReport, _: date) -> Iterator[Finding]:
    level = REPORT_LEVELS[report.level]
    for name, known in FILTERS.items():
        values = getattr(report, name, ())
        if values and known.of == "ad" and level.of_items:
            yield (name,), f"{name} is not allowed at level {report.level}"
        elif len(values) > known.most and known.of not in level.within:
            yield (
                (name,),
                f"{name} has {len(values)} values; at level {report.level} at most {known.most}, because a row "
                "would be in several parts that cannot be added up",
            )


def _days(report: NamedReport, today: date) -> Iterator[Finding]:
    if report.start_date is None:
        return
    back = REPORT_LEVELS[report.level].reach(report.granularity).days_back
    first = today - timedelta(days=back)
    if report.start_date >= today:
        yield ("start_date",), f"start_date must be before today ({today}, UTC); it is {report.start_date}"
    elif report.granularity == "HOUR" and report.start_date < first:
        yield (
            ("start_date",),
            f"start_date {report.start_date} is more than {back} days back, which is as far as hours go "
            f"({first}); leave it out to begin there each day",
        )


def _format(report: CustomReport, _: date) -> Iterator[Finding]:
    if report.report_format == "CSV" and REPORT_LEVELS[report.level].id_field == ENTITY:
        words = REPORT_LEVELS[report.level].words
        yield (
            ("report_format",),
            f"report_format CSV has no id of the {words} at level {report.level}: take JSON",
        )


def _schedule(report: NamedReport, _: date) -> Iterator[Finding]:
    if report.schedule is None:
        return
    import dagster as dg  # here, because it takes longer to import than most commands take

    try:
        dg.ScheduleDefinition(
            name="any", cron_schedule=report.schedule, target=dg.AssetSelection.assets("any")
        )
    except dg.DagsterInvalidDefinitionError:
        yield ("schedule",), f"schedule must be cron such as '0 4 * * *'; not {report.schedule!r}"


_OF_KIND: Mapping[type[NamedReport], tuple[Rule, ...]] = {
    CustomReport: (_columns, _targeting, _filters, _format),
    TemplateReport: (_columns,),
    BrandReport: (_filters, *PRODUCT_RULES),
}
"""The rules of each kind, before those of all."""
