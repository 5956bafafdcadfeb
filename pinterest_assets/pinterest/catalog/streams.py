"""The streams: one line each. Everything else about a stream follows from its line.

The order is that of a reader: accounts, what hangs on them, what is measured. Columns are in
``columns`` and ``metrics``, levels in ``levels``; the functions that complete a line are in
``declare``.
"""

from pinterest_assets.pinterest.catalog import columns as c
from pinterest_assets.pinterest.catalog.declare import analytics, entity, targeting
from pinterest_assets.pinterest.catalog.levels import (
    AD_ACCOUNT_LEVEL,
    AD_GROUP_LEVEL,
    AD_LEVEL,
    CAMPAIGN_LEVEL,
    PRODUCT_GROUP_PROMOTION_LEVEL,
)
from pinterest_assets.pinterest.catalog.lookups import (
    METRIC_DEFINITION,
    OF_AN_ACCOUNT,
    OF_EVERYBODY,
    REPORT_TYPES,
    TARGETING_VALUE,
    lookup,
)
from pinterest_assets.pinterest.catalog.metrics import CORE_METRICS, PIN_METRICS
from pinterest_assets.pinterest.catalog.model import (
    Column,
    ForeignKey,
    PinAnalyticsStream,
    ReadyStream,
    Stream,
)
from pinterest_assets.pinterest.catalog.report_columns import REPORT_COLUMNS
from pinterest_assets.pinterest.catalog.report_stream import report

_ACCOUNT = "/ad_accounts/{ad_account.id}"
_ACTING = "ad_account_id={ad_account.id}"

# fmt: off
_ENTITIES = (
    entity("ad_account", "ads", c.AD_ACCOUNT, "/ad_accounts", about="Ad accounts the token can see, shared ones included"),
    entity("campaign", "ads", c.CAMPAIGN, f"{_ACCOUNT}/campaigns", statuses=True, bulk="CAMPAIGN", about="Campaigns of every status"),
    entity("ad_group", "ads", c.AD_GROUP, f"{_ACCOUNT}/ad_groups", statuses=True, bulk="AD_GROUP", about="Ad groups of every status"),
    entity("ad", "ads", c.AD, f"{_ACCOUNT}/ads", statuses=True, links={"pin_id": "pin"}, bulk="AD", about="Ads of every status"),
    entity("keyword", "ads", c.KEYWORD, f"{_ACCOUNT}/keywords", "/ad_accounts/{campaign.ad_account_id}/keywords?campaign_id={campaign.id}", "/ad_accounts/{ad_group.ad_account_id}/keywords?ad_group_id={ad_group.id}", bulk="KEYWORD", about="Keywords of accounts, campaigns and ad groups"),
    entity("product_group_promotion", "ads", c.PRODUCT_GROUP_PROMOTION, "/ad_accounts/{ad_group.ad_account_id}/product_group_promotions?ad_group_id={ad_group.id}", statuses=True, links={"catalog_product_group_id": "product_group"}, bulk="PRODUCT_GROUP", about="Product groups promoted by ad groups"),
    entity("audience", "audiences", c.AUDIENCE, f"{_ACCOUNT}/audiences?ownership_type=OWNED", f"{_ACCOUNT}/audiences?ownership_type=RECEIVED", within=("ad_account",), about="Audiences owned and received"),
    entity("customer_list", "audiences", c.CUSTOMER_LIST, f"{_ACCOUNT}/customer_lists", about="Customer lists uploaded"),
    entity("report_template", "reports", c.REPORT_TEMPLATE, f"{_ACCOUNT}/templates", within=("ad_account",), about="Templates of reports that the ad accounts have"),
    entity("catalog", "catalogs", c.CATALOG, f"/catalogs?{_ACTING}", per_owner=True, about="Catalogs of the accounts' owners"),
    entity("feed", "catalogs", c.FEED, f"/catalogs/feeds?{_ACTING}", per_owner=True, never=("credentials",), about="Product feeds, without their passwords"),
    entity("product_group", "catalogs", c.PRODUCT_GROUP, f"/catalogs/product_groups?{_ACTING}", per_owner=True, about="Product groups of the catalogs"),
    entity("board", "organic", c.BOARD, f"/boards?{_ACTING}", per_owner=True, about="Boards owned or shared with the owner"),
    entity("board_section", "organic", c.BOARD_SECTION, "/boards/{board.id}/sections?ad_account_id={board.ad_account_id}", about="Sections of the boards"),
    entity("pin", "organic", c.PIN, f"/pins?{_ACTING}&include_protected_pins=true&pin_metrics=true", per_owner=True, about="Pins of the owners, protected ones included"),
    entity("pin_on_board", "organic", c.PIN_ON_BOARD, "/boards/{board.id}/pins?ad_account_id={board.ad_account_id}&pin_metrics=true", within=("board",), id_column="pin_id", about="Which pin is on which board"),
    entity("pin_on_board_section", "organic", c.PIN_ON_BOARD_SECTION, "/boards/{board_section.board_id}/sections/{board_section.id}/pins?ad_account_id={board_section.ad_account_id}", within=("board", "board_section"), id_column="pin_id", about="Which pin is in which section"),
)

_ANALYTICS = (
    analytics(AD_ACCOUNT_LEVEL),
    analytics(CAMPAIGN_LEVEL),
    analytics(AD_GROUP_LEVEL),
    analytics(AD_LEVEL),
    analytics(PRODUCT_GROUP_PROMOTION_LEVEL),
    PinAnalyticsStream(
        name="pin_analytics", group="organic", category="org_analytics", key=("date", "pin_id"),
        description="Daily numbers of organic pins",
        path="/pins/{pin_id}/analytics", batch_path="/pins/analytics", metric_types=tuple(m.source for m in PIN_METRICS),
        columns=(Column("date", "DATE", "Day of the numbers, in UTC"), Column("pin_id", "VARCHAR", "Pin the numbers are of"), c.ACCOUNT_ID, Column("data_status", "VARCHAR", "Whether the day is final: READY, or why not yet"), *PIN_METRICS),
        foreign_keys=(ForeignKey("ad_account_id", "ad_account"), ForeignKey("pin_id", "pin")),
    ),
    ReadyStream(name="metrics_ready_state", group="analytics", category="ads_analytics", key=("date",), columns=c.METRICS_READY_STATE, path="/resources/metrics_ready_state", description="Which days are final, as Pinterest says it of delivery and of conversions, and since when that is known"),
)

_TARGETING = (
    *targeting(AD_ACCOUNT_LEVEL, "AGE_BUCKET", "COUNTRY", "GENDER", "KEYWORD", "PLACEMENT"),
    *targeting(AD_GROUP_LEVEL, "AGE_BUCKET", "COUNTRY", "GENDER", "KEYWORD", "PLACEMENT"),
    *targeting(AD_LEVEL, "AGE_BUCKET", "COUNTRY", "GENDER", "KEYWORD", "PLACEMENT", "QUIZ_RESULT"),
    *targeting(CAMPAIGN_LEVEL, "AGE_BUCKET", "COUNTRY", "CREATIVE_TYPE", "GENDER", "KEYWORD", "PLACEMENT"),
)

_BREAKDOWNS = ("AGE_BUCKET", "COUNTRY", "GENDER", "PLACEMENT")
_REPORTS = (
    report("keyword_report", "KEYWORD", CORE_METRICS, about="Daily numbers by keyword"),
    report("product_group_targeting_report", "PRODUCT_GROUP_TARGETING", CORE_METRICS, targeting_types=(*_BREAKDOWNS, "KEYWORD"), about="Daily numbers by promoted product group, broken by age, country, gender, placement and keyword"),
    report("product_item_report", "PRODUCT_ITEM", (REPORT_COLUMNS["PRODUCT_ITEM_NAME"], *CORE_METRICS), about="Daily numbers by product, 91 days back"),
    report("product_item_targeting_report", "PRODUCT_ITEM_TARGETING", (REPORT_COLUMNS["PRODUCT_ITEM_NAME"], *CORE_METRICS), targeting_types=(*_BREAKDOWNS, "MEDIA_TYPE"), about="Daily numbers by product, broken by age, country, gender, placement and media type, 91 days back"),
)

_LOOKUPS = (
    lookup("metric_definition", METRIC_DEFINITION, "/resources/delivery_metrics", asked_by="report_type", values=REPORT_TYPES, key=("name", "report_type"), about="What each metric is, in Pinterest's words and told from its name"),
    lookup("targeting_value", TARGETING_VALUE, "/resources/targeting/{targeting_type}", asked_by="targeting_type", values=OF_EVERYBODY, by_account=OF_AN_ACCOUNT, key=("targeting_type", "targeting_value"), details="/resources/targeting/interests/{interest_id}", about="What targeting values mean: places, ages, genders, apps, languages, interests, keywords, audiences"),
)
# fmt: on

STREAMS: dict[str, Stream] = {
    stream.name: stream for stream in (*_ENTITIES, *_ANALYTICS, *_TARGETING, *_REPORTS, *_LOOKUPS)
}
"""Every stream by name, in the order a reader wants."""
