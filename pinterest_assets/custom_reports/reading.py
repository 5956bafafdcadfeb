"""Reads a file of custom reports: all of them good, or every problem with its line."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from pinterest_assets.custom_reports.document import Document, Problem, Unreadable
from pinterest_assets.custom_reports.model import NamedReport, slug, table_of
from pinterest_assets.custom_reports.names import did_you_mean
from pinterest_assets.custom_reports.problems import VARIABLE, Finding, findings, unusable
from pinterest_assets.custom_reports.rules import broken_rules
from pinterest_assets.custom_reports.special import KINDS
from pinterest_assets.pinterest.catalog import STREAMS


def read_reports(path: Path, today: date, taken: Collection[str] = tuple(STREAMS)) -> tuple[NamedReport, ...]:
    """The reports of the file. ``taken`` are the tables that are there already.

    Raises SettingError, which has a line for each problem.
    """
    document = _document(path)
    if not isinstance(document.value, list) or not document.value:
        found = "nothing" if document.value in (None, []) else "something else"
        text = f"must be a list of reports, each beginning with `- name:`; there is {found}"
        raise unusable(path, [Problem(document.line(()), text)])
    each = [_report(fields, today) for fields in document.value]
    wrong: list[Finding] = [
        ((at, *place), text) for at, (_, found) in enumerate(each) for place, text in found
    ]
    wrong += _clashes(document.value, taken)
    if wrong:
        problems = [Problem(document.line(place), text) for place, text in wrong]
        raise unusable(path, sorted(problems, key=lambda problem: problem.line))
    return tuple(report for report, _ in each if report is not None)


def _document(path: Path) -> Document:
    try:
        return Document(path)
    except Unreadable as unreadable:
        raise unusable(path, unreadable.problems) from None
    except OSError as error:
        why = error.strerror or "it cannot be opened"
        text = f"{why} ({VARIABLE} is relative to the folder you run in, {Path.cwd()})"
        raise unusable(path, [Problem(0, text)]) from None


def _report(fields: object, today: date) -> tuple[NamedReport | None, list[Finding]]:
    """The report, as far as its fields can be read, and what is wrong with it."""
    if isinstance(fields, dict):
        fields = {name: value for name, value in fields.items() if value is not None}
    kind = fields.get("kind", "report") if isinstance(fields, dict) else "report"
    model = KINDS.get(kind) if isinstance(kind, str) else None
    if model is None:
        hint = did_you_mean(str(kind), KINDS)
        return None, [(("kind",), f"kind cannot be {kind!r}; it is one of {', '.join(KINDS)}{hint}")]
    try:
        report = model.model_validate(fields)
    except ValidationError as error:
        return None, list(findings(error, list(model.model_fields)))
    return report, list(broken_rules(report, today))


def _clashes(reports: Sequence[object], taken: Collection[str]) -> Iterator[Finding]:
    """Names that make the same table, whatever else may be wrong with the reports."""
    owners: dict[str, str] = {}
    for position, fields in enumerate(reports):
        name = fields.get("name") if isinstance(fields, dict) else None
        table = table_of(name) if isinstance(name, str) and slug(name) else ""
        place = (position, "name")
        if table in taken:
            yield place, f"name {name!r} makes table {table}, which is another stream's"
        elif table in owners:
            as_well = "" if owners[table] == name else f", as {owners[table]!r} does"
            yield place, f"name {name!r} is taken: it makes table {table}{as_well}"
        elif table:
            owners[table] = str(name)
