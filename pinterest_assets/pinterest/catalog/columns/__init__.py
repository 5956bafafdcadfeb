"""The columns of every entity table: name, type and meaning, each once, in a module for each family.

Names are Pinterest's own field names. Ids are text (they exceed 2^53), nested objects are JSON,
epoch seconds and ISO times become TIMESTAMP in UTC. Metrics are in ``catalog.metrics``.
"""

from pinterest_assets.pinterest.catalog.model import Column, ColumnType


def columns(**specs: tuple[ColumnType, str]) -> tuple[Column, ...]:
    """Columns that are called as the fields they hold."""
    return tuple(Column(name, kind, text) for name, (kind, text) in specs.items())


ACCOUNT_ID = Column("ad_account_id", "VARCHAR", "Ad account the row was read through")
LIST_POSITION = Column(
    "position", "BIGINT", "Place in the list, from 1: Pinterest gives nothing else that is always there", "#"
)
READ_ON = Column("read_on", "DATE", "Day it was read, in UTC: one reading a day is kept")
