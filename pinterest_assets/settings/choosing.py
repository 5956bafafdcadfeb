"""Settings of which streams there are, and what lists can only be asked with: regions, terms, kinds."""

from collections.abc import Iterable, Mapping
from typing import get_args

from pydantic import ValidationInfo, field_validator

from pinterest_assets.pinterest.catalog import Stream
from pinterest_assets.pinterest.catalog.inputs import INPUTS
from pinterest_assets.pinterest.catalog.model import Group
from pinterest_assets.settings.access import AccessSettings
from pinterest_assets.settings.values import Listed, only

GROUPS: tuple[str, ...] = get_args(Group)
DEFAULT_GROUPS = ("ads", "analytics", "targeting", "reports", "audiences", "catalogs", "organic", "reference")
"""Not those that need more scopes, nor ``people``: who follows whom is about people outside the company."""

ALL = "all"


def _default(name: str) -> tuple[str, ...]:
    return INPUTS[name].default


class ChoosingSettings(AccessSettings):
    """What there is to read."""

    groups: Listed = DEFAULT_GROUPS
    countries: Listed = _default("country")
    catalog_locales: Listed = _default("locale")
    terms: Listed = _default("term")
    product_categories: Listed = _default("product_category")
    trend_regions: Listed = _default("region")
    trend_types: Listed = _default("trend_type")
    audience_insight_types: Listed = _default("audience_insight_type")
    top_pin_sorts: Listed = _default("top_pin_sort")
    top_video_pin_sorts: Listed = _default("top_video_pin_sort")

    @field_validator("groups")
    @classmethod
    def _known_groups(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        given = tuple(word.lower() for word in value)
        return GROUPS if ALL in given else only(given, GROUPS, also=(ALL,))

    @field_validator("countries")
    @classmethod
    def _countries(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        wrong = [code for code in value if not (len(code) == 2 and code.isascii() and code.isalpha())]
        if wrong:
            raise ValueError(f"must hold codes of two letters, like US or DE; not {wrong[0]!r}")
        return tuple(dict.fromkeys(code.upper() for code in value))

    @field_validator(
        "catalog_locales",
        "trend_regions",
        "trend_types",
        "audience_insight_types",
        "top_pin_sorts",
        "top_video_pin_sorts",
    )
    @classmethod
    def _allowed(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        allowed = [name for one in INPUTS.values() if one.setting == info.field_name for name in one.allowed]
        return only(value, tuple(dict.fromkeys(allowed)))

    @field_validator("terms", "product_categories")
    @classmethod
    def _once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(value))

    @property
    def inputs(self) -> Mapping[str, tuple[str, ...]]:
        """What lists are asked with, by the name that paths have for it."""
        return {name: one.of(getattr(self, one.setting)) for name, one in INPUTS.items()}

    def in_groups(self, streams: Mapping[str, Stream], also: Iterable[str] = ()) -> dict[str, Stream]:
        """The streams of the groups that are on, and those that their calls are made from, in the same order."""
        wanted: set[str] = set()
        ahead = [*also, *(name for name, stream in streams.items() if stream.group in self.groups)]
        while ahead:
            name = ahead.pop()
            if name not in wanted:
                wanted.add(name)
                ahead += streams[name].inputs
        return {name: stream for name, stream in streams.items() if name in wanted}
