"""The peer: a dlt pipeline as a good engineer would write it by hand for the same tables.

Run as ``python -m benchmarks.peer_dlt JOB`` (rows as JSON lists, dlt types them), or through
``peer_dlt_arrow`` (the rows are typed here and handed over as Arrow tables). Tables are replaced
whole, which is dlt's cheapest way to load twice without doubling. What is asked is in ``question``.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.alone import without

without("pandas", "sqlalchemy")
os.environ.update(
    RUNTIME__DLTHUB_TELEMETRY="false",
    RUNTIME__LOG_LEVEL="CRITICAL",
    SCHEMA__NAMING="sql_ci_v1",  # lower case; the default would turn 3SEC into 3_sec
    EXTRACT__WORKERS="4",
    EXTRACT__MAX_PARALLEL_ITEMS="2",  # answers are large: with more, memory grows and nothing is faster
    NORMALIZE__WORKERS="1",  # a second process takes more CPU and, on two cores, no less time
    LOAD__WORKERS="1",  # more take more memory, and DuckDB uses all cores for one
)

import dlt  # noqa: E402 - reads the settings above

# What dlt imports when it first needs it belongs to the imports, not to the work.
import dlt.destinations.impl.duckdb.duck  # noqa: E402
import pyarrow.parquet  # noqa: E402, F401
from dlt.common.json import json  # noqa: E402
from dlt.sources.helpers import requests  # noqa: E402

from benchmarks.question import (  # noqa: E402
    ATTRIBUTION,
    BREAKDOWNS,
    ENTITIES,
    SCHEMA,
    Job,
    analytics_path,
    list_path,
)
from pinterest_assets.pinterest.catalog import STREAMS  # noqa: E402

Row = dict[str, Any]
Shape = Callable[[str, list[Row], dict[str, Any]], Any]
"""What is yielded to dlt for some rows of a table, given what stands on each of them."""

_TYPES = {
    "VARCHAR": "text",
    "JSON": "json",
    "BIGINT": "bigint",
    "DOUBLE": "double",
    "BOOLEAN": "bool",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
}


def as_rows(table: str, rows: list[Row], constants: dict[str, Any]) -> list[Row]:
    """Rows as they came, with the constants on each."""
    del table
    for row in rows:
        row.update(constants)
    return rows


class Pinterest:
    """The requests, and the resources made of them."""

    def __init__(self, job: Job, shape: Shape, *, typed: bool) -> None:
        self._job = job
        self._shape = shape
        self._typed = typed
        self._headers = {"Authorization": f"Bearer {job.token}"}

    def resources(self) -> Iterator[Any]:
        """Everything the question asks for; parents are read once for all that hang on them."""
        accounts = self._accounts()
        lists = {
            "ad_account": accounts,
            **{entity: self._listed(entity, accounts) for entity in ENTITIES[1:]},
        }
        yield from lists.values()
        for entity, parent in lists.items():
            yield self._numbers(entity, parent)
        bodies = self._breakdowns(lists["ad"])
        yield from (self._breakdown(kind, bodies) for kind in BREAKDOWNS)

    def _get(self, path: str, params: list[tuple[str, str]]) -> bytes:
        return bytes(requests.get(self._job.address(path, params), headers=self._headers).content)

    def _pages(self, entity: str, account: str = "") -> Iterator[list[Row]]:
        bookmark: str | None = None
        while True:
            more = [("bookmark", bookmark)] if bookmark else []
            params = [*self._job.list_params(entity), *more]
            page = json.loadb(self._get(list_path(entity, account), params))
            yield page["items"]
            bookmark = page["bookmark"]
            if not bookmark:
                return

    def _hints(self, table: str, *, typed: bool) -> dict[str, Any]:
        stream = STREAMS[table]
        columns = {column.source.lower(): {"data_type": _TYPES[column.type]} for column in stream.columns}
        return {
            "name": table,
            "primary_key": list(stream.key),
            "write_disposition": "replace",
            **({"columns": columns} if typed else {}),
        }

    def _accounts(self) -> Any:
        @dlt.resource(**self._hints("ad_account", typed=True))
        def accounts() -> Iterator[list[Row]]:
            yield from self._pages("ad_account")

        return accounts

    def _listed(self, entity: str, accounts: Any) -> Any:
        @dlt.transformer(data_from=accounts, parallelized=True, **self._hints(entity, typed=True))
        def listed(page: list[Row]) -> Iterator[list[Row]]:
            for account in page:
                yield from self._pages(entity, account["id"])

        return listed

    @dlt.defer
    def _numbers_of(self, entity: str, account: str, ids: list[str]) -> Any:
        body = self._get(analytics_path(entity, account), self._job.analytics_params(entity, ids))
        constants = {**ATTRIBUTION, "ad_account_id": account}
        return self._shape(f"{entity}_analytics", json.loadb(body), constants)

    def _numbers(self, entity: str, parent: Any) -> Any:
        @dlt.transformer(data_from=parent, **self._hints(f"{entity}_analytics", typed=self._typed))
        def numbers(page: list[Row]) -> Iterator[Any]:
            if entity == "ad_account":
                yield from (self._numbers_of(entity, account["id"], []) for account in page)
            else:
                yield self._numbers_of(entity, page[0]["ad_account_id"], [row["id"] for row in page])

        return numbers

    @dlt.defer
    def _breakdowns_of(self, account: str, ids: list[str]) -> tuple[str, bytes]:
        params = self._job.analytics_params("ad", ids, tuple(BREAKDOWNS))
        return account, self._get(analytics_path("ad", account, broken=True), params)

    def _breakdowns(self, ads: Any) -> Any:
        """Rows by breakdown, one answer at a time: what waits to be decoded are bytes."""

        @dlt.transformer(name="bodies", data_from=ads)
        def bodies(page: list[Row]) -> Iterator[Any]:
            yield self._breakdowns_of(page[0]["ad_account_id"], [row["id"] for row in page])

        @dlt.transformer(name="breakdowns", data_from=bodies)
        def breakdowns(answer: tuple[str, bytes]) -> Iterator[tuple[str, dict[str, list[Row]]]]:
            account, body = answer
            rows: dict[str, list[Row]] = {kind: [] for kind in BREAKDOWNS}
            for row in json.loadb(body)["data"]:
                flat, kind = row["metrics"], row["targeting_type"]
                flat["targeting_type"], flat["targeting_value"] = kind, row["targeting_value"]
                rows[kind].append(flat)
            yield account, rows

        return breakdowns

    def _breakdown(self, kind: str, parent: Any) -> Any:
        table = f"ad_targeting_analytics_{BREAKDOWNS[kind]}"

        @dlt.transformer(data_from=parent, **self._hints(table, typed=self._typed))
        def breakdown(answer: tuple[str, dict[str, list[Row]]]) -> Iterator[Any]:
            account, rows = answer
            yield self._shape(table, rows[kind], {**ATTRIBUTION, "ad_account_id": account})

        return breakdown


def load(job: Job, shape: Shape, *, typed: bool) -> None:
    """Load everything the job asks for. ``typed``: dlt is told the types of daily numbers."""
    pipeline = dlt.pipeline(
        "pinterest_peer",
        destination=dlt.destinations.duckdb(job.database),
        dataset_name=SCHEMA,
        pipelines_dir=str(Path(job.database).parent / "dlt"),
    )

    @dlt.source(name="pinterest", max_table_nesting=0)
    def source() -> list[Any]:
        return list(Pinterest(job, shape, typed=typed).resources())

    pipeline.run(source(), loader_file_format="parquet")


if __name__ == "__main__":
    given = Job.given()
    given.tell_imported()
    load(given, as_rows, typed=True)
