"""What answers made from streams' lines look like where a type does not tell: words, documents, links."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pinterest_assets.pinterest.catalog.inputs import DEFAULT_INPUTS

SECRET = "demo-secret"  # noqa: S105 - a marker that must never be stored, not a password

INPUTS_OF_DEMO: Mapping[str, tuple[str, ...]] = {
    **DEFAULT_INPUTS,
    "term": ("home decor", "small kitchen"),
    "product_category": ("ACCENT_TABLES", "AREA_RUGS"),
    "top_pin_sort": ("ENGAGEMENT", "SAVE"),
    "top_video_pin_sort": ("VIDEO_START",),
}
"""What the demo account is asked with: the defaults, words where there are none, and of 60 calls a minute few."""

EVERYTHING: Mapping[str, str] = {
    "PINTEREST_GROUPS": "all",
    "PINTEREST_TERMS": ",".join(INPUTS_OF_DEMO["term"]),
    "PINTEREST_PRODUCT_CATEGORIES": ",".join(INPUTS_OF_DEMO["product_category"]),
    "PINTEREST_TOP_PIN_SORTS": ",".join(INPUTS_OF_DEMO["top_pin_sort"]),
    "PINTEREST_TOP_VIDEO_PIN_SORTS": ",".join(INPUTS_OF_DEMO["top_video_pin_sort"]),
}
"""The settings that fill every table from the demo account."""

COUNTS: Mapping[str, tuple[int, int]] = {
    "bid_floor": (1, 1),
    "item_bid_option": (1, 1),
    "catalog_creative_asset": (1, 1),
    "catalog_hotel": (1, 1),
    "catalog_item": (1, 1),
    "ad_account_country": (5, 5),
    "business": (1, 1),
    "schedule": (0, 1),
    "ad_preview": (0, 1),
    "keyword_metric": (1, 1),
    "page_visit_conversion_tag": (2, 2),
    "product_category_detail": (1, 1),
    "top_pin": (5, 5),
    "top_video_pin": (5, 5),
    "trending_keyword": (5, 5),
}
"""The fewest and the most rows of an answer, where it is not two or three."""

OF_EACH: Mapping[str, tuple[str, str]] = {
    "bid_floor": ("bid_floor_specs", ""),
    "item_bid_option": ("items", ""),
    "catalog_creative_asset": ("creative_assets_ids", "creative_assets_id"),
    "catalog_hotel": ("hotel_ids", "hotel_id"),
    "catalog_item": ("item_ids", "item_id"),
    "schedule": ("entity_ids", "entity_id"),
    "ad_preview": ("ad_group_ids", "ad_group_id"),
    "keyword_metric": ("keywords", "keyword"),
    "product_category_detail": ("product_categories", "product_category"),
    "related_term": ("terms", "../term"),
}
"""Endpoints that take many values in a parameter, and the field that repeats one; none where they are objects."""

REPEATED: Mapping[str, frozenset[str]] = {
    "ad_preview": frozenset({"ad_account_id"}),
    "audience_shared_account": frozenset({"account_type"}),
    "billing_invoice": frozenset({"ad_account_id"}),
    "business_asset": frozenset({"asset_type"}),
    "business_audience_shared_account": frozenset({"account_type"}),
    "catalog_distribution_issue": frozenset({"catalog_id"}),
    "conversion_tag": frozenset({"ad_account_id"}),
    "customer_segment": frozenset({"ad_account_id"}),
    "event_quality_score": frozenset({"lookback_period"}),
    "item_bid_option": frozenset({"country", "item_id", "language"}),
    "lead_form": frozenset({"ad_account_id"}),
    "lead_subscription": frozenset({"ad_account_id"}),
    "ocpm_conversion_tag": frozenset({"ad_account_id"}),
    "order_line": frozenset({"ad_account_id"}),
    "page_visit_conversion_tag": frozenset({"ad_account_id"}),
    "promotion": frozenset({"ad_account_id"}),
    "targeting_template": frozenset({"ad_account_id"}),
    "terms_of_service": frozenset({"ad_account_id"}),
}
"""Fields in which an answer repeats what the request says; nothing else of a request stands in the answer."""

IDS: Mapping[str, tuple[str, str]] = {"order_line": ("campaign", "order_line_id")}
"""Lists of what another table's column names."""

KINDS: Mapping[str, tuple[str, str]] = {"product_group_product": ("product_group", "catalog_type")}
"""Lists whose rows look as the kind of their parent wants it, which a column of that one tells."""

LINKS: Mapping[str, Mapping[str, str]] = {"top_pin": {"pin_id": "pin"}, "top_video_pin": {"pin_id": "pin"}}
"""Columns that hold ids of another table without promising it."""

BESIDE: Mapping[str, Mapping[str, str]] = {"catalog_filter_value": {"catalog_type": "RETAIL"}}
"""Members of the whole answer that no column holds."""

LIFTED = frozenset(
    {"keyword_query_volume", "bid_in_micro_currency", "app_type_multipliers", "placement_multipliers"}
)
"""Fields in lower case that stand in the object of numbers."""

_PERSON = {"id": "274000000000000001", "username": "demo_person", "email": f"{SECRET}@example.com"}
_BINDING: Mapping[str, tuple[Any, ...]] = {
    "user": (_PERSON,),
    "created_by_user": (_PERSON,),
    "created_by_business": ({**_PERSON, "username": "demo_business"},),
    "business_roles": (["EMPLOYEE"], ["BIZ_ADMIN"]),
    "assets_summary": (
        {"ad_accounts": [{"id": "549000000001", "permissions": ["ANALYST"]}], "profiles": []},
    ),
}
_SHARE: Mapping[str, tuple[Any, ...]] = {
    "user": tuple({**_PERSON, "id": f"27400000000000000{nth}"} for nth in range(5)),
    "permissions": (["ANALYST"], ["ADMIN", "FINANCE_MANAGER"]),
}
_PINS = tuple({"id": f"81300000000000{nth:04d}", "title": "Oak & linen"} for nth in range(5))
_STATUSES = ("ACTIVE", "PAUSED", "ARCHIVED")

SECRETS: Mapping[str, Mapping[str, str]] = {
    "integration": {
        "partner_access_token": SECRET,
        "partner_refresh_token": SECRET,
        "partner_primary_email": f"{SECRET}@example.com",
    },
    "lead_subscription": {"cryptographic_key": SECRET},
    "ssio_order_line": {"billing_contact_email": f"{SECRET}@example.com", "media_contact_lastname": SECRET},
}
"""Fields of answers that nothing may store."""

EXAMPLES: Mapping[str, Mapping[str, tuple[Any, ...]]] = {
    "business": _BINDING,
    "business_member": _BINDING,
    "business_partner": _BINDING,
    "business_invite": {
        **_BINDING,
        "invite_data": (
            {
                "invite_expiration": 1_900_000_000_000,
                "invite_status": "PENDING",
                "invite_type": "MEMBER_INVITE",
                "last_updated_time": 1_760_000_000_000,
                "sent_at": 1_760_000_000_000,
            },
        ),
    },
    "order_line": {
        "status": ("ACTIVE", "PAUSED"),
        "paid_type": ("PAID",),
        "campaign_ids": (["626000000001"], []),
        "type": ("orderline",),
    },
    "promotion": {
        "status": _STATUSES,
        "discount_status": ("ACTIVE", "EXPIRED"),
        "promotion_type": ("SITEWIDE", "FREE_SHIPPING"),
        "template_values": ([{"percent": 20}],),
    },
    "label": {
        "label_type": ("BRAND", "CUSTOM"),
        "parent_type": ("CAMPAIGN",),
        "status": ("ACTIVE", "ARCHIVED"),
    },
    "schedule": {
        "entity_type": ("CAMPAIGN",),
        "schedule_type": ("CAMPAIGN_BUDGET_CHANGE",),
        "schedule_action": ("INCREASE_BY_VALUE", "INCREASE_BY_PERCENT"),
        "schedule_status": ("SCHEDULED", "COMPLETED"),
        "delta_value": ("1000000",),
    },
    "ad_preview": {"pin_id": (813000000000000001,), "user_id": (274000000000000001,), "client_id": (1,)},
    "customer_segment": {"audience_ids": (["254000000000000001"],), "status": ("ACTIVE", "DELETED")},
    "targeting_template": {
        "status": ("ACTIVE", "DELETED"),
        "placement_group": ("ALL", "SEARCH"),
        "targeting_attributes": ({"GENDER": ["female"], "AGE_BUCKET": ["25-34", "35-44"]},),
        "keywords": ([{"match_type": "BROAD", "value": "linen curtains"}],),
        "sizing": ({"reach_estimate": {"estimate": 90_000, "lower_bound": 80_000, "upper_bound": 100_000}},),
    },
    "audience_insight_scope": {
        "type": ("YOUR_TOTAL_AUDIENCE", "YOUR_ENGAGED_AUDIENCE", "PINTEREST_TOTAL_AUDIENCE"),
        "scope": ("PARTNER", "PARTNER", "PINTEREST"),
    },
    "feed_processing_result": {
        "status": ("COMPLETED", "FAILED"),
        "product_counts": ({"original": 120, "ingested": 118}, {"original": 80, "ingested": 80}),
        "ingestion_details": (
            {"errors": {"IMAGE_FILE_NOT_FOUND": 2}, "info": {"IN_STOCK": 118}, "warnings": {}},
        ),
        "validation_details": ({"errors": {"TITLE_MISSING": 2}, "warnings": {"GTIN_INVALID": 5}},),
    },
    "catalog_item_issue": {
        "errors": ({"TITLE_MISSING": {"attribute_name": "TITLE", "provided_value": ""}}, {}),
        "warnings": ({}, {"GTIN_INVALID": {"attribute_name": "GTIN", "provided_value": "12"}}),
    },
    "product_group_product_count": {"catalog_type": ("RETAIL",)},
    "product_group_product RETAIL": {
        "catalog_type": ("RETAIL",),
        "metadata": tuple(
            {
                "item_id": f"sku-{nth}",
                "item_group_id": "g-1",
                "availability": "IN_STOCK",
                "price": 24.99,
                "sale_price": 14.99,
                "currency": "USD",
            }
            for nth in range(5)
        ),
        "pin": _PINS,
    },
    "product_group_product HOTEL": {
        "catalog_type": ("HOTEL",),
        "metadata": tuple({"hotel_id": f"h-{nth}"} for nth in range(5)),
        "pin": _PINS,
    },
    "product_group_product CREATIVE_ASSETS": {
        "catalog_type": ("CREATIVE_ASSETS",),
        "metadata": tuple({"creative_assets_id": f"c-{nth}", "visibility": "VISIBLE"} for nth in range(5)),
        "pin": _PINS,
    },
    "catalog_item": {
        "catalog_type": ("RETAIL",),
        "attributes": (
            {
                "title": "Oak table “é”",
                "description": "Solid oak,\nfor six",
                "link": "https://www.example.com/oak-table",
                "image_link": ["https://www.example.com/oak-table.jpg"],
                "price": "249.00USD",
                "availability": "in stock",
                "condition": "new",
                "brand": "Demo & sons",
                "custom_label_0": "sale",
                "custom_number_0": 7,
                "average_review_rating": 4.5,
                "number_of_reviews": 12,
                "ad_image_0_tag": "lifestyle",
                "last_updated_time": 1_760_000_000,
            },
            {
                "title": "Linen curtain",
                "link": "https://www.example.com/curtain",
                "image_link": ["https://www.example.com/1.jpg", "https://www.example.com/2.jpg"],
                "price": "24.99USD",
                "sale_price": "14.99USD",
                "availability": "out of stock",
                "item_group_id": "g-1",
                "color": None,
                "adult": False,
                "variant_names": ["Size"],
                "variant_values": ["L"],
            },
            None,
        ),
        "errors": (
            None,
            None,
            [{"attribute": "item_id", "code": 107, "message": "This item is not in the catalog."}],
        ),
    },
    "catalog_hotel": {
        "catalog_type": ("HOTEL",),
        "attributes": (
            {
                "name": "Hotel “Zur Post”",
                "link": "https://www.example.com/post",
                "base_price": "120.00EUR",
                "main_image": {"link": "https://www.example.com/post.jpg", "tag": ["front"]},
                "latitude": 48.1,
                "longitude": 11.5,
                "neighborhood": ["Altstadt"],
            },
            {"name": "Beach house", "brand": None, "latitude": -33.9, "longitude": 18.4},
        ),
        "errors": (None,),
    },
    "catalog_creative_asset": {
        "catalog_type": ("CREATIVE_ASSETS",),
        "attributes": (
            {
                "title": "Autumn",
                "description": "Leaves",
                "link": "https://www.example.com/autumn",
                "image_link": "https://www.example.com/autumn.jpg",
                "visibility": "visible",
            },
        ),
        "errors": (None,),
    },
    "item_bid_option": {
        "bid_in_micro_currency": (5_000_000, 0),
        "app_type_multipliers": ({"ipad": 1.2, "iphone": 1.2, "web": 0.9}, None),
        "placement_multipliers": (None, {"search": 1.2, "browse": 0.9}),
    },
    "ad_group_audience_size": {
        "audience_size_lower_bound": (90_000, 4_100_000, 0),
        "audience_size_upper_bound": (110_000, 4_900_000, 1_000),
    },
    "catalog_filter_value": {
        "filter": ("custom_label_0", "media_type", "custom_label_0"),
        "value": ("sale", "IMAGE", "new 🪴"),
    },
    "catalog_distribution_issue": {"report_type": ("DISTRIBUTION_ISSUES",)},
    "feed_ingestion_issue": {"report_type": ("FEED_INGESTION_ISSUES",), "severity": ("ERROR", "WARN")},
    "local_store": {"country": ("US", "CA")},
    "follower": {"type": ("user",)},
    "following": {"type": ("user",)},
    "followed_board": {"privacy": ("PUBLIC",), "owner": ({"username": "somebody_else"},)},
    "media": {"media_type": ("video",), "status": ("succeeded", "processing")},
    "top_pin": {"data_status": ({"IMPRESSION": "READY", "SAVE": "READY"},)},
    "top_video_pin": {"data_status": ({"VIDEO_START": "READY", "SAVE": "PROCESSING"},)},
    "business_asset": {
        "asset_group_info": ({"asset_group_name": "All of Europe", "asset_group_types": ["LOCATION"]}, None),
        "catalog_info": (None, {"id": "864000000001", "name": "Retail catalog", "catalog_type": "RETAIL"}),
    },
    "business_asset_member": _SHARE,
    "business_asset_partner": _SHARE,
    "business_audience": {
        "audience_type": ("VISITOR",),
        "status": ("READY",),
        "rule": ({"retention_days": 30},),
    },
    "billing_profile": {
        "billing_type": ("CREDIT_CARD", "INVOICE"),
        "card_type": ("VISA", "UNKNOWN"),
        "payment_method_brand": ("VISA", "UNKNOWN"),
        "status": ("VALID", "DELETED"),
    },
    "billing_invoice": {
        "currency": ("USD", "EUR"),
        "document_type": ("INVOICE", "CREDIT_MEMO"),
        "status": ("OPEN", "CLOSED"),
        "bill_to_country": ("US", "DE"),
        "payment_terms": ("NET30",),
    },
    "ads_credit_discount": {"discountType": ("COUPON", "CREDIT"), "discountCurrency": ("USD",)},
    "ssio_account": {
        "currency": ("USD",),
        "error": ("No Error",),
        "billto_infos": ([{"id": "b-1", "io_type": "Standard", "addresses": []}],),
        "pmp_names": ([{"id": "p-1", "name": "Partner & sons"}],),
    },
    "ssio_insertion_order": {
        "status": ("Approved", "Draft"),
        "creation_time": ("2026-06-21T23:11:11.000Z", "2026-07-01T08:00:00.000Z"),
    },
    "ssio_order_line": {
        "currency_info": ("USD",),
        "accepted_terms_time": ("2026-06-22T10:00:00.000Z",),
        "last_modified_date_time": ("2026-06-23T10:00:00.000Z", "2026-07-02T10:00:00.000Z"),
    },
    "lead_form": {
        "status": ("ACTIVE", "DRAFT"),
        "questions": ([{"question_type": "EMAIL"}, {"question_type": "FULL_NAME"}],),
        "policy_links": ([{"label": "Policy", "link": "https://www.example.com/policy"}],),
    },
    "lead_subscription": {"api_version": ("v5",), "cryptographic_algorithm": ("AES-256-GCM",)},
    "conversion_tag": {
        "status": _STATUSES,
        "version": ("3",),
        "enhanced_match_status": ("VALIDATION_COMPLETE", "NOT_VALIDATED"),
        "configs": ({"aem_enabled": True, "md_frequency": 0.6},),
    },
    "page_visit_conversion_tag": {"conversion_event": ("PAGE_VISIT",)},
    "ocpm_conversion_tag": {"conversion_event": ("CHECKOUT", "SIGNUP", "PAGE_VISIT")},
    "advertiser_defined_event": {"mapped_conversion_type": ("CHECKOUT", "SIGNUP")},
    "event_quality_score": {
        "source_platform": ("WEB", "MOBILE_IOS", "OFFLINE"),
        "ingestion_source": ("TAG", "CONVERSIONS_API", "FILE_UPLOAD"),
        "overall_status": ("GOOD", "FAIR", "NEEDS_IMPROVEMENT"),
        "quality_components": ({"order_id": {"CHECKOUT": {"coverage": 0.9}}},),
    },
    "conversion_deletion_request": {
        "status": ("PENDING", "SUBMITTED"),
        "created_time": ("2026-11-01", "2026-11-02"),
        "processed_time": (None, "2026-11-09"),
    },
    "ad_account_country": {
        "code": ("US", "CA", "GB", "DE", "FR"),
        "name": ("United States", "Canada", "United Kingdom", "Germany", "France"),
        "currency": ("USD", "CAD", "GBP", "EUR", "EUR"),
    },
    "trending_keyword": {
        "time_series": ({"2026-11-01": 60, "2026-11-08": 100},),
        "predicted_time_series": (None, {"2026-12-06": 80}),
        "demographics": ({"gender_distribution": {"gender_distribution": "female"}}, None),
    },
    "featured_topic": {
        "../interest": ("ART", "BEAUTY"),
        "../market": ("US",),
        "related_interests": (["home_decor"],),
        "related_searches": (["reading nook"],),
        "pins": (
            [{"id": "813000000001", "src": "https://i.pinimg.example/1.jpg", "width": 200, "height": 300}],
        ),
        "time_series": ({"2026-11-01": 0.6, "2026-11-08": 1.0},),
    },
    "trending_product_category": {
        "engagement_type": ("ENGAGEMENT",),
        "verticals": (["HOME_DECOR"],),
        "product_category": ("ACCENT_TABLES", "AREA_RUGS", "ARMOIRES_AND_WARDROBES"),
    },
    "product_category_detail": {
        "metrics_highlights": ({"engagement": {"pct_change_mom": 12.5}},),
        "demographics": (
            {"age": {"25-34": 0.4}, "gender": {"female": 0.7, "male": 0.2, "unspecified": 0.1}},
        ),
        "related_searches": (["oak table"],),
        "time_series": ({"2026-11-01": 60.0},),
        "predicted_time_series": ({"2026-12-06": 80.0},),
    },
    "editorial_article": {
        "interests": (["home_decor"],),
        "related_keywords": ([{"name": "reading nook", "pct_growth_mom": 12}],),
        "pins_url": (["https://www.example.com/pin/1"],),
    },
    "keyword_metric": {"keyword_query_volume": ("5M+", "10K-50K")},
    "related_term": {"related_term": ("one", "two", "three")},
    "partner_pin": {
        "media": (
            {
                "media_type": "image",
                "images": {"600x": {"url": "https://i.pinimg.example/2.jpg", "width": 600, "height": 900}},
            },
        ),
    },
}
"""Values by stream and source: of a row its place among them decides which. None is a field that is left out."""
