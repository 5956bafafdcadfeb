"""Reports: streams that only an asynchronous report gives, and those that people describe themselves.

Days, hours, weeks and months are partitions; a range is one run. Totals are one unpartitioned table,
replaced whole. Which reports are asked for is planned in ``pinterest``.
"""

from collections.abc import Iterator

import dagster as dg
import pandas as pd

from pinterest_assets.assets.landing import land, parent_rows, plain_failures
from pinterest_assets.assets.presentation import asset_key, inputs, looks
from pinterest_assets.custom_reports import spec_of
from pinterest_assets.partitions import report_partitions, report_start
from pinterest_assets.pinterest.catalog.report_stream import ReportStream
from pinterest_assets.pinterest.extract.report_plan import ReportSpec, check_served, everything, plan_reports
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.resources import PinterestResource
from pinterest_assets.settings import Settings, today
from pinterest_assets.slices import days_of
from pinterest_assets.warehouse import Load


def report_assets(settings: Settings, daily: dg.TimeWindowPartitionsDefinition) -> list[dg.AssetsDefinition]:
    """An asset for every report: the ready ones of the catalog, then those of people's own file.

    The ready ones have the days of all daily tables, so that they go with them in one run.
    """
    return [
        _report(stream, settings, daily)
        for stream in settings.streams.values()
        if isinstance(stream, ReportStream)
    ]


def _report(
    stream: ReportStream, settings: Settings, daily: dg.TimeWindowPartitionsDefinition
) -> dg.AssetsDefinition:
    custom = settings.reports.get(stream.name)
    spec = ReportSpec(stream, settings.attribution) if custom is None else spec_of(custom)
    start = report_start(stream, None if custom is None else custom.start_date, settings)
    partitions = daily if custom is None else report_partitions(stream, start)

    @dg.asset(
        key=asset_key(stream.name),
        ins=inputs(stream),
        partitions_def=partitions,
        backfill_policy=None if partitions is None else dg.BackfillPolicy.single_run(),
        **looks(stream, settings),
    )
    def report(
        context: dg.AssetExecutionContext, pinterest: PinterestResource, **parents: pd.DataFrame
    ) -> Iterator[dg.Output[Load]]:
        with plain_failures():
            window = _partitions_of(context, spec) if partitions else everything(stream, start, today())
            plan = plan_reports(spec, parent_rows(parents, settings.ad_account_ids), window, today())
            yield from land(pinterest, {"result": stream}, plan, window=window, notes=_doubts(context, spec))

    return report


def _partitions_of(context: dg.AssetExecutionContext, spec: ReportSpec) -> Window:
    """The days of the run's partitions, refused before anything else when they are no longer served."""
    window = Window(*days_of(context.partition_time_window))
    check_served(spec.stream, window, today())
    return window


def _doubts(context: dg.AssetExecutionContext, spec: ReportSpec) -> list[str]:
    warning = spec.doubt
    if warning is None:
        return []
    context.log.warning(warning)
    return [warning]
