"""Whatever becomes of an answer, nobody loses rows without a word.

A random place of a random answer of the demo account is changed: of every endpoint, of report files in JSON and
CSV, of bulk files. The load must then end in the right rows, in the rows of before and a failed slice, or in a
change that is told.

PINTEREST_ANY_ANSWER=10000 (``make mutations``) runs so many cases, over all streams; otherwise there are a few
hundred over some of each kind.
"""

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from pinterest_assets.assets.presentation import loaded_by
from pinterest_assets.demo import EVERYTHING, DemoAccount, DemoServer, DemoSize
from pinterest_assets.pinterest.catalog import STREAMS, AnalyticsStream, EntityStream, Stream
from pinterest_assets.pinterest.catalog.report_columns import REPORT_COLUMNS
from pinterest_assets.pinterest.catalog.report_stream import report
from pinterest_assets.pinterest.extract.parents import Parents
from pinterest_assets.pinterest.extract.plan import Plan
from pinterest_assets.settings import Settings, read_settings
from pinterest_assets_tests.loading import Key, Loader, Row, Target, plan_of, rows_of
from pinterest_assets_tests.mutations import KINDS, VALUES, Mutation, mutated
from pinterest_assets_tests.project import demo_settings, last_days
from pinterest_assets_tests.recording import Asked, Recording
from pinterest_assets_tests.verdict import Verdict

CASES = int(os.environ.get("PINTEREST_ANY_ANSWER", "0"))
WINDOW = last_days(3)

CSV_REPORT = report(
    "csv_report",
    "CAMPAIGN",
    [REPORT_COLUMNS[name] for name in ("SPEND_IN_MICRO_DOLLAR", "TOTAL_CLICKTHROUGH", "CTR")],
    about="A report in CSV",
    report_format="CSV",
)
SOME = {
    "campaign",
    "label",
    "catalog_item",
    "bid_floor",
    "user_account_analytics",
    "audience_insights",
    "ocpm_conversion_tag",
    "ads_credit_discount",
    "pin",
    "pin_analytics",
    "metric_definition",
    "targeting_value",
    "metrics_ready_state",
    "campaign_analytics",
    "campaign_analytics by report",
    "ad_targeting_analytics",
    "keyword_report",
    "csv_report",
    "campaign by file",
}


@dataclass(slots=True, repr=False)
class Stage:
    """A target that is loaded: its calls, the file with what was loaded, and the answers that it came from."""

    target: Target
    plan: Plan
    base: Path
    before: Mapping[str, Mapping[Key, Row]]
    answers: list[Asked]


@dataclass(slots=True, repr=False)
class Theatre:
    """Everything that cases have in common."""

    recording: Recording
    loader: Loader
    stages: list[Stage]
    folder: Path


def targets() -> Iterator[Target]:
    """All streams by the step that loads them, and the ways that are not taken by default."""
    steps: dict[str, list[Stream]] = {}
    for stream in STREAMS.values():
        steps.setdefault(loaded_by(stream), []).append(stream)
    for name, streams in steps.items():
        yield Target(name, tuple(streams))
        if isinstance(streams[0], AnalyticsStream):
            yield Target(f"{name} by report", tuple(streams), method="async")
        if isinstance(streams[0], EntityStream) and streams[0].bulk:
            yield Target(f"{name} by file", tuple(streams), by_file=True)
    yield Target("csv_report", (CSV_REPORT,))


def parents_of(demo: DemoServer, target: Target) -> Parents:
    names = {name for stream in target.streams for name in stream.inputs} | {"ad_account"}
    found = {name: demo.truth.rows(name).to_dict("records") for name in names}
    for row in found["ad_account"]:
        row["owner"] = json.dumps(row["owner"])
    return found  # type: ignore[return-value]


@pytest.fixture(scope="module")
def theatre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    folder = tmp_path_factory.mktemp("any_answer")
    recording = Recording()
    with DemoServer(DemoAccount(size=DemoSize(2, 2, 2, 3, 20, 3)), beta=True) as demo:
        settings = read_settings({**demo_settings(demo, folder / "none.duckdb"), **EVERYTHING})
        with recording.served(demo) as root:
            loader = Loader(f"{root}/v5", demo.token, folder)
            chosen = [one for one in targets() if CASES or one.name in SOME]
            stages = [stage_of(one, demo, loader, recording, settings, folder) for one in chosen]
            recording.live = False
            yield Theatre(recording, loader, [one for one in stages if one.answers], folder)
            loader.close()


def stage_of(
    target: Target, demo: DemoServer, loader: Loader, recording: Recording, settings: Settings, folder: Path
) -> Stage:
    """A target, loaded as the demo account is, and again with the same result."""
    plan = plan_of(target, parents_of(demo, target), WINDOW, settings)
    base = folder / f"{target.name}.duckdb"
    recording.asked.clear()
    for _ in range(2):
        loaded = loader.load(target, plan, WINDOW, base)
        assert not loaded.error, f"{target.name}: {loaded.error}"
    before = {stream.name: rows_of(base, stream) for stream in target.streams}
    answers = [one for one in dict.fromkeys(recording.asked) if recording.answers[one].status == 200]
    return Stage(target, plan, base, before, answers)


CASE = st.tuples(
    st.integers(0, 10_000),
    st.integers(0, 10_000),
    st.builds(Mutation, st.sampled_from(KINDS), st.integers(0, 100_000), st.integers(0, len(VALUES) - 1)),
)


@hypothesis_settings(
    deadline=None,
    max_examples=CASES or 150,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
    derandomize=not CASES,
    print_blob=True,
)
@given(CASE)
def test_no_answer_costs_a_row_without_a_word(theatre: Theatre, case: tuple[int, int, Mutation]) -> None:
    which, answer, mutation = case
    stage = theatre.stages[which % len(theatre.stages)]
    asked = stage.answers[answer % len(stage.answers)]
    change = mutated(theatre.recording.answers[asked].body, mutation)
    if change is None:
        return
    database = theatre.folder / "case.duckdb"
    for leftover in theatre.folder.glob("case.duckdb*"):
        leftover.unlink()
    shutil.copy(stage.base, database)
    theatre.recording.change = lambda one, body: change.body if one == asked else body
    try:
        loaded = theatre.loader.load(stage.target, stage.plan, WINDOW, database)
    finally:
        theatre.recording.change = None
    for stream in stage.target.streams:
        verdict = Verdict(stream, stage.before[stream.name], rows_of(database, stream), loaded, change)
        assert not verdict.problem, f"{stage.target.name}, {asked.words}, {change.path}: {verdict.problem}"
