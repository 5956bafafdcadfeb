"""Whether ad accounts, or all rows of a list, are gone: the checks ``no_account_gone`` and ``no_list_emptied``.

An owner may have deleted them, or a role was withdrawn, or Pinterest answered with nothing. Rows stay and are
marked, so that both are warnings. They last some days, after which what is gone counts as known; an ad account
that ``PINTEREST_AD_ACCOUNT_IDS`` leaves out counts as known at once.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta, timezone

import dagster as dg

from pinterest_assets.assets.presentation import asset_key, marks_gone
from pinterest_assets.pinterest.api.redaction import shortened
from pinterest_assets.pinterest.catalog import STREAMS, EntityStream, Stream
from pinterest_assets.settings import Settings
from pinterest_assets.warehouse.quality import Inspection, Named

ACCOUNTS = "no_account_gone"
LISTS = "no_list_emptied"

TOLD_FOR = timedelta(days=14)
"""So long after a row went it is told: whoever can do something about it has read it by then."""

PARENTS = frozenset(parent for stream in STREAMS.values() for parent in stream.inputs)
"""The streams that others are made from: below what they lack, nothing is requested."""


def gone_specs(stream: Stream) -> Iterator[dg.AssetCheckSpec]:
    """The check of a list that others are made from; none for other streams."""
    if stream.name == "ad_account":
        yield dg.AssetCheckSpec(
            ACCOUNTS,
            asset=asset_key(stream.name),
            description=f"No ad account went within the last {TOLD_FOR.days} days, but those that are left out.",
        )
    elif stream.name in PARENTS and isinstance(stream, EntityStream) and marks_gone(stream):
        yield dg.AssetCheckSpec(
            LISTS,
            asset=asset_key(stream.name),
            description=f"No account lost all of its rows within the last {TOLD_FOR.days} days.",
        )


def gone_accounts(inspection: Inspection, settings: Settings) -> Mapping[str, str]:
    """By id, the ad accounts that went, in words: those of the settings, and not for long."""
    return {
        id_: account
        for id_, account in _in_words(inspection.gone("ad_account", _oldest())).items()
        if is_chosen(id_, settings)
    }


def loaded_accounts(inspection: Inspection) -> Mapping[str, str]:
    """By id, all ad accounts that are loaded, in words; without those that went long ago."""
    return _in_words([*inspection.present("ad_account"), *inspection.gone("ad_account", _oldest())])


def _in_words(accounts: Iterable[Named]) -> dict[str, str]:
    return {
        one.id: f"{shortened(one.name or 'without a name')} ({one.id}){f' since {_utc(one.gone_at)}' if one.gone_at else ''}"
        for one in accounts
    }


def is_chosen(account: str | None, settings: Settings) -> bool:
    """Whether the settings do not leave the ad account out."""
    return account is None or not settings.ad_account_ids or account in settings.ad_account_ids


def to_do_about_accounts(settings: Settings) -> str:
    """What an owner can do about accounts that are gone."""
    leave = "take it out of" if settings.ad_account_ids else "leave it out with"
    return f"ask its owner for a role again, or {leave} PINTEREST_AD_ACCOUNT_IDS"


def emptied_lists(inspection: Inspection, stream: Stream, settings: Settings) -> list[str]:
    """The accounts that had rows of ``stream`` and have none now, in words; not those that are gone themselves."""
    column = None if stream.holder is None else stream.account_column
    emptied = inspection.emptied(stream.name, column, _oldest())
    if not emptied:
        return []
    gone = {one.id for one in inspection.gone(stream.holder, datetime.min)} if stream.holder else set()
    of = "" if stream.holder is None else f"{stream.holder} "
    return [
        f"{of}{one.account or 'all'}: {one.rows} until {_utc(one.since)}, none since"
        for one in emptied
        if one.account not in gone and (stream.holder != "ad_account" or is_chosen(one.account, settings))
    ]


def accounts_result(_: Stream, inspection: Inspection, settings: Settings) -> dg.AssetCheckResult:
    """What ``no_account_gone`` tells."""
    found = list(gone_accounts(inspection, settings).values())
    return dg.AssetCheckResult(
        passed=not found,
        asset_key=asset_key("ad_account"),
        check_name=ACCOUNTS,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"gone": found, "to do": to_do_about_accounts(settings)} if found else {"gone": "none"},
    )


def list_result(stream: Stream, inspection: Inspection, settings: Settings) -> dg.AssetCheckResult:
    """What ``no_list_emptied`` tells of a stream."""
    found = emptied_lists(inspection, stream, settings)
    to_do = "look whether they were deleted at Pinterest, or a role was withdrawn; the rows stay, marked in _gone_at"
    return dg.AssetCheckResult(
        passed=not found,
        asset_key=asset_key(stream.name),
        check_name=LISTS,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"emptied": found, "to do": to_do} if found else {"emptied": "none"},
    )


def _oldest() -> datetime:
    return datetime.now(timezone.utc).replace(tzinfo=None) - TOLD_FOR


def _utc(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
