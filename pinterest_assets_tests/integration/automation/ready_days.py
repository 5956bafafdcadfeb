"""Days, what was asked about them, and what the table says of them. Asserts nothing itself."""

from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb

from pinterest_assets.demo import DemoServer
from pinterest_assets_tests.project import YESTERDAY

STATE = "metrics_ready_state"
PATH = "/v5/resources/metrics_ready_state"


def back(days: int) -> date:
    """So many days before yesterday."""
    return YESTERDAY - timedelta(days=days)


def asked(demo: DemoServer) -> list[str]:
    """The days that were asked for since the last look."""
    days = [request.params["date"][0] for request in demo.requests if request.path == PATH]
    assert len(days) == len(demo.requests)
    demo.clear()
    return days


def words(*days: date) -> list[str]:
    return [day.isoformat() for day in days]


State = list[tuple[date, bool, bool, bool, datetime | None, datetime | None]]


def state(database: Path) -> State:
    """Day, conversions, delivery, final; since when conversions, and delivery, were seen to be ready."""
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(
            "select date, conversion_metrics_ready, non_conversion_metrics_ready, is_final, "
            f"conversion_ready_since, non_conversion_ready_since from pinterest.{STATE} order by date"
        ).fetchall()
