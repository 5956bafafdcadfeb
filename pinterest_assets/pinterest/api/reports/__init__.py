"""Asynchronous reports and bulk downloads: ordered, polled, downloaded, read.

Which ones are wanted is decided elsewhere.
"""

from pinterest_assets.pinterest.api.reports.bulk import BulkRequest
from pinterest_assets.pinterest.api.reports.download import Downloads
from pinterest_assets.pinterest.api.reports.progress import ReportPatience
from pinterest_assets.pinterest.api.reports.reports import ReportFile, Reports
from pinterest_assets.pinterest.api.reports.request import REPORT_LEVELS, ReportLevel, ReportRequest
from pinterest_assets.pinterest.api.reports.rows import ENTITY
from pinterest_assets.pinterest.api.reports.tokens import ReportTokens

__all__ = [
    "ENTITY",
    "REPORT_LEVELS",
    "BulkRequest",
    "Downloads",
    "ReportFile",
    "ReportLevel",
    "ReportPatience",
    "ReportRequest",
    "ReportTokens",
    "Reports",
]
