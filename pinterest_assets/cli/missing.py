"""``pinterest-assets missing``: which days were never loaded, of which streams and accounts.

Asks Pinterest nothing and starts nothing: ``sync --missing`` loads what is shown here.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import click
import dagster as dg

from pinterest_assets.assets.asked import run_tags
from pinterest_assets.assets.presentation import asset_key
from pinterest_assets.cli.instance import open_instance
from pinterest_assets.cli.options import from_option
from pinterest_assets.cli.output import alerts, console, document, finish, json_option, quiet_option
from pinterest_assets.history import gaps, landed
from pinterest_assets.partitions import first_partition
from pinterest_assets.pinterest.catalog import Stream
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.settings import Settings, read_settings, today
from pinterest_assets.warehouse import Warehouse


@dataclass(frozen=True, slots=True)
class MissingPart:
    """Days that the same accounts lack of several streams: a run. All accounts when ``accounts`` is empty."""

    streams: tuple[str, ...]
    window: Window
    accounts: tuple[str, ...]

    @property
    def keys(self) -> list[dg.AssetKey]:
        """The assets of the streams."""
        return [asset_key(name) for name in self.streams]

    @property
    def tags(self) -> dict[str, str]:
        """What tells a run to load these accounts only."""
        return run_tags(self.accounts, None)

    @property
    def fields(self) -> dict[str, Any]:
        """The part in a document."""
        days = {"from": self.window.start, "to": self.window.end}
        return {**days, "streams": self.streams, "accounts": self.accounts}

    def __str__(self) -> str:
        whose = f" of {', '.join(self.accounts)}" if self.accounts else ""
        days = f"{self.window.start} to {self.window.end}{whose}"
        named = ", ".join(self.streams[:3])
        more = f" and {len(self.streams) - 3} more" if len(self.streams) > 3 else ""
        return f"missing {days}: {named}{more}"


def missing_parts(
    instance: dg.DagsterInstance, streams: Iterable[Stream], window: Window, settings: Settings
) -> list[MissingPart]:
    """What is missing of ``streams`` in ``window``, as the runs that load it, older days first."""
    have = landed(Warehouse(settings.duckdb_path, schema=settings.duckdb_schema), settings)
    together: dict[tuple[Window, tuple[str, ...]], list[str]] = {}
    for gap in gaps(instance, streams, window, settings, have):
        together.setdefault((gap.window, gap.accounts), []).append(gap.stream)
    parts = [MissingPart(tuple(names), days, accounts) for (days, accounts), names in together.items()]
    return sorted(parts, key=lambda part: (part.window.start, part.window.end, part.accounts))


@click.command()
@from_option("that of the first partition")
@json_option
@quiet_option
def missing(start: date | None) -> None:
    """Show which days were never loaded, up to yesterday. Makes no call.

    Ends with status 0 whether days are missing or not.

    \b
    Examples:
      pinterest-assets missing
      pinterest-assets missing --from 2026-10-01 --json
    """
    settings = read_settings(os.environ)
    first, last = first_partition(settings), today() - timedelta(days=1)
    if start is not None and start > last:
        raise click.BadParameter(
            f"{start} is not over yet (UTC); the last full day is {last}", param_hint="'--from'"
        )
    window = Window(min(last, max(first, start) if start else first), last)
    with open_instance() as instance:
        parts = missing_parts(instance, settings.streams.values(), window, settings)
    command = f"pinterest-assets sync --missing --from {parts[0].window.start}" if parts else None
    document.fields.update(
        {
            "command": "missing",
            "from": window.start,
            "to": window.end,
            "missing": [part.fields for part in parts],
            "loaded_by": command,
        }
    )
    for part in parts:
        alerts.print(str(part))
    if command is None:
        console.print(f"Nothing is missing from {window.start} to {window.end} (UTC).")
    else:
        console.print(f"`{command}` loads all of it.")
    finish(0)
