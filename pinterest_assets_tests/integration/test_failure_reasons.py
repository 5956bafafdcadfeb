"""What a person is told of a failure: a line of ours, or the name of what nobody foresaw; never what Dagster wraps it in."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import pytest

from pinterest_assets.assets.failure_reasons import (
    CHECK_FAILED,
    failure_of,
    failure_reason,
    reason_of,
    run_failure_reason,
)
from pinterest_assets.assets.landing import plain_failures
from pinterest_assets.pinterest.api.errors import Unavailable
from pinterest_assets.warehouse import DatabaseLocked

NOBODY_FORESAW = "unexpected: ValueError: no such day 7; please report it, with the log of this run (`pinterest-assets ui` shows it)"


class Odd(dg.ConfigurableResource):  # type: ignore[type-arg]
    """A resource that cannot be set up."""

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        raise ValueError("no such day\n7")


class OddManager(dg.IOManager):
    """Stores nothing."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def handle_output(self, context: dg.OutputContext, obj: Any) -> None:
        raise self.error

    def load_input(self, context: dg.InputContext) -> Any:
        raise self.error


def ended(*assets: Any, **resources: Any) -> list[str]:
    """What each failed step tells, and the run where none did."""
    result = dg.materialize(
        assets,
        resources=resources,
        raise_on_error=False,
        run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
    )
    assert not result.success
    steps = [failure_reason(event) for event in result.all_events if event.is_step_failure]
    return steps or [run_failure_reason(event) for event in result.all_events if event.is_run_failure]


def raising(error: Exception) -> dg.AssetsDefinition:
    @dg.asset
    def numbers() -> None:
        raise error

    return numbers


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (ValueError("no such day\n7"), NOBODY_FORESAW),
        (Unavailable("GET /pins: 503"), "GET /pins: 503"),
        (DatabaseLocked("ads.duckdb is held open"), "ads.duckdb is held open"),
        (dg.Failure("a line of ours"), "a line of ours"),
        (
            failure_of(Unavailable("GET /pins: 503"), "GET /pins: 503 (and 1 more)"),
            "GET /pins: 503 (and 1 more)",
        ),
    ],
)
def test_what_an_asset_raises(error: Exception, line: str) -> None:
    assert ended(raising(error)) == [line]


def test_a_secret_in_an_error_that_nobody_foresaw_is_not_told() -> None:
    (line,) = ended(raising(RuntimeError("Bearer pina_secret_of_mine \x1b[31m" + "x" * 10_000)))
    assert line.startswith("unexpected: RuntimeError: Bearer <token>")
    assert line.isprintable()
    assert len(line) < 400


def test_what_is_raised_while_rows_are_stored_or_read() -> None:
    @dg.asset
    def above() -> int:
        return 1

    @dg.asset
    def below(above: int) -> int:
        return above

    line = "ads.duckdb is held open"
    assert ended(above, below, io_manager=OddManager(DatabaseLocked(line))) == [line]
    assert ended(above, io_manager=OddManager(ValueError("no such day\n7"))) == [NOBODY_FORESAW]


def test_what_is_raised_before_any_step() -> None:
    @dg.asset
    def numbers(odd: Odd) -> None:
        """Needs a resource."""

    assert ended(numbers, odd=Odd()) == [NOBODY_FORESAW]


def test_a_check_that_fails_and_one_that_cannot_be_made() -> None:
    @dg.asset
    def numbers() -> None:
        """Has checks."""

    @dg.asset_check(asset=numbers, blocking=True)
    def adds_up() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=False)

    @dg.asset_check(asset=numbers)
    def odd() -> dg.AssetCheckResult:
        raise ValueError("no such day\n7")

    assert sorted(ended(numbers, adds_up, odd)) == [
        "the check adds_up of numbers failed: what is loaded from it was left out; see the check for the rows",
        NOBODY_FORESAW,
    ]


def test_what_dagster_refuses_is_named_by_its_text() -> None:
    @dg.asset
    def numbers() -> Iterator[int]:
        yield 1

    (line,) = ended(numbers)
    assert "please report it" in line


def test_a_step_of_ours_ends_in_a_line_whatever_it_raises() -> None:
    @dg.asset
    def numbers() -> None:
        with plain_failures():
            raise ValueError("no such day\n7")

    assert ended(numbers) == [NOBODY_FORESAW]


def test_reasons_hold_class_line_and_request() -> None:
    error = Unavailable("GET /pins: 503; request id 77", request_id="77")
    assert reason_of(error) == reason_of(failure_of(error, str(error)))
    told = reason_of(error)
    assert (told.error, told.message, told.request_id) == ("Unavailable", str(error), "77")
    assert reason_of(ValueError("no such day\n7")).message == NOBODY_FORESAW
    assert told.error != CHECK_FAILED
