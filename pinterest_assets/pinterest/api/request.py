"""One question to Pinterest, as data. Asks nothing itself (see ``client``)."""

from dataclasses import dataclass
from datetime import date

from pinterest_assets.pinterest.catalog.model import Category


@dataclass(frozen=True, slots=True)
class Request:
    """A GET of ``path`` below the base URL.

    ``params`` may repeat a name, which is how Pinterest takes lists. ``window`` is the inclusive
    range of days asked for when this is an analytics call; it tells a permanent refusal of those
    days from a spurious one.
    """

    category: Category
    path: str
    params: tuple[tuple[str, str], ...] = ()
    window: tuple[date, date] | None = None

    def __post_init__(self) -> None:
        if not self.path.startswith("/") or any(sign in self.path for sign in "?# \n"):
            raise ValueError(f"{self.path!r} is not a path like /ad_accounts/123/campaigns")
