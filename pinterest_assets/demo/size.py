"""How large a demo account is, and the sizes that have names. Holds no data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class DemoSize:
    """How many of each there are, over all ad accounts together.

    Campaigns are dealt out to the accounts, ad groups to the campaigns and ads to the ad groups in
    turn, so the counts are exact, and every parent has children but in an account that never
    advertised. Accounts beyond the second share the owners of the first two.
    """

    accounts: int = 2
    campaigns: int = 8
    ad_groups: int = 20
    ads: int = 60
    pins: int = 30
    keywords_per_ad_group: int = 4

    NEVER_ADVERTISED: ClassVar[DemoSize]
    SMALL: ClassVar[DemoSize]
    THOUSAND_ADS: ClassVar[DemoSize]
    TEN_THOUSAND_ADS: ClassVar[DemoSize]

    def __post_init__(self) -> None:
        counts = (self.campaigns, self.ad_groups, self.ads)
        if not 1 <= self.accounts <= self.campaigns <= self.ad_groups <= self.ads <= 10_000 and any(counts):
            raise ValueError(
                "need 1 <= accounts <= campaigns <= ad groups <= ads <= 10,000, or none of these"
            )
        if self.pins < 20:
            raise ValueError("need at least 20 pins: every kind of pin has to exist for each owner")
        if not 3 <= self.keywords_per_ad_group <= 5:
            raise ValueError("need 3 to 5 keywords per ad group")

    @classmethod
    def with_ads(cls, ads: int) -> DemoSize:
        """A believable account of about that many ads: 5 ads a group, 4 groups a campaign."""
        groups = max(8, ads // 5)
        return cls(accounts=2, campaigns=max(8, groups // 4), ad_groups=groups, ads=max(ads, groups))


DemoSize.NEVER_ADVERTISED = DemoSize(accounts=1, campaigns=0, ad_groups=0, ads=0, pins=20)
DemoSize.SMALL = DemoSize()
DemoSize.THOUSAND_ADS = DemoSize(accounts=1, campaigns=50, ad_groups=200, ads=1_000)
DemoSize.TEN_THOUSAND_ADS = DemoSize(accounts=2, campaigns=500, ad_groups=2_000, ads=10_000)
