"""Columns of audiences and lists."""

from pinterest_assets.pinterest.catalog.columns import ACCOUNT_ID, READ_ON, columns
from pinterest_assets.pinterest.catalog.model import Column

AUDIENCE = (
    Column("id", "VARCHAR", "Id of the audience"),
    ACCOUNT_ID,
    Column("owner_ad_account_id", "VARCHAR", "Ad account that owns the audience", source="ad_account_id"),
    Column("ownership_type", "VARCHAR", "Whether the account owns it or received it from another"),
    *columns(
        name=("VARCHAR", "Name of the audience"),
        description=("VARCHAR", "Text that describes the audience"),
        audience_type=("VARCHAR", "What the audience is made from"),
        rule=("JSON", "Rule that puts people into it"),
        size=("BIGINT", "Estimated number of people"),
        status=("VARCHAR", "Whether it is ready, still being made or too small"),
        created_by_company_name=("VARCHAR", "Company that made it"),
        type=("VARCHAR", "Kind of object, always audience"),
        created_timestamp=("TIMESTAMP", "When the audience was made"),
        updated_timestamp=("TIMESTAMP", "When the audience was last changed"),
    ),
)

CUSTOMER_LIST = columns(
    id=("VARCHAR", "Id of the customer list"),
    ad_account_id=("VARCHAR", "Ad account of the list"),
    name=("VARCHAR", "Name of the list"),
    status=("VARCHAR", "Whether it is ready, processing, uploading or too small"),
    num_batches=("BIGINT", "Batches uploaded"),
    num_uploaded_user_records=("BIGINT", "Records uploaded"),
    num_removed_user_records=("BIGINT", "Records removed"),
    exceptions=("JSON", "Problems met while processing"),
    type=("VARCHAR", "Kind of object, always customerlist"),
    created_time=("TIMESTAMP", "When the list was made"),
    updated_time=("TIMESTAMP", "When the list was last changed"),
)

AUDIENCE_SHARED_ACCOUNT = (
    ACCOUNT_ID,
    *columns(
        audience_id=("VARCHAR", "Audience that is shared"),
        account_type=("VARCHAR", "Ad account or business"),
        account_id=("VARCHAR", "Ad account or business that may use it"),
        account_name=("VARCHAR", "Its name"),
        shared_on_timestamp=("TIMESTAMP", "Since when it is shared"),
    ),
)

CUSTOMER_SEGMENT = columns(
    id=("VARCHAR", "Id of the segment"),
    ad_account_id=("VARCHAR", "Ad account of the segment"),
    name=("VARCHAR", "Name of the segment"),
    audience_ids=("JSON", "Audiences it is made from"),
    status=("VARCHAR", "Active or deleted"),
    created_time=("TIMESTAMP", "When it was made"),
    updated_time=("TIMESTAMP", "When it was last changed"),
)

TARGETING_TEMPLATE = columns(
    id=("VARCHAR", "Id of the template"),
    ad_account_id=("VARCHAR", "Ad account of the template"),
    name=("VARCHAR", "Name of the template"),
    status=("VARCHAR", "Active or deleted"),
    valid=("BOOLEAN", "Whether all that it names can still be used"),
    targeting_attributes=("JSON", "Who is targeted: type to values"),
    keywords=("JSON", "Keywords, with their match types"),
    placement_group=("VARCHAR", "Where ads are shown: all, search or browse"),
    auto_targeting_enabled=("BOOLEAN", "Whether Pinterest widens the targeting"),
    sizing=("JSON", "Estimated number of people"),
    tracking_urls=("JSON", "Third-party tracking addresses by kind"),
    created_time=("TIMESTAMP", "When it was made"),
    updated_time=("TIMESTAMP", "When it was last changed"),
)

AUDIENCE_INSIGHT_SCOPE = (
    ACCOUNT_ID,
    *columns(
        scope=("VARCHAR", "Whose audience: the partner's, or Pinterest's"),
        type=("VARCHAR", "Which audience there are insights of"),
    ),
    Column("insight_date", "DATE", "Day the insights are of", "date"),
)

_INSIGHT = (
    READ_ON,
    ACCOUNT_ID,
    Column(
        "audience_insight_type",
        "VARCHAR",
        "Audience: all that was reached, those who engaged, or Pinterest's",
    ),
    Column("insight_date", "DATE", "Day the insights are of", "/date"),
    Column("size", "BIGINT", "People in the audience", "/size"),
    Column("size_is_upper_bound", "BOOLEAN", "Whether there are at most so many", "/size_is_upper_bound"),
)

AUDIENCE_INSIGHT_CATEGORY = (
    *_INSIGHT,
    *columns(
        id=("VARCHAR", "Id of the interest"),
        key=("VARCHAR", "Pinterest's word for the interest"),
        name=("VARCHAR", "Name of the interest"),
    ),
    Column("parent_id", "VARCHAR", "Interest this one is a part of", "../id"),
    *columns(
        ratio=("DOUBLE", "Share of the audience that has the interest"),
        index=("DOUBLE", "How much likelier it is in this audience than on all of Pinterest"),
    ),
)

AUDIENCE_INSIGHT_DEMOGRAPHIC = (
    *_INSIGHT,
    *columns(
        dimension=("VARCHAR", "What people are told apart by: ages, genders, devices, metros or countries"),
        key=("VARCHAR", "Pinterest's word for the group"),
        name=("VARCHAR", "Name of the group"),
        ratio=("DOUBLE", "Share of the audience that is in it"),
    ),
)
