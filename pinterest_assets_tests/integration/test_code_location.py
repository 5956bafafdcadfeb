"""The code location has one name, and what Dagster kept under its former one goes on."""

from collections.abc import Iterator

import dagster as dg
import pytest
from dagster._core.remote_origin import GrpcServerCodeLocationOrigin, RemoteRepositoryOrigin
from dagster._core.scheduler.instigation import (
    InstigatorState,
    InstigatorStatus,
    InstigatorType,
    ScheduleInstigatorData,
    SensorInstigatorData,
)

from pinterest_assets.cli.instance import FORMER_LOCATION, LOCATION, adopt_former_location

STOPPED, RUNNING = InstigatorStatus.STOPPED, InstigatorStatus.RUNNING


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.instance_for_test() as opened:
        yield opened


def sensor(location: str, name: str, status: InstigatorStatus, cursor: str | None = None) -> InstigatorState:
    """A sensor as Dagster keeps it for a location that a ``dagster dev`` serves."""
    data = SensorInstigatorData(cursor=cursor)
    return InstigatorState(origin(location).get_instigator_origin(name), InstigatorType.SENSOR, status, data)


def schedule(location: str, name: str, status: InstigatorStatus) -> InstigatorState:
    data = ScheduleInstigatorData("0 14 * * *")
    return InstigatorState(
        origin(location).get_instigator_origin(name), InstigatorType.SCHEDULE, status, data
    )


def origin(location: str) -> RemoteRepositoryOrigin:
    served = GrpcServerCodeLocationOrigin("localhost", socket="/tmp/one", location_name=location)  # noqa: S108
    return RemoteRepositoryOrigin(served, "__repository__")


def kept(instance: dg.DagsterInstance) -> set[tuple[str, str, InstigatorStatus, str | None]]:
    """Location, name, switch and cursor of all that is kept."""
    return {
        (
            state.selector.location_name,
            state.name,
            state.status,
            state.sensor_instigator_data.cursor if state.sensor_instigator_data else None,
        )
        for state in instance.all_instigator_state()
    }


def test_switches_and_cursors_of_the_former_name_go_on_under_the_name(instance: dg.DagsterInstance) -> None:
    instance.add_instigator_state(sensor(FORMER_LOCATION, "metrics_ready", STOPPED, "2026-11-01"))
    instance.add_instigator_state(schedule(FORMER_LOCATION, "restatement", RUNNING))
    instance.add_instigator_state(sensor("theirs", "metrics_ready", RUNNING, "7"))
    adopt_former_location(instance)
    expected = {
        (LOCATION, "metrics_ready", STOPPED, "2026-11-01"),
        (LOCATION, "restatement", RUNNING, None),
        ("theirs", "metrics_ready", RUNNING, "7"),
    }
    assert kept(instance) == expected
    adopt_former_location(instance)
    assert kept(instance) == expected


def test_what_is_kept_under_the_name_already_stays(instance: dg.DagsterInstance) -> None:
    instance.add_instigator_state(sensor(FORMER_LOCATION, "metrics_ready", STOPPED, "old"))
    instance.add_instigator_state(sensor(LOCATION, "metrics_ready", RUNNING, "new"))
    adopt_former_location(instance)
    assert kept(instance) == {(LOCATION, "metrics_ready", RUNNING, "new")}
