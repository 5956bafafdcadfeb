"""What one run was asked for otherwise than the settings say: some ad accounts, a method.

A run says so in its tags, which jobs, backfills and ``sync`` set and anybody can write in the UI. It then
replaces the rows of these accounts and leaves all others as they are. Decides nothing about days: those are
the run's partitions.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

import pandas as pd

from pinterest_assets.assets.landing import parent_rows
from pinterest_assets.pinterest.api.errors import NoAdAccount, SettingError
from pinterest_assets.pinterest.catalog import EntityStream, Stream
from pinterest_assets.pinterest.catalog.limits import Method
from pinterest_assets.pinterest.extract.calls import Row
from pinterest_assets.pinterest.extract.parents import Parents, one_account_per_owner, present
from pinterest_assets.settings import Settings

ACCOUNTS_TAG = "pinterest/ad_account_ids"
METHOD_TAG = "pinterest/method"
FAILED_TAG = "pinterest/failed"
"""Names a column: of it, a run reads the parents that are kept as failed, and nothing else."""

METHODS: tuple[Method, ...] = get_args(Method)


@dataclass(frozen=True, slots=True)
class Asked:
    """``settings`` as they are for the run. ``accounts`` are those of its tag, empty when it has none.

    ``failed_parents`` is the column whose failed parents are read again; everything when None.
    """

    settings: Settings
    accounts: tuple[str, ...] = ()
    failed_parents: str | None = None

    @property
    def named_by(self) -> str:
        """Who names the ad accounts, for a line that says one of them cannot be used."""
        return f"the run's tag {ACCOUNTS_TAG}" if self.accounts else "PINTEREST_AD_ACCOUNT_IDS"

    def parents(self, frames: Mapping[str, pd.DataFrame], stream: Stream) -> Parents:
        """The rows of the parents that are of the accounts.

        Raises SettingError when one of them is not loaded, NoAdAccount when none is there: nothing would be
        asked for it, and that would count as read.
        """
        chosen = self.accounts or self.settings.ad_account_ids
        mine = parent_rows(frames, chosen)
        if "ad_account" not in frames:
            return mine
        every_account = parent_rows({"ad_account": frames["ad_account"]}, ())["ad_account"]
        self._check_loaded(chosen, every_account)
        check_some(mine["ad_account"])
        return self._without_others(mine, every_account, stream) if self.accounts else mine

    def _check_loaded(self, chosen: Sequence[str], every_account: Sequence[Row]) -> None:
        known = {str(row["id"]) for row in every_account}
        unknown = [account for account in chosen if account not in known]
        if known and unknown:
            raise SettingError(
                f"{self.named_by} names {', '.join(unknown)}, which is not among the ad accounts that are "
                f"loaded ({', '.join(sorted(known))}): load ad_account first, or correct it",
                variable=ACCOUNTS_TAG if self.accounts else "PINTEREST_AD_ACCOUNT_IDS",
            )

    def _without_others(self, mine: Parents, every_account: Sequence[Row], stream: Stream) -> Parents:
        """What owners have is kept under one of their accounts: for the others nothing is to be asked."""
        if not (isinstance(stream, EntityStream) and stream.per_owner):
            return mine
        asked = {str(row["id"]) for row in one_account_per_owner(present(every_account))}
        return {**mine, "ad_account": [row for row in mine["ad_account"] if str(row["id"]) in asked]}


def check_some(accounts: Sequence[Row]) -> None:
    """Raise NoAdAccount when none of ``accounts``, rows of ad_account, is there."""
    if not accounts:
        raise NoAdAccount("no ad account is loaded: `pinterest-assets sync --select ad_account` loads them")
    if not present(accounts):
        ids = ", ".join(str(row["id"]) for row in accounts)
        raise NoAdAccount(
            f"the token no longer sees any of the ad accounts that are loaded ({ids}): ask an owner for a role on "
            "one; `pinterest-assets doctor` tells which ones it sees"
        )


def asked(tags: Mapping[str, str], settings: Settings) -> Asked:
    """What a run with ``tags`` is asked for; ``SettingError`` names a tag that cannot be used."""
    changes: dict[str, Any] = {}
    accounts: tuple[str, ...] = ()
    if ACCOUNTS_TAG in tags:
        accounts = chosen_accounts(tags[ACCOUNTS_TAG].split(","), settings, f"the run's tag {ACCOUNTS_TAG}")
        changes["ad_account_ids"] = accounts
    if METHOD_TAG in tags:
        if tags[METHOD_TAG] not in METHODS:
            raise SettingError(
                f"the run's tag {METHOD_TAG} is one of {', '.join(METHODS)}; not {tags[METHOD_TAG]!r}",
                variable=METHOD_TAG,
            )
        changes["method"] = tags[METHOD_TAG]
    return Asked(settings.model_copy(update=changes) if changes else settings, accounts, tags.get(FAILED_TAG))


def chosen_accounts(given: list[str], settings: Settings, named_by: str) -> tuple[str, ...]:
    """Ids, each once, that can be ad accounts of the project; ``named_by`` is what a refusal blames."""
    ids = tuple(dict.fromkeys(id_.strip() for id_ in given if id_.strip()))
    wrong = [id_ for id_ in ids if not re.fullmatch(r"[0-9]{1,18}", id_)]
    if wrong or not ids:
        raise SettingError(
            f"{named_by} must hold ids of digits, separated by commas; not {', '.join(map(repr, wrong or ['']))}",
            variable=named_by,
        )
    outside = [id_ for id_ in ids if settings.ad_account_ids and id_ not in settings.ad_account_ids]
    if outside:
        raise SettingError(
            f"{named_by} names {', '.join(outside)}, which PINTEREST_AD_ACCOUNT_IDS leaves out "
            f"({', '.join(settings.ad_account_ids)}): add it there, or correct it",
            variable=named_by,
        )
    return ids


def run_tags(accounts: tuple[str, ...], method: Method | None) -> dict[str, str]:
    """The tags that ask for ``accounts`` (all when empty) and ``method`` (as set when None)."""
    return {
        **({ACCOUNTS_TAG: ",".join(accounts)} if accounts else {}),
        **({METHOD_TAG: method} if method else {}),
    }
