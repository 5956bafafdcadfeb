"""How many columns a table may get that nobody declared, and how it is told that more fields came.

What Pinterest adds lands without a release. What a broken or hostile answer adds must not: thousands of columns take
gigabytes while rows are staged, and stay in the table for ever.
"""

from collections.abc import Mapping
from itertools import islice

MOST_UNDECLARED = 200
"""Columns of one table, over all its loads. More than the widest table has declared is no change of an API; rows of
as many take 250 MB while they are staged."""

LEFT_OUT = "left_out"
"""The entry of a frame's ``attrs`` with the fields that got no column, and how many values each had."""

_NAMED = 10


def told(left_out: Mapping[str, int]) -> dict[str, int]:
    """The fields that got no column with their values: some by name, and the others in one number."""
    named = dict(islice(left_out.items(), _NAMED))
    others = len(left_out) - len(named)
    if others:
        named[f"{others:,} other fields"] = sum(left_out.values()) - sum(named.values())
    return named
