"""The columns of every entity table: name, type and meaning, each once.

Names are Pinterest's own field names. Ids are text (they exceed 2^53), nested objects are JSON,
epoch seconds and ISO times become TIMESTAMP in UTC. Metrics are in ``metrics``.
"""

from pinterest_assets.pinterest.catalog.model import Column, ColumnType


def _columns(**specs: tuple[ColumnType, str]) -> tuple[Column, ...]:
    return tuple(Column(name, kind, text) for name, (kind, text) in specs.items())


ACCOUNT_ID = Column("ad_account_id", "VARCHAR", "Ad account the row was read through")

AD_ACCOUNT = _columns(
    id=("VARCHAR", "Id of the ad account"),
    name=("VARCHAR", "Name of the ad account"),
    country=("VARCHAR", "Country of the account, ISO 3166 code"),
    currency=("VARCHAR", "Currency of all its money columns, ISO 4217 code"),
    time_zone=("VARCHAR", "Time zone of the account; reports are in UTC all the same"),
    owner=("JSON", "User account that owns it: id and username"),
    permissions=("JSON", "Roles the token has on the account"),
    created_time=("TIMESTAMP", "When the account was made"),
    updated_time=("TIMESTAMP", "When the account was last changed"),
)

CAMPAIGN = _columns(
    id=("VARCHAR", "Id of the campaign"),
    ad_account_id=("VARCHAR", "Ad account of the campaign"),
    name=("VARCHAR", "Name of the campaign"),
    status=("VARCHAR", "Status that was set: active, paused, archived or draft"),
    summary_status=("VARCHAR", "Status in effect, with schedule and parents considered"),
    objective_type=("VARCHAR", "Objective the campaign is delivered for"),
    daily_spend_cap=("BIGINT", "Most to spend a day, in millionths of the account's currency"),
    lifetime_spend_cap=("BIGINT", "Most to spend in all, in millionths of the account's currency"),
    order_line_id=("VARCHAR", "Order line the spend is billed to"),
    start_time=("TIMESTAMP", "When delivery begins"),
    end_time=("TIMESTAMP", "When delivery ends"),
    tracking_urls=("JSON", "Third-party tracking addresses by kind"),
    bid_options=("JSON", "Bidding options of the campaign"),
    is_automated_campaign=("BOOLEAN", "Whether Pinterest automates the campaign"),
    is_campaign_budget_optimization=(
        "BOOLEAN",
        "Whether the budget is shared over its ad groups by Pinterest",
    ),
    is_flexible_daily_budgets=("BOOLEAN", "Whether a day may overspend and another underspend"),
    is_performance_plus=("BOOLEAN", "Whether it is a Performance+ campaign"),
    type=("VARCHAR", "Kind of object, always campaign"),
    created_time=("TIMESTAMP", "When the campaign was made"),
    updated_time=("TIMESTAMP", "When the campaign was last changed"),
)

AD_GROUP = _columns(
    id=("VARCHAR", "Id of the ad group"),
    ad_account_id=("VARCHAR", "Ad account of the ad group"),
    campaign_id=("VARCHAR", "Campaign of the ad group"),
    name=("VARCHAR", "Name of the ad group"),
    status=("VARCHAR", "Status that was set: active, paused, archived or draft"),
    summary_status=("VARCHAR", "Status in effect, with schedule and parents considered"),
    budget_in_micro_currency=("BIGINT", "Budget, in millionths of the account's currency"),
    budget_type=("VARCHAR", "Whether the budget is a day's, a lifetime's or the campaign's"),
    bid_in_micro_currency=("BIGINT", "Bid, in millionths of the account's currency"),
    bid_strategy_type=("VARCHAR", "How the bid is set"),
    bid_multiplier=("DOUBLE", "Factor on the bid for audiences"),
    billable_event=("VARCHAR", "What is charged for"),
    pacing_delivery_type=("VARCHAR", "How fast the budget may be spent"),
    placement_group=("VARCHAR", "Where ads are shown: all, search or browse"),
    placement_traffic_type=(
        "VARCHAR",
        "Whether ads run in the two-column feed, the fullscreen feed, or both",
    ),
    conversion_learning_mode_type=("VARCHAR", "Whether conversion learning is on"),
    optimization_goal_metadata=("JSON", "What delivery is optimized for"),
    lifetime_frequency_cap=("BIGINT", "Most impressions a person gets in 30 days"),
    auto_targeting_enabled=("BOOLEAN", "Whether Pinterest widens the targeting"),
    is_creative_optimization=("BOOLEAN", "Whether creatives are optimized"),
    targeting_spec=("JSON", "Who is targeted: type to values"),
    targeting_template_ids=("JSON", "Targeting templates in use"),
    promotion_id=("VARCHAR", "Promotion shown with the ads"),
    promotion_application_level=("VARCHAR", "What the promotion applies to"),
    dca_assets=("JSON", "Assets of dynamic creatives"),
    feed_profile_id=("VARCHAR", "Feed the shopping ads draw on"),
    tracking_urls=("JSON", "Third-party tracking addresses by kind"),
    start_time=("TIMESTAMP", "When delivery begins"),
    end_time=("TIMESTAMP", "When delivery ends"),
    type=("VARCHAR", "Kind of object, always adgroup"),
    created_time=("TIMESTAMP", "When the ad group was made"),
    updated_time=("TIMESTAMP", "When the ad group was last changed"),
)

AD = _columns(
    id=("VARCHAR", "Id of the ad"),
    ad_account_id=("VARCHAR", "Ad account of the ad"),
    campaign_id=("VARCHAR", "Campaign of the ad"),
    ad_group_id=("VARCHAR", "Ad group of the ad"),
    pin_id=("VARCHAR", "Pin that is promoted"),
    name=("VARCHAR", "Name of the ad"),
    status=("VARCHAR", "Status that was set: active, paused, archived or draft"),
    summary_status=("VARCHAR", "Status in effect, with schedule and parents considered"),
    review_status=("VARCHAR", "What the review decided"),
    rejected_reasons=("JSON", "Why the review rejected it"),
    rejection_labels=("JSON", "Readable reasons of the rejection"),
    creative_type=("VARCHAR", "Format of the ad"),
    destination_url=("VARCHAR", "Where a click leads"),
    click_tracking_url=("VARCHAR", "Address called on a click"),
    view_tracking_url=("VARCHAR", "Address called on a view"),
    tracking_urls=("JSON", "Third-party tracking addresses by kind"),
    android_deep_link=("VARCHAR", "Link into the Android app"),
    ios_deep_link=("VARCHAR", "Link into the iOS app"),
    carousel_android_deep_links=("JSON", "Links into the Android app, a card each"),
    carousel_destination_urls=("JSON", "Where a click leads, a card each"),
    carousel_ios_deep_links=("JSON", "Links into the iOS app, a card each"),
    collection_items_destination_url_template=("VARCHAR", "Template for the links of collection items"),
    customizable_cta_type=("VARCHAR", "Call to action on the ad"),
    grid_click_type=("VARCHAR", "Where a click in the grid leads"),
    lead_form_id=("VARCHAR", "Lead form of the ad"),
    quiz_pin_data=("JSON", "Questions and results of a quiz ad"),
    disclosure_type=("VARCHAR", "Kind of disclosure shown"),
    disclosure_url=("VARCHAR", "Where the disclosure leads"),
    is_pin_deleted=("BOOLEAN", "Whether the promoted pin is gone"),
    is_removable=("BOOLEAN", "Whether the ad can be removed"),
    type=("VARCHAR", "Kind of object, always pinpromotion"),
    created_time=("TIMESTAMP", "When the ad was made"),
    updated_time=("TIMESTAMP", "When the ad was last changed"),
)

KEYWORD = _columns(
    id=("VARCHAR", "Id of the keyword"),
    ad_account_id=("VARCHAR", "Ad account of the keyword"),
    parent_id=("VARCHAR", "Account, campaign or ad group the keyword hangs on"),
    parent_type=("VARCHAR", "What the parent is"),
    value=("VARCHAR", "The keyword"),
    match_type=("VARCHAR", "How searches are matched; negative types exclude"),
    bid=("BIGINT", "Bid of the keyword; Pinterest no longer fills it"),
    archived=("BOOLEAN", "Whether the keyword is archived"),
    type=("VARCHAR", "Kind of object, always keyword"),
)

PRODUCT_GROUP_PROMOTION = _columns(
    id=("VARCHAR", "Id of the product-group promotion"),
    ad_account_id=("VARCHAR", "Ad account of the promotion"),
    ad_group_id=("VARCHAR", "Ad group of the promotion"),
    catalog_product_group_id=("VARCHAR", "Product group that is promoted"),
    catalog_product_group_name=("VARCHAR", "Name of the product group that is promoted"),
    status=("VARCHAR", "Status that was set: active, paused, archived or draft"),
    bid_in_micro_currency=("BIGINT", "Bid, in millionths of the account's currency"),
    included=("BOOLEAN", "Whether the group is promoted or excluded"),
    definition=("VARCHAR", "Filter that defines the group, from the root"),
    relative_definition=("VARCHAR", "Filter that defines the group, from its parent"),
    parent_id=("VARCHAR", "Promotion above this one in the tree"),
    creative_type=("VARCHAR", "Format of the ads"),
    collections_header_type=("VARCHAR", "Header shown over a collection"),
    collections_hero_pin_id=("VARCHAR", "Pin shown large in a collection"),
    collections_hero_destination_url=("VARCHAR", "Where a click on the large pin leads"),
    slideshow_collections_title=("VARCHAR", "Title of a slideshow collection"),
    slideshow_collections_description=("VARCHAR", "Text of a slideshow collection"),
    customizable_cta_type=("VARCHAR", "Call to action on the ads"),
    grid_click_type=("VARCHAR", "Where a click in the grid leads"),
    preferred_media_type=("VARCHAR", "Whether images or videos are preferred"),
    selected_image_tag=("VARCHAR", "Image of the feed that is used"),
    selected_video_tag=("VARCHAR", "Video of the feed that is used"),
    is_generate_background=("BOOLEAN", "Whether backgrounds are generated"),
    is_mdl=("BOOLEAN", "Whether links go into the app"),
    tracking_url=("VARCHAR", "Third-party tracking address"),
)

AUDIENCE = (
    Column("id", "VARCHAR", "Id of the audience"),
    ACCOUNT_ID,
    Column("owner_ad_account_id", "VARCHAR", "Ad account that owns the audience", source="ad_account_id"),
    Column("ownership_type", "VARCHAR", "Whether the account owns it or received it from another"),
    *_columns(
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

CUSTOMER_LIST = _columns(
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

REPORT_TEMPLATE = (
    Column("id", "VARCHAR", "Id of the template"),
    ACCOUNT_ID,
    Column("owner_ad_account_id", "VARCHAR", "Ad account that owns the template", source="ad_account_id"),
    *_columns(
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

CATALOG = (
    ACCOUNT_ID,
    *_columns(
        id=("VARCHAR", "Id of the catalog"),
        name=("VARCHAR", "Name of the catalog"),
        catalog_type=("VARCHAR", "Retail, hotel or creative assets"),
        created_at=("TIMESTAMP", "When the catalog was made"),
        updated_at=("TIMESTAMP", "When the catalog was last changed"),
    ),
)

FEED = (
    ACCOUNT_ID,
    *_columns(
        id=("VARCHAR", "Id of the feed"),
        catalog_id=("VARCHAR", "Catalog the feed fills"),
        catalog_type=("VARCHAR", "Retail, hotel or creative assets"),
        name=("VARCHAR", "Name of the feed"),
        status=("VARCHAR", "Whether the feed is processed"),
        format=("VARCHAR", "File format of the feed"),
        location=("VARCHAR", "Where the file is fetched from"),
        default_availability=("VARCHAR", "Availability of items that name none"),
        default_country=("VARCHAR", "Country of the feed"),
        default_currency=("VARCHAR", "Currency of items that name none"),
        default_locale=("VARCHAR", "Language of the feed"),
        preferred_processing_schedule=("JSON", "When the file is fetched each day"),
        created_at=("TIMESTAMP", "When the feed was made"),
        updated_at=("TIMESTAMP", "When the feed was last changed"),
    ),
)

PRODUCT_GROUP = (
    ACCOUNT_ID,
    *_columns(
        id=("VARCHAR", "Id of the product group"),
        catalog_id=("VARCHAR", "Catalog of the group"),
        feed_id=("VARCHAR", "Feed of the group, on older retail groups"),
        catalog_type=("VARCHAR", "Retail, hotel or creative assets"),
        name=("VARCHAR", "Name of the product group"),
        description=("VARCHAR", "Text that describes the group"),
        filters=("JSON", "Filter that picks its items"),
        status=("VARCHAR", "Whether the group is in use"),
        type=("VARCHAR", "Whether the merchant made it or it holds every listing"),
        is_featured=("BOOLEAN", "Whether it is shown on the profile"),
        country=("VARCHAR", "Country of the group"),
        locale=("VARCHAR", "Language of the group"),
        created_at=("TIMESTAMP", "When the group was made"),
        updated_at=("TIMESTAMP", "When the group was last changed"),
    ),
)

BOARD = (
    ACCOUNT_ID,
    *_columns(
        id=("VARCHAR", "Id of the board"),
        name=("VARCHAR", "Name of the board"),
        description=("VARCHAR", "Text that describes the board"),
        privacy=("VARCHAR", "Public, protected or secret"),
        owner=("JSON", "User account that owns the board"),
        media=("JSON", "Cover images"),
        pin_count=("BIGINT", "Pins on the board"),
        follower_count=("BIGINT", "Followers of the board"),
        collaborator_count=("BIGINT", "People who may add pins"),
        is_ads_only=("BOOLEAN", "Whether the board holds ads only"),
        created_at=("TIMESTAMP", "When the board was made"),
        board_pins_modified_at=("TIMESTAMP", "When pins were last put on the board"),
    ),
)

BOARD_SECTION = (
    ACCOUNT_ID,
    Column("board_id", "VARCHAR", "Board of the section"),
    *_columns(
        id=("VARCHAR", "Id of the section"),
        name=("VARCHAR", "Name of the section"),
    ),
)

_PIN_FACTS = _columns(
    title=("VARCHAR", "Title of the pin"),
    description=("VARCHAR", "Text of the pin"),
    alt_text=("VARCHAR", "Text for people who do not see the image"),
    link=("VARCHAR", "Where the pin leads"),
    note=("VARCHAR", "Private note on the pin"),
    creative_type=("VARCHAR", "Format of the pin"),
    media=("JSON", "Images or video of the pin"),
    dominant_color=("VARCHAR", "Main colour, as a hex code"),
    board_owner=("JSON", "User account that owns the board"),
    parent_pin_id=("VARCHAR", "Pin this one was saved from"),
    product_tags=("JSON", "Products tagged on the pin"),
    is_owner=("BOOLEAN", "Whether the account owns the pin"),
    is_standard=("BOOLEAN", "Whether it is a standard pin"),
    has_been_promoted=("BOOLEAN", "Whether the pin was ever an ad"),
    pin_metrics=("JSON", "Numbers of the last 90 days and of the pin's life"),
    created_at=("TIMESTAMP", "When the pin was made"),
)
_SECTION = Column("board_section_id", "VARCHAR", "Section of the board the pin is in")
_BOARD = Column("board_id", "VARCHAR", "Board the pin is on")
_PIN_ID = Column("pin_id", "VARCHAR", "Id of the pin", source="id")

PIN = (ACCOUNT_ID, Column("id", "VARCHAR", "Id of the pin"), _BOARD, _SECTION, *_PIN_FACTS)
PIN_ON_BOARD = (ACCOUNT_ID, _BOARD, _PIN_ID, _SECTION, *_PIN_FACTS)
PIN_ON_BOARD_SECTION = (ACCOUNT_ID, _BOARD, _SECTION, _PIN_ID, *_PIN_FACTS)

METRICS_READY_STATE = (
    Column("date", "DATE", "Day of the numbers, in UTC"),
    Column(
        "conversion_metrics_ready", "BOOLEAN", "Whether Pinterest says that conversions of the day are ready"
    ),
    Column(
        "non_conversion_metrics_ready", "BOOLEAN", "Whether Pinterest says that delivery of the day is ready"
    ),
    Column("conversion_ready_since", "TIMESTAMP", "When conversions were first seen to be ready"),
    Column("non_conversion_ready_since", "TIMESTAMP", "When delivery was first seen to be ready"),
    Column("is_final", "BOOLEAN", "Whether both are ready"),
)
