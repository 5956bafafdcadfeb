"""What of each list is asked for: which rows of its parent, alone or many at a time, and with which values.

Pure: fills the paths of the catalog with rows that are given. The calls made of it are ``plan``'s.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from pinterest_assets.pinterest.catalog import EntityStream, Path
from pinterest_assets.pinterest.catalog.path import Params, inherited_name
from pinterest_assets.pinterest.catalog.placeholder import Placeholder, Value, in_row
from pinterest_assets.pinterest.extract.asking import Asking
from pinterest_assets.pinterest.extract.calls import Row
from pinterest_assets.pinterest.extract.parents import (
    Parents,
    chunks,
    latest_of_each,
    once_by_id,
    one_account_per_owner,
    present,
)
from pinterest_assets.pinterest.extract.slices import Parent


@dataclass(frozen=True, slots=True)
class Target:
    """One request for a list. ``inherited`` is what it makes true of every row, ``parent`` whom it asks of."""

    path: str
    params: Params
    body: Any
    inherited: Params
    parent: Parent | None


def targets(stream: EntityStream, path: Path, parents: Parents, asking: Asking) -> Iterator[Target]:
    """Every request that ``path`` takes."""
    choices = list(asking.choices(path))
    known = {column.name for column in stream.columns if column.type == "VARCHAR"}
    for values, parent in _asked_rows(stream, path, parents, asking):
        for chosen in choices:
            target, params = path.fill(values, chosen)
            body = path.posted(values, chosen)
            told = {key.partition(".")[2]: one for key, one in chosen.items()} | values
            inherited = {
                inherited_name(str(path.parent), name): value
                for name, value in told.items()
                if isinstance(value, str)
            }
            # What the request fixes is true of every row; a flag like pin_metrics=true only asks for a document.
            kept = {name: value for name, value in (path.fixed(params) | inherited).items() if name in known}
            yield Target(target, params, body, tuple(kept.items()), parent)


def _asked_rows(
    stream: EntityStream, path: Path, parents: Parents, asking: Asking
) -> Iterator[tuple[dict[str, Value], Parent | None]]:
    """The columns of each parent row that is asked for, or of several at once, and what to call it."""
    if path.parent is None:
        yield {}, None
        return
    rows = [row for row in present(parents[path.parent]) if _is_meant(row, stream, path)]
    if stream.per_owner:
        rows = one_account_per_owner(rows)
    if stream.latest is not None:
        rows = latest_of_each(rows, *stream.latest)
    if path.instead:
        rows = [whole for row in rows for whole in asking.completed(row, path)]
    if path.many is not None:
        yield from _together(rows, path, path.many)
        return
    columns = (*path.parent_columns, *stream.carried)
    named_by = "id" if "id" in columns else columns[0]
    for row in once_by_id(rows) if named_by == "id" else rows:
        yield (
            _values(row, columns),
            Parent(path.parent, inherited_name(path.parent, named_by), str(row[named_by])),
        )


def _is_meant(row: Row, stream: EntityStream, path: Path) -> bool:
    if any(row.get(name) not in values for name, values in stream.where):
        return False
    return all(row.get(name) is not None for name in path.required_columns)


def _values(row: Row, columns: Sequence[str]) -> dict[str, Value]:
    """The row's values of the columns that have one."""
    found = {name: in_row(row.get(name)) for name in columns}
    return {name: value for name, value in found.items() if value is not None}


def _together(rows: Sequence[Row], path: Path, many: Placeholder) -> Iterator[tuple[dict[str, Value], None]]:
    """Rows that differ in one column only, as many as a call takes."""
    rest = [name for name in path.parent_columns if name != many.name]
    plain = sorted(tuple(str(in_row(row.get(name)) or "") for name in (*rest, many.name)) for row in rows)
    for same, group in groupby(dict.fromkeys(plain), key=lambda values: values[:-1]):
        # A comma joins the values of such a parameter, so one that has a comma cannot be asked for.
        values = [row[-1] for row in group if not (many.joined and "," in row[-1])]
        alike = {name: value for name, value in zip(rest, same, strict=True) if value}
        for part in chunks(values, many.most):
            yield {**alike, many.name: part}, None
