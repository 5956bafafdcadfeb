"""``pinterest-assets doctor``: is everything in place, and if not, what to do."""

import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

import click
from rich.markup import escape

from pinterest_assets.checks.gone import loaded_accounts, to_do_about_accounts
from pinterest_assets.checks.table_problems import table_problems
from pinterest_assets.cli.screen import console
from pinterest_assets.pinterest.api.client import Client
from pinterest_assets.pinterest.api.clock import TOLERANCE, in_words
from pinterest_assets.pinterest.api.errors import PinterestError, SettingError
from pinterest_assets.pinterest.api.lifetime import lifetime
from pinterest_assets.pinterest.api.redaction import shortened
from pinterest_assets.pinterest.api.request import Request
from pinterest_assets.pinterest.api.scopes import scopes_for
from pinterest_assets.pinterest.catalog import STREAMS, EntityStream, Stream
from pinterest_assets.pinterest.catalog.limits import CALLS_PER_MINUTE, TRIAL_CALLS_PER_DAY
from pinterest_assets.pinterest.catalog.model import Category
from pinterest_assets.resources import PinterestResource
from pinterest_assets.settings import Settings, read_settings, unknown_variables
from pinterest_assets.warehouse import Export, Warehouse, WarehouseError
from pinterest_assets.warehouse.quality import Inspection

Verdict = Literal["ok", "note", "wrong"]
_COLOURS: dict[Verdict, str] = {"ok": "green", "note": "yellow", "wrong": "red"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    verdict: Verdict
    subject: str
    text: str


@click.command()
def doctor() -> None:
    """Check settings, token, scopes, accounts, tier, database and clock."""
    findings = []
    for finding in examine():
        findings.append(finding)
        colour = _COLOURS[finding.verdict]
        console.print(
            f"[{colour}]{finding.verdict:5}[/] {finding.subject:11} {escape(finding.text)}", soft_wrap=True
        )
    sys.exit(1 if any(finding.verdict == "wrong" for finding in findings) else 0)


def examine() -> Iterator[Finding]:
    """The findings, in the order in which things are needed."""
    try:
        settings = read_settings(os.environ)
    except SettingError as problem:
        yield Finding("wrong", "settings", str(problem))
        return
    yield from _settings(settings)
    yield from _reports(settings)
    yield from _database(settings)
    with PinterestResource.configured(settings, os.environ).process_config_and_initialize_cm() as pinterest:
        yield from _pinterest(settings, pinterest)


def _settings(settings: Settings) -> Iterator[Finding]:
    strays = unknown_variables(os.environ)
    for name, closest in strays.items():
        hint = f"; did you mean {closest}?" if closest else ""
        yield Finding("note", "settings", f"{name} is not a setting and has no effect{hint}")
    if settings.attribution.warning:
        yield Finding("note", "settings", settings.attribution.warning)
    if not strays:
        yield Finding("ok", "settings", f"every value can be used; Pinterest is {settings.base_url}")


def _reports(settings: Settings) -> Iterator[Finding]:
    if settings.reports_path is None:
        return
    try:
        yield Finding("ok", "reports", f"{settings.reports_path}: {len(settings.reports)} custom reports")
    except SettingError as problems:
        yield from (Finding("wrong", "reports", line) for line in str(problems).splitlines())


def _streams(settings: Settings) -> Mapping[str, Stream]:
    """The streams that are on; without custom reports when their file is wrong, which is told apart."""
    try:
        return settings.streams
    except SettingError:
        return settings.in_groups(STREAMS)


def _warehouse(settings: Settings) -> Warehouse:
    return Warehouse(settings.duckdb_path, schema=settings.duckdb_schema)


def _database(settings: Settings) -> Iterator[Finding]:
    warehouse = _warehouse(settings)
    try:
        warehouse.database.check_writable()
        streams = _streams(settings)
        kept = set(warehouse.tables()) & set(streams)
    except WarehouseError as problem:
        yield Finding("wrong", "database", str(problem))
    else:
        yield Finding(
            "ok",
            "database",
            f"{settings.duckdb_path}, schema {settings.duckdb_schema}: {len(kept)} of {len(streams)} tables",
        )
        yield from _tables(warehouse, streams, settings)
    if settings.export_dir is not None:
        yield _copies(Export(str(settings.export_dir), settings.export_format))


def _tables(warehouse: Warehouse, streams: Mapping[str, Stream], settings: Settings) -> Iterator[Finding]:
    """What is doubtful about the tables."""
    try:
        problems = table_problems(warehouse, streams, settings)
    except WarehouseError as problem:
        yield Finding("wrong", "tables", str(problem))
        return
    for one in problems:
        yield Finding("wrong" if one.is_error else "note", "tables", str(one))


def _copies(export: Export) -> Finding:
    old = export.waiting()
    if not old:
        return Finding("ok", "copies", f"{export.folder} is of the newest state")
    return Finding(
        "note",
        "copies",
        f"{export.folder}: older than the database are {', '.join(old)}, until a run has ended",
    )


def _pinterest(settings: Settings, pinterest: PinterestResource) -> Iterator[Finding]:
    try:
        client = pinterest.client
        accounts = [row for page in client.pages(Request("ads_read", "/ad_accounts")) for row in page]
    except PinterestError as problem:
        yield Finding("wrong", "token", str(problem))
        return
    lasting = lifetime(pinterest.auth, time.time())
    yield Finding("ok" if lasting.lasts else "note", "token", f"Pinterest accepts it; {lasting.text}")
    yield from _scopes(client, settings)
    yield from _accounts(settings, accounts)
    yield _tier(settings, pinterest)
    yield _clock(client)


PROBES: tuple[tuple[str, Category, str], ...] = (
    ("board", "org_read", "/boards"),
    ("pin", "org_read", "/pins"),
    ("catalog", "catalogs_read", "/catalogs"),
    ("user_account", "org_read", "/user_account"),
    ("business", "ads_read", "/businesses/employers"),
)
"""The smallest question for each scope beyond ``ads:read``, which the accounts have shown, and the table that needs it."""


def _scopes(client: Client, settings: Settings) -> Iterator[Finding]:
    granted, streams = ["ads:read"], _streams(settings)
    for table, category, path in PROBES:
        stream = streams.get(table)
        if not isinstance(stream, EntityStream):
            continue
        wanted = scopes_for(path)
        try:
            client.get(Request(category, path, (("page_size", "1"),)))
            granted += wanted
        except PinterestError as problem:
            verdict: Verdict = "note" if stream.limited else "wrong"
            yield Finding(verdict, "scopes", f"{', '.join(wanted)}: {problem}")
    yield Finding("ok", "scopes", ", ".join(sorted(set(granted))))


def _accounts(settings: Settings, accounts: list[dict[str, Any]]) -> Iterator[Finding]:
    seen = {str(row["id"]): row for row in accounts}
    for wanted in settings.ad_account_ids:
        if wanted not in seen:
            yield Finding(
                "wrong",
                "accounts",
                f"PINTEREST_AD_ACCOUNT_IDS names {wanted}, which this token does not see: correct it, "
                "or ask the account's owner for access",
            )
    chosen = [id_ for id_ in seen if not settings.ad_account_ids or id_ in settings.ad_account_ids]
    if not seen:
        yield Finding("wrong", "accounts", "this token sees no ad account: ask an owner for a role on one")
        return
    if not settings.ad_account_ids:
        yield from _lost_accounts(settings, set(seen))
    if chosen:
        names = ", ".join(
            f"{shortened(str(seen[id_].get('name')))} ({id_}, {seen[id_].get('currency')})" for id_ in chosen
        )
        yield Finding("ok", "accounts", f"{len(chosen)} of {len(seen)}: {names}")


def _lost_accounts(settings: Settings, seen: set[str]) -> Iterator[Finding]:
    """The accounts that are loaded and that the token no longer sees; of those that went long ago nothing."""
    with suppress(WarehouseError), Inspection(_warehouse(settings)) as inspection:
        for id_, account in loaded_accounts(inspection).items():
            if id_ not in seen:
                text = (
                    f"the token no longer sees {account}, which is loaded: {to_do_about_accounts(settings)}"
                )
                yield Finding("note", "accounts", text)


def _tier(settings: Settings, pinterest: PinterestResource) -> Finding:
    shared = "many machines (PINTEREST_BUDGET_URL)" if settings.budget_url else "this machine"
    if settings.rate_tier == "trial":
        try:
            spent = pinterest.spent_today
        except PinterestError as problem:
            return Finding("wrong", "tier", str(problem))
        return Finding(
            "ok",
            "tier",
            f"trial: {spent:,} of the {TRIAL_CALLS_PER_DAY:,} calls of a day are spent by {shared}; "
            "`plan` tells what a sync needs",
        )
    limits = ", ".join(f"{name} {calls:,}" for name, calls in CALLS_PER_MINUTE.items())
    text = (
        f"standard: calls a minute {limits}, shared by {shared}. "
        "An app with trial access needs PINTEREST_RATE_TIER=trial"
    )
    return Finding("ok", "tier", text)


def _clock(client: Client) -> Finding:
    skew = client.clock_skew
    if skew is None:
        return Finding("note", "clock", "Pinterest sent no date to compare with")
    if abs(skew) > TOLERANCE:
        return Finding("wrong", "clock", f"{in_words(skew)}, or days are asked for too early or too late")
    return Finding("ok", "clock", f"within {TOLERANCE:.0f} s of Pinterest's")
