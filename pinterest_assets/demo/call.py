"""One authorised request as an endpoint sees it, and the table entry that leads to the endpoint."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pinterest_assets.demo.desk import Desk
from pinterest_assets.demo.hierarchy import Account, Owner
from pinterest_assets.demo.validation import ApiError, Query
from pinterest_assets.demo.world import DemoAccount


@dataclass(frozen=True, slots=True)
class Call:
    world: DemoAccount
    query: Query
    parts: dict[str, str]
    scopes: frozenset[str]
    beta: bool
    desk: Desk
    root: str
    body: bytes = b""

    @property
    def account(self) -> Account:
        """The ad account named in the path."""
        found = self._find(self.parts["ad_account_id"])
        if found is None:
            raise ApiError(404, 2, "AdAccount not found.")
        return found

    @property
    def owner(self) -> Owner:
        """The user the request acts as: the owner of ``ad_account_id``, or the token's own."""
        acting = self.query.one("ad_account_id")
        if acting is None:
            return self.world.tree.owners[0]
        found = self._find(acting)
        if found is None:
            raise ApiError(403, 29, "You are not permitted to access that resource.")
        return found.owner

    def _find(self, account_id: str) -> Account | None:
        if not account_id.isdecimal():
            raise ApiError(400, 400, "Invalid ad account id")
        return next((account for account in self.world.tree.accounts if account.id == account_id), None)


Endpoint = Callable[[Call], Any]


@dataclass(frozen=True, slots=True)
class Route:
    """``template`` is the path after ``/v5`` with ``{names}``; ``scopes`` are all needed.

    ``kept`` answers stay the same until a restatement, so that they need not be made twice.
    """

    template: str
    category: str
    scopes: tuple[str, ...]
    endpoint: Endpoint
    method: str = "GET"
    kept: bool = True

    @property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.template) + "/?$")
