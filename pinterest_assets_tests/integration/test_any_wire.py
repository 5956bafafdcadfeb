"""Whatever comes over the wire, a load ends: in rows, in a slice that failed, or in a clear line.

An answer of the demo account is spoiled in one place, from its status line to its last byte: of the API, of the token
endpoint, of files of reports in JSON and CSV, and of bulk files.

PINTEREST_FUZZ=20000 (``make fuzz``) runs so many cases over streams of each kind, with PINTEREST_FUZZ_EVERY over all;
otherwise there are a hundred. The seed is printed; PINTEREST_FUZZ_SEED gives another, and ``seed:number`` makes that
case alone.
"""

import gc
import os
import resource
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as Hanging
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

from pinterest_assets.demo import EVERYTHING, DemoAccount, DemoServer, DemoSize
from pinterest_assets.pinterest.api.errors import PinterestError
from pinterest_assets.pinterest.api.patience import Patience
from pinterest_assets.pinterest.api.token_endpoint import TokenEndpoint
from pinterest_assets.settings import read_settings
from pinterest_assets_tests.integration.test_any_answer import SOME, WINDOW, Stage, stage_of, targets
from pinterest_assets_tests.loading import Key, Loader, Row, rows_of
from pinterest_assets_tests.project import demo_settings
from pinterest_assets_tests.recording import Asked, Given, Recording
from pinterest_assets_tests.verdict import Verdict
from pinterest_assets_tests.wire import Spoiled, spoiled

pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
"""urllib3 leaves the socket of an answer whose Content-Length contradicts itself to the garbage collector."""

CASES = int(os.environ.get("PINTEREST_FUZZ", "0"))
SEED = os.environ.get("PINTEREST_FUZZ_SEED", "1")
EVERY = "PINTEREST_FUZZ_EVERY" in os.environ
FEW = 100
HURRIED = Patience(tries=1, first_wait=0.0, longest_wait=0.0, total=1.0, timeout_tries=1)
HANGING = 60.0
"""Seconds after which a case is taken for one that never ends."""

MOST_GROWTH = 300
"""MB that the peak of the memory may grow by over all cases; loading and starting takes about as much before them."""

LONGEST_ANSWER = 16 * 1024 * 1024
LONGEST_LINE = 2_000
TOKENS = b'{"access_token": "pina_x", "refresh_token": "pinr_y", "expires_in": 86400, "scope": "ads:read"}'


@dataclass(slots=True)
class Bench:
    """Everything that cases have in common."""

    recording: Recording
    loader: Loader
    stages: list[Stage]
    folder: Path
    root: str
    ends: Counter[str] = field(default_factory=Counter)
    unforeseen: Counter[str] = field(default_factory=Counter)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("any_wire")
    recording = Recording()
    with DemoServer(DemoAccount(size=DemoSize(2, 2, 2, 3, 20, 3)), beta=True) as demo:
        settings = read_settings({**demo_settings(demo, folder / "none.duckdb"), **EVERYTHING})
        with recording.served(demo) as root:
            loader = Loader(f"{root}/v5", demo.token, folder)
            chosen = [one for one in targets() if EVERY or one.name in SOME]
            stages = [stage_of(one, demo, loader, recording, settings, folder) for one in chosen]
            loader.close()
            recording.live = False
            hurried = Loader(f"{root}/v5", demo.token, folder, HURRIED, max_answer_bytes=LONGEST_ANSWER)
            yield Bench(recording, hurried, [one for one in stages if one.answers], folder, root)
            hurried.close()
            gc.collect()


def test_whatever_comes_over_the_wire_a_load_ends_in_rows_a_failed_slice_or_a_line(bench: Bench) -> None:
    alone = SEED.partition(":")[2]
    numbers = [int(alone)] if alone else range(CASES or FEW)
    before, problems = peak(), []
    highest = before
    print(f"\nseed {SEED}, {len(numbers)} cases, peak {before} MB before them", flush=True)  # noqa: T201
    with ThreadPoolExecutor(1) as pool:
        for number in numbers:
            seed = f"{SEED.partition(':')[0]}:{number}"
            try:
                found = pool.submit(case, bench, Random(seed)).result(HANGING)
            except Hanging:
                os.write(2, f"case {seed} does not end\n".encode())
                os._exit(1)  # its thread would be waited for
            except Exception as error:  # noqa: BLE001 - whatever it is, nobody may meet it
                found = f"{type(error).__name__}: {error}"
            if peak() > highest + 50:
                highest = peak()
                print(f"{seed} raised the peak to {highest} MB", flush=True)  # noqa: T201
            if number % 500 == 499:
                print(f"{number + 1}: {dict(bench.ends)}, {peak()} MB", flush=True)  # noqa: T201
            if found:
                problems.append(f"{seed}: {found[:500]}")
                print(problems[-1], flush=True)  # noqa: T201
    grown = peak() - before
    print(f"{dict(bench.ends)}, {len(problems)} problems, peak {peak()} MB, {grown} MB more", flush=True)  # noqa: T201
    for reason, count in bench.unforeseen.most_common():
        print(f"  {count} times: {reason}")  # noqa: T201
    assert problems == []
    assert grown < MOST_GROWTH


def peak() -> int:
    """MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def case(bench: Bench, random: Random) -> str:
    """What is wrong with how one case ended; empty when nothing is."""
    return _renewal(bench, random) if random.random() < 0.1 else _load(bench, random)


def _renewal(bench: Bench, random: Random) -> str:
    done = spoiled(random, 200, {}, TOKENS)
    bench.recording.wire = lambda _, __: (done.wire, 2.0 if done.stalls else 0.0)
    endpoint = TokenEndpoint(f"{bench.root}/v5/oauth/token", "app", "sEcReT", patience=HURRIED)
    try:
        tokens = endpoint.renew("pinr_ReFrEsH")
    except PinterestError as error:
        bench.ends["refused renewals"] += 1
        return _line(bench, str(error)) or (
            "a secret" if "sEcReT" in str(error) or "ReFrEsH" in str(error) else ""
        )
    finally:
        bench.recording.wire = None
    bench.ends["renewals"] += 1
    return "" if tokens.refresh_token else f"{done.words}: no refresh token"


def _load(bench: Bench, random: Random) -> str:
    stage = random.choice(bench.stages)
    asked = random.choice(stage.answers)
    given = bench.recording.answers[asked]
    done = spoiled(random, given.status, given.headers, given.body)

    def wire(one: Asked, _: Given) -> tuple[bytes, float] | None:
        return (done.wire, 2.0 if done.stalls else 0.0) if one == asked else None

    # Most cases fail before there is a row, and a table takes longer than all that is looked at here.
    stores = not CASES or random.random() < 0.1
    bench.ends["stored"] += stores
    database = bench.folder / "case.duckdb"
    for leftover in bench.folder.glob("case.duckdb*"):
        leftover.unlink()
    shutil.copy(stage.base, database)
    bench.recording.wire = wire
    try:
        loaded = bench.loader.load(stage.target, stage.plan, WINDOW, database, stores=stores)
    finally:
        bench.recording.wire = None
    failed = [one for slices in loaded.failed.values() for one in slices]
    bench.ends["clear lines" if loaded.error else "failed slices" if failed else "rows"] += 1
    for stream in stage.target.streams if stores else ():
        after = rows_of(database, stream)
        if problem := _problem(Verdict(stream, stage.before[stream.name], after, loaded, None), done):  # type: ignore[arg-type]
            return f"{stage.target.name}, {asked.words}, {done.words}: {stream.name}: {problem}"
    lines: Sequence[str] = [
        loaded.error,
        *(one.message for one in failed),
        *(t for told in loaded.told.values() for t in told),
    ]
    return next(
        (f"{stage.target.name}, {done.words}: {wrong}" for line in lines if (wrong := _line(bench, line))), ""
    )


def _problem(verdict: Verdict, done: Spoiled) -> str:
    before, after, loaded, name = verdict.before, verdict.after, verdict.loaded, verdict.stream.name
    if name not in loaded.written:
        return (
            ""
            if after == before and loaded.error
            else f"nothing was written ({loaded.error}), and rows changed"
        )
    failed = loaded.failed[name]
    kept = {key for key, row in before.items() if any(verdict._is_of(row, one) for one in failed)}
    if moved := next((key for key in kept if after.get(key) != before[key]), None):
        return f"{moved} is of a slice that failed, and changed"
    if done.is_whole and (failed or _other(before, after)):
        return f"all was there, and {_other(before, after) or failed[0].message}"
    if done.is_cut and (lost := next((key for key in before if key not in after), None)):
        return f"{lost} was cut off, and nobody was told"
    return ""


def _other(before: Mapping[Key, Row], after: Mapping[Key, Row]) -> str:
    return next(
        (f"{key} is {after.get(key)}" for key in {*before, *after} if before.get(key) != after.get(key)), ""
    )


def _line(bench: Bench, line: str) -> str:
    """What is wrong with a line that a person reads."""
    if "please report it" in line:
        bench.unforeseen[line.partition("(")[2][:100] or line[:100]] += 1
    if "Dagster" in line or "Traceback" in line:
        return f"a line of Dagster's: {line}"
    if not line.isprintable():
        return f"a line that is not printable: {line!r}"
    return f"a line of {len(line)} characters" if len(line) > LONGEST_LINE else ""
