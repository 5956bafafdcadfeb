"""Columns of what reports are made from."""

from pinterest_assets.pinterest.catalog.columns import ACCOUNT_ID, columns
from pinterest_assets.pinterest.catalog.model import Column

REPORT_TEMPLATE = (
    Column("id", "VARCHAR", "Id of the template"),
    ACCOUNT_ID,
    Column("owner_ad_account_id", "VARCHAR", "Ad account that owns the template", source="ad_account_id"),
    *columns(
        ad_account_ids=("JSON", "Ad accounts that may use it"),
        user_id=("VARCHAR", "User who made it"),
        name=("VARCHAR", "Name of the template"),
        type=("VARCHAR", "Bulk, overview or table"),
        creation_source=("VARCHAR", "Where it was made: the API, or which page of Ads Manager"),
        report_level=("VARCHAR", "What a row of its reports is of"),
        report_format=("VARCHAR", "JSON or CSV"),
        granularity=("VARCHAR", "What a row sums up: a day, an hour, a week, a month, or everything"),
        columns=("JSON", "Columns of its reports"),
        custom_column_ids=("JSON", "Columns of the user's own in its reports"),
        filters_json=("VARCHAR", "Which rows its reports have, as Pinterest writes it"),
        ingestion_sources=("JSON", "Only conversions told by these sources"),
        date_range=(
            "JSON",
            "The days of its reports: from when to when, days back, or a name such as last month",
        ),
        report_start_relative_days_in_past=("BIGINT", "Days before delivery that a scheduled report starts"),
        report_end_relative_days_in_past=("BIGINT", "Days before delivery that a scheduled report ends"),
        click_window_days=("BIGINT", "Days after a click in which a conversion counts"),
        engagement_window_days=("BIGINT", "Days after an engagement in which a conversion counts"),
        view_window_days=("BIGINT", "Days after a view in which a conversion counts"),
        conversion_report_time_type=("VARCHAR", "Which day a conversion counts on"),
        is_owned_by_user=("BOOLEAN", "Whether the token's user owns it"),
        is_scheduled=("BOOLEAN", "Whether a scheduled report uses it"),
        is_deleted=("BOOLEAN", "Whether it was deleted"),
        updated_time=("TIMESTAMP", "When it was last changed"),
    ),
)
