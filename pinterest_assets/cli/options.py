"""Options that several commands have, and the kinds of values that they take."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

import click

Function = TypeVar("Function", bound=Callable[..., Any])


class Day(click.ParamType):  # type: ignore[type-arg]  # generic in newer releases of click only
    """A day in UTC, written like 2026-10-31."""

    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day, or the error of a bad parameter."""
        if isinstance(value, date):
            return value
        if re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
            try:
                return date.fromisoformat(value)
            except ValueError as problem:
                return self.fail(f"{value!r} is not a day: {problem}", param, ctx)
        return self.fail(f"{value!r} is not a day; write it as YYYY-MM-DD, like 2026-10-31", param, ctx)

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:  # noqa: ARG002 - click's
        """How the help shows it."""
        return self.name


class Number(click.ParamType):  # type: ignore[type-arg]  # generic in newer releases of click only
    """A whole number from ``least`` to ``most``."""

    def __init__(self, name: str, least: int, most: int) -> None:
        self.name = name
        self._least = least
        self._most = most

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number, or the error of a bad parameter."""
        if str(value).isascii() and str(value).isdecimal() and self._least <= int(value) <= self._most:
            return int(value)
        return self.fail(f"{value!r} is not a whole number from {self._least} to {self._most}", param, ctx)

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:  # noqa: ARG002 - click's
        """How the help shows it."""
        return self.name


PORT = Number("PORT", 1, 65_535)


def select_option(command: Function) -> Function:
    """``--select``."""
    return click.option(
        "--select",
        "selection",
        metavar="SELECTION",
        help="Streams to load: names separated by commas, +name with all that it is made from, name+ with all that "
        "is made from it, a pattern like '*_analytics', or any of Dagster's expressions, like 'group:audiences and "
        "not campaign'. Default: all streams.",
    )(command)


def from_option(default: str) -> Callable[[Function], Function]:
    """``--from``; ``default`` says which day it is without the option."""
    return click.option("--from", "start", type=Day(), help=f"First day (UTC). Default: {default}.")


def to_option(command: Function) -> Function:
    """``--to``."""
    return click.option("--to", "end", type=Day(), help="Last day (UTC). Default: yesterday.")(command)
