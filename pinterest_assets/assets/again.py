"""Of a plan, the calls for parents that failed: boards, ad groups, pins that are read again alone.

Accounts and days of a retry are the run's own; only single parents need more than that.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from pinterest_assets.pinterest.catalog import Stream
from pinterest_assets.pinterest.extract.calls import Call
from pinterest_assets.pinterest.extract.entity_calls import EntityCall
from pinterest_assets.pinterest.extract.pin_calls import PinAnalyticsCall
from pinterest_assets.pinterest.extract.plan import Plan
from pinterest_assets.warehouse import Warehouse, failed_slices


def parents_again(plan: Plan, stream: Stream, column: str, warehouse: Warehouse) -> Plan:
    """The plan, of the parents named in ``column`` that are kept as failed; their rows only are replaced.

    Those that the plan asks nothing of, as they are another account's or gone, stay as they are.
    """
    failed = {
        kept.slice.parent[1]
        for kept in failed_slices(warehouse)
        if kept.stream == stream.name and kept.slice.parent is not None and kept.slice.parent[0] == column
    }
    chosen = list(_of_parents(plan.calls, column, failed))
    asked = sorted({parent for _, parents in chosen for parent in parents})
    calls = tuple(call for call, _ in chosen)
    return replace(plan, calls=calls, parts=(), partial={}, within=(column, tuple(asked)))


def _of_parents(
    calls: Iterable[Call], column: str, failed: set[str]
) -> Iterator[tuple[Call, tuple[str, ...]]]:
    """The calls that ask for any of ``failed``, and for which."""
    for call in calls:
        if isinstance(call, EntityCall):
            parent = call.slice.parent
            if parent is not None and parent.column == column and parent.id in failed:
                yield call, (parent.id,)
        elif isinstance(call, PinAnalyticsCall) and (
            pins := tuple(pin for pin in call.pins if pin in failed)
        ):
            yield replace(call, pins=pins), pins
