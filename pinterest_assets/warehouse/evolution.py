"""How a table must change to take new rows, and whether the policy lets it.

Decides; the statements it hands back are run by the warehouse, inside the write's transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from pinterest_assets.warehouse.errors import BadSetting, SchemaFrozen
from pinterest_assets.warehouse.sql import quoted
from pinterest_assets.warehouse.tables import common_type
from pinterest_assets.warehouse.turned import Turned

Policy = Literal["evolve", "freeze", "discard"]


def policy_named(name: str) -> Policy:
    """The policy of that name."""
    for policy in get_args(Policy):
        if policy == name:
            return policy  # type: ignore[no-any-return]
    raise BadSetting(f"PINTEREST_SCHEMA_POLICY={name!r}: it is one of {', '.join(get_args(Policy))}")


@dataclass(frozen=True, slots=True)
class Difference:
    """What the rows have and the table lacks."""

    added: Mapping[str, str] = field(default_factory=dict)
    """Column and type."""
    retyped: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Column as the table spells it, type now and type needed."""
    turned: Mapping[str, Turned] = field(default_factory=dict)
    """Values that the column cannot hold, and that no change of its type is made for."""

    def __bool__(self) -> bool:
        return bool(self.added or self.retyped or self.turned)

    def __str__(self) -> str:
        added = [f"new column {name} {type_}" for name, type_ in self.added.items()]
        retyped = [f"{name} from {old} to {new}" for name, (old, new) in self.retyped.items()]
        turned = [f"{name} is {values}" for name, values in self.turned.items()]
        return ", ".join(added + retyped + turned)

    def statements(self, relation: str) -> list[str]:
        """The changes as SQL."""
        added = [f"ADD COLUMN {quoted(name)} {type_}" for name, type_ in self.added.items()]
        retyped = [
            f"ALTER COLUMN {quoted(name)} SET DATA TYPE {new}" for name, (_, new) in self.retyped.items()
        ]
        return [f"ALTER TABLE {relation} {change}" for change in added + retyped]


@dataclass(frozen=True, slots=True)
class Facts:
    """What only the data can tell about columns whose types differ (names as the table spells them)."""

    empty_in_table: frozenset[str] = frozenset()
    empty_in_rows: frozenset[str] = frozenset()
    beyond_double: frozenset[str] = frozenset()


def differing(table: Mapping[str, str], rows: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Columns of both whose types differ: table's spelling, its type, the rows' type."""
    spelling = {name.casefold(): name for name in table}
    both = {spelling[name.casefold()]: type_ for name, type_ in rows.items() if name.casefold() in spelling}
    return {name: (table[name], type_) for name, type_ in both.items() if table[name] != type_}


def difference(table: Mapping[str, str], rows: Mapping[str, str], facts: Facts) -> Difference:
    """What has to change so that every value of the rows fits and none of the table is lost."""
    known = {name.casefold() for name in table}
    retyped = {}
    for name, (have, new) in differing(table, rows).items():
        if name in facts.empty_in_rows:
            continue
        exact = name not in facts.beyond_double
        wanted = new if name in facts.empty_in_table else common_type(have, new, exact=exact)
        if wanted != have:
            retyped[name] = (have, wanted)
    added = {name: type_ for name, type_ in rows.items() if name.casefold() not in known}
    return Difference(added, retyped)


def permitted(change: Difference, policy: Policy, table: str) -> Difference:
    """What the policy lets through: all, or nothing, or nothing of the columns nobody knows.

    Values whose type turned are put aside where anything may be different at all.
    """
    if policy == "evolve" or not change:
        return change
    if policy == "discard" and not change.retyped:
        return Difference(turned=change.turned)
    raise SchemaFrozen(
        f"{table} would change ({change}), which PINTEREST_SCHEMA_POLICY={policy} forbids: "
        "set it to evolve for one run, or leave the column out"
    )
