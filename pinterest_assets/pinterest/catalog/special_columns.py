"""Columns, levels and breakdowns of MMM and of brand, category and SKU reports.

Holds the names, and our words for what only these reports know; the grammar of the rest is in
``report_columns``. The names of product columns are regular but for which sources an event has.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from pinterest_assets.pinterest.catalog.model import Column
from pinterest_assets.pinterest.catalog.report_columns import column
from pinterest_assets.pinterest.catalog.report_kinds import PRODUCT_DIMENSIONS

MMM_LEVELS = ("CAMPAIGN_TARGETING", "AD_GROUP_TARGETING")
MMM_GRANULARITIES = ("DAY", "WEEK")
MMM_TARGETING_TYPES = (
    "APPTYPE",
    "AUDIENCE_INCLUDE",
    "COUNTRY",
    "CREATIVE_TYPE",
    "GENDER",
    "LOCATION",
    "PLACEMENT",
)
"""The five of 5.23, and AUDIENCE_INCLUDE and PLACEMENT of 5.28."""

# fmt: off
MMM_COUNTRIES = (
    "US",
    "GB",
    "CA",
    "IE",
    "AU",
    "NZ",
    "FR",
    "SE",
    "IL",
    "DE",
    "AT",
    "IT",
    "ES",
    "NL",
    "BE",
    "PT",
    "CH",
    "HK",
    "JP",
    "KR",
    "SG",
    "NO",
    "DK",
    "FI",
    "CY",
    "LU",
    "MT",
    "PL",
    "RO",
    "HU",
    "CZ",
    "GR",
    "SK",
    "BR",
    "MX",
    "AR",
    "CL",
    "CO",
)
# fmt: on
"""What ``countries`` can name (spec)."""

PRODUCT_LEVELS = ("ADVERTISER", "CAMPAIGN", "AD_GROUP")
PRODUCT_GRANULARITIES = ("TOTAL", "WEEK", "MONTH")

_MMM_NAMES = (
    "SPEND_IN_DOLLAR",
    "SPEND_IN_MICRO_DOLLAR",
    "ECPC_IN_DOLLAR",
    "ECTR",
    "CAMPAIGN_NAME",
    "TOTAL_ENGAGEMENT",
    "EENGAGEMENT_RATE",
    "ECPM_IN_DOLLAR",
    "CAMPAIGN_ID",
    "ADVERTISER_ID",
    "AD_GROUP_ID",
    "AD_GROUP_NAME",
    "CLICKTHROUGH_1",
    "IMPRESSION_1",
    "CLICKTHROUGH_2",
    "IMPRESSION_2",
    "TOTAL_CLICKTHROUGH",
    "TOTAL_IMPRESSION",
    "ADVERTISER_NAME",
    "SPEND_ORDER_LINE_PAID_TYPE",
    "CAMPAIGN_OBJECTIVE_TYPE",
    "ADS_CREDIT_SPEND_IN_DOLLAR",
)
_PAID = "of the advertiser, bonus media included, in the ad account's currency"
_ONLY_MMM = (
    Column(
        "pinner_list_name", "VARCHAR", "Name of the pinner list, as Pinterest calls it", "PINNER_LIST_NAME"
    ),
    *(
        Column(name.lower(), "DOUBLE", f"{words} {_PAID}", name, additive)
        for name, words, additive in (
            ("ADVERTISER_PAID_SPEND_IN_DOLLAR", "Spend", True),
            ("ADVERTISER_PAID_ECPC_IN_DOLLAR", "Effective cost for each pin click", False),
            ("ADVERTISER_PAID_ECPM_IN_DOLLAR", "Effective cost for each thousand impressions", False),
        )
    ),
)
"""Columns of 5.28 that no other report has."""

MMM_COLUMNS: Mapping[str, Column] = MappingProxyType(
    {found.source: found for found in (*map(column, _MMM_NAMES), *_ONLY_MMM)}
)
"""What an MMM report knows, by Pinterest's name."""

_SOURCES = {"": "", "WEB": " on the web", "INAPP": " in apps", "OFFLINE": " offline"}
_EVERYWHERE, _NO_STORES, _NO_APPS, _WEB = (
    ("", "WEB", "INAPP", "OFFLINE"),
    ("", "WEB", "INAPP"),
    ("", "WEB", "OFFLINE"),
    ("", "WEB"),
)
_EVENTS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "": (_EVERYWHERE, "conversions of every kind"),
    "CHECKOUT": (_EVERYWHERE, "checkouts"),
    "ADD_TO_CART": (_NO_STORES, "add-to-cart events"),
    "PAGE_VISIT": (_WEB, "page visits"),
    "SIGNUP": (_EVERYWHERE, "sign-ups"),
    "WATCH_VIDEO": (_WEB, "watch-video events"),
    "LEAD": (_NO_APPS, "leads"),
    "SEARCH": (_NO_STORES, "searches"),
    "VIEW_CATEGORY": (_WEB, "category views"),
    "CUSTOM": (_NO_APPS, "custom events"),
    "UNKNOWN": (_EVERYWHERE, "conversions of unknown kind"),
    "ADD_PAYMENT_INFO": (_EVERYWHERE, "payment details given"),
    "ADD_TO_WISHLIST": (_EVERYWHERE, "add-to-wishlist events"),
    "INITIATE_CHECKOUT": (_EVERYWHERE, "checkouts begun"),
    "SUBSCRIBE": (_EVERYWHERE, "subscriptions"),
    "VIEW_CONTENT": (_EVERYWHERE, "content views"),
}
"""Events of product reports: the sources each is told for (spec), and our words."""

_PRODUCT_TEXTS = (
    "CAMPAIGN_NAME",
    "CAMPAIGN_ID",
    "ADVERTISER_ID",
    "AD_GROUP_ID",
    "CAMPAIGN_OBJECTIVE_TYPE",
    "AD_GROUP_NAME",
)


def _products() -> Iterator[Column]:
    for event, (sources, words) in _EVENTS.items():
        for source in sources:
            start = "_".join(filter(None, ("TOTAL", source, event, "CONVERSION_PRODUCT")))
            of = f"products in {words}{_SOURCES[source]}"
            yield _count(f"{start}_QUANTITY", "BIGINT", f"Number of {of}")
            yield _count(f"{start}_VALUE", "DOUBLE", f"Value of {of}")
            yield _count(f"{start}_VALUE_IN_USD", "DOUBLE", f"Value of {of}, in US dollars")


def _count(name: str, kind: str, words: str) -> Column:
    return Column(name.lower(), kind, words, name, additive=True)  # type: ignore[arg-type]


PRODUCT_COLUMNS: Mapping[str, Column] = MappingProxyType(
    {
        found.source: found
        for found in (
            *map(column, _PRODUCT_TEXTS),
            *(dimension for group in PRODUCT_DIMENSIONS.values() for dimension in group),
            *_products(),
        )
    }
)
"""What a brand, category or SKU report knows, by Pinterest's name."""
