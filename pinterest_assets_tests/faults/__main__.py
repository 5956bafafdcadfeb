"""Runs the matrix and writes docs/faults.md: ``python -m pinterest_assets_tests.faults [part of a name]``."""

import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from pinterest_assets.demo import DemoAccount, DemoServer, DemoSize
from pinterest_assets_tests.faults.cases import CASES, Case
from pinterest_assets_tests.faults.stage import TABLE, Stage, loaded, move, seen, stage
from pinterest_assets_tests.project import rows

PAGE = Path(__file__).parents[2] / "docs" / "faults.md"

NO_RUN = 2
"""How a command ends that begins no run."""

HEAD = """# Faults, and what becomes of them

Each fault was met by a real command against the demo account over HTTP: `sync` of three days of `campaign_analytics` in a
database of its own, in which Pinterest has restated every account since the last load. "Old" are the rows as they were,
"new" those that Pinterest has now; an account that has neither would be "MIXED". After the fault is over, `retry` runs once, and
`sync` only where no run had begun (exit 2). Written by `make faults`.

| fault | what the user sees | exit | rows after | after `retry` true |
|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Row:
    """What became of one fault."""

    name: str
    seen: str
    status: int
    rows: str
    true: bool

    def __str__(self) -> str:
        told = self.seen.replace("|", "\\|")
        return f"| {self.name} | {told} | {self.status} | {self.rows} | {'yes' if self.true else 'NO'} |"


def met(case: Case, at: Stage) -> Row:
    """Run into the fault, then try again without it."""
    ended = case.meet(at)
    after = at.state()
    at.demo.faults.clear()
    at.demo.ahead = 0.0
    at.sync(*(("retry",) if ended.status != NO_RUN else ()))
    return Row(case.name, seen(ended), ended.status, after, at.is_true())


def main(part: str = "") -> int:
    """Run all, or those with ``part`` in their name, which are not written; 0 when every row is well."""
    chosen = [case for case in CASES if part in case.name]
    found: list[Row] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        DemoServer(DemoAccount(size=DemoSize.SMALL)) as demo,
        loaded(Path(folder), demo) as base,
    ):
        old = rows(base, TABLE)
        move(demo)
        for nth, case in enumerate(chosen):
            began = time.monotonic()
            demo.clear()
            row = met(case, stage(Path(folder) / str(nth), demo, base, old))
            found.append(row)
            sys.stdout.write(f"{row} {time.monotonic() - began:.0f} s\n")
            sys.stdout.flush()
    wrong = [row.name for row in found if not row.true or "MIXED" in row.rows]
    if not part:
        PAGE.write_text(HEAD + "\n".join(map(str, found)) + "\n")
    sys.stdout.write(f"{len(found)} faults, {len(wrong)} not well: {', '.join(wrong) or 'none'}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
