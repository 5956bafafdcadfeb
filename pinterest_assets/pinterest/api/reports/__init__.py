"""Asynchronous reports and bulk downloads: ordered, polled, downloaded, read.

Which ones are wanted is decided elsewhere.
"""

from pinterest_assets.pinterest.api.reports.bulk import BulkRequest
from pinterest_assets.pinterest.api.reports.download import Downloads
from pinterest_assets.pinterest.api.reports.files import ReportFile, ReportFiles, Stopped
from pinterest_assets.pinterest.api.reports.mmm import MmmRequest
from pinterest_assets.pinterest.api.reports.numbers import NumbersReport
from pinterest_assets.pinterest.api.reports.products import ProductsRequest
from pinterest_assets.pinterest.api.reports.progress import REPORT_CALLS, ReportPatience
from pinterest_assets.pinterest.api.reports.reports import Reports
from pinterest_assets.pinterest.api.reports.request import ReportRequest
from pinterest_assets.pinterest.api.reports.template import TemplateRequest
from pinterest_assets.pinterest.api.reports.tokens import ReportTokens
from pinterest_assets.pinterest.catalog.report_levels import ENTITY

__all__ = [
    "ENTITY",
    "REPORT_CALLS",
    "BulkRequest",
    "Downloads",
    "MmmRequest",
    "NumbersReport",
    "ProductsRequest",
    "ReportFile",
    "ReportFiles",
    "ReportPatience",
    "ReportRequest",
    "ReportTokens",
    "Reports",
    "Stopped",
    "TemplateRequest",
]
