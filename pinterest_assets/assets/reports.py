"""Reports: streams that only an asynchronous report gives, and those that people describe themselves.

Days, hours, weeks and months are partitions; a range is one run. Totals are one unpartitioned table,
replaced whole. Which reports are asked for is planned in ``pinterest``.
"""

from collections.abc import Iterator
from dataclasses import replace

import dagster as dg
import pandas as pd

from pinterest_assets.assets.asked import Asked, asked
from pinterest_assets.assets.days import served_window
from pinterest_assets.assets.failure_records import RunRecorder
from pinterest_assets.assets.landing import POOL, land, plain_failures
from pinterest_assets.assets.presentation import asset_key, inputs, looks, priority
from pinterest_assets.custom_reports import rows_are_of, spec_of
from pinterest_assets.partitions import report_partitions, report_total
from pinterest_assets.pinterest.catalog.report_stream import ReportStream
from pinterest_assets.pinterest.extract.parents import Parents
from pinterest_assets.pinterest.extract.plan import Plan
from pinterest_assets.pinterest.extract.report_plan import ReportSpec, check_served, plan_reports
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.resources import PinterestResource, WarehouseResource
from pinterest_assets.settings import Settings, today
from pinterest_assets.step_log import logged_in_events
from pinterest_assets.warehouse import ForeignTable, Load, Warehouse


def report_assets(settings: Settings) -> list[dg.AssetsDefinition]:
    """An asset for every report: the ready ones of the catalog, then those of people's own file."""
    return [
        _report(stream, settings) for stream in settings.streams.values() if isinstance(stream, ReportStream)
    ]


def report_spec(stream: ReportStream, settings: Settings) -> ReportSpec:
    """How a stream of reports is read: as its file says, or as all analytics are."""
    custom = settings.reports.get(stream.name)
    return ReportSpec(stream, settings.attribution) if custom is None else spec_of(custom)


def _report(stream: ReportStream, settings: Settings) -> dg.AssetsDefinition:
    spec = report_spec(stream, settings)
    partitions = report_partitions(stream, settings)

    @dg.asset(
        key=asset_key(stream.name),
        ins=inputs(stream),
        partitions_def=partitions,
        backfill_policy=None if partitions is None else dg.BackfillPolicy.single_run(),
        pool=POOL,
        config_schema={},
        op_tags=priority(stream),
        **looks(stream, settings),
    )
    def report(
        context: dg.AssetExecutionContext,
        pinterest: PinterestResource,
        warehouse: WarehouseResource,
        **parents: pd.DataFrame,
    ) -> Iterator[dg.Output[Load]]:
        with plain_failures(), logged_in_events(context):
            _refuse_other_rows(stream, warehouse.open())
            run = asked(context.run.tags, settings)
            window, left_out = report_total(stream, settings), list[str]()
            if partitions:
                window, left_out = served_window(
                    context,
                    [stream],
                    run.settings.reading,
                    lambda days, day: check_served(stream, days, day),
                )
            plan = _plan(spec, run, run.parents(parents, stream), window)
            yield from land(
                pinterest,
                {"result": stream},
                plan,
                window=window,
                notes=[*left_out, *_doubts(context, spec)],
                recorder=RunRecorder(warehouse, context),
                settings=settings,
            )

    return report


def _plan(spec: ReportSpec, run: Asked, parents: Parents, window: Window) -> Plan:
    """The reports of the run's accounts; none when the report is of other ones."""
    if run.accounts and spec.accounts:
        mine = tuple(account for account in spec.accounts if account in run.accounts)
        if not mine:
            return Plan((), ())
        spec = replace(spec, accounts=mine)
    return plan_reports(spec, parents, window, today())


def _refuse_other_rows(stream: ReportStream, warehouse: Warehouse) -> None:
    """Stop before days are put among weeks, or ads among campaigns: a report may change, its table may not."""
    layout = warehouse.layout(stream.name)
    have, wanted = rows_are_of(layout.comment if layout else ""), rows_are_of(stream.description)
    if have and wanted and have != wanted:
        raise ForeignTable(
            f"{warehouse.schema}.{stream.name} holds rows {have}, and the report is now {wanted}; nothing was "
            "changed: give the report another name, or drop the table to load it anew"
        )


def _doubts(context: dg.AssetExecutionContext, spec: ReportSpec) -> list[str]:
    warning = spec.doubt
    if warning is None:
        return []
    context.log.warning(warning)
    return [warning]
