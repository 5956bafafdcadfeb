"""Which OAuth scopes and which roles each family of paths needs, as data.

Source: the ``security`` entries of the OpenAPI description 5.23.0, and the role lists in its
operations' descriptions. Used to ask for consent and to say what is missing when access is denied.
"""

import re

READ_SCOPES = (
    "ads:read",
    "billing:read",
    "biz_access:read",
    "boards:read",
    "boards:read_secret",
    "catalogs:read",
    "pins:read",
    "pins:read_secret",
    "user_accounts:read",
)
"""Every scope that only reads."""

_ADS_ROLES = "Owner, Admin, Analyst or Campaign Manager of the ad account"
_CATALOG_ROLES = "Owner, Admin or Catalogs Manager of the ad account"
_ORGANIC_ROLES = f"{_ADS_ROLES} (Owner or Admin for secret boards and pins)"
_PIN_ANALYTICS_ROLES = "Admin or Analyst of the ad account"

_FAMILIES: tuple[tuple[str, tuple[str, ...], str], ...] = (
    (r"/ad_accounts/[^/]+/(ads_credit|billing_\w+)", ("ads:read", "billing:read"), _ADS_ROLES),
    (r"/ad_accounts", ("ads:read",), _ADS_ROLES),
    (r"/boards/[^/]+/(sections/[^/]+/)?pins", ("boards:read", "pins:read"), _ORGANIC_ROLES),
    (r"/boards", ("boards:read",), _ORGANIC_ROLES),
    (r"/pins/([^/]+/)?analytics", ("boards:read", "pins:read"), _PIN_ANALYTICS_ROLES),
    (r"/pins", ("boards:read", "pins:read"), _ORGANIC_ROLES),
    (r"/media", ("pins:read",), _ORGANIC_ROLES),
    (
        r"/catalogs/product_groups/[^/]+/products",
        ("boards:read", "catalogs:read", "pins:read"),
        _CATALOG_ROLES,
    ),
    (r"/catalogs", ("catalogs:read",), _CATALOG_ROLES),
    (r"/advanced_auction", ("ads:read", "catalogs:read"), "Owner or Admin of the ad account"),
    (r"/businesses", ("biz_access:read",), ""),
    (r"/resources/delivery_metrics", ("ads:read", "pins:read", "user_accounts:read"), ""),
    (r"/(resources|integrations|terms)", ("ads:read",), ""),
    (r"/search/boards", ("boards:read", "boards:read_secret"), ""),
    (r"/search/pins", ("boards:read", "boards:read_secret", "pins:read", "pins:read_secret"), ""),
    (r"/search/partner/pins", ("boards:read", "pins:read"), ""),
    (r"/user_account/analytics/top_\w+", ("pins:read", "user_accounts:read"), _PIN_ANALYTICS_ROLES),
    (r"/(user_account|users|trends)", ("user_accounts:read",), ""),
)
RESTRICTED = {
    "MMM reports": re.compile(r"/ad_accounts/[^/]+/mmm_reports$"),
    "reports of brands, categories and SKUs": re.compile(r"/ad_accounts/[^/]+/reports/brand_category_sku$"),
}
"""What Pinterest opens for single ad accounts, on request (its words: beta, and restricted)."""

_COMPILED = tuple((re.compile(pattern + r"(/|$)"), scopes, roles) for pattern, scopes, roles in _FAMILIES)


def scopes_for(path: str) -> tuple[str, ...]:
    """The scopes a token needs to read ``path``; empty when not known."""
    return next((scopes for pattern, scopes, _ in _COMPILED if pattern.match(path)), ())


def roles_for(path: str) -> str:
    """The roles that may read ``path``, as words; empty when not known."""
    return next((roles for pattern, _, roles in _COMPILED if pattern.match(path)), "")


def restricted(path: str) -> str | None:
    """What ``path`` gives, when Pinterest has to open it for the ad account."""
    return next((what for what, pattern in RESTRICTED.items() if pattern.match(path)), None)
