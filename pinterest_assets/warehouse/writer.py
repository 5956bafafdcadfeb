"""The steps of one write, in the order they run inside its transaction.

Shape the table, clear the slice or mark what is gone, put the rows in. When each runs, and what is
reported, is the warehouse's business.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timezone
from itertools import islice

from pinterest_assets.undeclared import MOST_UNDECLARED, told
from pinterest_assets.warehouse import complete_lists
from pinterest_assets.warehouse.complete_lists import CompleteLists
from pinterest_assets.warehouse.errors import BadValue, OutsideSlice
from pinterest_assets.warehouse.evolution import Difference, Facts, Policy, difference, differing, permitted
from pinterest_assets.warehouse.layout import Column, Layout, comment_statements, commented, refuse_foreign
from pinterest_assets.warehouse.loaded_days import Requested
from pinterest_assets.warehouse.loaded_days_table import ACCOUNT, LoadedDaysTable
from pinterest_assets.warehouse.open_schema import OpenSchema
from pinterest_assets.warehouse.scope import Days, Scope
from pinterest_assets.warehouse.sql import quoted, quoted_list, scalar
from pinterest_assets.warehouse.staged import StagedTable
from pinterest_assets.warehouse.tables import EXACT_IN_DOUBLE, GONE_AT, UNPARSED, TableSpec
from pinterest_assets.warehouse.turned import Turned, turned_in


def refuse_outside(staged: StagedTable, scope: Scope) -> None:
    """Stop when a staged row is not of the slice. Needs no lock: nothing of the table is asked."""
    if scope.whole or not staged.rows:
        return
    absent = [name for name in scope.columns if name not in staged.types]
    if absent:
        raise BadValue(f"{staged.spec.name}: the rows lack {', '.join(absent)}, which tells what to replace")
    condition, parameters = scope.condition()
    outside = staged.count(f"NOT coalesce({condition}, false)", parameters)
    if outside:
        raise OutsideSlice(
            f"{staged.spec.name}: {outside} of {staged.rows} rows are not of the slice being replaced ({scope}); "
            "nothing was changed: hand over only rows of the days and accounts that were asked for"
        )


class Writer:
    """Writes one table of a schema, in a transaction on the database."""

    def __init__(self, schema: OpenSchema, spec: TableSpec, policy: Policy) -> None:
        self.connection = schema.connection
        self.schema = schema
        self.spec = spec
        self.policy = policy
        self.relation = schema.relation(spec.name)
        self._layout = schema.layout(spec.name)
        self._is_new = self._layout is None
        self._own = spec.provenance

    @property
    def layout(self) -> Layout:
        """The table as this transaction sees it; without columns while there is none."""
        return self._layout or Layout({}, "")

    def shape(self, staged: StagedTable | None) -> Difference:
        """Create the table, or change it as far as the policy allows; answers what changed."""
        refuse_foreign(self._layout, self.schema.name, self.spec.name)
        rows = self.spec.types if staged is None else staged.types
        if (turned := rows.pop(UNPARSED.name, None)) is not None:
            self._own = (*self._own, UNPARSED)
        values = {} if staged is None or turned is None else turned_in(staged)
        layout = self._layout
        change = self._create(rows, values) if layout is None else self._change(layout, rows, staged, values)
        self._comment()
        return change

    def _comment(self) -> None:
        wanted = commented(self.layout, self.spec)
        for statement in comment_statements(self.relation, self.layout, wanted):
            self.connection.execute(statement)
        self._layout = wanted
        self.schema.made(self.spec.name, wanted.comment)

    def _change(
        self,
        layout: Layout,
        rows: dict[str, str],
        staged: StagedTable | None,
        turned: Mapping[str, Turned],
    ) -> Difference:
        needed = difference(layout.types, rows, self._facts(layout, rows, staged))
        change = self._bounded(permitted(replace(needed, turned=turned), self.policy, self._label), layout)
        statements = [*change.statements(self.relation), *self._own_columns(layout)]
        for statement in statements:
            self.connection.execute(statement)
        if statements:
            self._layout = self.schema.layout(self.spec.name)
        return change

    def _bounded(self, change: Difference, layout: Layout) -> Difference:
        """The change without new columns beyond as many as a declared table may get; ``insert`` tells of them."""
        if not self.spec.columns or not self.spec.complete:
            return change
        known = {name.casefold() for name in (*self.spec.types, *(column.name for column in self._own))}
        undeclared = sum(name.casefold() not in known for name in layout.types)
        return replace(change, added=dict(islice(change.added.items(), max(0, MOST_UNDECLARED - undeclared))))

    def _own_columns(self, layout: Layout) -> list[str]:
        """What adds the columns that the warehouse fills; no policy on what Pinterest sends keeps them out."""
        have = {name.casefold() for name in layout.types}
        lacking = [column for column in self._own if column.name not in have]
        return [f"ALTER TABLE {self.relation} ADD COLUMN {quoted(c.name)} {c.type}" for c in lacking]

    @property
    def _label(self) -> str:
        return f"{self.schema.name}.{self.spec.name}"

    def _create(self, rows: dict[str, str], turned: Mapping[str, Turned]) -> Difference:
        declared = self.spec.types if self.spec.columns and self.spec.complete else rows
        needed = replace(difference(declared, rows, Facts()), turned=turned)
        extra = permitted(needed, self.policy, self._label)
        columns = {**declared, **extra.added, **{column.name: column.type for column in self._own}}
        body = ", ".join(f"{quoted(name)} {type_}" for name, type_ in columns.items())
        self.connection.execute(
            f"CREATE SCHEMA IF NOT EXISTS {quoted(self.schema.catalog, self.schema.name)}"
        )
        self.connection.execute(f"CREATE TABLE {self.relation} ({body})")
        # Not looked up again: a look takes longer than most writes.
        self._layout = Layout({name: Column(type_, "") for name, type_ in columns.items()}, "")
        return extra

    def _facts(self, layout: Layout, rows: dict[str, str], staged: StagedTable | None) -> Facts:
        """Look at the data of columns whose types differ; usually there are none."""
        empty_in_table: set[str] = set()
        empty_in_rows: set[str] = set()
        beyond: set[str] = set()
        for name, (have, new) in differing(layout.types, rows).items():
            sides = [(self.relation, have, empty_in_table)]
            if staged is not None:
                sides.append((staged.relation, new, empty_in_rows))
            for relation, type_, empty in sides:
                if not self._any(relation, f"{quoted(name)} IS NOT NULL"):
                    empty.add(name)
                elif type_ == "BIGINT" and self._any(relation, f"abs({quoted(name)}) > {EXACT_IN_DOUBLE}"):
                    beyond.add(name)
        return Facts(frozenset(empty_in_table), frozenset(empty_in_rows), frozenset(beyond))

    def _any(self, relation: str, condition: str) -> bool:
        query = f"SELECT count(*) FROM (SELECT 1 FROM {relation} WHERE {condition} LIMIT 1)"
        return scalar(self.connection, query) > 0

    def clear(self, staged: StagedTable, scope: Scope) -> int:
        """Delete the slice; and, where rows have no day, every row that comes again with its key.

        An entity that moved to another account would otherwise stay under the old one as well.
        """
        condition, parameters = scope.deletion()
        deleted = scalar(self.connection, f"DELETE FROM {self.relation} WHERE {condition}", parameters)
        if scope.spared or (scope.days is None and not scope.whole):
            deleted += self.clear_keys(staged)
        return deleted

    def clear_keys(self, staged: StagedTable, complete: Scope | None = None) -> int:
        """Delete every row that comes again, whatever account it was under; and of what was read completely those
        that have no key, as older versions stored them: no row can take their place.
        """
        deleted = 0
        here = quoted_list(self.spec.key)
        if self.spec.key and complete is not None:
            condition, parameters = complete.condition()
            keyless = " OR ".join(f"{quoted(name)} IS NULL" for name in self.spec.key)
            query = f"DELETE FROM {self.relation} WHERE ({keyless}) AND {condition}"
            deleted += scalar(self.connection, query, parameters)
        if self.spec.key and staged.rows:
            query = f"DELETE FROM {self.relation} WHERE ({here}) IN (SELECT ({here}) FROM {staged.relation})"
            deleted += scalar(self.connection, query)
        return deleted

    def remember(self, scope: Scope, requested: Requested) -> None:
        """Keep which days of which accounts the slice was loaded with."""
        if scope.days is None or not scope.values or scope.column != ACCOUNT:
            return
        kept = LoadedDaysTable(self.schema)
        if self._is_new:
            kept.forget(self.spec.name)
        accounts: dict[Days, list[str]] = {}
        for account in scope.values:
            for days in scope.days_of(account):
                accounts.setdefault(days, []).append(account)
        for days, values in accounts.items():
            kept.record(self.spec.name, values, days, requested)

    def remember_lists(self, lists: CompleteLists, read_at: datetime) -> None:
        """Keep which accounts' lists have been read completely."""
        kept = self.schema.relation(complete_lists.TABLE)
        if self._is_new:
            complete_lists.forget(self.connection, kept, self.spec.name)
        complete_lists.record(self.connection, kept, self.spec.name, lists, utc(read_at))

    def mark_gone(self, staged: StagedTable, complete: Scope, at: datetime) -> int:
        """Mark the rows of a slice that was read completely and no longer has them; how many are new."""
        condition, parameters = complete.condition()
        same = " AND ".join(f"r.{quoted(name)} = {self.relation}.{quoted(name)}" for name in self.spec.key)
        gone = quoted(GONE_AT.name)
        return scalar(
            self.connection,
            f"UPDATE {self.relation} SET {gone} = CAST(? AS TIMESTAMP) WHERE {condition} "
            f"AND {gone} IS NULL AND NOT EXISTS (SELECT 1 FROM {staged.relation} r WHERE {same})",
            [utc(at), *parameters],
        )

    def insert(self, staged: StagedTable, run_id: str, loaded_at: datetime) -> dict[str, int]:
        """Insert by name; answers how many values of columns the table does not have were left out, by field."""
        types = {name.casefold(): type_ for name, type_ in self.layout.types.items()}
        discarded = {
            name: scalar(self.connection, f"SELECT count({quoted(name)}) FROM {staged.relation}")
            for name in staged.types
            if name.casefold() not in types
        }
        values = [
            f"CAST({quoted(name)} AS {types[name.casefold()]}) AS {quoted(name)}"
            for name in staged.types
            if name not in discarded
        ]
        values += ["CAST(? AS TIMESTAMP) AS _loaded_at", "CAST(? AS VARCHAR) AS _run_id"]
        self.connection.execute(
            f"INSERT INTO {self.relation} BY NAME SELECT {', '.join(values)} FROM {staged.relation}",
            [utc(loaded_at), run_id],
        )
        return {**discarded, **told(staged.left_out)}


def utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo is None else moment.astimezone(timezone.utc).replace(tzinfo=None)
