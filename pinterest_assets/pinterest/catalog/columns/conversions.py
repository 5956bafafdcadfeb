"""Columns of conversion tags, of events, and of how well they can be matched."""

from pinterest_assets.pinterest.catalog.columns import ACCOUNT_ID, columns

CONVERSION_TAG = columns(
    id=("VARCHAR", "Id of the tag"),
    ad_account_id=("VARCHAR", "Ad account of the tag"),
    name=("VARCHAR", "Name of the tag"),
    status=("VARCHAR", "Whether the tag is in use"),
    version=("VARCHAR", "Version of the tag"),
    enhanced_match_status=("VARCHAR", "How far enhanced match is validated"),
    configs=("JSON", "What the tag collects by itself"),
    code_snippet=("VARCHAR", "Code to put on a site"),
    last_fired_time_ms=("TIMESTAMP", "When the tag last sent an event"),
)

TAG_EVENT = columns(
    ad_account_id=("VARCHAR", "Ad account of the tag"),
    conversion_tag_id=("VARCHAR", "Tag that sends the event"),
    conversion_event=("VARCHAR", "Kind of event"),
    created_time=("TIMESTAMP", "When the event was first seen"),
)

ADVERTISER_DEFINED_EVENT = (
    ACCOUNT_ID,
    *columns(
        name=("VARCHAR", "Name the advertiser gave the event"),
        mapped_conversion_type=("VARCHAR", "Kind of conversion it counts as"),
    ),
)

EVENT_QUALITY_SCORE = (
    ACCOUNT_ID,
    *columns(
        lookback_period=("VARCHAR", "Days looked at: 1d or 14d"),
        source_platform=("VARCHAR", "Where the events come from"),
        ingestion_source=("VARCHAR", "How they are sent: tag, API, file, partner"),
        overall_status=("VARCHAR", "Good, fair, or needs improvement"),
        quality_components=("JSON", "Coverage and issues of each field that people are matched by"),
    ),
)

CONVERSION_DELETION_REQUEST = (
    ACCOUNT_ID,
    *columns(
        request_id=("VARCHAR", "Id of the request"),
        status=("VARCHAR", "Pending, submitted or cancelled"),
        created_time=("TIMESTAMP", "When deletion was asked for"),
        processed_time=("TIMESTAMP", "When it was done"),
    ),
)
