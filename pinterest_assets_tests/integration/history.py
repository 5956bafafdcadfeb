"""An account and a database over a history: runs are made, and each slice is looked at after each."""

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import dagster as dg
import duckdb

from pinterest_assets.assets.asked import ACCOUNTS_TAG
from pinterest_assets.demo import DemoServer, Fault
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.retrying import retries
from pinterest_assets.settings import read_settings
from pinterest_assets.warehouse import KeptSlice, Warehouse, failed_slices
from pinterest_assets_tests.integration.happenings import (
    DAYS,
    FAULTS,
    LISTS,
    NOT_FOUND,
    NUMBERS,
    PATHS,
    Change,
    Drift,
    Reading,
    Retry,
    Spoiled,
)
from pinterest_assets_tests.integration.slices_seen import (
    Part,
    Rows,
    asked_again,
    covers,
    differences,
    parts_of,
    read,
    rows_in,
)
from pinterest_assets_tests.project import materialize


class History:
    """An account and a database, from when everything was read once."""

    def __init__(self, demo: DemoServer, path: Path) -> None:
        self.demo, self.path = demo, path
        self.accounts = [account.id for account in demo.world.tree.accounts]
        self.drift = Drift()
        self.tables = self._held()
        self.boards = sorted({str(part.board) for part in self.tables["pin_on_board"]})

    def happen(self, change: Change | Drift) -> None:
        if isinstance(change, Drift):
            self.drift = change
            return
        if change.what == "restate":
            delivered = self.demo.truth.rows(NUMBERS, DAYS[0], DAYS[-1])
            one = delivered.iloc[change.which % len(delivered)]
            self.demo.restate(one["date"], one["campaign_id"], extra_checkouts=change.number)
            return
        changes, entity = self.demo.world.changes, self._one_of(change.kind, change.which)
        if change.what == "rename":
            changes.change(change.kind, entity, **{"title" if change.kind == "pin" else "name": change.word})
        elif change.what == "archive":
            changes.change(change.kind, entity, status=change.word)
        elif change.what == "add":
            changes.add(change.kind, entity)
        elif entity not in self._staying():
            changes.remove(change.kind, entity)

    def run(self, run: Reading | Retry) -> None:
        """Make a run, or those of a retry, and look at every slice after each."""
        if isinstance(run, Retry):
            self._retry(run.spoiled)
            return
        account = None if run.account is None else self.accounts[run.account]

        def asked(stream: str, part: Part) -> bool:
            of_days = part.day is None or run.days[0] <= part.day <= run.days[1]
            return stream in run.streams and of_days and account in (None, part.account)

        window = Window(*run.days) if NUMBERS in run.streams else None
        spoiling = self._spoil(run.spoiled)
        tags = {ACCOUNTS_TAG: account} if account else {}
        self._check(materialize(run.streams, window, tags=tags), asked, spoiling)

    def _retry(self, wanted: Spoiled) -> None:
        """As ``pinterest-assets retry``."""
        kept = [one for one in self.missed() if not one.slice.skipped]
        for again in retries(kept, read_settings(os.environ)):
            asked = partial(asked_again, again, kept)
            spoiling = self._spoil(wanted)
            self._check(materialize(again.streams, again.window, tags=again.tags), asked, spoiling)

    def _spoil(self, wanted: Spoiled) -> list[tuple[str | None, Fault]]:
        """Have the demo do what is wanted, and send what it sends by now; the faults, and which board is said gone."""
        self.demo.faults.clear()
        sent = {"campaign": self.drift.campaigns, NUMBERS: self.drift.numbers}
        added: list[tuple[str | None, Fault]] = []
        for stream, which, name in wanted:
            board, account = self.boards[which % len(self.boards)], self.accounts[which % 2]
            pattern = PATHS[stream].format(account=account, board=board)
            later = ".*bookmark" if name.endswith("after a page") else ""
            fault = self.demo.faults.add(pattern + later, **FAULTS[name], mutate=sent.get(stream))
            added.append((board if (stream, name) == NOT_FOUND else None, fault))
        for stream, mutate in sent.items():
            self.demo.faults.add(PATHS[stream].format(account="[0-9]+"), mutate=mutate)
        return added

    def _check(
        self,
        result: dg.ExecuteInProcessResult,
        asked: Callable[[str, Part], bool],
        spoiling: list[tuple[str | None, Fault]],
    ) -> None:
        """Each slice is as it was, or as the server has it: the latter exactly if it was asked for and not missed."""
        events = result.get_asset_materialization_events()
        ended = {event.asset_key.path[-1] for event in events if event.asset_key}
        began = {event.step_key for event in result.all_events if event.is_step_start}
        missed, tables = self.missed(), self._held()
        hit = [board for board, fault in spoiling if fault.hits]
        for stream, before in self.tables.items():
            now, new = tables[stream], self.served(stream)
            for part in before.keys() | new.keys() | now.keys():
                wanted = before.get(part, {})
                failed = any(one.stream == stream and covers(one, part) for one in missed if not read(one))
                if asked(stream, part) and stream in ended and not failed:
                    marked = {} if part.day else {key: (values, True) for key, (values, _) in wanted.items()}
                    wanted = marked | ({} if part.board and part.board in hit else new.get(part, {}))
                elif asked(stream, part):
                    known = failed or stream == "ad_account" or f"pinterest__{stream}" not in began
                    assert hit, f"{stream}, {part} failed for no reason"
                    assert known, f"{stream}, {part} failed without a word"
                assert now.get(part, {}) == wanted, (
                    f"{stream}, {part}: {differences(now.get(part, {}), wanted)}; not read: {[*map(str, missed)]}"
                )
        self.tables = tables

    def _held(self) -> dict[str, dict[Part, Rows]]:
        """What the tables hold."""
        with duckdb.connect(str(self.path), read_only=True) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            return {stream: parts_of(stream, rows_in(connection, stream)) for stream in (*LISTS, NUMBERS)}

    def served(self, stream: str) -> dict[Part, Rows]:
        """What the server has."""
        told = self.demo.truth.rows(stream, DAYS[0], DAYS[-1]).to_dict("records")
        return parts_of(stream, [self.drift.row(stream, row) for row in told])  # type: ignore[arg-type]

    def missed(self) -> list[KeptSlice]:
        return failed_slices(Warehouse(str(self.path)))

    def _one_of(self, kind: str, which: int) -> str:
        world = self.demo.world
        pins = {pin["id"] for profile in world.profiles.values() for pin in profile.pins}
        of_kind = {"ad_account": world.accounts, "campaign": world.campaigns, "ad_group": world.ad_groups}
        ids = sorted(of_kind.get(kind, pins))
        return str(ids[which % len(ids)])

    def _staying(self) -> Iterator[str]:
        """Where all campaigns are gone and Pinterest refuses them, what was read of them stays, by design."""
        for account in self.accounts:
            mine = [id_ for id_, row in self.demo.world.campaigns.items() if row["ad_account_id"] == account]
            yield from sorted(mine)[:2]
