"""The rows of the entity streams: who is read through which account, and what hangs on whom.

Rows carry the names of the API or of the table; ``truth`` picks and types the columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from pinterest_assets.demo import insights, lookups, organic
from pinterest_assets.demo.hierarchy import Account
from pinterest_assets.demo.world import DemoAccount

Row = dict[str, Any]


def readers(world: DemoAccount) -> list[Account]:
    """The account each owner is read through: the one with the lowest id."""
    lowest: dict[str, Account] = {}
    for account in sorted(world.tree.accounts, key=lambda account: int(account.id)):
        lowest.setdefault(account.owner.id, account)
    return list(lowest.values())


def of_profiles(
    world: DemoAccount, pick: Callable[[organic.Profile], Iterable[Row]]
) -> list[tuple[Account, Row]]:
    return [(account, row) for account in readers(world) for row in pick(world.profiles[account.owner.id])]


def _profile_rows(pick: Callable[[organic.Profile], Iterable[Row]]) -> Callable[[DemoAccount], list[Row]]:
    return lambda world: [{**row, "ad_account_id": account.id} for account, row in of_profiles(world, pick)]


def _shop_rows(kind: str) -> Callable[[DemoAccount], list[Row]]:
    return lambda world: [
        {**row, "ad_account_id": account.id}
        for account in readers(world)
        for row in getattr(world.shops[account.owner.id], kind)
    ]


def _keywords(world: DemoAccount) -> list[Row]:
    account_of = {
        node: level.accounts[nth] for level in world.levels.values() for nth, node in enumerate(level.ids)
    }
    return [
        {**row, "ad_account_id": account_of[parent]}
        for parent, rows in world.keywords.items()
        for row in rows
    ]


def _promotions(world: DemoAccount) -> list[Row]:
    return [
        {**row, "ad_account_id": world.account_of_group(group)}
        for group, rows in world.promotions.items()
        for row in rows
    ]


def _audiences(world: DemoAccount) -> list[Row]:
    both = (("OWNED", world.audiences), ("RECEIVED", world.received))
    return [
        {**row, "owner_ad_account_id": row["ad_account_id"], "ad_account_id": reader, "ownership_type": kind}
        for kind, lists in both
        for reader, rows in lists.items()
        for row in rows
    ]


def _report_templates(world: DemoAccount) -> list[Row]:
    return [
        {**row, "owner_ad_account_id": row["ad_account_id"], "ad_account_id": reader}
        for reader, rows in world.report_templates.items()
        for row in rows
    ]


def _sections(profile: organic.Profile) -> list[Row]:
    return [{**row, "board_id": board} for board, rows in profile.sections.items() for row in rows]


def _on_boards(profile: organic.Profile) -> list[Row]:
    return [{**pin, "board_id": board} for board, pins in profile.on_board.items() for pin in pins]


def _in_sections(profile: organic.Profile) -> list[Row]:
    return [
        {**pin, "board_id": board, "board_section_id": section, "pin_metrics": None}
        for (board, section), pins in profile.in_section.items()
        for pin in pins
    ]


ENTITY_ROWS: dict[str, Callable[[DemoAccount], Iterable[Row]]] = {
    "ad_account": lambda world: world.accounts.values(),
    "campaign": lambda world: world.campaigns.values(),
    "ad_group": lambda world: world.ad_groups.values(),
    "ad": lambda world: world.ads.values(),
    "keyword": _keywords,
    "product_group_promotion": _promotions,
    "audience": _audiences,
    "customer_list": lambda world: [row for rows in world.customer_lists.values() for row in rows],
    "report_template": _report_templates,
    "catalog": _shop_rows("catalogs"),
    "feed": _shop_rows("feeds"),
    "product_group": _shop_rows("product_groups"),
    "board": _profile_rows(lambda profile: profile.boards),
    "board_section": _profile_rows(_sections),
    "user_account": _profile_rows(lambda profile: [organic.user_account(profile)]),
    "audience_insight_category": insights.categories,
    "audience_insight_demographic": insights.demographics,
    "pin": _profile_rows(lambda profile: profile.pins),
    "pin_on_board": _profile_rows(_on_boards),
    "metric_definition": lookups.definition_rows,
    "targeting_value": lookups.targeting_rows,
    "pin_on_board_section": _profile_rows(_in_sections),
}
