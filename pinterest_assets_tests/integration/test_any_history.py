"""Whatever happens to an account and to the readings of it: each slice is old or new, and a clean run ends in the truth.

Over real HTTP and the assets themselves. What a slice may be is told from the table before a run and from the
demo's truth, and by the table ``failed_slice``: what is in it has kept its rows, and everything else that was
asked for is as the server has it.
"""

import shutil
from collections.abc import Iterator
from functools import partialmethod
from pathlib import Path

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from pinterest_assets.demo import DemoAccount, DemoServer
from pinterest_assets.pinterest.api.client import Client
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets_tests.integration.happenings import (
    DAYS,
    LISTS,
    NUMBERS,
    TURNS,
    Change,
    Drift,
    Reading,
    Retry,
)
from pinterest_assets_tests.integration.history import History
from pinterest_assets_tests.project import demo_settings, load


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


ALL_AT_ONCE = [
    (
        [Change("rename", kind, which, "new") for kind in ("campaign", "ad_group") for which in range(20)],
        Reading(
            ("ad_group", "campaign"),
            spoiled=(("campaign", 0, "breaks off after a page"), ("ad_group", 1, "pages in a circle")),
        ),
    ),
    (
        [Change("restate", which=3), Change("remove", "campaign", 3), Drift(True, True, True)],
        Reading((*LISTS[:2], NUMBERS), spoiled=((NUMBERS, 1, "refused"), ("campaign", 1, "cut off, once"))),
    ),
    (
        [Change("add", "pin", 2), Change("remove", "pin", 5)],
        Reading(
            ("pin_on_board",),
            spoiled=(("pin_on_board", 0, "not found after a page"), ("pin_on_board", 9, "refused")),
        ),
    ),
    ([Change("restate", which=5, number=2)], Retry((("pin_on_board", 9, "not found"),))),
]
"""What the tables have to withstand in any case, whatever Hypothesis draws besides."""


# A history that fails is printed whole: to make it shorter would take minutes.
@settings(max_examples=3, deadline=None, derandomize=True, phases=(Phase.explicit, Phase.generate))
@example(turns=ALL_AT_ONCE)
@given(turns=st.lists(TURNS, min_size=4, max_size=16))
def test_each_slice_is_old_or_new_and_a_clean_run_ends_in_the_truth(
    beginning: tuple[Path, int], turns: list[tuple[list[Change | Drift], Reading | Retry]]
) -> None:
    folder, port = beginning
    database = folder / "ads.duckdb"
    shutil.copy(folder / "read_once.duckdb", database)
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
