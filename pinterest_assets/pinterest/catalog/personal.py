"""Which fields say something about a person that nobody needs for ads: they are dropped, whatever the table.

Told by the name of a field, at any depth of an answer, so that one that Pinterest adds tomorrow is dropped as
well. ``name`` alone is none of them: campaigns, boards and pins have one. Nor is ``username``, the public
handle of a profile, which is what tables of profiles are of.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

from pinterest_assets.pinterest.catalog.model import Group

Personal = Literal["e-mail", "phone", "address", "name", "birth"]

_PATTERNS: Mapping[Personal, str] = {
    "e-mail": r"email|(^|_)e_mails?(_|$)",
    "phone": r"(^|_)((tele|cell|mobile)_?)?phones?(_?numbers?)?(_|$)|(^|_)(mobile_number|msisdn|fax)(_|$)",
    # Also of a computer: by the IP address a person is found.
    "address": r"(^|_)(address(es)?|street|house_number|(post(al)?|zip)_?codes?|zip)(_|$)",
    "name": r"(^|_)((first|last|full|given|family|middle|maiden)_?names?|surname|contact_(name|person))(_|$)",
    "birth": r"(^|_)(birth_?(date|day|year)|date_of_birth|dob)(_|$)",
}

WANTED: Mapping[str, frozenset[Personal]] = {
    "attributes": frozenset({"address"}),  # of what is sold, hotels among it
    "attributes/address": frozenset({"address"}),  # where a hotel is that is advertised
    "address_primary": frozenset({"address"}),  # where a shop is
    "address_secondary": frozenset({"address"}),
    "postal_code": frozenset({"address"}),
    "billto_infos": frozenset({"address"}),  # the companies that orders are billed to
    "quality_components": frozenset({"e-mail", "address"}),  # how many events have one, and none of them
}
"""Columns of the catalog that match, or hold what does, and are wanted. Only as columns: elsewhere a field of the same
name is dropped."""

ABOUT_PEOPLE: frozenset[Group] = frozenset({"people", "business"})
"""Groups of tables whose rows are people: strangers who follow, and staff. No rows of them are shown as a preview."""

_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")


@lru_cache(4096)
def personal(field: str) -> Personal | None:
    """What a field of that name says about a person, or None."""
    name = _WORDS.sub("_", field.rpartition("/")[2]).casefold()
    if name.endswith(("_id", "_ids")):
        return None
    return next((kind for kind, pattern in _PATTERNS.items() if re.search(pattern, name)), None)
