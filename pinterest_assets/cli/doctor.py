"""``pinterest-assets doctor``: is everything in place, and if not, what to do."""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Literal

import click
from rich.text import Text

from pinterest_assets.checks.gone import loaded_accounts, to_do_about_accounts
from pinterest_assets.checks.table_problems import table_problems
from pinterest_assets.cli.env_file import EnvFile
from pinterest_assets.cli.environment import HOME, check_state_folder
from pinterest_assets.cli.instance import open_instance
from pinterest_assets.cli.output import (
    FAILED,
    UNUSABLE,
    alerts,
    console,
    document,
    finish,
    json_option,
    quiet_option,
)
from pinterest_assets.counts import counted
from pinterest_assets.due import incomplete_days, unservable_days
from pinterest_assets.due_days import command_to_load
from pinterest_assets.folders import check_writable
from pinterest_assets.loaded import read_loaded
from pinterest_assets.pinterest.api.client import Client
from pinterest_assets.pinterest.api.clock import TOLERANCE, in_words
from pinterest_assets.pinterest.api.errors import PinterestError, SettingError
from pinterest_assets.pinterest.api.lifetime import lifetime
from pinterest_assets.pinterest.api.redaction import plain, shortened
from pinterest_assets.pinterest.api.request import Request
from pinterest_assets.pinterest.api.scopes import scopes_for
from pinterest_assets.pinterest.catalog import STREAMS, EntityStream, Stream
from pinterest_assets.pinterest.catalog.limits import CALLS_PER_MINUTE, TRIAL_CALLS_PER_DAY
from pinterest_assets.pinterest.catalog.model import Category
from pinterest_assets.resources import PinterestResource
from pinterest_assets.settings import Settings, read_settings, unknown_variables
from pinterest_assets.warehouse import Export, Warehouse, WarehouseError
from pinterest_assets.warehouse.quality import Inspection

Verdict = Literal["ok", "warning", "error"]
_SHOWN = 5
_COLOURS: dict[Verdict, str] = {"ok": "green", "warning": "yellow", "error": "red"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report. ``blocks`` when no command can begin as long as it is so."""

    verdict: Verdict
    subject: str
    text: str
    blocks: bool = False


@click.command()
@json_option
@quiet_option
@click.pass_obj
def doctor(env_file: EnvFile | None) -> None:
    """Check settings, token, scopes, accounts, tier, database and clock; each line says what to do.

    Ends with status 1 when something does not work, and 2 when a setting cannot be used.

    \b
    Examples:
      pinterest-assets doctor
      pinterest-assets doctor --quiet
      pinterest-assets doctor --json
    """
    findings = []
    for finding in chain(_env_file(env_file), examine()):
        findings.append(finding)
        _show(finding)
    document.fields.update({"command": "doctor", "findings": [asdict(finding) for finding in findings]})
    errors = [finding for finding in findings if finding.verdict == "error"]
    blocked = any(finding.blocks for finding in errors)
    finish(UNUSABLE if blocked else FAILED if errors else 0)


def _show(finding: Finding) -> None:
    shown = console if finding.verdict == "ok" else alerts
    verdict = (f"{finding.verdict:7}", _COLOURS[finding.verdict])
    shown.print(Text.assemble(verdict, f"  {finding.subject + ':':10} {plain(finding.text)}"))


def _blocking(subject: str, text: str) -> Finding:
    return Finding("error", subject, text, blocks=True)


def examine() -> Iterator[Finding]:
    """The findings, in the order in which things are needed."""
    try:
        settings = read_settings(os.environ)
    except SettingError as problem:
        yield _blocking("settings", str(problem))
        return
    yield from _settings(settings)
    yield from _reports(settings)
    yield from _database(settings)
    yield from _days(settings)
    yield from _dagster()
    yield from _state()
    with PinterestResource.configured(settings, os.environ).process_config_and_initialize_cm() as pinterest:
        yield from _pinterest(settings, pinterest)


def _env_file(file: EnvFile | None) -> Iterator[Finding]:
    if file is None:
        return
    yield Finding(
        "ok",
        "env file",
        f"{counted(len(file.variables), 'variable')} in {file.path}; the environment's own count first",
    )
    if file.ignored:
        names = ", ".join(shortened(name) for name in file.ignored)
        yield Finding(
            "warning",
            "env file",
            f"{names}: only PINTEREST_ variables and DAGSTER_HOME are taken from {file.path} (`dagster dev` takes all)",
        )


def _settings(settings: Settings) -> Iterator[Finding]:
    strays = unknown_variables(os.environ)
    for name, closest in strays.items():
        hint = f"; did you mean {closest}?" if closest else ""
        yield Finding("warning", "settings", f"{name} is not a setting and has no effect{hint}")
    if settings.allow_host:
        yield Finding(
            "warning",
            "settings",
            f"PINTEREST_ALLOW_HOST lets tokens be sent to {settings.allow_host}, which is not Pinterest's: remove it "
            "unless you set it yourself, and on purpose",
        )
    if settings.attribution.warning:
        yield Finding("warning", "settings", settings.attribution.warning)
    if not strays:
        yield Finding("ok", "settings", f"every value can be used; Pinterest is {settings.base_url}")


def _reports(settings: Settings) -> Iterator[Finding]:
    if settings.reports_path is None:
        return
    try:
        yield Finding(
            "ok", "reports", f"{settings.reports_path}: {counted(len(settings.reports), 'custom report')}"
        )
    except SettingError as problems:
        yield from (_blocking("reports", line) for line in str(problems).splitlines())


def _streams(settings: Settings) -> Mapping[str, Stream]:
    """The streams that are on; without custom reports when their file is wrong, which is told apart."""
    try:
        return settings.streams
    except SettingError:
        return settings.in_groups(STREAMS)


def _warehouse(settings: Settings) -> Warehouse:
    return Warehouse(settings.duckdb_path, schema=settings.duckdb_schema)


def _database(settings: Settings) -> Iterator[Finding]:
    try:
        warehouse = _warehouse(settings)
        warehouse.database.check_writable()
        streams = _streams(settings)
        kept = set(warehouse.tables()) & set(streams)
    except WarehouseError as problem:
        yield _blocking("database", str(problem))
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
        yield Finding("error", "tables", str(problem))
        return
    for one in problems:
        yield Finding("error" if one.is_error else "warning", "tables", str(one))


def _days(settings: Settings) -> Iterator[Finding]:
    """Whether tables lack days, or have days that would be loaded otherwise now."""
    streams = list(_streams(settings).values())
    try:
        loaded = read_loaded(_warehouse(settings), settings)
        lacking = incomplete_days(streams, settings, loaded).days
        lost = unservable_days(streams, settings, loaded).days
    except (WarehouseError, SettingError):
        return  # told above
    for one in lacking[:_SHOWN]:
        yield Finding("warning", "days", str(one))
    if lacking:
        more = f"{len(lacking)} ranges in all: " if len(lacking) > _SHOWN else ""
        yield Finding("warning", "days", f"{more}`{command_to_load(lacking)}` loads them")
    elif loaded.tables.days:
        yield Finding("ok", "days", "no table lacks a day between its first and its last one")
    for one in lost[:_SHOWN]:
        yield Finding("warning", "days", f"{one}; no longer served, so it stays as it is")


def _dagster() -> Iterator[Finding]:
    """Dagster's records; doctor makes none."""
    home = Path(os.environ.get(HOME, ""))
    try:
        if (home / "dagster.yaml").exists():
            with open_instance():
                yield Finding("ok", "dagster", f"runs are recorded in {home}")
        else:
            check_writable(home)
            yield Finding("ok", "dagster", f"runs will be recorded in {home}")
    except OSError as problem:
        yield _blocking("dagster", f"{HOME} is {home}, which cannot be written to: {problem.strerror}")
    except SettingError as problem:
        yield _blocking("dagster", str(problem))


def _state() -> Iterator[Finding]:
    try:
        check_state_folder()
    except SettingError as problem:
        yield _blocking("state", str(problem))


def _copies(export: Export) -> Finding:
    try:
        export.check_writable()
    except WarehouseError as problem:
        return _blocking("copies", str(problem))
    old = export.waiting()
    if not old:
        return Finding("ok", "copies", f"{export.folder} is up to date")
    return Finding(
        "warning",
        "copies",
        f"{export.folder}: older than the database are {', '.join(old)}; the next run brings them up to date",
    )


def _pinterest(settings: Settings, pinterest: PinterestResource) -> Iterator[Finding]:
    try:
        client = pinterest.client
        accounts = [row for page in client.pages(Request("ads_read", "/ad_accounts")) for row in page]
    except PinterestError as problem:
        yield Finding("error", "token", str(problem), blocks=isinstance(problem, SettingError))
        return
    lasting = lifetime(pinterest.auth, time.time())
    yield Finding("ok" if lasting.lasts else "warning", "token", f"Pinterest accepts it; {lasting.text}")
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
    granted, refused, streams = {"ads:read"}, set[str](), _streams(settings)
    for table, category, path in PROBES:
        stream = streams.get(table)
        if not isinstance(stream, EntityStream):
            continue
        wanted = scopes_for(path)
        try:
            client.get(Request(category, path, (("page_size", "1"),)))
            granted.update(wanted)
        except PinterestError as problem:
            refused.update(wanted)
            verdict: Verdict = "warning" if stream.limited else "error"
            yield Finding(verdict, "scopes", f"{', '.join(wanted)}: {problem}")
    yield Finding("ok", "scopes", ", ".join(sorted(granted - refused)))


def _accounts(settings: Settings, accounts: list[dict[str, Any]]) -> Iterator[Finding]:
    seen = {str(row["id"]): row for row in accounts}
    for wanted in settings.ad_account_ids:
        if wanted not in seen:
            yield Finding(
                "error",
                "accounts",
                f"PINTEREST_AD_ACCOUNT_IDS names {wanted}, which this token does not see: correct it, "
                "or ask the account's owner for access",
            )
    chosen = [id_ for id_ in seen if not settings.ad_account_ids or id_ in settings.ad_account_ids]
    if not seen:
        yield Finding("error", "accounts", "this token sees no ad account: ask an owner for a role on one")
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
                yield Finding("warning", "accounts", text)


def _tier(settings: Settings, pinterest: PinterestResource) -> Finding:
    shared = "many machines (PINTEREST_BUDGET_URL)" if settings.budget_url else "this machine"
    if settings.rate_tier == "trial":
        try:
            spent = pinterest.spent_today
        except PinterestError as problem:
            return Finding("error", "tier", str(problem))
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
        return Finding("warning", "clock", "Pinterest sent no date to compare it with")
    if abs(skew) > TOLERANCE:
        return Finding("error", "clock", f"{in_words(skew)}, or days are asked for too early or too late")
    return Finding("ok", "clock", f"within {TOLERANCE:.0f} s of Pinterest's")
