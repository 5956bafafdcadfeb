"""Reports that people describe in a file of their own, ``PINTEREST_REPORTS_PATH``.

Reads and judges the file, and says which stream each report is. Runs nothing (see ``assets.reports``).
"""

from pinterest_assets.custom_reports.model import CustomReport, NamedReport
from pinterest_assets.custom_reports.reading import read_reports
from pinterest_assets.custom_reports.specs import rows_are_of, spec_of

__all__ = ["CustomReport", "NamedReport", "read_reports", "rows_are_of", "spec_of"]
