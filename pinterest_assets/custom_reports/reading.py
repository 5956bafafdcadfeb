"""Reads a file of custom reports: all of them good, or every problem with its line."""

from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from pinterest_assets.custom_reports.document import Document, Problem, Unreadable
from pinterest_assets.custom_reports.model import CustomReport
from pinterest_assets.custom_reports.problems import VARIABLE, Finding, ReportsFileError, findings
from pinterest_assets.custom_reports.rules import broken_rules
from pinterest_assets.pinterest.catalog import STREAMS


def read_reports(
    path: Path, today: date, taken: Collection[str] = tuple(STREAMS)
) -> tuple[CustomReport, ...]:
    """The reports of the file. ``taken`` are the tables that are there already.

    Raises ReportsFileError, which has a line for each problem.
    """
    document = _document(path)
    if not isinstance(document.value, list) or not document.value:
        found = "nothing" if document.value in (None, []) else "something else"
        text = f"must be a list of reports, each beginning with `- name:`; there is {found}"
        raise ReportsFileError(path, [Problem(document.line(()), text)])
    reports: list[CustomReport] = []
    wrong: list[Problem] = []
    for position, fields in enumerate(document.value):
        report, problems = _report(fields, today)
        problems += [] if report is None else list(_clashes(report, reports, taken))
        wrong += [Problem(document.line((position, *place)), text) for place, text in problems]
        reports += [] if report is None else [report]
    if wrong:
        raise ReportsFileError(path, sorted(wrong, key=lambda problem: problem.line))
    return tuple(reports)


def _document(path: Path) -> Document:
    try:
        return Document(path)
    except Unreadable as unreadable:
        raise ReportsFileError(path, unreadable.problems) from None
    except OSError as error:
        why = error.strerror or "it cannot be opened"
        text = f"{why}: it is what {VARIABLE} names, relative to the folder you run in ({Path.cwd()})"
        raise ReportsFileError(path, [Problem(0, text)]) from None


def _report(fields: object, today: date) -> tuple[CustomReport | None, list[Finding]]:
    """The report, as far as its fields can be read, and what is wrong with it."""
    if isinstance(fields, dict):
        fields = {name: value for name, value in fields.items() if value is not None}
    try:
        report = CustomReport.model_validate(fields)
    except ValidationError as error:
        return None, list(findings(error, list(CustomReport.model_fields)))
    return report, list(broken_rules(report, today))


def _clashes(report: CustomReport, others: list[CustomReport], taken: Collection[str]) -> Iterator[Finding]:
    for other in others:
        if other.name == report.name:
            yield ("name",), f"name {report.name!r} is taken by another report"
        elif other.table == report.table:
            yield ("name",), f"name {report.name!r} makes table {report.table}, as {other.name!r} does"
    if report.table in taken:
        yield ("name",), f"name {report.name!r} makes table {report.table}, which is another stream's"
