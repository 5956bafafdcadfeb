"""How long the credentials go on working, told in time. Renews nothing (see ``auth``)."""

from dataclasses import dataclass
from datetime import datetime, timezone

from pinterest_assets.counts import counted
from pinterest_assets.pinterest.api.auth import AccessToken, Auth

WARN_DAYS = 14
"""How long before their end a human is asked to consent again."""

_DAY = 86_400.0
_RENEW = "run `pinterest-assets auth` to consent again"


@dataclass(frozen=True, slots=True)
class Lifetime:
    """``text`` is one line that says what to do, if there is anything; ``days`` are those left, if known."""

    text: str
    days: float | None = None
    lasts: bool = True


def lifetime(auth: Auth, now: float) -> Lifetime:
    """Whether ``auth`` works for another two weeks, as far as Pinterest told."""
    if isinstance(auth, AccessToken):
        return Lifetime(
            "an access token alone ends after a day to 30 days, and Pinterest does not tell when; with OAuth "
            "(`pinterest-assets auth`) it is renewed",
        )
    until = auth.refresh_until
    if until is None:
        return Lifetime("renewed by itself; Pinterest has not told when the refresh token ends")
    days, day = (until - now) / _DAY, datetime.fromtimestamp(until, timezone.utc).date()
    if days <= 0:
        return Lifetime(f"the refresh token ended on {day}: {_RENEW}", days, lasts=False)
    if days < WARN_DAYS:
        return Lifetime(
            f"the refresh token ends on {day}, in {counted(round(days), 'day')}: {_RENEW}", days, lasts=False
        )
    return Lifetime(f"renewed by itself; the refresh token is good until {day}", days)
