"""Runs a loader as a process and takes its measure.

CPU is user and system time and memory the peak of the process, both as the kernel tells when it
ends (children it waited for included). Before anything is measured every loader runs once on a
tiny account, so that nobody pays for compiling modules, for a cold disk, or for setting up a
Dagster instance, which is done once on a machine.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from benchmarks import loading
from benchmarks.loading import ENVIRON, Loading
from benchmarks.question import REPORTED, REPORTED_PARENTS, Job
from benchmarks.scenarios import MODULES, Name, Scenario
from benchmarks.service import TOKEN, Service

_ROOT = Path(__file__).parent.parent
_TAIL = 2_000


class LoaderError(Exception):
    """A loader ended with an error; the message ends with what it printed last."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One run: what it took, and what it left in the database."""

    calls: int
    rows: int
    wall: float
    cpu: float
    imports_cpu: float
    peak_mb: float
    totals: dict[str, dict[str, str]]

    @property
    def work_cpu(self) -> float:
        """CPU seconds after the imports."""
        return self.cpu - self.imports_cpu


class Bench:
    """A folder for what the runs share: compiled modules, and the Dagster instance."""

    def __init__(self, folder: Path, today: date) -> None:
        self._folder = folder
        self._today = today

    def warm_up(self) -> None:
        """Run every loader once, unmeasured."""
        tiny = Scenario("warm-up", ads=8, days=1, latency_ms=0, runs=1)
        with Service(tiny.ads, tiny.latency_ms, self._today) as service:
            for loader in MODULES:
                self.measure(loader, tiny, service)

    def measure(self, loader: Name, scenario: Scenario, service: Service) -> Sample:
        """Run a loader once, on a database of its own."""
        with tempfile.TemporaryDirectory(prefix="run-", dir=self._folder) as folder:
            return self._run(loader, self._job(folder, scenario.days, service), service)

    def measure_reports(self, days: int, service: Service) -> Sample:
        """Load breakdowns by report, into a database that has their parents."""
        with tempfile.TemporaryDirectory(prefix="run-", dir=self._folder) as folder:
            job = replace(self._job(folder, days, service), tables=REPORTED, by_report=True)
            self._process(MODULES["ours"], replace(job, tables=REPORTED_PARENTS))
            return self._run("ours", job, service)

    def measure_loading(self, streams: str, runs: int) -> Loading:
        """Load the definitions a few times, each in a process of its own."""
        environ = {**self._environ(), **ENVIRON[streams]}
        command = [sys.executable, "-W", "ignore", "-m", loading.__name__]
        said = [
            subprocess.run(command, env=environ, check=True, capture_output=True)  # noqa: S603 - our own command
            for _ in range(runs + 1)
        ]
        return Loading(
            streams, tuple(float(one.stdout) for one in said[1:])
        )  # the first one compiles modules

    def _job(self, folder: str, days: int, service: Service) -> Job:
        return Job(
            base_url=service.base_url,
            token=TOKEN,
            start=(self._today - timedelta(days=days)).isoformat(),
            end=(self._today - timedelta(days=1)).isoformat(),
            database=f"{folder}/loaded.duckdb",
            result=f"{folder}/result.json",
            home=str(self._folder / "dagster"),
        )

    def _run(self, loader: Name, job: Job, service: Service) -> Sample:
        service.forget_calls()
        wall, usage = self._process(MODULES[loader], job)
        calls = service.calls()
        totals = _totals(job)
        return Sample(
            calls=calls,
            rows=sum(int(table["rows_"]) for table in totals.values()),
            wall=wall,
            cpu=usage.ru_utime + usage.ru_stime,
            imports_cpu=json.loads(Path(job.result).read_text())["imports_cpu"],
            peak_mb=usage.ru_maxrss / 1024,
            totals=totals,
        )

    def _process(self, module: str, job: Job) -> tuple[float, "resource.struct_rusage"]:
        """Wall seconds and resource usage of one process."""
        output = Path(job.result).with_name("output.txt")
        with output.open("w") as log:
            began = time.perf_counter()
            process = subprocess.Popen(  # noqa: S603 - our own command
                [sys.executable, "-m", module, job.as_argument()],
                env=self._environ(),
                stdout=log,
                stderr=log,
            )
            _, status, usage = os.wait4(process.pid, 0)
            wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise LoaderError(f"{module} ended with {process.returncode}:\n{output.read_text()[-_TAIL:]}")
        return wall, usage

    def _environ(self) -> dict[str, str]:
        """The environment without anybody's settings, and with modules compiled once for all runs."""
        dropped = ("PINTEREST_", "DAGSTER_", "PYTHONDONTWRITEBYTECODE")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
        return {**kept, "PYTHONPATH": str(_ROOT), "PYTHONPYCACHEPREFIX": str(self._folder / "modules")}


def _totals(job: Job) -> dict[str, dict[str, str]]:
    command = [sys.executable, "-m", "benchmarks.totals", job.database, *job.tables]
    answer = subprocess.run(command, check=True, capture_output=True, cwd=_ROOT)  # noqa: S603 - our own command
    found: dict[str, dict[str, str]] = json.loads(answer.stdout)
    return found
