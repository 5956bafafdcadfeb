"""What one report of a template asks for: the template says what is in it, the order says when.

What its file looks like is not described. It is taken to be like a plain report's of the template's
level and format; the format is seen from the file.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, BinaryIO

from pinterest_assets.pinterest.api.reports.numbers import NumbersReport
from pinterest_assets.pinterest.api.reports.stepwise import Row
from pinterest_assets.pinterest.api.request import Request
from pinterest_assets.pinterest.catalog.report_kinds import TEMPLATE_PATH
from pinterest_assets.pinterest.catalog.report_levels import (
    ENTITY,
    REPORT_LEVELS,
    REPORTS_PATH,
    Granularity,
    ReportLevelName,
)


@dataclass(frozen=True, slots=True)
class TemplateRequest(NumbersReport):
    """One report of the template ``template_id``, whose rows are of ``level``.

    Columns, filters and attribution are the template's.
    """

    ad_account_id: str
    template_id: str
    level: ReportLevelName
    start_date: date
    end_date: date
    granularity: Granularity = "DAY"
    columns: None = field(default=None, init=False)

    @property
    def path(self) -> str:
        """Where it is polled, like a plain report."""
        return REPORTS_PATH.format(ad_account_id=self.ad_account_id)

    @property
    def words(self) -> str:
        return f"template {self.template_id}"

    @property
    def label(self) -> str:
        return f"report {self.order.path}"

    @property
    def setting(self) -> Mapping[str, Any]:
        return {}

    @property
    def order(self) -> Request:
        params = (
            ("start_date", self.start_date.isoformat()),
            ("end_date", self.end_date.isoformat()),
            ("granularity", self.granularity),
        )
        path = TEMPLATE_PATH.format(ad_account_id=self.ad_account_id, template_id=self.template_id)
        return Request("ads_analytics", path, params, body=b"", until=self.end_date)

    def rows(self, file: BinaryIO) -> Iterator[Row]:
        """The rows; where one does not name its entity, it is the one that it stands under."""
        id_field = REPORT_LEVELS[self.level].id_field
        for row in NumbersReport.rows(self, file):
            entity = str(row.get(ENTITY) or "")
            yield {id_field: entity, **row} if entity.isdecimal() else row
