"""Which of several kinds of rows a request gets: the description tells them apart by one of their fields."""

import re
from typing import Any

from pinterest_assets.pinterest.catalog import Path
from pinterest_assets_tests.contract.description import resolved

Json = dict[str, Any]


def variants(schema: Json, chosen: str) -> list[Json]:
    """The schema, or what may stand in its place: all of its variants, or the one that was asked for."""
    schema = resolved(schema)
    mapping = schema.get("discriminator", {}).get("mapping", {})
    if chosen in mapping:
        return variants({"$ref": mapping[chosen]}, chosen)
    options = [*schema.get("oneOf", ()), *schema.get("anyOf", ())]
    return [found for option in options for found in variants(option, chosen)] or [schema]


def asked_for(path: Path) -> str:
    """The variant of rows that a request names, if it names one."""
    found = re.search(r'"catalog_type": "(\w+)"|report_type\]=(\w+)', f"{path.template} {path.body}")
    return next((one for one in found.groups() if one), "") if found else ""
