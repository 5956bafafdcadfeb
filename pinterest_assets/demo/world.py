"""The demo account as a whole: entities, profiles, shops and deliveries of one size, seed and day.

Everything is built once and then only read, but for restatements, ``changes`` and ``readiness``. Holds no HTTP.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

import numpy as np

from pinterest_assets.demo import attachments, catalogs, entities, organic, report_templates
from pinterest_assets.demo.breakdowns import PROMOTED, Facts, Value, cuts
from pinterest_assets.demo.changes import Changes
from pinterest_assets.demo.dice import Ints
from pinterest_assets.demo.entities import Row
from pinterest_assets.demo.hierarchy import Ad, Hierarchy, build
from pinterest_assets.demo.numbers import Window, rates
from pinterest_assets.demo.readiness import Readiness
from pinterest_assets.demo.size import DemoSize
from pinterest_assets.demo.tables import Ledger, Table

_DEFAULT = Window()


@dataclass(frozen=True, slots=True)
class Level:
    """Which entity of a level each ad counts for."""

    ids: tuple[str, ...]
    accounts: tuple[str, ...]
    members: Ints


class DemoAccount:
    """All data of a demo. The same size, seed and day give the same data on any machine."""

    def __init__(self, size: DemoSize = DemoSize.SMALL, seed: int = 7, today: date | None = None) -> None:
        self.size = size
        self.seed = seed
        self.today = today or datetime.now(timezone.utc).date()
        self.tree: Hierarchy = build(size, seed, self.today)
        self.profiles = organic.build(self.tree.owners, size, seed, self.today)
        self.shops = catalogs.build(self.tree.owners, seed, self.today)
        self._build_ads_entities()
        self._build_attachments()
        self.levels = self._levels()
        self.ledger = self._ledger()
        self.changes = Changes(self)
        self.readiness = Readiness(self.today)
        self.version = 0

    def _build_ads_entities(self) -> None:
        tree, seed = self.tree, self.seed
        self.accounts = {node.id: entities.ad_account(node) for node in tree.accounts}
        self.campaigns = {node.id: entities.campaign(node, seed) for node in tree.campaigns}
        self.ad_groups = {node.id: entities.ad_group(node, seed) for node in tree.groups}
        self.ads = {node.id: entities.ad(node, self._pin_of(node), seed) for node in tree.ads}
        self.built = {
            "ad_account": dict(self.accounts),
            "campaign": dict(self.campaigns),
            "ad_group": dict(self.ad_groups),
            "ad": dict(self.ads),
        }

    def _pin_of(self, ad: Ad) -> Row:
        pins = self.profiles[ad.group.campaign.account.owner.id].pins
        promoted = [pin for pin in pins if pin["has_been_promoted"]]
        return promoted[ad.index // len(self.tree.accounts) % len(promoted)]

    def _build_attachments(self) -> None:
        self.keywords = attachments.keywords(self.tree, self.size, self.seed)
        self.promotions = attachments.promotions(self.tree, self.shops, self.seed)
        self.built_keywords = {parent: tuple(rows) for parent, rows in self.keywords.items()}
        self.built_promotions = {parent: tuple(rows) for parent, rows in self.promotions.items()}
        self.audiences = attachments.audiences(self.tree, self.seed, self.today)
        self.received = attachments.received(self.tree, self.audiences)
        self.report_templates = report_templates.report_templates(self.tree, self.seed, self.today)
        self.customer_lists = attachments.customer_lists(self.tree, self.seed, self.today)

    def _levels(self) -> dict[str, Level]:
        tree = self.tree
        members = {
            "ad_account": [ad.group.campaign.account.index for ad in tree.ads],
            "campaign": [ad.group.campaign.index for ad in tree.ads],
            "ad_group": [ad.group.index for ad in tree.ads],
            "ad": [ad.index for ad in tree.ads],
        }
        rows = {
            "ad_account": self.accounts,
            "campaign": self.campaigns,
            "ad_group": self.ad_groups,
            "ad": self.ads,
        }
        return {
            name: Level(
                tuple(found), tuple(map(self._account_of, found)), np.array(members[name], dtype=np.int64)
            )
            for name, found in rows.items()
        }

    def _account_of(self, entity_id: str) -> str:
        for rows in (self.campaigns, self.ad_groups, self.ads):
            if entity_id in rows:
                return str(rows[entity_id]["ad_account_id"])
        return entity_id

    def _ledger(self) -> Ledger:
        ads = self.tree.ads
        creatives = [str(self.ads[ad.id]["creative_type"]) for ad in ads]
        texts = {
            group.id: attachments.keyword_texts(group, self.size, self.seed) for group in self.tree.groups
        }
        owned = {account: tuple(row["id"] for row in rows) for account, rows in self.audiences.items()}
        leaves = {
            group: tuple(row["id"] for row in rows if row["included"])
            for group, rows in self.promotions.items()
        }
        rate = rates(self.tree, creatives)
        facts = Facts(ads, creatives, [texts[ad.group.id] for ad in ads], owned, leaves)
        return Ledger(rate, cuts(facts, rate.seeds))

    def account_of_group(self, group_id: str) -> str:
        return str(self.built["ad_group"][group_id]["ad_account_id"])

    def table(
        self,
        level: str,
        wanted: frozenset[str],
        days: Ints,
        names: tuple[str, ...],
        kind: str | None = None,
        window: Window = _DEFAULT,
    ) -> Table:
        """Numbers of the wanted entities of a level; ``entities`` are positions in its ids."""
        known = self.levels[level]
        chosen = np.array([entity in wanted for entity in known.ids], dtype=bool)
        ads = np.flatnonzero(chosen[known.members])
        return self.ledger.table(known.members[ads], ads, days, names, kind, window)

    def promoted(
        self, account_id: str, days: Ints, names: tuple[str, ...], window: Window = _DEFAULT
    ) -> Table:
        """Numbers of the product-group promotions of an account; ``values`` are those of ``PROMOTED``."""
        return self.table("ad_account", frozenset({account_id}), days, names, PROMOTED, window)

    def values(self, kind: str) -> tuple[Value, ...]:
        """What the value positions of a cut mean."""
        return self.ledger.cuts[kind].values

    def days(self, start: date, end: date) -> Ints:
        """Ordinals of the days of a range that are not in the future."""
        return np.arange(start.toordinal(), min(end, self.today).toordinal() + 1, dtype=np.int64)

    def restate(self, day: date, entity_id: str | None = None, *, extra_checkouts: int = 3) -> str:
        """Lets late conversions arrive on a past day, for an ad of the entity; returns the ad's id.

        Without an entity it is an ad of the first account. Answers and truth change together.
        """
        entity_id = entity_id or self.tree.accounts[0].id
        for level in self.levels.values():
            if entity_id in level.ids:
                ads = np.flatnonzero(level.members == level.ids.index(entity_id))
                seen = self.ledger.counts(ads, self.days(day, day), Window()).any(axis=(1, 2))
                if not seen.any():
                    break
                ad = int(ads[int(np.argmax(seen))])
                key = (ad, day.toordinal())
                self.ledger.restated[key] = self.ledger.restated.get(key, 0) + extra_checkouts
                self.version += 1
                return self.tree.ads[ad].id
        raise ValueError(f"no ad of {entity_id} delivered on {day}")

    def earliest(self) -> date:
        """The first day the synchronous reports still serve."""
        return self.today - timedelta(days=90)
