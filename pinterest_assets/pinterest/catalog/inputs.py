"""What some lists can only be asked with, and a user chooses: regions, terms, kinds.

Each input is a setting, ``PINTEREST_<its plural>``; the values that are allowed are Pinterest's (spec).
"""

from collections.abc import Mapping
from dataclasses import dataclass

TREND_REGIONS = (
    "US", "CA", "DE", "FR", "ES", "IT", "DE+AT+CH", "GB+IE", "IT+ES+PT+GR+MT", "PL+RO+HU+SK+CZ",
    "SE+DK+FI+NO", "NL+BE+LU", "AR", "BR", "CO", "MX", "MX+AR+CO+CL", "AU+NZ",
)  # fmt: skip
"""Regions that trending keywords are told for."""

CATEGORY_REGIONS = ("US", "GB+IE", "CA")
"""Regions that trends of topics and product categories are told for."""

TREND_TYPES = ("growing", "monthly", "yearly", "seasonal")

INSIGHT_TYPES = ("YOUR_TOTAL_AUDIENCE", "YOUR_ENGAGED_AUDIENCE", "PINTEREST_TOTAL_AUDIENCE")

TOP_PIN_SORTS = ("ENGAGEMENT", "IMPRESSION", "OUTBOUND_CLICK", "PIN_CLICK", "SAVE")
TOP_VIDEO_PIN_SORTS = (
    "IMPRESSION", "OUTBOUND_CLICK", "SAVE", "QUARTILE_95_PERCENT_VIEW", "VIDEO_10S_VIEW",
    "VIDEO_AVG_WATCH_TIME", "VIDEO_MRC_VIEW", "VIDEO_START", "VIDEO_V50_WATCH_TIME",
)  # fmt: skip
"""What the 50 best pins can be best by."""


@dataclass(frozen=True, slots=True)
class Input:
    """``setting`` is the field of the settings that has the values; not all of them need be ``allowed`` here."""

    setting: str
    default: tuple[str, ...]
    allowed: tuple[str, ...] = ()

    def of(self, values: tuple[str, ...]) -> tuple[str, ...]:
        """Those of the setting's values that can be asked with."""
        return tuple(value for value in values if not self.allowed or value in self.allowed)


CATALOG_LOCALES = (
    "af-ZA", "ar-SA", "bg-BG", "bn-IN", "cs-CZ", "da-DK", "de", "el-GR", "en-AU", "en-CA", "en-GB", "en-IN",
    "en-US", "es-419", "es-AR", "es-ES", "es-MX", "fi-FI", "fr", "fr-CA", "he-IL", "hi-IN", "hr-HR", "hu-HU",
    "id-ID", "it", "ja", "ko-KR", "ms-MY", "nb-NO", "nl", "pl-PL", "pt-BR", "pt-PT", "ro-RO", "ru-RU", "sk-SK",
    "sv-SE", "te-IN", "th-TH", "tl-PH", "tr", "uk-UA", "vi-VN", "zh-CN", "zh-TW",
)  # fmt: skip
"""Languages that items of catalogs can be in."""

BIDS = (
    ("AWARENESS", "IMPRESSION"),
    ("CONSIDERATION", "CLICKTHROUGH"),
    ("CATALOG_SALES", "CLICKTHROUGH"),
)
"""Objectives that a bid is set for, and what is charged for then (spec: ``bid_in_micro_currency``)."""

INPUTS: Mapping[str, Input] = {
    "region": Input("trend_regions", ("US",), TREND_REGIONS),
    "category_region": Input("trend_regions", ("US",), CATEGORY_REGIONS),
    "trend_type": Input("trend_types", TREND_TYPES, TREND_TYPES),
    "audience_insight_type": Input("audience_insight_types", INSIGHT_TYPES, INSIGHT_TYPES),
    "country": Input("countries", ("US",)),
    "locale": Input("catalog_locales", ("en-US",), CATALOG_LOCALES),
    "term": Input("terms", ()),
    "product_category": Input("product_categories", ()),
    "top_pin_sort": Input("top_pin_sorts", TOP_PIN_SORTS, TOP_PIN_SORTS),
    "top_video_pin_sort": Input("top_video_pin_sorts", TOP_VIDEO_PIN_SORTS, TOP_VIDEO_PIN_SORTS),
}
"""Every input by the name that paths have for it."""

DEFAULT_INPUTS: Mapping[str, tuple[str, ...]] = {name: one.of(one.default) for name, one in INPUTS.items()}
"""What is asked with when nobody chose."""
