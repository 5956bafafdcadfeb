"""The streams: one line each. Everything else about a stream follows from its line.

The order is that of a reader: accounts, what hangs on them, what is measured. Columns are in
``columns`` and ``metrics``, levels in ``levels``; the functions that complete a line are in
``declare``.
"""

from pinterest_assets.pinterest.catalog.columns import (
    ads,
    audiences,
    billing,
    business,
    catalogs,
    conversions,
    estimates,
    items,
    leads,
    organic,
    reference,
    reports,
    trends,
)
from pinterest_assets.pinterest.catalog.declare import analytics, entity, pins, targeting
from pinterest_assets.pinterest.catalog.inputs import BIDS
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
from pinterest_assets.pinterest.catalog.metrics import APP_TYPES, CORE_METRICS, REPORTED_METRICS
from pinterest_assets.pinterest.catalog.model import (
    ReadyStream,
    Stream,
)
from pinterest_assets.pinterest.catalog.path import post
from pinterest_assets.pinterest.catalog.report_columns import REPORT_COLUMNS
from pinterest_assets.pinterest.catalog.report_stream import report

_ACCOUNT = "/ad_accounts/{ad_account.id}"
_ACTING = "ad_account_id={ad_account.id}"
_BUSINESS = "/businesses/{business.id}"
_TOP = f"{_ACTING}&start_date={{period.start}}&end_date={{period.end}}&num_of_pins=50"

_ITEMS = "/catalogs/items?ad_account_id={product_group_product.ad_account_id}"
_SOLD = {
    "country": "{product_group_product.country|input}",
    "language": "{product_group_product.locale|input}",
}

_EMAILS = tuple(f"{who}/email" for who in ("user", "created_by_user", "created_by_business"))
_CONTACTS = tuple(
    f"{kind}_contact_{part}" for kind in ("billing", "media") for part in ("email", "firstname", "lastname")
)

# fmt: off
_ENTITIES = (
    entity("ad_account", "ads", ads.AD_ACCOUNT, "/ad_accounts", about="Ad accounts the token can see, shared ones included"),
    entity("campaign", "ads", ads.CAMPAIGN, f"{_ACCOUNT}/campaigns", statuses=True, bulk="CAMPAIGN", about="Campaigns of every status"),
    entity("ad_group", "ads", ads.AD_GROUP, f"{_ACCOUNT}/ad_groups", statuses=True, bulk="AD_GROUP", about="Ad groups of every status"),
    entity("ad", "ads", ads.AD, f"{_ACCOUNT}/ads", statuses=True, links={"pin_id": "pin"}, bulk="AD", about="Ads of every status"),
    entity("keyword", "ads", ads.KEYWORD, f"{_ACCOUNT}/keywords", "/ad_accounts/{campaign.ad_account_id}/keywords?campaign_id={campaign.id}", "/ad_accounts/{ad_group.ad_account_id}/keywords?ad_group_id={ad_group.id}", bulk="KEYWORD", about="Keywords of accounts, campaigns and ad groups"),
    entity("product_group_promotion", "ads", ads.PRODUCT_GROUP_PROMOTION, "/ad_accounts/{ad_group.ad_account_id}/product_group_promotions?ad_group_id={ad_group.id}", statuses=True, links={"catalog_product_group_id": "product_group"}, bulk="PRODUCT_GROUP", about="Product groups promoted by ad groups"),
    entity("audience", "audiences", audiences.AUDIENCE, f"{_ACCOUNT}/audiences?ownership_type=OWNED", f"{_ACCOUNT}/audiences?ownership_type=RECEIVED", within=("ad_account",), about="Audiences owned and received"),
    entity("customer_list", "audiences", audiences.CUSTOMER_LIST, f"{_ACCOUNT}/customer_lists", about="Customer lists uploaded"),
    entity("report_template", "reports", reports.REPORT_TEMPLATE, f"{_ACCOUNT}/templates", within=("ad_account",), about="Templates of reports that the ad accounts have"),
    entity("catalog", "catalogs", catalogs.CATALOG, f"/catalogs?{_ACTING}", per_owner=True, about="Catalogs of the accounts' owners"),
    entity("feed", "catalogs", catalogs.FEED, f"/catalogs/feeds?{_ACTING}", per_owner=True, never=("credentials",), about="Product feeds, without their passwords"),
    entity("product_group", "catalogs", catalogs.PRODUCT_GROUP, f"/catalogs/product_groups?{_ACTING}", per_owner=True, about="Product groups of the catalogs"),
    entity("board", "organic", organic.BOARD, f"/boards?{_ACTING}", per_owner=True, about="Boards owned or shared with the owner"),
    entity("board_section", "organic", organic.BOARD_SECTION, "/boards/{board.id}/sections?ad_account_id={board.ad_account_id}", about="Sections of the boards"),
    entity("pin", "organic", organic.PIN, f"/pins?{_ACTING}&include_protected_pins=true&pin_metrics=true", per_owner=True, about="Pins of the owners, protected ones included"),
    entity("pin_on_board", "organic", organic.PIN_ON_BOARD, "/boards/{board.id}/pins?ad_account_id={board.ad_account_id}&pin_metrics=true", within=("board",), id_column="pin_id", about="Which pin is on which board"),
    entity("pin_on_board_section", "organic", organic.PIN_ON_BOARD_SECTION, "/boards/{board_section.board_id}/sections/{board_section.id}/pins?ad_account_id={board_section.ad_account_id}", within=("board", "board_section"), id_column="pin_id", about="Which pin is in which section"),
)

_ADS = (
    entity("order_line", "ads", ads.ORDER_LINE, f"{_ACCOUNT}/order_lines", seldom=True, about="Order lines that spend is billed to"),
    entity("promotion", "ads", ads.PROMOTION, f"{_ACCOUNT}/promotions", limited=True, seldom=True, about="Promotions shown with ads"),
    entity("label", "ads", ads.LABEL, f"{_ACCOUNT}/labels?entity_statuses=ACTIVE,ARCHIVED", rows="items[].(labels)[]", limited=True, seldom=True, links={"parent_id": "campaign"}, about="Labels of campaigns"),
    entity("schedule", "ads", ads.SCHEDULE, "/ad_accounts/{campaign.ad_account_id}/schedules?entity_ids={campaign.id*250}", key=("schedule_id",), limited=True, seldom=True, links={"entity_id": "campaign"}, about="Changes of budgets and bids that are planned for campaigns"),
    entity("ad_preview", "ads", ads.AD_PREVIEW, "/ad_accounts/{ad_group.ad_account_id}/campaign_ad_preview?ad_group_ids={ad_group.id*250}", key=("uuid",), rows="[]", limited=True, seldom=True, never=("url",), about="Previews of ads that were made, without their links"),
)

_AUDIENCES = (
    entity("audience_shared_account", "audiences", audiences.AUDIENCE_SHARED_ACCOUNT, *(f"/ad_accounts/{{audience.ad_account_id}}/audiences/shared/accounts?audience_id={{audience.id}}&account_type={kind}" for kind in ("AD_ACCOUNT", "BUSINESS_ACCOUNT")), key=("audience_id", "account_type", "account_id"), where={"ownership_type": "OWNED"}, limited=True, seldom=True, about="With whom owned audiences are shared"),
    entity("customer_segment", "audiences", audiences.CUSTOMER_SEGMENT, f"{_ACCOUNT}/customer_segments", limited=True, seldom=True, about="Segments made from audiences"),
    entity("targeting_template", "audiences", audiences.TARGETING_TEMPLATE, f"{_ACCOUNT}/targeting_templates?include_sizing=true", seldom=True, about="Saved targeting, with its estimated size"),
    entity("audience_insight_scope", "audiences", audiences.AUDIENCE_INSIGHT_SCOPE, f"{_ACCOUNT}/insights/audiences", key=("ad_account_id", "scope", "type"), rows="items[]", pages="none", seldom=True, about="Audiences that there are insights of"),
    entity("audience_insight_category", "audiences", audiences.AUDIENCE_INSIGHT_CATEGORY, f"{_ACCOUNT}/audience_insights?audience_insight_type={{input.audience_insight_type}}", key=("read_on", "ad_account_id", "audience_insight_type", "id"), rows=("categories[]", "categories[].subcategories?[]"), never=("subcategories",), step="audience_insights", seldom=True, about="Interests of audiences, a tree, each day they were read"),
    entity("audience_insight_demographic", "audiences", audiences.AUDIENCE_INSIGHT_DEMOGRAPHIC, f"{_ACCOUNT}/audience_insights?audience_insight_type={{input.audience_insight_type}}", key=("read_on", "ad_account_id", "audience_insight_type", "dimension", "key"), rows="demographics.{dimension}[]", step="audience_insights", seldom=True, about="Ages, genders, devices, metros and countries of audiences, each day they were read"),
)

_CATALOGS = (
    entity("feed_processing_result", "catalogs", catalogs.FEED_PROCESSING_RESULT, "/catalogs/feeds/{feed.id}/processing_results?ad_account_id={feed.ad_account_id}", pages="first", about="The last times feeds were processed: Pinterest serves one page"),
    entity("catalog_item_issue", "catalogs", catalogs.CATALOG_ITEM_ISSUE, "/catalogs/processing_results/{feed_processing_result.id}/item_issues?ad_account_id={feed_processing_result.ad_account_id}", key=("feed_processing_result_id", "item_number"), latest=("feed_id", "created_at"), limited=True, seldom=True, about="Items with errors and warnings when feeds were last processed: up to 20 of each code, at random"),
    entity("product_group_product_count", "catalogs", catalogs.PRODUCT_GROUP_PRODUCT_COUNT, "/catalogs/product_groups/{product_group.id}/product_counts?ad_account_id={product_group.ad_account_id}", key=("product_group_id",), rows="", seldom=True, about="How many items product groups hold"),
    entity("product_group_product", "catalogs", catalogs.PRODUCT_GROUP_PRODUCT, "/catalogs/product_groups/{product_group.id}/products?ad_account_id={product_group.ad_account_id}", carried=("catalog_id", "country", "locale"), key=("product_group_id", "pin_id"), seldom=True, about="Products of the product groups, with their pins"),
    entity("catalog_item", "catalogs", items.CATALOG_ITEM, post(_ITEMS, **_SOLD, filters={"catalog_type": "RETAIL", "catalog_id": "{product_group_product.catalog_id}", "item_ids": "{product_group_product.item_id*1000}"}), key=("catalog_id", "country", "locale", "item_id"), rows="items[]", pages="none", never=("pins",), seldom=True, about="Retail items of the product groups, with all their attributes"),
    entity("catalog_hotel", "catalogs", items.CATALOG_HOTEL, post(_ITEMS, **_SOLD, filters={"catalog_type": "HOTEL", "catalog_id": "{product_group_product.catalog_id}", "hotel_ids": "{product_group_product.hotel_id*1000}"}), key=("catalog_id", "country", "locale", "hotel_id"), rows="items[]", pages="none", never=("pins",), seldom=True, about="Hotels of the product groups, with all their attributes"),
    entity("catalog_creative_asset", "catalogs", items.CATALOG_CREATIVE_ASSET, post(_ITEMS, **_SOLD, filters={"catalog_type": "CREATIVE_ASSETS", "catalog_id": "{product_group_product.catalog_id}", "creative_assets_ids": "{product_group_product.creative_assets_id*1000}"}), key=("catalog_id", "country", "locale", "creative_assets_id"), rows="items[]", pages="none", never=("pins",), limited=True, seldom=True, about="Creative assets of the product groups, with all their attributes"),
    entity("catalog_filter_value", "catalogs", catalogs.CATALOG_FILTER_VALUE, "/catalogs/available_filter_values?catalog_id={catalog.id}&ad_account_id={catalog.ad_account_id}", key=("catalog_id", "filter", "value"), rows="filter_values.{filter}[value]", never=("catalog_type",), seldom=True, about="What product groups can be filtered by, from a sample of 1,000 items"),
    entity("catalog_distribution_issue", "catalogs", catalogs.CATALOG_DISTRIBUTION_ISSUE, "/catalogs/reports/stats?parameters[catalog_type]={catalog.catalog_type}&parameters[report][report_type]=DISTRIBUTION_ISSUES&parameters[report][catalog_id]={catalog.id}&ad_account_id={catalog.ad_account_id}", key=("catalog_id", "code"), where={"catalog_type": "RETAIL|HOTEL"}, seldom=True, about="Why items are not shown, with how many"),
    entity("feed_ingestion_issue", "catalogs", catalogs.FEED_INGESTION_ISSUE, "/catalogs/reports/stats?parameters[catalog_type]={feed.catalog_type}&parameters[report][report_type]=FEED_INGESTION_ISSUES&parameters[report][feed_id]={feed.id}&ad_account_id={feed.ad_account_id}", key=("feed_id", "code", "severity"), where={"catalog_type": "RETAIL|HOTEL"}, seldom=True, about="Why items of feeds are not taken in, with how many"),
    entity("local_store", "catalogs", catalogs.LOCAL_STORE, "/catalogs/{catalog.id}/local_stores?ad_account_id={catalog.ad_account_id}", limited=True, seldom=True, about="Stores of the catalogs"),
)

_ORGANIC = (
    entity("user_account", "organic", organic.USER_ACCOUNT, f"/user_account?{_ACTING}", rows="", per_owner=True, limited=True, about="The user accounts that own the ad accounts, with their followers and views"),
    entity("linked_business", "organic", organic.LINKED_BUSINESS, "/user_account/businesses", key=("username",), rows="[]", limited=True, seldom=True, about="Business accounts linked to the token's user"),
    entity("follower", "people", organic.FOLLOWER, "/user_account/followers", key=("username",), category="ads_read", limited=True, seldom=True, about="Who follows the token's user"),
    entity("following", "people", organic.FOLLOWING, f"/user_account/following?{_ACTING}", key=("ad_account_id", "username"), per_owner=True, limited=True, seldom=True, about="Whom the owners follow"),
    entity("followed_board", "people", organic.FOLLOWED_BOARD, f"/user_account/following/boards?{_ACTING}", within=("ad_account",), per_owner=True, limited=True, seldom=True, about="Boards that the owners follow"),
    entity("website", "organic", organic.WEBSITE, "/user_account/websites", key=("website",), limited=True, seldom=True, about="Sites that the token's user has claimed"),
    entity("media", "organic", organic.MEDIA, "/media", key=("media_id",), limited=True, seldom=True, about="Videos that the token's user uploaded"),
    entity("top_pin", "organic", organic.TOP_PIN, f"/user_account/analytics/top_pins?{_TOP}&sort_by={{input.top_pin_sort}}", key=("read_on", "ad_account_id", "sort_by", "rank"), rows="pins[]+metrics?", per_owner=True, limited=True, seldom=True, category="org_analytics", about="The 50 best pins of the last 30 days by each measure, each day they were read"),
    entity("top_video_pin", "organic", organic.TOP_VIDEO_PIN, f"/user_account/analytics/top_video_pins?{_TOP}&sort_by={{input.top_video_pin_sort}}", key=("read_on", "ad_account_id", "sort_by", "rank"), rows="pins[]+metrics?", per_owner=True, limited=True, seldom=True, category="org_analytics", about="The 50 best video pins of the last 30 days by each measure, each day they were read"),
)

_PROFILES = (
    entity("user_account_analytics", "organic", organic.USER_ACCOUNT_ANALYTICS, *(f"/user_account/analytics?{_ACTING}&start_date={{period.start}}&end_date={{period.end}}&split_field={split}" for split in ("NO_SPLIT", "APP_TYPE", "OWNED_CONTENT", "SOURCE", "PIN_FORMAT")), key=("date", "ad_account_id", "split_field", "split_value"), rows="{split_value}.daily_metrics[]+metrics?", per_owner=True, limited=True, category="org_analytics", about="Daily numbers of the profiles, whole and in parts"),
)

_BUSINESSES = (
    entity("business", "business", business.BUSINESS, "/businesses/employers", never=_EMAILS, about="Businesses that the token's user works for"),
    entity("business_member", "business", business.BUSINESS_MEMBER, f"{_BUSINESS}/members?assets_summary=true", within=("business",), never=_EMAILS, about="Who works for the businesses, with what they may use"),
    entity("business_partner", "business", business.BUSINESS_PARTNER, *(f"{_BUSINESS}/partners?assets_summary=true&partner_type={kind}" for kind in ("INTERNAL", "EXTERNAL")), key=("business_id", "partner_type", "id"), never=_EMAILS, about="Businesses that assets are shared with, and that share theirs"),
    entity("business_invite", "business", business.BUSINESS_INVITE, *(f"{_BUSINESS}/invites?is_member={member}" for member in ("true", "false")), within=("business",), never=_EMAILS, about="Invites and requests that are open"),
    entity("business_asset", "business", business.BUSINESS_ASSET, *(f"{_BUSINESS}/assets?asset_type={kind}" for kind in ("AD_ACCOUNT", "PROFILE", "ASSET_GROUP", "CATALOG")), within=("business",), id_column="asset_id", never=_EMAILS, about="What the businesses own: ad accounts, profiles, asset groups, catalogs"),
    entity("business_asset_member", "business", business.BUSINESS_ASSET_USER, "/businesses/{business_asset.business_id}/assets/{business_asset.asset_id}/members", key=("business_id", "asset_id", "position"), never=_EMAILS, about="Which member may do what with which asset"),
    entity("business_asset_partner", "business", business.BUSINESS_ASSET_USER, "/businesses/{business_asset.business_id}/assets/{business_asset.asset_id}/partners", key=("business_id", "asset_id", "position"), never=_EMAILS, about="Which partner may do what with which asset"),
    entity("business_audience", "business", business.BUSINESS_AUDIENCE, f"{_BUSINESS}/audiences", within=("business",), about="Audiences shared with the businesses"),
    entity("business_audience_shared_account", "business", business.BUSINESS_AUDIENCE_SHARED_ACCOUNT, *(f"/businesses/{{business_audience.business_id}}/audiences/shared/accounts?audience_id={{business_audience.id}}&account_type={kind}" for kind in ("AD_ACCOUNT", "BUSINESS_ACCOUNT")), key=("business_id", "audience_id", "account_type", "account_id"), links={"audience_id": "business_audience"}, about="With whom the audiences of businesses are shared"),
    entity("integration", "business", business.INTEGRATION, "/integrations", never=("partner_access_token", "partner_refresh_token", "partner_primary_email"), about="Commerce integrations, without their tokens"),
)

_BILLING = (
    entity("billing_profile", "billing", billing.BILLING_PROFILE, f"{_ACCOUNT}/billing_profiles?is_active=false", about="How ad accounts pay, profiles not in use included"),
    entity("billing_invoice", "billing", billing.BILLING_INVOICE, f"{_ACCOUNT}/billing_invoices", about="Invoices and credit memos, without links to the documents"),
    entity("ads_credit_discount", "billing", billing.ADS_CREDIT_DISCOUNT, f"{_ACCOUNT}/ads_credit/discounts", key=("ad_account_id", "position"), about="Coupons and credit, and what is left of them"),
    entity("terms_of_service", "billing", billing.TERMS_OF_SERVICE, f"{_ACCOUNT}/terms_of_service", within=("ad_account",), rows="", about="Whether the terms of advertising are accepted"),
    entity("ssio_account", "billing", billing.SSIO_ACCOUNT, f"{_ACCOUNT}/ssio/accounts", key=("ad_account_id",), rows="", about="Who can be billed for orders of managed accounts"),
    entity("ssio_insertion_order", "billing", billing.SSIO_INSERTION_ORDER, f"{_ACCOUNT}/ssio/insertion_orders/status", key=("ad_account_id", "pin_order_id"), about="How far insertion orders are"),
    entity("ssio_order_line", "billing", billing.SSIO_ORDER_LINE, f"{_ACCOUNT}/ssio/order_lines", key=("ad_account_id", "position"), never=_CONTACTS, about="Order lines of insertion orders, without contact persons"),
)

_LEADS = (
    entity("lead_form", "leads", leads.LEAD_FORM, f"{_ACCOUNT}/lead_forms", about="Lead forms; not the leads, who are people"),
    entity("lead_subscription", "leads", leads.LEAD_SUBSCRIPTION, f"{_ACCOUNT}/leads/subscriptions", never=("cryptographic_key",), about="Where leads are sent to, without the key"),
)

_CONVERSIONS = (
    entity("conversion_tag", "conversions", conversions.CONVERSION_TAG, f"{_ACCOUNT}/conversion_tags", rows="items[]", pages="none", about="Conversion tags, deleted ones included"),
    entity("page_visit_conversion_tag", "conversions", conversions.TAG_EVENT, f"{_ACCOUNT}/conversion_tags/page_visit", key=("conversion_tag_id", "conversion_event"), about="Tags that send page visits"),
    entity("ocpm_conversion_tag", "conversions", conversions.TAG_EVENT, f"{_ACCOUNT}/conversion_tags/ocpm_eligible", key=("conversion_tag_id", "conversion_event"), rows="{conversion_tag_id}[]", about="Tags and events that delivery can be optimized for"),
    entity("advertiser_defined_event", "conversions", conversions.ADVERTISER_DEFINED_EVENT, f"{_ACCOUNT}/advertiser_defined_events", key=("ad_account_id", "name"), rows="items[]", pages="none", about="Events that advertisers defined"),
    entity("event_quality_score", "conversions", conversions.EVENT_QUALITY_SCORE, *(f"{_ACCOUNT}/conversion_eqs?lookback_period={days}" for days in ("1d", "14d")), key=("ad_account_id", "lookback_period", "source_platform", "ingestion_source"), rows="[]", about="How well events can be matched to people"),
    entity("conversion_deletion_request", "conversions", conversions.CONVERSION_DELETION_REQUEST, f"{_ACCOUNT}/conversion_deletion_requests", key=("request_id",), limited=True, about="Requests to delete conversions"),
)

_REFERENCE = (
    entity("ad_account_country", "reference", reference.AD_ACCOUNT_COUNTRY, "/resources/ad_account_countries", key=("code",), rows="items[]", pages="none", about="Countries that ad accounts can be of"),
)

_TRENDS = (
    entity("trending_keyword", "trends", trends.TRENDING_KEYWORD, "/trends/keywords/{input.region}/top/{input.trend_type}?limit=50", key=("read_on", "region", "trend_type", "keyword"), rows="trends[]", about="The 50 top searches by region and kind of trend, each day they were read"),
    entity("featured_topic", "trends", trends.FEATURED_TOPIC, "/trends/topics/featured?region={input.category_region}", key=("read_on", "region", "interest", "title"), rows="[].trends[]", about="Five topics for each interest, each day they were read"),
    entity("trending_product_category", "trends", trends.TRENDING_PRODUCT_CATEGORY, "/trends/product_categories/trending?region={input.category_region}", key=("read_on", "region", "product_category", "engagement_type"), rows="[]", about="Product categories that grow, each day they were read"),
    entity("product_category_detail", "trends", trends.PRODUCT_CATEGORY_DETAIL, "/trends/product_categories/details?region={input.category_region}&product_categories={input.product_category*20}", key=("read_on", "region", "product_category"), rows="[]", about="Who looks for chosen product categories, each day it was read"),
    entity("editorial_article", "trends", trends.EDITORIAL_ARTICLE, "/trends/editorial_articles?region={input.category_region}", key=("region", "board_url"), rows="[]", about="Articles on trends"),
    entity("keyword_metric", "trends", trends.KEYWORD_METRIC, "/ad_accounts/{keyword.ad_account_id}/keywords/metrics?country_code={input.country}&keywords={keyword.value*250,}", key=("ad_account_id", "country_code", "keyword"), rows="data[]+metrics?", category="ads_read", about="How much the ad accounts' own keywords are searched for"),
    entity("related_term", "trends", trends.RELATED_TERM, "/terms/related?terms={input.term*50}", key=("term", "related_term"), rows="related_terms_list[].related_terms[related_term]", category="ads_read", about="Terms near chosen ones"),
    entity("suggested_term", "trends", trends.SUGGESTED_TERM, "/terms/suggested?term={input.term}&limit=10", key=("term", "suggested_term"), rows="[suggested_term]", category="ads_read", about="Terms that begin with chosen ones"),
    entity("partner_pin", "trends", trends.PARTNER_PIN, "/search/partner/pins?term={input.term}&country_code={input.country}&limit=50", key=("read_on", "term", "country_code", "id"), rows="items[]", pages="none", category="org_read", about="The first 50 pins found for chosen terms, each day they were read"),
)

_ESTIMATES = (
    entity("bid_floor", "estimates", estimates.BID_FLOOR, post(f"{_ACCOUNT}/bid_floor", bid_floor_specs=[{"objective_type": objective, "billable_event": event, "currency": "{ad_account.currency}", "countries": ["{input.country}"]} for objective, event in BIDS]), key=("read_on", "ad_account_id", "country", "objective_type", "billable_event"), rows="bid_floors[bid_floor]=bid_floor_specs", about="The lowest bids by objective and country, each day they were read"),
    entity("item_bid_option", "estimates", estimates.ITEM_BID_OPTION, post("/advanced_auction/items/get?ad_account_id={catalog_item.ad_account_id}", catalog_id="{catalog_item.catalog_id}", items=[{"item_id": "{catalog_item.item_id*10000}", "country": "{catalog_item.country}", "language": "{catalog_item.locale:language}"}]), key=("catalog_id", "country", "language", "item_id"), rows="items[]+bid_options", pages="none", limited=True, category="advanced_auction_read", about="Bids for retail items that have one of their own"),
    entity("ad_group_audience_size", "estimates", estimates.AD_GROUP_AUDIENCE_SIZE, post("/ad_accounts/{ad_group.ad_account_id}/ad_groups/audience_sizing", targeting_spec="{ad_group.targeting_spec:json}", placement_group="{ad_group.placement_group?}", auto_targeting_enabled="{ad_group.auto_targeting_enabled?}"), key=("read_on", "ad_group_id"), rows="", carried=("id",), where={"status": "ACTIVE"}, about="How many people the targeting of active ad groups can reach, keywords aside, each day it was read: a call for each"),
)

_LISTS = (*_ENTITIES, *_ADS, *_AUDIENCES, *_CATALOGS, *_ORGANIC, *_BUSINESSES, *_BILLING, *_LEADS, *_CONVERSIONS, *_REFERENCE, *_TRENDS, *_ESTIMATES)

_ANALYTICS = (
    analytics(AD_ACCOUNT_LEVEL),
    analytics(CAMPAIGN_LEVEL),
    analytics(AD_GROUP_LEVEL),
    analytics(AD_LEVEL),
    analytics(PRODUCT_GROUP_PROMOTION_LEVEL),
    pins("pin_analytics", about="Daily numbers of organic pins"),
    pins("pin_app_type_analytics", app_types=APP_TYPES, about="Daily numbers of organic pins, by the app or device they were seen on"),
    ReadyStream(name="metrics_ready_state", group="analytics", category="ads_analytics", key=("date",), columns=reference.METRICS_READY_STATE, path="/resources/metrics_ready_state", description="Which days are final, as Pinterest says it of delivery and of conversions, and since when that is known"),
)

_TARGETING = (
    *targeting(AD_ACCOUNT_LEVEL, "AGE_BUCKET", "COUNTRY", "GENDER", "KEYWORD", "PLACEMENT"),
    *targeting(AD_GROUP_LEVEL, "AGE_BUCKET", "COUNTRY", "GENDER", "KEYWORD", "PLACEMENT"),
    *targeting(AD_LEVEL, "AGE_BUCKET", "COUNTRY", "GENDER", "KEYWORD", "PLACEMENT", "QUIZ_RESULT"),
    *targeting(CAMPAIGN_LEVEL, "AGE_BUCKET", "COUNTRY", "CREATIVE_TYPE", "GENDER", "KEYWORD", "PLACEMENT"),
)

_BREAKDOWNS = ("AGE_BUCKET", "COUNTRY", "GENDER", "PLACEMENT")
_REPORTS = (
    report("keyword_report", "KEYWORD", (*CORE_METRICS, *REPORTED_METRICS), about="Daily numbers by keyword"),
    report("product_group_targeting_report", "PRODUCT_GROUP_TARGETING", (*CORE_METRICS, *REPORTED_METRICS), targeting_types=(*_BREAKDOWNS, "KEYWORD"), about="Daily numbers by promoted product group, broken by age, country, gender, placement and keyword"),
    report("product_item_report", "PRODUCT_ITEM", (REPORT_COLUMNS["PRODUCT_ITEM_NAME"], *CORE_METRICS, *REPORTED_METRICS), about="Daily numbers by product, 91 days back"),
    report("product_item_targeting_report", "PRODUCT_ITEM_TARGETING", (REPORT_COLUMNS["PRODUCT_ITEM_NAME"], *CORE_METRICS, *REPORTED_METRICS), targeting_types=(*_BREAKDOWNS, "MEDIA_TYPE"), about="Daily numbers by product, broken by age, country, gender, placement and media type, 91 days back"),
)

_LOOKUPS = (
    lookup("metric_definition", METRIC_DEFINITION, "/resources/delivery_metrics", asked_by="report_type", values=REPORT_TYPES, key=("name", "report_type"), about="What each metric is, in Pinterest's words and told from its name"),
    lookup("targeting_value", TARGETING_VALUE, "/resources/targeting/{targeting_type}", asked_by="targeting_type", values=OF_EVERYBODY, by_account=OF_AN_ACCOUNT, key=("targeting_type", "targeting_value"), details="/resources/targeting/interests/{interest_id}", about="What targeting values mean: places, ages, genders, apps, languages, interests, keywords, audiences"),
)
# fmt: on

STREAMS: dict[str, Stream] = {
    stream.name: stream for stream in (*_LISTS, *_ANALYTICS, *_PROFILES, *_TARGETING, *_REPORTS, *_LOOKUPS)
}
"""Every stream by name, in the order a reader wants."""
