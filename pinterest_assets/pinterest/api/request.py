"""One question to Pinterest, as data. Asks nothing itself (see ``client``)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import msgspec

from pinterest_assets.pinterest.api.redaction import plain
from pinterest_assets.pinterest.catalog.model import Category


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many calls a minute an endpoint takes of its own, within the budget of their category.

    ``name`` is what it is counted under, such as the endpoint and the ad account.
    """

    name: str
    calls: int

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z]\w*", self.name):
            raise ValueError(f"{self.name!r} is not a name to count calls under")


@dataclass(frozen=True, slots=True)
class Request:
    """A GET of ``path`` below the base URL, or a POST when there is a ``body``.

    A POST is an order, of which another one would be made if it were sent again; one that ``only_reads``
    changes nothing, and is tried again like a GET.

    ``params`` may repeat a name, which is how Pinterest takes lists. ``hidden`` are parameters too,
    whose values are secrets: they are in no message, log or repr. ``body`` is JSON as it is sent.
    ``window`` is the inclusive range of days asked for when this is an analytics call; it tells a
    permanent refusal of those days from a spurious one. ``until`` is the last day that is asked for, by
    default that of ``window``. ``own`` is a limit of the endpoint's own.
    """

    category: Category
    path: str
    params: tuple[tuple[str, str], ...] = ()
    window: tuple[date, date] | None = None
    hidden: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: bytes | None = None
    own: Allowance | None = None
    until: date | None = None
    only_reads: bool = False

    def __post_init__(self) -> None:
        if not self.path.startswith("/") or any(sign in self.path for sign in "?# \n"):
            raise ValueError(f"{self.path!r} is not a path like /ad_accounts/123/campaigns")

    @classmethod
    def posting(
        cls,
        category: Category,
        path: str,
        body: Mapping[str, Any],
        own: Allowance | None = None,
        until: date | None = None,
    ) -> "Request":
        """A POST of ``body``; the same content always gives the same bytes."""
        return cls(category, path, body=msgspec.json.encode(body, order="sorted"), own=own, until=until)

    @classmethod
    def reading(
        cls, category: Category, path: str, params: tuple[tuple[str, str], ...], body: Any
    ) -> "Request":
        """A question: a POST of ``body`` that changes nothing, or a GET where there is None."""
        posted = None if body is None else msgspec.json.encode(body, order="sorted")
        return cls(category, path, params, body=posted, only_reads=body is not None)

    @property
    def is_order(self) -> bool:
        """Whether it makes something, so that it must not be sent twice without need."""
        return self.body is not None and not self.only_reads

    @property
    def last_day(self) -> date | None:
        """The last day that is asked for, if days are."""
        return self.window[1] if self.until is None and self.window is not None else self.until

    @property
    def method(self) -> str:
        return "GET" if self.body is None else "POST"

    @property
    def label(self) -> str:
        """How messages call it; ids in the path are Pinterest's."""
        return f"{self.method} {plain(self.path)}"

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be shown when Pinterest repeats it."""
        return tuple(value for _, value in self.hidden)
