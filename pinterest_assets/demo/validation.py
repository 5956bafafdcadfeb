"""Reads query parameters as Pinterest does, and refuses what it refuses. Knows no endpoint.

Lists come joined by commas or as a parameter repeated; both are taken. Messages are the demo's
own; statuses and codes are Pinterest's.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from urllib.parse import parse_qs

from pinterest_assets.pinterest.catalog.limits import MAX_IDS, PAGE_SIZE

Row = dict[str, Any]


class ApiError(Exception):
    """An answer that is an error: HTTP status, Pinterest's code, message."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message

    @property
    def body(self) -> Row:
        return {"code": self.code, "message": self.message, "status": "failure"}


def invalid(message: str) -> ApiError:
    return ApiError(400, 1, message)


class Query:
    """The parameters of one request."""

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.values = parse_qs(raw, keep_blank_values=True)

    def has(self, name: str) -> bool:
        return name in self.values

    def one(self, name: str, default: str | None = None) -> str | None:
        found = self.values.get(name)
        return found[-1] if found else default

    def required(self, name: str) -> str:
        found = self.one(name)
        if not found:
            raise invalid(f"Missing required parameter '{name}'.")
        return found

    def many(self, name: str) -> list[str]:
        return [part for value in self.values.get(name, ()) for part in value.split(",") if part]

    def flag(self, name: str) -> bool:
        return self.choice(name, ("true", "false"), "false") == "true"

    def choice(self, name: str, allowed: Collection[str], default: str) -> str:
        found = self.one(name, default) or default
        if found not in allowed:
            raise invalid(f"'{found}' is not a value of parameter '{name}'.")
        return found

    def choices(
        self, name: str, allowed: Collection[str], most: int | None = None, *, need: bool = False
    ) -> list[str]:
        found = self.many(name)
        if need and not found:
            raise invalid(f"Missing required parameter '{name}'.")
        strays = [value for value in found if value not in allowed]
        if strays:
            raise invalid(f"'{strays[0]}' is not a value of parameter '{name}'.")
        if most is not None and len(found) > most:
            raise invalid(f"Parameter '{name}' takes at most {most} values, got {len(found)}.")
        return found

    def number(self, name: str, default: int, low: int, high: int) -> int:
        found = self.one(name)
        if found is None:
            return default
        if not found.isdecimal():
            raise invalid(f"Parameter '{name}' was not numeric (was {found})")
        if not low <= int(found) <= high:
            raise invalid(f"Parameter '{name}' must be {low} to {high}, got {found}.")
        return int(found)

    def ids(self, name: str, most: int = MAX_IDS, *, need: bool = False) -> list[str] | None:
        """The ids of a parameter, or ``None`` when it is not given."""
        found = self.many(name)
        if not found:
            if need or self.has(name):
                raise invalid(f"Parameter '{name}' needs 1 to {most} ids.")
            return None
        if len(found) > most:
            raise invalid(f"Parameter '{name}' takes at most {most} ids, got {len(found)}.")
        strays = [value for value in found if not value.isdecimal()]
        if strays:
            raise invalid(f"'{name}' value '{strays[0]}' must match the pattern: ^\\d+$")
        return found

    def day(self, name: str) -> date:
        found = self.required(name)
        try:
            if re.fullmatch(r"\d{4}-\d{2}-\d{2}", found) is None:
                raise ValueError(found)  # newer Pythons read other ways to write a day
            return date.fromisoformat(found)
        except ValueError as error:
            raise invalid(f"Parameter '{name}' is no date: {found}") from error

    def at_most_one_of(self, *names: str) -> None:
        given = [name for name in names if self.has(name)]
        if len(given) > 1:
            raise invalid(f"Parameters exclude each other: {', '.join(given)}.")


def period(query: Query, earliest: date) -> tuple[date, date]:
    """``start_date`` and ``end_date``: in order, within 90 days, and not before what is served."""
    start, end = query.day("start_date"), query.day("end_date")
    if end < start:
        raise invalid("end_date is before start_date.")
    if start < earliest:
        raise invalid("You can only get data from the last 90 days.")
    if (end - start).days > 90:
        raise invalid("The range of dates is longer than 90 days.")
    return start, end


def page(query: Query, rows: Sequence[Row], most: int = PAGE_SIZE) -> Row:
    """One page of rows, with the bookmark of the next or null."""
    size = query.number("page_size", 25, 1, most)
    start = _offset(query.one("bookmark"))
    rest = start + size < len(rows)
    return {"items": list(rows[start : start + size]), "bookmark": bookmark(start + size) if rest else None}


def bookmark(offset: int) -> str:
    """An opaque place in a list."""
    return base64.urlsafe_b64encode(f"demo|page|{offset}".encode()).decode()


def _offset(mark: str | None) -> int:
    if not mark:
        return 0
    try:
        kind, _, offset = base64.urlsafe_b64decode(mark.encode()).decode().rpartition("|")
        if kind == "demo|page":
            return int(offset)
    except (binascii.Error, ValueError) as error:
        raise invalid("Invalid bookmark.") from error
    raise invalid("Invalid bookmark.")
