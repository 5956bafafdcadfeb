"""The report levels with a synchronous endpoint, and the targeting types each can be broken by."""

from pinterest_assets.pinterest.catalog.limits import MAX_IDS
from pinterest_assets.pinterest.catalog.model import Level

_ACCOUNT = "/ad_accounts/{ad_account_id}"

_EVERY_LEVEL = (
    "AGE_BUCKET",
    "AGE_BUCKET_AND_GENDER",
    "APPTYPE",
    "AUDIENCE_INCLUDE",
    "COUNTRY",
    "GENDER",
    "GEO",
    "KEYWORD",
    "LOCATION",
    "PINNER_INTEREST",
    "PLACEMENT",
    "REGION",
    "TARGETED_INTEREST",
)

AD_ACCOUNT_LEVEL = Level(
    name="ad_account",
    entity="ad_account",
    path=f"{_ACCOUNT}/analytics",
    id_column="ad_account_id",
    id_field="AD_ACCOUNT_ID",
    ids_param=None,
    max_ids=1,
    report_level="ADVERTISER",
    targeting_path=f"{_ACCOUNT}/targeting_analytics",
    targeting_types=_EVERY_LEVEL,
    max_targeting_types=15,
)

CAMPAIGN_LEVEL = Level(
    name="campaign",
    entity="campaign",
    path=f"{_ACCOUNT}/campaigns/analytics",
    id_column="campaign_id",
    id_field="CAMPAIGN_ID",
    ids_param="campaign_ids",
    max_ids=MAX_IDS,
    report_level="CAMPAIGN",
    targeting_path=f"{_ACCOUNT}/campaigns/targeting_analytics",
    targeting_types=(*_EVERY_LEVEL, "CREATIVE_TYPE", "AUDIENCE_MULTIPLIER"),
    max_targeting_types=14,
)

AD_GROUP_LEVEL = Level(
    name="ad_group",
    entity="ad_group",
    path=f"{_ACCOUNT}/ad_groups/analytics",
    id_column="ad_group_id",
    id_field="AD_GROUP_ID",
    ids_param="ad_group_ids",
    max_ids=MAX_IDS,
    report_level="AD_GROUP",
    targeting_path=f"{_ACCOUNT}/ad_groups/targeting_analytics",
    targeting_types=(*_EVERY_LEVEL, "CREATIVE_ENHANCEMENTS"),
    max_targeting_types=14,
)

AD_LEVEL = Level(
    name="ad",
    entity="ad",
    path=f"{_ACCOUNT}/ads/analytics",
    id_column="ad_id",
    id_field="AD_ID",
    ids_param="ad_ids",
    max_ids=MAX_IDS,
    report_level="PIN_PROMOTION",
    targeting_path=f"{_ACCOUNT}/ads/targeting_analytics",
    targeting_types=(*_EVERY_LEVEL, "QUIZ_RESULT"),
    max_targeting_types=14,
)

PRODUCT_GROUP_PROMOTION_LEVEL = Level(
    name="product_group_promotion",
    entity="product_group_promotion",
    path=f"{_ACCOUNT}/product_groups/analytics",
    id_column="product_group_promotion_id",
    id_field="PRODUCT_GROUP_ID",
    ids_param="product_group_ids",
    max_ids=MAX_IDS,
    report_level="PRODUCT_GROUP",
)

LEVELS = (AD_ACCOUNT_LEVEL, CAMPAIGN_LEVEL, AD_GROUP_LEVEL, AD_LEVEL, PRODUCT_GROUP_PROMOTION_LEVEL)
