"""Whatever happens to an account and to the readings of it: each slice is old or new, and a clean run ends in the truth.

Over real HTTP and the assets themselves. What a slice may be is told from the table before a run and from the
demo's truth, and by the table ``failed_slice``: what is in it has kept its rows, and everything else that was
asked for is as the server has it.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial, partialmethod
from pathlib import Path
from typing import Any, NamedTuple

import dagster as dg
import duckdb
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from pinterest_assets.assets.asked import ACCOUNTS_TAG
from pinterest_assets.demo import DemoAccount, DemoServer, Fault
from pinterest_assets.pinterest.api.client import Client
from pinterest_assets.pinterest.catalog import STREAMS
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.retrying import Retry as Again
from pinterest_assets.retrying import retries
from pinterest_assets.settings import read_settings
from pinterest_assets.warehouse import KeptSlice, Warehouse, failed_slices
from pinterest_assets_tests.project import demo_settings, last_days, load, materialize

NUMBERS = "campaign_analytics"
LISTS = ("ad_account", "campaign", "ad_group", "board", "pin_on_board")
WINDOW = last_days(4)
DAYS = tuple(WINDOW.start + timedelta(days=day) for day in range(WINDOW.days))

PATHS = {
    "ad_account": r"^/ad_accounts\?",
    "campaign": r"/{account}/campaigns\?",
    "ad_group": r"/{account}/ad_groups\?",
    "board": r"^/boards\?.*ad_account_id={account}",
    "pin_on_board": "/boards/{board}/pins",
    NUMBERS: "/{account}/campaigns/analytics",
}
REFUSED = {"status": 400, "json": {"code": 1, "message": "Invalid parameters."}}
FAULTS: dict[str, dict[str, Any]] = {
    "refused": REFUSED,
    "breaks off after a page": REFUSED,
    "not permitted": {"status": 403, "json": {"code": 29, "message": "You are not permitted to do that."}},
    "not found": {"status": 404},
    "not found after a page": {"status": 404},
    "pages in a circle": {"repeat_bookmark": True},
    "another answer, once": {"status": 200, "json": {"surprise": True}, "times": 1},
    "cut off, once": {"cut": True, "times": 1},
}


NOT_FOUND = ("pin_on_board", "not found")
"""What is said of a board tells that it is gone, and its pins with it; of anything else it is a failure."""


class Part(NamedTuple):
    """A slice: what one reading brings whole or not at all."""

    account: str
    day: date | None = None
    board: str | None = None


Rows = dict[tuple[Any, ...], tuple[dict[str, Any], bool]]
"""By key: the values that are there, and whether the row is marked as gone."""


def parts_of(stream: str, found: Iterable[dict[str, Any]]) -> dict[Part, Rows]:
    """Rows by slice. A column that is NULL and one that the table does not have are the same."""
    parts: dict[Part, Rows] = {}
    for row in found:
        account = row["id" if stream == "ad_account" else "ad_account_id"]
        part = Part(account, row.get("date"), row["board_id"] if stream == "pin_on_board" else None)
        key = tuple(row[name] for name in STREAMS[stream].key)
        assert key not in parts.get(part, {}), f"{stream} has {key} twice"
        values = {name: value for name, value in row.items() if value is not None and name != "_gone_at"}
        parts.setdefault(part, {})[key] = values, row.get("_gone_at") is not None
    return parts


@dataclass(frozen=True)
class Drift:
    """What Pinterest's answers have become, and what is to be in the tables then."""

    added: bool = False
    vanished: bool = False
    turned: bool = False

    def campaigns(self, answer: Any) -> None:
        for item in answer["items"]:
            if self.added:
                item["surprise"] = 7
            if self.vanished:
                del item["objective_type"]
            if self.turned:
                item["daily_spend_cap"] = {"value": 5}

    def numbers(self, answer: Any) -> None:
        for row in answer:
            if self.turned and row.get("TOTAL_CLICKTHROUGH"):
                row["TOTAL_CLICKTHROUGH"] = "n/a"

    def row(self, stream: str, row: dict[str, Any]) -> dict[str, Any]:
        if stream == "campaign":
            added = {"surprise": 7} if self.added else {}
            vanished = {"objective_type": None} if self.vanished else {}
            aside = {"daily_spend_cap": None, "_unparsed": {"daily_spend_cap": {"value": 5}}}
            return {**row, **added, **vanished, **(aside if self.turned else {})}
        if stream == NUMBERS and self.turned and row["total_clickthrough"]:
            return {**row, "total_clickthrough": None, "_unparsed": {"total_clickthrough": "n/a"}}
        return row


Spoiled = tuple[tuple[str, int, str], ...]
"""What goes wrong in a run: of which stream, for which account or board (by position), and how."""


@dataclass(frozen=True)
class Reading:
    """A run: which streams, days and account (by position; all when None), and what goes wrong in it."""

    streams: tuple[str, ...]
    days: tuple[date, date] = (DAYS[0], DAYS[-1])
    account: int | None = None
    spoiled: Spoiled = ()


@dataclass(frozen=True)
class Retry:
    """What failed is read again, and nothing else."""

    spoiled: Spoiled = ()


@dataclass(frozen=True)
class Change:
    """Something that happens at Pinterest: what, to which (by position), and with which word or number."""

    what: str
    kind: str = "campaign"
    which: int = 0
    word: str = ""
    number: int = 1


POSITIONS = st.integers(0, 999)
KINDS = st.sampled_from(("campaign", "ad_group", "pin"))
CHANGES = st.one_of(
    st.builds(Change, st.just("restate"), which=POSITIONS, number=st.integers(1, 10**6)),
    st.builds(Change, st.just("rename"), KINDS | st.just("ad_account"), POSITIONS, st.text(max_size=9)),
    st.builds(Change, st.just("archive"), which=POSITIONS, word=st.sampled_from(("ARCHIVED", "PAUSED"))),
    st.builds(Change, st.sampled_from(("add", "remove")), KINDS, POSITIONS),
    st.builds(Drift, st.booleans(), st.booleans(), st.booleans()),
)


def spoiled(streams: tuple[str, ...], which: st.SearchStrategy[int]) -> st.SearchStrategy[Spoiled]:
    one = st.tuples(st.sampled_from(streams), which, st.sampled_from(sorted(FAULTS)))
    return st.lists(one, max_size=2).map(tuple)


@st.composite
def readings(draw: st.DrawFn, *choice: str) -> Reading:
    streams = tuple(sorted(draw(st.sets(st.sampled_from(choice), min_size=1, max_size=2))))
    first, last = sorted(draw(st.tuples(st.sampled_from(DAYS), st.sampled_from(DAYS))))
    account = draw(st.sampled_from((None, None, 0, 1)))
    which = POSITIONS if account is None or "pin_on_board" in streams else st.just(account)
    return Reading(streams, (first, last), account, draw(spoiled(streams, which)))


RUNS = st.one_of(
    readings(NUMBERS), readings(*LISTS), readings(*LISTS), st.builds(Retry, spoiled((*LISTS, NUMBERS), POSITIONS))
)
TURNS = st.tuples(st.lists(CHANGES, max_size=3), RUNS)


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
                failed = any(one.stream == stream and covers(one, part) for one in missed)
                if asked(stream, part) and stream in ended and not failed:
                    marked = {} if part.day else {key: (values, True) for key, (values, _) in wanted.items()}
                    wanted = marked | ({} if part.board and part.board in hit else new.get(part, {}))
                elif asked(stream, part):
                    known = failed or stream == "ad_account" or f"pinterest__{stream}" not in began
                    assert hit and known, f"{stream}, {part} failed for no reason, or without a word"
                assert now.get(part, {}) == wanted, (
                    f"{stream}, {part}: {differences(now.get(part, {}), wanted)}; not read: {[*map(str, missed)]}"
                )
        self.tables = tables

    def _held(self) -> dict[str, dict[Part, Rows]]:
        """What the tables hold."""
        with duckdb.connect(str(self.path), read_only=True) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            return {stream: parts_of(stream, _rows(connection, stream)) for stream in (*LISTS, NUMBERS)}

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
        return ids[which % len(ids)]

    def _staying(self) -> Iterator[str]:
        """Where all campaigns are gone and Pinterest refuses them, what was read of them stays, by design."""
        for account in self.accounts:
            mine = [id_ for id_, row in self.demo.world.campaigns.items() if row["ad_account_id"] == account]
            yield from sorted(mine)[:2]


def _rows(connection: duckdb.DuckDBPyConnection, stream: str) -> Iterator[dict[str, Any]]:
    declared = {column.name for column in STREAMS[stream].columns if column.type == "JSON"}
    json_columns = declared | {"_unparsed"}
    found = connection.execute(f"select * from pinterest.{stream}")
    names = [column[0] for column in found.description or []]
    for values in found.fetchall():
        yield {
            name: json.loads(value) if name in json_columns and value is not None else value
            for name, value in zip(names, values, strict=True)
            if name not in ("_loaded_at", "_run_id")
        }


def asked_again(run: Again, kept: list[KeptSlice], stream: str, part: Part) -> bool:
    """Whether one run of a retry is to read the slice."""
    mine = [one for one in kept if (one.slice.parent is None) == (run.parents_in is None)]
    of_days = run.window is None or (part.day is not None and run.window.start <= part.day <= run.window.end)
    of_run = stream in run.streams and of_days and (not run.accounts or part.account in run.accounts)
    return of_run and any(one.stream == stream and covers(one, part) for one in mine)


def differences(found: Rows, wanted: Rows) -> list[tuple[object, ...]]:
    """The keys of rows, and names of values, that are not the same, with both."""
    told: list[tuple[object, ...]] = []
    for key in found.keys() | wanted.keys():
        if key not in found or key not in wanted:
            told.append((*key, "is there" if key in found else "is not there"))
            continue
        (mine, mine_gone), (theirs, theirs_gone) = found[key], wanted[key]
        told += [(*key, "gone", mine_gone, theirs_gone)] if mine_gone != theirs_gone else []
        names = [name for name in mine.keys() | theirs.keys() if mine.get(name) != theirs.get(name)]
        told += [(*key, name, mine.get(name), theirs.get(name)) for name in sorted(names)]
    return told


def covers(kept: KeptSlice, part: Part) -> bool:
    """Whether the slice is among the rows that are kept as not read."""
    one = kept.slice
    if one.account not in (None, part.account) or (one.parent is not None and one.parent[1] != part.board):
        return False
    return one.days is None or (part.day is not None and one.days[0] <= part.day <= one.days[1])


@pytest.fixture(scope="module")
def beginning(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, int]]:
    """A database in which all lists and the first day of numbers have been read, and the port they were read at."""
    folder = tmp_path_factory.mktemp("histories")
    with pytest.MonkeyPatch.context() as patch:
        # Few rows make pages only where pages are small.
        patch.setattr(Client, "pages", partialmethod(Client.pages, page_size=3))
        patch.setenv("XDG_STATE_HOME", str(folder))
        with DemoServer(DemoAccount()) as demo:
            for name, value in demo_settings(demo, folder / "ads.duckdb").items():
                patch.setenv(name, value)
            load([*LISTS, NUMBERS], Window(DAYS[0], DAYS[0]))
        shutil.copy(folder / "ads.duckdb", folder / "read_once.duckdb")
        yield folder, demo.port


# A history that fails is printed whole: to make it shorter would take minutes.
@settings(max_examples=4, deadline=None, derandomize=True, phases=(Phase.explicit, Phase.generate))
@given(turns=st.lists(TURNS, min_size=4, max_size=16))
def test_each_slice_is_old_or_new_and_a_clean_run_ends_in_the_truth(
    beginning: tuple[Path, int], turns: list[tuple[list[Change | Drift], Reading | Retry]]
) -> None:
    folder, port = beginning
    database = shutil.copy(folder / "read_once.duckdb", folder / "ads.duckdb")
    # The address stays, so that the definitions do: making them takes longer than a run.
    with DemoServer(DemoAccount(), port) as demo:
        history = History(demo, database)
        for changes, run in turns:
            for change in changes:
                history.happen(change)
            history.run(run)
        history.happen(Drift())
        history.run(Retry())
        history.run(Reading((*LISTS, NUMBERS)))
        assert history.missed() == []
        for stream, parts in history.tables.items():
            there = [row for rows in parts.values() for row in rows.values() if not row[1]]
            served = [row for rows in history.served(stream).values() for row in rows.values()]
            assert len(there) == len(served)
            assert all(row in served for row in there), stream
