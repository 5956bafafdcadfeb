"""The floor: the least code that loads the same tables, typed. No retries, no transactions, no care.

Run as ``python -m benchmarks.floor JOB``. What is asked is in ``question``.
"""

import gzip
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.request import Request, urlopen

import duckdb

from benchmarks.alone import without

without("pandas")

from benchmarks.columns import Row, arrow_table  # noqa: E402
from benchmarks.question import (  # noqa: E402
    ATTRIBUTION,
    BREAKDOWNS,
    ENTITIES,
    SCHEMA,
    Job,
    analytics_path,
    list_path,
    streams,
)
from pinterest_assets.pinterest.catalog.limits import MAX_IDS  # noqa: E402

WORKERS = 8
Question = tuple[str, str, list[str], tuple[str, ...]]
"""Level, account, ids and breakdowns of an analytics call."""


class Floor:
    """One load into one open database."""

    def __init__(self, job: Job, database: duckdb.DuckDBPyConnection, pool: ThreadPoolExecutor) -> None:
        self._job = job
        self._database = database
        self._pool = pool

    def load(self) -> None:
        """Make the tables, list the entities, ask for their numbers."""
        self._database.execute(f"CREATE SCHEMA {SCHEMA}")
        for stream in streams(self._job.tables):
            columns = ", ".join(f'"{column.name}" {column.type}' for column in stream.columns)
            self._database.execute(f"CREATE TABLE {SCHEMA}.{stream.name} ({columns})")
        questions = list(self._questions())
        for question, body in zip(questions, self._pool.map(self._ask, questions), strict=True):
            self._insert_numbers(question, _decoded(body))

    def _questions(self) -> Iterator[Question]:
        found = self._listed(("ad_account", ""))
        self._insert("ad_account", found, {})
        accounts = [row["id"] for row in found]
        yield from (("ad_account", account, [], ()) for account in accounts)
        lists = [(entity, account) for entity in ENTITIES[1:] for account in accounts]
        for (entity, account), rows in zip(lists, self._pool.map(self._listed, lists), strict=True):
            self._insert(entity, rows, {})
            for start in range(0, len(rows), MAX_IDS):
                ids = [row["id"] for row in rows[start : start + MAX_IDS]]
                yield entity, account, ids, ()
                if entity == "ad":
                    yield entity, account, ids, tuple(BREAKDOWNS)

    def _listed(self, of: tuple[str, str]) -> list[Row]:
        rows: list[Row] = []
        bookmark: str | None = None
        while True:
            more = [("bookmark", bookmark)] if bookmark else []
            page = _decoded(self._get(list_path(*of), [*self._job.list_params(of[0]), *more]))
            rows += page["items"]
            bookmark = page["bookmark"]
            if not bookmark:
                return rows

    def _ask(self, question: Question) -> bytes:
        entity, account, ids, kinds = question
        path = analytics_path(entity, account, broken=bool(kinds))
        return self._get(path, self._job.analytics_params(entity, ids, kinds))

    def _get(self, path: str, params: list[tuple[str, str]]) -> bytes:
        headers = {"Authorization": f"Bearer {self._job.token}", "Accept-Encoding": "gzip"}
        request = Request(self._job.address(path, params), headers=headers)  # noqa: S310 - our own server
        with urlopen(request) as answer:  # noqa: S310
            return bytes(answer.read())

    def _insert_numbers(self, question: Question, answer: Any) -> None:
        entity, account, _, kinds = question
        constants = {**ATTRIBUTION, "ad_account_id": account}
        if not kinds:
            self._insert(f"{entity}_analytics", answer, constants)
        for kind in kinds:
            rows = [
                {**row["metrics"], "targeting_type": kind, "targeting_value": row["targeting_value"]}
                for row in answer["data"]
                if row["targeting_type"] == kind
            ]
            self._insert(f"ad_targeting_analytics_{BREAKDOWNS[kind]}", rows, constants)

    def _insert(self, table: str, rows: list[Row], constants: Row) -> None:
        self._database.register("incoming", arrow_table(table, rows, constants))
        self._database.execute(f"INSERT INTO {SCHEMA}.{table} FROM incoming")


def _decoded(body: bytes) -> Any:
    return json.loads(gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body)


if __name__ == "__main__":
    given = Job.given()
    given.tell_imported()
    with duckdb.connect(given.database) as connection, ThreadPoolExecutor(WORKERS) as threads:
        Floor(given, connection, threads).load()
