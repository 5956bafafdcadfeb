"""Owners, ad accounts, campaigns, ad groups and ads: who belongs to whom, in what state, since when.

Holds facts as plain objects. How the API spells them is in ``entities``; what they delivered is in
``numbers``. Moments are counted back from ``today``, so nothing here reads the clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from pinterest_assets.demo import dice, ids
from pinterest_assets.demo.size import DemoSize

NEVER_STOPPED = 9_999_999
"""A last day that is never reached."""

OBJECTIVES = ("WEB_CONVERSION", "CATALOG_SALES", "CONSIDERATION", "AWARENESS", "VIDEO_COMPLETION")
_CURRENCIES = ("USD", "EUR", "USD", "EUR")


@dataclass(frozen=True, slots=True)
class Owner:
    """A user account that owns ad accounts, boards and, the first one only, catalogs."""

    index: int
    id: str
    username: str

    @property
    def has_catalog(self) -> bool:
        return self.index == 0


@dataclass(frozen=True, slots=True)
class Account:
    index: int
    id: str
    owner: Owner
    currency: str
    created: datetime


@dataclass(frozen=True, slots=True)
class Node:
    """What campaigns, ad groups and ads have: a state, and the days it lets ads run.

    ``first`` and ``last`` are day ordinals that include what the parents allow; a node that never
    ran has ``last`` before ``first``.
    """

    index: int
    id: str
    status: str
    created: datetime
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Campaign(Node):
    account: Account
    objective: str


@dataclass(frozen=True, slots=True)
class AdGroup(Node):
    campaign: Campaign


@dataclass(frozen=True, slots=True)
class Ad(Node):
    group: AdGroup
    rejected: bool


@dataclass(frozen=True, slots=True)
class Hierarchy:
    owners: tuple[Owner, ...]
    accounts: tuple[Account, ...]
    campaigns: tuple[Campaign, ...]
    groups: tuple[AdGroup, ...]
    ads: tuple[Ad, ...]


def build(size: DemoSize, seed: int, today: date) -> Hierarchy:
    """The whole tree, every level dealt out to the one above in turn."""
    owners = tuple(
        Owner(index, ids.make("user", seed, index), f"demo_owner_{'ab'[index]}")
        for index in range(min(size.accounts, 2))
    )
    accounts = tuple(
        Account(
            index,
            ids.make("ad_account", seed, index),
            owners[index % 2],
            _CURRENCIES[index % 4],
            _moment(today, 900 + 30 * index, seed, "account", index),
        )
        for index in range(size.accounts)
    )
    campaigns = tuple(_campaign(i, accounts, seed, today) for i in range(size.campaigns))
    groups = tuple(_group(i, campaigns[i % len(campaigns)], seed, today) for i in range(size.ad_groups))
    ads = tuple(_ad(i, groups[i % len(groups)], seed, today) for i in range(size.ads))
    return Hierarchy(owners, accounts, campaigns, groups, ads)


def _moment(today: date, days_ago: int, *keys: int | str) -> datetime:
    second = dice.below(86_400, "moment", *keys)
    return datetime.combine(today - timedelta(days=days_ago), time()) + timedelta(seconds=second)


def _campaign_state(account: Account, nth: int, seed: int) -> tuple[str, int]:
    """Status and age in days. The first campaigns of an account are fixed, so all cases exist."""
    fixed = (("ACTIVE", 430), ("ACTIVE", 310), ("ARCHIVED", 380), ("DRAFT", 40))
    if account.index % 2:
        fixed = (("ACTIVE", 520), ("ACTIVE", 11), ("PAUSED", 260), ("ARCHIVED", 330))
    if nth < len(fixed):
        return fixed[nth]
    roll = dice.below(100, seed, "campaign state", account.index, nth)
    status = "ARCHIVED" if roll < 8 else "PAUSED" if roll < 14 else "DRAFT" if roll < 16 else "ACTIVE"
    return status, 20 if roll > 97 else 180 + dice.below(500, seed, "campaign age", account.index, nth)


def _campaign(index: int, accounts: tuple[Account, ...], seed: int, today: date) -> Campaign:
    account, nth = accounts[index % len(accounts)], index // len(accounts)
    status, age = _campaign_state(account, nth, seed)
    objective = OBJECTIVES[nth % len(OBJECTIVES)]
    if objective == "CATALOG_SALES" and not account.owner.has_catalog:
        objective = "CONSIDERATION"
    created = _moment(today, age, seed, "campaign", index)
    first = created.toordinal() + 1
    last = _last_day(status, first, today, seed, "campaign", index)
    made = ids.make("campaign", seed, index)
    return Campaign(index, made, status, created, first, last, account, objective)


def _group(index: int, campaign: Campaign, seed: int, today: date) -> AdGroup:
    status = "ARCHIVED" if index % 9 == 5 else "PAUSED" if index % 11 == 8 else "ACTIVE"
    if index % 19 == 18:
        status = "DRAFT"
    status, created = _below(campaign, status, today, 25, seed, "group", index)
    first = max(campaign.first, created.toordinal())
    last = min(campaign.last, _last_day(status, first, today, seed, "group", index))
    return AdGroup(index, ids.make("ad_group", seed, index), status, created, first, last, campaign)


def _ad(index: int, group: AdGroup, seed: int, today: date) -> Ad:
    status = "ARCHIVED" if index % 10 == 3 else "PAUSED" if index % 14 == 9 else "ACTIVE"
    if index % 23 == 21:
        status = "DELETED_DRAFT" if index % 2 else "DRAFT"
    status, created = _below(group, status, today, 12, seed, "ad", index)
    rejected = index % 13 == 6 and "DRAFT" not in status
    first = max(group.first, created.toordinal())
    last = min(group.last, _last_day(status, first, today, seed, "ad", index))
    last = first - 1 if rejected else last
    return Ad(index, ids.make("ad", seed, index), status, created, first, last, group, rejected)


def _below(
    parent: Node, status: str, today: date, spread: int, seed: int, kind: str, index: int
) -> tuple[str, datetime]:
    """Status and moment of a child: never older than its parent, never livelier than it."""
    if parent.status in ("DRAFT", "DELETED_DRAFT", "ARCHIVED"):
        status = parent.status
    age = (today - parent.created.date()).days
    if age < 100 and status in ("ARCHIVED", "PAUSED"):
        status = "ACTIVE"
    later = dice.below(max(1, min(spread, age)), seed, kind, index)
    if age > 200 and dice.below(12, seed, "late", kind, index) == 0:
        later = age - dice.below(60, seed, "days ago", kind, index) - 1 if status == "ACTIVE" else later
    return status, parent.created + timedelta(days=later, minutes=dice.below(50, seed, "min", kind, index))


def _last_day(status: str, first: int, today: date, seed: int, kind: str, index: int) -> int:
    """The last day a node of that status runs: drafts never did, archived ones stopped a while ago."""
    if status in ("DRAFT", "DELETED_DRAFT"):
        return first - 1
    if status == "ARCHIVED":
        return today.toordinal() - 20 - dice.below(40, seed, "archived", kind, index)
    if status == "PAUSED":
        return today.toordinal() - 3 - dice.below(20, seed, "paused", kind, index)
    return NEVER_STOPPED
