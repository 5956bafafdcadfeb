"""Why a step or a run failed, in one line for a person: our own words where there are any.

An exception that nobody foresaw is named as such, by its own type and text: what Dagster wraps it in says
nothing about it. The whole of it, with its stack, is in the log of the run.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import dagster as dg
from dagster._core.events import JobFailureData

from pinterest_assets.executor import was_interrupted
from pinterest_assets.pinterest.api.errors import PinterestError
from pinterest_assets.pinterest.api.redaction import shortened
from pinterest_assets.warehouse import WarehouseError

INTERRUPTED = "interrupted"

_OURS = "pinterest_assets."
_FAILURE = ("Failure", "RetryRequested")
_CHECK = "DagsterAssetCheckFailedError"
_DEEPEST = 20


CHECK_FAILED = "CheckFailed"
"""The kind of error of rows that a check holds back."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something was not loaded: the class of the error, its line, and Pinterest's id of the request."""

    error: str
    message: str
    request_id: str | None = None


class KeptError(Protocol):
    """An error as Dagster keeps it with an event."""

    @property
    def message(self) -> str: ...

    @property
    def cls_name(self) -> str | None: ...

    @property
    def cause(self) -> "KeptError | None": ...

    @property
    def context(self) -> "KeptError | None": ...


def failure_reason(event: dg.DagsterEvent) -> str:
    """What a step that failed tells."""
    data = event.step_failure_data
    if was_interrupted(event):
        return INTERRUPTED
    if data.user_failure_data is not None and data.user_failure_data.description:
        return str(data.user_failure_data.description)
    return error_reason(data.error)


def run_failure_reason(event: dg.DagsterEvent) -> str:
    """What a run that failed tells, of which no step need have failed."""
    data = event.event_specific_data
    error = data.error if isinstance(data, JobFailureData) else None
    return error_reason(error) if error is not None else event.message or "it ended without a word"


def error_reason(error: KeptError | None) -> str:
    """What an error tells that Dagster kept: ours, wherever it stands among its causes, or the innermost."""
    causes = list(_causes(error))
    if not causes:
        return unexpected("Error", "it ended without a word")
    for one in causes:
        kind, text = _told(one)
        if one.message.startswith(_OURS) or kind in _FAILURE:
            return text or kind
        if kind == _CHECK:
            return _checks(text)
    return unexpected(*_told(causes[-1]))


def failure_of(problem: Exception, description: str) -> dg.Failure:
    """The end of a step that nobody tries again at once, with what ``reason_of`` reads."""
    request = getattr(problem, "request_id", None)
    metadata = {"error": type(problem).__name__, **({"request_id": request} if request else {})}
    return dg.Failure(description=description, metadata=metadata, allow_retries=False)


def reason_of(error: BaseException | None) -> Reason:
    """Why a step failed, from what it raised."""
    if isinstance(error, dg.Failure):
        told = {name: str(value.value) for name, value in error.metadata.items()}
        return Reason(told.get("error", "Failure"), error.description or "failed", told.get("request_id"))
    if isinstance(error, PinterestError | WarehouseError):
        return Reason(type(error).__name__, str(error), getattr(error, "request_id", None))
    if type(error).__name__ == _CHECK:
        return Reason(CHECK_FAILED, _checks(str(error)))
    return Reason(type(error).__name__, unexpected(type(error).__name__, str(error)))


def unexpected(kind: str, text: str) -> str:
    """The line for an exception that nobody foresaw."""
    return (
        f"unexpected: {shortened(f'{kind}: {text}')}; please report it, with the log of this run "
        "(`pinterest-assets ui` shows it)"
    )


def _causes(error: KeptError | None) -> Iterator[KeptError]:
    for _ in range(_DEEPEST):
        if error is None:
            return
        yield error
        error = error.cause or error.context


def _told(error: KeptError) -> tuple[str, str]:
    """The class of an error without its modules, and its text."""
    name, colon, text = error.message.partition(": ")
    kind = error.cls_name or name.rpartition(".")[2]
    return kind, text.strip() if colon else ""


def _checks(text: str) -> str:
    """Which checks failed that others wait for, from the lines in which Dagster lists them."""
    found = []
    for line in text.splitlines()[1:]:
        asset, _, names = line.rpartition(": ")
        found += [f"{name} of {asset.rpartition('/')[2]}" for name in names.split(",")]
    named = ", ".join(found) or "one of its tables"
    return f"the check {named} failed: what is loaded from it was left out; see the check for the rows"
