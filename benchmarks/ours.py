"""This project, as ``pinterest-assets sync`` runs it: Dagster in this process.

Run as ``python -m benchmarks.ours JOB``. What is asked is in ``question``.
"""

import os
import sys
from importlib import import_module
from pathlib import Path

from benchmarks.alone import without
from benchmarks.question import Job

_LATE = ("dagster._core.storage.event_log", "dagster._core.storage.runs", "dagster._utils.test.definitions")
"""What Dagster imports when it first needs it: that belongs to the imports, not to the work."""


def main() -> None:
    """Load everything the job asks for."""
    job = Job.given()
    folder = Path(job.database).parent
    os.environ.update(
        PINTEREST_BASE_URL=job.base_url,
        PINTEREST_ACCESS_TOKEN=job.token,
        PINTEREST_DUCKDB_PATH=job.database,
        # The peers know no reports: with the method left to the planner, 10,000 ads would come in a
        # fraction of their calls, and nothing else would be compared.
        PINTEREST_METHOD="async" if job.by_report else "sync",
        PINTEREST_START_DATE=job.start,
        DAGSTER_HOME=job.home,
        XDG_STATE_HOME=str(folder / "state"),
    )
    os.chdir(folder)  # no .env of somebody's project
    without("pyarrow", "dlt")
    from pinterest_assets import __main__ as command
    from pinterest_assets import cli, definitions, runs  # noqa: F401 - after the settings
    from pinterest_assets.cli import sync  # noqa: F401

    for module in _LATE:
        import_module(module)
    job.tell_imported()
    sys.argv[1:] = ["sync", "--from", job.start, "--to", job.end, "--select", ",".join(job.tables)]
    command.main()


if __name__ == "__main__":
    main()
