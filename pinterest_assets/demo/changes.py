"""What changes in a demo account while it runs: entities edited, added and gone, as from one sync to the next.

Lists, bulk downloads and the truth of lists follow at once. What was delivered stays as it was built:
an entity that is gone keeps its numbers, and one that was added has none. Holds no HTTP.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pinterest_assets.demo import ids

if TYPE_CHECKING:
    from pinterest_assets.demo.world import DemoAccount

Row = dict[str, Any]

_FIRST_ADDED = 9_000_000
"""Ids of added entities are counted from here, above all that an account is built with."""


class Changes:
    """The changes of one account. Kinds are names of streams; moments are epoch seconds."""

    def __init__(self, world: DemoAccount) -> None:
        self._world = world
        self._moments: dict[str, int] = {}
        self._added = 0

    def change(self, kind: str, entity_id: str, **fields: Any) -> None:
        """Edits an entity now."""
        row = self._find(kind, entity_id)
        row.update(fields)
        self._stamp(row)

    def add(self, kind: str, like: str, **fields: Any) -> str:
        """Makes an entity now, otherwise like one that is there; returns its id."""
        row = dict(self._find(kind, like))
        made = ids.make(kind, self._world.seed, _FIRST_ADDED + self._added)
        self._added += 1
        row.update({"id": made, **({"created_time": int(time.time())} if "created_time" in row else {})})
        row.update(fields)
        for held in self._holders(kind):
            if isinstance(held, dict) and like in held:
                held[made] = row
            elif isinstance(held, list) and any(one["id"] == like for one in held):
                held.append(row)
        if kind in ("campaign", "ad_group"):
            self._world.keywords[made] = []
        self._stamp(row)
        return made

    def remove(self, kind: str, entity_id: str) -> None:
        """Lets an entity be gone, and with it what hangs on it; of an account, only the account itself."""
        self._find(kind, entity_id)
        world = self._world
        if kind in ("campaign", "ad_group"):
            self._remove_below(kind, entity_id)
        for held in self._holders(kind):
            if isinstance(held, dict):
                held.pop(entity_id, None)
            else:
                held[:] = [row for row in held if row["id"] != entity_id]
        world.version += 1

    def _remove_below(self, kind: str, entity_id: str) -> None:
        world = self._world
        for child, rows in (("ad_group", world.ad_groups), ("ad", world.ads)):
            for gone in [key for key, row in rows.items() if row.get(f"{kind}_id") == entity_id]:
                self.remove(child, gone)
        world.keywords[entity_id] = []
        world.promotions.pop(entity_id, None)

    def changed(self, row: Row) -> int:
        """When an entity last changed; where its answer does not tell, since its parent was made."""
        if "updated_time" in row:
            return int(row["updated_time"])
        parents: Mapping[str, Row] = self._world.accounts | self._world.campaigns | self._world.ad_groups
        parent = parents.get(row.get("ad_group_id") or row["parent_id"], {})
        return self._moments.get(row["id"], int(parent.get("created_time", 0)))

    def _stamp(self, row: Row) -> None:
        now = int(time.time())
        if "updated_time" in row:
            row["updated_time"] = now
        self._moments[row["id"]] = now
        self._world.version += 1

    def _find(self, kind: str, entity_id: str) -> Row:
        for held in self._holders(kind):
            for row in held.values() if isinstance(held, dict) else held:
                if row["id"] == entity_id:
                    return row
        raise ValueError(f"the demo account has no {kind} {entity_id}")

    def _holders(self, kind: str) -> Iterator[dict[str, Row] | list[Row]]:
        world = self._world
        whole = {
            "ad_account": world.accounts,
            "campaign": world.campaigns,
            "ad_group": world.ad_groups,
            "ad": world.ads,
        }
        by_parent = {"keyword": world.keywords, "product_group_promotion": world.promotions}
        if kind in whole:
            yield whole[kind]
        elif kind in by_parent:
            yield from by_parent[kind].values()
        elif kind == "pin":
            for profile in world.profiles.values():
                yield from (profile.pins, *profile.on_board.values(), *profile.in_section.values())
        else:
            raise ValueError(f"entities of kind {kind} do not change")
