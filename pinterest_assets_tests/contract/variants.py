"""Which of several kinds of rows a request gets: the description tells them apart by one of their fields."""

import re
from typing import Any

from pinterest_assets.pinterest.catalog import Path
from pinterest_assets_tests.contract.description import properties, resolved

Json = dict[str, Any]


def variants(schema: Json, chosen: str, of: Json | None = None) -> list[Json]:
    """The schema, or what may stand in its place: all of its variants, or the one that was asked for."""
    schema = resolved(schema, of)
    mapping = schema.get("discriminator", {}).get("mapping", {})
    if chosen in mapping:
        return variants({"$ref": mapping[chosen]}, chosen, of)
    every = [*schema.get("oneOf", ()), *schema.get("anyOf", ())]
    options = [option for option in every if _says(option, chosen, of)] or every
    return [found for option in options for found in variants(option, chosen, of)] or [schema]


def _says(option: Json, chosen: str, of: Json | None) -> bool:
    """Whether a variant has a field that says which one it is, and says so."""
    return any(resolved(one, of).get("enum") == [chosen] for one in properties(option, of).values())


def asked_for(path: Path) -> str:
    """The variant of rows that a request names, if it names one."""
    found = re.search(r'"catalog_type": "(\w+)"|report_type\]=(\w+)', f"{path.template} {path.body}")
    return next((one for one in found.groups() if one), "") if found else ""
