"""The standard tests of lists that need further runs: many lists in each run, and no line here for a new one.

Lists that others are made from run by themselves, so that what is changed of one is not seen by the next.
"""

import copy
import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import pandas as pd
import pytest

from pinterest_assets.assets.presentation import marks_gone
from pinterest_assets.demo import DemoServer, Request
from pinterest_assets.pinterest.catalog import STREAMS, EntityStream
from pinterest_assets.pinterest.extract.unpacking import elements
from pinterest_assets_tests.project import (
    assert_same,
    failed_slices,
    failure,
    gone,
    load,
    materialize,
    opened,
    rows,
)

LISTS = {
    name: stream for name, stream in STREAMS.items() if isinstance(stream, EntityStream) and not stream.daily
}
PARENTS = {parent for stream in LISTS.values() for parent in stream.inputs}
RUNS = [tuple(name for name in LISTS if name not in PARENTS), *((name,) for name in LISTS if name in PARENTS)]

in_runs = pytest.mark.parametrize(
    "streams", RUNS, ids=lambda names: names[0] if len(names) == 1 else "the rest"
)

Tables = Mapping[str, pd.DataFrame]


def tables(database: Path, streams: Iterable[str]) -> Tables:
    with opened(database) as connection:
        return {name: rows(connection, name) for name in streams}


def assert_all_same(found: Tables, wanted: Tables) -> None:
    for name in wanted:
        try:
            assert_same(found[name], wanted[name])
        except AssertionError as different:
            raise AssertionError(f"{name}: {different}") from None


def pattern(stream: EntityStream, path: int = 0) -> str:
    """What the requests of one of a stream's paths look like."""
    chosen = stream.paths[path]
    target = re.sub(r"\{\w+\}", "[^/?]+", chosen.operation)
    pairs = (part.partition("=") for part in chosen.template.partition("?")[2].split("&") if part)
    fixed = "".join(f"(?=.*{re.escape(f'{name}={text}')})" for name, _, text in pairs if "{" not in text)
    return rf"^{target}\?{fixed}"


def of_stream(requests: Iterable[Request], stream: EntityStream) -> list[str]:
    """The requests that a stream made, as faults see them."""
    known = [re.compile(pattern(stream, at)) for at in range(len(stream.paths))]
    made = (f"{request.path.removeprefix('/v5')}?{unquote_plus(request.query)}" for request in requests)
    return [url for url in made if any(one.search(url) for one in known)]


@pytest.fixture
def change_rows(demo: DemoServer) -> Callable[[Iterable[str], Any], None]:
    """Lets a test change every row of the answers to these streams from now on."""

    def change(streams: Iterable[str], each: Any) -> None:
        def changed(stream: EntityStream, answer: Any) -> Any:
            answer = copy.deepcopy(answer)
            together = [one for one in LISTS.values() if one.step == stream.step] if stream.step else [stream]
            for place in (place for one in together for place in one.places):
                for row, *_ in elements(place, answer):
                    each(row)
            return answer

        for stream in (LISTS[name] for name in streams):
            for at in range(len(stream.paths)):
                demo.faults.add(pattern(stream, at), mutate=partial(changed, stream))

    return change


def test_a_second_run_changes_nothing_and_asks_nothing_twice(demo: DemoServer, loaded: Path) -> None:
    before = tables(loaded, LISTS)
    load(LISTS)
    assert_all_same(tables(loaded, LISTS), before)
    # Audience sizes are asked for by targeting, which two ad groups may have in common.
    asked = [request.asked for request in demo.requests if not request.path.endswith("/audience_sizing")]
    assert len(asked) == len(set(asked))


@in_runs
@pytest.mark.parametrize("which", ["first", "last"])
def test_whichever_request_fails_for_good_no_row_is_lost_and_everybody_is_told(
    which: str, streams: tuple[str, ...], demo: DemoServer, loaded: Path
) -> None:
    before = tables(loaded, streams)
    load(streams)
    asked = {name: of_stream(demo.requests, LISTS[name]) for name in streams}
    for name, urls in asked.items():
        assert urls, f"{name} asks nothing"
        wrong = re.escape(urls[0 if which == "first" else -1])
        demo.faults.add(f"^{wrong}$", status=400, json={"code": 1, "message": "Invalid parameters."})
    result = materialize(streams)
    if not result.success:
        assert "Invalid parameters." in failure(result)
    with opened(loaded) as connection:
        for name in streams:
            told = failed_slices(connection, name)
            assert told, name
            assert all("Invalid parameters." in message for message in told)
            assert not marks_gone(LISTS[name]) or gone(connection, name) == set(), name
    assert_all_same(tables(loaded, streams), before)
    demo.faults.clear()
    load(streams)
    with opened(loaded) as connection:
        assert not [name for name in streams if failed_slices(connection, name)]
    assert_all_same(tables(loaded, streams), before)


@pytest.mark.parametrize("streams", [run for run in RUNS if run != ("ad_account",)], ids=lambda run: run[0])
def test_an_empty_list_marks_every_row_as_gone_and_deletes_none(
    streams: tuple[str, ...], demo: DemoServer, loaded: Path
) -> None:
    """What is kept by the day it was read has none that day; an answer that is one row cannot be empty.

    Without ad accounts nothing can be requested: that list is never empty (``test_no_ad_account``).
    """
    streams = tuple(name for name in streams if LISTS[name].places[0].steps)
    before = tables(loaded, streams)
    demo.faults.add(".*", empty=True)
    load(streams)
    after = tables(loaded, streams)
    with opened(loaded) as connection:
        for name in streams:
            if marks_gone(LISTS[name]):
                assert_same(after[name], before[name])
                keys = before[name][list(LISTS[name].key)].itertuples(index=False, name=None)
                assert gone(connection, name) == set(keys), name
            else:
                assert list(after[name].columns) == list(before[name].columns)
                assert after[name].empty, name
    demo.faults.clear()
    load(streams)
    assert_all_same(tables(loaded, streams), before)
    assert not any(gone(loaded, name) for name in streams if marks_gone(LISTS[name])), (
        "what is back is not gone"
    )


@in_runs
def test_a_new_field_arrives_as_a_column(streams: tuple[str, ...], loaded: Path, change_rows: Any) -> None:
    before = tables(loaded, streams)
    change_rows(streams, lambda row: row.update(BRAND_NEW_COUNT=7))
    load(streams)
    for name in streams:
        after = rows(loaded, name)
        if LISTS[name].places[0].steps[-1:] in ((), (("each", ""),)):  # a text has no fields
            assert set(after["brand_new_count"]) == {7}, name
            after = after.drop(columns="brand_new_count")
        assert_all_same({name: after}, {name: before[name]})


@in_runs
def test_numbers_as_text_and_ids_as_numbers_land_typed_right(
    streams: tuple[str, ...], loaded: Path, change_rows: Any
) -> None:
    def disguise(row: dict[str, Any]) -> None:
        for name, value in row.items():
            if re.search(r"(?i)(^|_)id$", name) and isinstance(value, str) and value.isdigit():
                row[name] = int(value)
            elif isinstance(value, int | float) and not isinstance(value, bool):
                row[name] = str(value)

    before = tables(loaded, streams)
    change_rows(streams, disguise)
    load(streams)
    assert_all_same(tables(loaded, streams), before)
