"""Where a fault is met: an account whose numbers have moved since they were loaded, and a folder of one's own.

Every table row is either as it was loaded or as it is now, so that a slice that is neither is seen.
"""

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from pinterest_assets.demo import DemoServer
from pinterest_assets_tests.e2e.command import Ended, run, start
from pinterest_assets_tests.project import demo_settings, last_days, rows, truth

WINDOW = last_days(3)
TABLE = "campaign_analytics"
PARENTS = ("ad_account", "campaign")
SYNC = ("sync", "--from", str(WINDOW.start), "--to", str(WINDOW.end), "--select", TABLE)

_TOLD = ("failed", "pinterest-assets:", "warning")
_VARYING = (
    (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1:<port>"),
    (re.compile(r"/\S*/ads\.duckdb"), "<folder>/ads.duckdb"),
    (re.compile(r"program, \S+"), "program, <program>"),
    (re.compile(r"request id \w+"), "request id <id>"),
    (re.compile(r"\b549\d{15}\b"), "<account>"),
    (re.compile(r"process \d+|PID \d+|pid \d+"), "process <id>"),
)


@dataclass
class Stage:
    """One fault's own copy of the database, of Dagster's home, and of the shared rate budget."""

    demo: DemoServer
    folder: Path
    old: pd.DataFrame
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def database(self) -> Path:
        """The DuckDB file."""
        return self.folder / "ads.duckdb"

    @property
    def environ(self) -> dict[str, str]:
        """What a command is given."""
        own = {"XDG_STATE_HOME": str(self.folder / "state"), "DAGSTER_HOME": str(self.folder / ".dagster")}
        return {**demo_settings(self.demo, self.database), **own, **self.settings}

    def sync(self, *arguments: str) -> Ended:
        """``pinterest-assets sync`` of the table, to its end."""
        return run(self.folder, self.environ, *(arguments or SYNC))

    def started(self, *arguments: str) -> "subprocess.Popen[str]":
        """The same, and not waited for."""
        return start(self.folder, self.environ, *(arguments or SYNC))

    def state(self) -> str:
        """Which accounts have the rows of before, and which the new ones."""
        found, new = rows(self.database, TABLE), truth(self.demo, TABLE, WINDOW)
        kinds: dict[str, int] = {}
        for account in sorted(set(new["ad_account_id"])):
            mine, before, now = (
                frame[frame["ad_account_id"] == account].reset_index(drop=True)
                for frame in (found, self.old, new)
            )
            kind = "old" if mine.equals(before) else "new" if mine.equals(now) else "MIXED"
            kinds[kind] = kinds.get(kind, 0) + 1
        return ", ".join(f"{kind} of {count} account(s)" for kind, count in sorted(kinds.items()))

    def is_true(self) -> bool:
        """Whether the table holds exactly what Pinterest has now."""
        return rows(self.database, TABLE).equals(truth(self.demo, TABLE, WINDOW))


def seen(ended: Ended) -> str:
    """The line a user reads first; what a test cannot repeat is left out of it."""
    lines = [line.strip() for line in ended.text.splitlines()]
    told = next((line for line in lines if line.startswith(_TOLD)), "")
    for pattern, word in _VARYING:
        told = pattern.sub(word, told)
    if ended.status < 0:
        return "nothing: it was killed"
    return told or ("nothing" if ended.status == 0 else lines[-1])


@contextmanager
def loaded(folder: Path, demo: DemoServer) -> Iterator[Path]:
    """A database with the numbers as they were; then they move."""
    database = folder / "base" / "ads.duckdb"
    database.parent.mkdir(parents=True)
    environ = {**demo_settings(demo, database), "XDG_STATE_HOME": str(folder / "state")}
    for select in (",".join(PARENTS), TABLE):
        ended = run(folder / "base", environ, *SYNC[:-1], select)
        if ended.status:
            raise RuntimeError(ended.text)
    yield database


def move(demo: DemoServer) -> None:
    """Late conversions arrive in every account."""
    for account in demo.world.tree.accounts:
        demo.world.restate(WINDOW.end, account.id)


def stage(folder: Path, demo: DemoServer, base: Path, old: pd.DataFrame) -> Stage:
    """A stage for the next fault."""
    folder.mkdir(parents=True)
    shutil.copy(base, folder / "ads.duckdb")
    return Stage(demo, folder, old)
