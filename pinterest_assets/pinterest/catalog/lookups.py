"""Lookups: what the words of other tables mean. Their kind of stream, their columns, and how one is declared.

A lookup is one endpoint, asked once for each value of one parameter and answered whole. Its rows belong to no
ad account. How an answer is read is in ``extract.lookup_rows``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from pinterest_assets.pinterest.catalog.model import Column, ColumnType, Stream

REPORT_TYPES = ("SYNC", "ASYNC")
"""The ways numbers are asked for, as the definitions of metrics call them (spec)."""

OF_EVERYBODY = ("AGE_BUCKET", "APPTYPE", "GENDER", "GEO", "INTEREST", "LOCALE", "LOCATION")
OF_AN_ACCOUNT = ("AUDIENCE_EXCLUDE", "AUDIENCE_INCLUDE", "KEYWORD")
"""Types of targeting options (spec: PublicTargetingType). Those of an account are asked in its name: that these
are the ones is concluded from what they are; the description offers ``ad_account_id`` for all."""

BREAKDOWNS_OF: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "LOCATION": ("COUNTRY",),
        "GEO": ("REGION",),
        "INTEREST": ("PINNER_INTEREST", "TARGETED_INTEREST"),
    }
)
"""Types of breakdowns that Pinterest lists no options of, by the type that has theirs: among the places of LOCATION
are the countries, among those of GEO the regions."""


@dataclass(frozen=True, kw_only=True)
class LookupStream(Stream):
    """``asked_by`` is the parameter, in the path or the query, and ``values`` what it is asked with.

    ``by_account`` are further values, asked with for every ad account. ``details`` is the endpoint that
    tells the place of one row in a tree, where there is a tree.
    """

    path: str
    asked_by: str
    values: tuple[str, ...]
    by_account: tuple[str, ...] = ()
    details: str | None = None

    @property
    def paths(self) -> tuple[str, ...]:
        """The endpoints, as Pinterest's reference spells them."""
        return (self.path, self.details) if self.details else (self.path,)

    @property
    def inputs(self) -> Mapping[str, tuple[str, ...]]:
        return super().inputs if self.by_account else {}


def lookup(
    name: str,
    columns: tuple[Column, ...],
    path: str,
    *,
    asked_by: str,
    values: tuple[str, ...],
    key: tuple[str, ...],
    about: str,
    by_account: tuple[str, ...] = (),
    details: str | None = None,
) -> LookupStream:
    """A lookup; all are of the group ``reference``, and cheap."""
    return LookupStream(
        name=name,
        group="reference",
        category="ads_read",
        description=about,
        columns=columns,
        key=key,
        path=path,
        asked_by=asked_by,
        values=values,
        by_account=by_account,
        details=details,
    )


def _columns(**specs: tuple[ColumnType, str]) -> tuple[Column, ...]:
    return tuple(Column(name, kind, text) for name, (kind, text) in specs.items())


METRIC_DEFINITION = _columns(
    name=("VARCHAR", "Pinterest's name of the metric"),
    report_type=("VARCHAR", "SYNC: answered at once; ASYNC: by report"),
    column_name=("VARCHAR", "What the metric is called as a column of our tables"),
    display_name=("VARCHAR", "What Ads Manager calls it"),
    definition=("VARCHAR", "What Pinterest says it is"),
    category=("VARCHAR", "ADS or ORGANIC"),
    kind=("VARCHAR", "Money, count, ratio, or attribute; this and all that follows is told from the name"),
    additive=("BOOLEAN", "Whether parts sum to the whole"),
    traffic=("VARCHAR", "Paid, earned, or total: both"),
    source=("VARCHAR", "Where conversions happened: web, in_app, offline, pinterest; NULL: anywhere"),
    action=("VARCHAR", "What people had done with the ad: click, engagement, view; NULL: any of them"),
    event=("VARCHAR", "Which conversion: checkout, lead, page_visit, ..."),
    measure=("VARCHAR", "What is told of the conversion: count, quantity, value, or a ratio with spend"),
    acted_on=("VARCHAR", "Device on which people met the ad: desktop, mobile, tablet"),
    converted_on=("VARCHAR", "Device on which they converted"),
)

TARGETING_VALUE = _columns(
    targeting_type=("VARCHAR", "Type of the targeting option, or of the breakdown that has it"),
    targeting_value=("VARCHAR", "The value, as targeting and breakdowns have it"),
    name=("VARCHAR", "The value in words"),
    kind=(
        "VARCHAR",
        "What it is: age, app, audience, country, gender, interest, keyword, locale, metro, region",
    ),
    parent=("VARCHAR", "Value of the same type that this one is a part of: of a region, of an interest"),
    country=("VARCHAR", "Country it is, or lies in; UST are the territories of the U.S."),
    country_name=("VARCHAR", "The country in words, where the answer tells it"),
    region=("VARCHAR", "Region it is, or lies in"),
    level=("BIGINT", "Depth in the tree of interests, 1 at the top"),
)
