"""Asset checks, made from the catalog: keys hold, links resolve, levels add up, nothing failed to come.

The SQL is the warehouse's; what is checked where follows from a stream's line.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

import dagster as dg

from pinterest_assets.assets.failure_records import held_back
from pinterest_assets.assets.presentation import asset_key, loaded_by
from pinterest_assets.assets.shortfall import SLICES, slices_result
from pinterest_assets.checks.gone import ACCOUNTS, LISTS, PARENTS, accounts_result, gone_specs, list_result
from pinterest_assets.checks.levels import EMPTIED, SUMS, emptied_result, level_specs, sums_result
from pinterest_assets.pinterest.catalog import STREAMS, Stream
from pinterest_assets.resources import WarehouseResource
from pinterest_assets.settings import Settings
from pinterest_assets.warehouse.quality import Inspection

KEY = "key_is_unique"
LINKS = "links_resolve"


def row_checks(settings: Settings) -> list[dg.AssetChecksDefinition]:
    """The checks of every stream: an op for what one step loads, and one for what a group compares with other tables.

    An op waits for all tables that its checks look at, and is skipped when one of them fails. So what looks at
    other branches of the graph is apart from the checks of the table itself; an op for each table of these would
    take longer than the comparisons.
    """
    streams = {name: _within(stream, settings.streams) for name, stream in settings.streams.items()}
    by_step: dict[str, list[Stream]] = {}
    by_group: dict[str, list[Stream]] = {}
    for stream in streams.values():
        by_step.setdefault(loaded_by(stream), []).append(stream)
        by_group.setdefault(stream.group, []).append(stream)
    specs = {name: list(_specs(stream, streams)) for name, stream in streams.items()}
    own = [
        _checks(
            f"{step}_checks",
            together,
            [spec for one in together for spec in specs[one.name] if not spec.additional_deps],
            settings,
        )
        for step, together in by_step.items()
    ]
    compared = [
        _checks(f"{group}_compared", together, beside, settings)
        for group, together in by_group.items()
        if (beside := [spec for one in together for spec in specs[one.name] if spec.additional_deps])
    ]
    return [*own, *compared]


def _within(stream: Stream, streams: Mapping[str, Stream]) -> Stream:
    """The stream without links to tables that are off."""
    return replace(stream, foreign_keys=tuple(link for link in stream.foreign_keys if link.parent in streams))


def _loaded_beside(stream: Stream) -> list[str]:
    """The parents of links that the stream is not made from: in a run, they may be loaded after it."""
    parents = dict.fromkeys(link.parent for link in stream.foreign_keys)
    return [parent for parent in parents if parent not in (stream.name, *stream.inputs)]


def _specs(stream: Stream, streams: Mapping[str, Stream]) -> Iterator[dg.AssetCheckSpec]:
    yield dg.AssetCheckSpec(
        KEY,
        asset=asset_key(stream.name),
        # Ids that repeat would multiply the calls and rows of whatever is built on them.
        blocking=stream.name in PARENTS,
        description=f"({', '.join(stream.key)}) is never NULL and never repeats, nor came with rows that differ.",
    )
    yield dg.AssetCheckSpec(
        SLICES,
        asset=asset_key(stream.name),
        description="Every account, range of days and parent that was asked for has been read.",
    )
    yield from gone_specs(stream)
    yield from level_specs(stream, streams)
    if stream.foreign_keys:
        links = ", ".join(f"{fk.column} in {fk.parent}" for fk in stream.foreign_keys)
        yield dg.AssetCheckSpec(
            LINKS,
            asset=asset_key(stream.name),
            additional_deps=[asset_key(parent) for parent in _loaded_beside(stream)],
            description=f"Every id is known: {links}.",
        )


def _checks(
    name: str, streams: Sequence[Stream], specs: Sequence[dg.AssetCheckSpec], settings: Settings
) -> dg.AssetChecksDefinition:
    """An op for ``specs``, which are checks of ``streams``."""

    @dg.multi_asset_check(name=name, specs=specs, can_subset=True)
    def checks(
        context: dg.AssetCheckExecutionContext, warehouse: WarehouseResource
    ) -> Iterator[dg.AssetCheckResult]:
        chosen = {(check.asset_key, check.name) for check in context.selected_asset_check_keys}
        waited_for = [
            stream for stream in streams if stream.name in PARENTS and (asset_key(stream.name), KEY) in chosen
        ]
        results = []
        with (
            held_back(context, warehouse, waited_for, settings) as tell,
            Inspection(warehouse.open()) as inspection,
        ):
            for stream in streams:
                for check, result in _RESULTS.items():
                    if (asset_key(stream.name), check) in chosen:
                        found = result(stream, inspection, settings)
                        if check == KEY and stream in waited_for:
                            tell(stream, None if _holds(found) else _key_problem(stream, found))
                        results.append(found)
        # The database is let go of by now: what Dagster does with a result does not keep it from others.
        yield from results

    return checks


def _holds(result: dg.AssetCheckResult) -> bool:
    """Whether a key holds: rows that differed, of which one was stored, are no reason to wait."""
    return result.passed or result.severity is not dg.AssetCheckSeverity.ERROR


def _key_problem(stream: Stream, result: dg.AssetCheckResult) -> str:
    rows, nulls, repeats = (
        getattr(result.metadata[name], "value", result.metadata[name])
        for name in ("rows", "nulls", "repeats")
    )
    return f"the check {KEY} of {stream.name} failed: of {rows} rows, {nulls} have no key and {repeats} repeat one"


def _key_result(stream: Stream, inspection: Inspection, _: Settings) -> dg.AssetCheckResult:
    """An error when the key does not hold; a warning when Pinterest sent rows of one key that differ."""
    found = inspection.key_problems(stream.name, stream.key)
    differing = inspection.conflicts(stream.name, stream.key)
    broken = bool(found.nulls or found.repeats)
    told: dict[str, int | str] = {"rows": found.rows, "nulls": found.nulls, "repeats": found.repeats}
    if differing:
        told["came with rows that differ"] = differing
        told["the rows that were left out"] = "select * from conflicting_row order by loaded_at desc"
    return dg.AssetCheckResult(
        passed=not broken and not differing,
        asset_key=asset_key(stream.name),
        check_name=KEY,
        severity=dg.AssetCheckSeverity.ERROR if broken else dg.AssetCheckSeverity.WARN,
        metadata=told,
    )


def _links_result(stream: Stream, inspection: Inspection, _: Settings) -> dg.AssetCheckResult:
    lost = {
        link.column: inspection.orphans(stream.name, link.column, link.parent, STREAMS[link.parent].key[-1])
        for link in stream.foreign_keys
    }
    return dg.AssetCheckResult(
        passed=not any(orphans.count for orphans in lost.values()),
        asset_key=asset_key(stream.name),
        check_name=LINKS,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            column: f"{orphans.count} unknown, such as {orphans.example}" if orphans.count else "all known"
            for column, orphans in lost.items()
        },
    )


def _slices_result(stream: Stream, inspection: Inspection, _: Settings) -> dg.AssetCheckResult:
    return slices_result(stream, inspection.failed_slices(stream.name))


_RESULTS: Mapping[str, Callable[[Stream, Inspection, Settings], dg.AssetCheckResult]] = {
    KEY: _key_result,
    LINKS: _links_result,
    SLICES: _slices_result,
    ACCOUNTS: accounts_result,
    LISTS: list_result,
    SUMS: sums_result,
    EMPTIED: emptied_result,
}
