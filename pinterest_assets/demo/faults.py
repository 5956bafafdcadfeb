"""Faults to order: rules that match requests and spoil their answers. Knows no HTTP server."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

Mutate = Callable[[Any], Any]

_MESSAGES = {
    401: (2, "Authentication failed."),
    403: (29, "You are not permitted to access that resource."),
    429: (8, "This request exceeded a rate limit."),
}


@dataclass(slots=True)
class Fault:
    """What happens to a matching request. The fields can be combined.

    ``status`` answers with ``json`` (by default an error of that status) and never reaches the
    endpoint; ``html`` answers with that text instead. ``drop`` closes the connection unanswered,
    ``cut`` closes it halfway through the body. ``delay`` waits before the answer, ``body_delay``
    halfway through the body. ``bad_json`` leaves the last bytes of the body away and says so in
    its length. ``repeat_bookmark`` gives the bookmark that was asked for, ``empty`` gives lists
    without items. ``mutate`` gets the decoded answer and returns another, or changes it in place.

    On the poll of a report or bulk download: ``report_status`` is the state it is said to be in,
    without a link, and ``file_cut`` ends its file that many bytes early, of which ``size`` tells
    nothing. Faults on the download match its own path, ``/async_reporting_v3/`` or
    ``/bulk_framework/``; there ``bad_json`` makes the file shorter than ``size``. ``empty`` and
    ``mutate`` change a JSON file when they match the poll and the download.
    """

    pattern: re.Pattern[str]
    status: int | None = None
    json: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    html: str | None = None
    drop: bool = False
    cut: bool = False
    delay: float = 0.0
    body_delay: float = 0.0
    bad_json: bool = False
    repeat_bookmark: bool = False
    empty: bool = False
    report_status: str | None = None
    file_cut: int = 0
    mutate: Mutate | None = None
    times: int | None = None
    skip: int = 0
    hits: int = 0

    @property
    def replaces(self) -> bool:
        """Whether the endpoint is not asked at all."""
        return self.status is not None or self.html is not None

    @property
    def alters(self) -> bool:
        """Whether the decoded answer is changed."""
        spoils = self.repeat_bookmark or self.empty or self.file_cut > 0
        return spoils or self.report_status is not None or self.mutate is not None

    @property
    def error(self) -> Any:
        """The body of an answer that is replaced."""
        if self.json is not None:
            return self.json
        status = self.status or 500
        code, message = _MESSAGES.get(status, (status, "Sorry! Something went wrong on our end."))
        return {"code": code, "message": message, "status": "failure"}

    def altered(self, answer: Any, asked: str | None) -> Any:
        """The answer as it is sent. ``asked`` is the bookmark of the request."""
        if self.empty:
            answer = _emptied(answer)
        if self.repeat_bookmark and isinstance(answer, dict):
            answer = {**answer, "bookmark": asked or answer.get("bookmark")}
        if self.report_status is not None:
            answer = _told(answer, partial(_in_state, status=self.report_status))
        if self.file_cut:
            answer = _told(answer, partial(_cut_file, bytes_short=self.file_cut))
        if self.empty or self.mutate is not None:
            answer = _told(answer, _of_unknown_size)
        if self.mutate is not None:
            changed = self.mutate(answer)
            answer = answer if changed is None else changed
        return answer


def _told(answer: Any, change: Mutate) -> Any:
    """The answer with another report in it: reports of MMM stand one level down."""
    if isinstance(answer, dict) and "report_status" in (inner := answer.get("data") or {}):
        return {**answer, "data": change(inner)}
    return change(answer)


def _cut_file(report: Any, bytes_short: int) -> Any:
    """A link to the file without its end; ``size``, where it is told, agrees with it."""
    link = "result_url" if "result_url" in report else "url"
    if not report.get(link):
        return report
    size = {"size": report["size"] - bytes_short} if "size" in report else {}
    return {**report, link: f"{report[link]}&cut={bytes_short}", **size}


def _in_state(report: Any, status: str) -> Any:
    """A report, or a bulk download, as it is while there is no file."""
    if "result_url" in report:
        return {**report, "status": status, "result_url": None}
    return {**report, "report_status": status, "url": None, "size": None}


def _of_unknown_size(report: Any) -> Any:
    """A report whose file is going to be changed does not tell how long it is."""
    return {**report, "size": None} if isinstance(report, dict) and "report_status" in report else report


def _emptied(answer: Any) -> Any:
    """The same answer with its lists empty, however deep the pins' numbers are."""
    if isinstance(answer, list):
        return []
    for name, extra in (("items", {"bookmark": None}), ("data", {}), ("daily_metrics", {})):
        if name in answer:
            return {**answer, name: [], **extra}
    return {
        name: _emptied(value) if isinstance(value, dict | list) else value for name, value in answer.items()
    }


class Faults:
    """The rules, in the order they were added; a request takes the first that applies."""

    def __init__(self) -> None:
        self._rules: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, pattern: str, **action: Any) -> Fault:
        """Adds a rule: ``pattern`` is searched in "path?query", see ``Fault`` for the rest.

        The path starts after ``/v5``, the query is decoded, the question mark is always there.

        The first ``skip`` matches pass, then ``times`` are spoiled (all of them by default).
        """
        rule = Fault(re.compile(pattern), **action)
        with self._lock:
            self._rules.append(rule)
        return rule

    def clear(self) -> None:
        with self._lock:
            self._rules.clear()

    def take(self, target: str) -> Fault | None:
        """The rule for a request, counted as used."""
        with self._lock:
            for rule in self._rules:
                if not rule.pattern.search(target):
                    continue
                if rule.skip > 0:
                    rule.skip -= 1
                elif rule.times is None or rule.hits < rule.times:
                    rule.hits += 1
                    return rule
        return None
