"""Streams that are lists, in the catalog's words: what exists, and how Pinterest is asked for it.

Holds no stream of its own (see ``streams``) and makes no call (see ``extract``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pinterest_assets.pinterest.catalog.model import BulkType, Stream
from pinterest_assets.pinterest.catalog.path import Path
from pinterest_assets.pinterest.catalog.place import PAGE, POSITION, Place

Pages = Literal["all", "first", "none"]
"""Whether a list comes in pages, and which of them are read."""


@dataclass(frozen=True, kw_only=True)
class EntityStream(Stream):
    """An endpoint, or several that fill one table.

    ``per_owner`` endpoints act as the *owner* of an ad account, so one account of each owner is
    asked. ``statuses`` endpoints hide archived entities unless every status is named. ``never``
    lists fields that are dropped before anything is stored (secrets). ``bulk`` is what bulk download
    calls the entities, where it has them. ``places`` say where the rows stand in an answer, ``pages``
    whether it comes in pages. ``limited`` endpoints are not for every token, and of some accounts Pinterest
    says that they are not there yet (501): that is no failure. Of the parent's rows those are asked for that have one of the values of ``where``,
    or are the ``latest`` of a column, by another; ``carried`` columns of the parent stand on the rows as well.
    Streams with the same ``step`` are filled by the same answers.
    ``seldom`` lists change seldom, or cost much, and are read less often.
    """

    paths: tuple[Path, ...]
    statuses: bool = False
    per_owner: bool = False
    never: tuple[str, ...] = ()
    bulk: BulkType | None = None
    places: tuple[Place, ...] = (PAGE,)
    pages: Pages = "all"
    limited: bool = False
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    latest: tuple[str, str] | None = None
    carried: tuple[str, ...] = ()
    seldom: bool = False
    step: str = ""

    @property
    def holder(self) -> str | None:
        names = {column.name for column in self.columns}
        mine = (stream for stream, column in _HOLDERS.items() if column in names)
        return None if self.name in _HOLDERS else next(mine, None)

    @property
    def account_column(self) -> str:
        return _HOLDERS.get(self.holder or "", "id")

    @property
    def dated(self) -> bool:
        """Whether each reading is kept under its day, as Pinterest only tells how things are now."""
        return READ_ON in self.key

    @property
    def by_position(self) -> bool:
        """Whether only the place in the list tells rows apart, so that none of them can be known again."""
        return not self.dated and any(self.column(name).source == POSITION for name in self.key)

    @property
    def inputs(self) -> Mapping[str, tuple[str, ...]]:
        needed = dict(super().inputs)
        for path in self.paths:
            if path.parent is not None:
                have = needed.get(path.parent, ())
                chosen = (
                    *path.parent_columns,
                    *self.carried,
                    *(name for name, _ in self.where),
                    *(self.latest or ()),
                )
                needed[path.parent] = tuple(dict.fromkeys((*have, *chosen)))
        if self.per_owner:
            needed["ad_account"] = ("id", "owner")
        return needed


READ_ON = "read_on"
"""The column of the day something was read, in the key of what is kept for each day."""

_HOLDERS = {"ad_account": "ad_account_id", "business": "business_id"}
"""Whose rows are replaced together, and the column that tells whose a row is."""
