"""Everything that can go wrong with Pinterest, each class named for what to do about it.

    PinterestError
    ├── SettingError              fix the setting it names, nothing was asked of Pinterest
    ├── BeyondHorizon             ask for later days: Pinterest no longer serves those
    ├── AuthenticationFailed      put a new token or run `pinterest-assets auth`
    │   └── TokenEnded            the same: every other call would end so, and none is made
    ├── RenewalFailed             run again later: no usable answer came in place of a refresh token
    ├── AccessDenied              give the token the scope, or its user the role, that it names
    │   └── BetaClosed            do without, or ask Pinterest to open the beta
    ├── NoAdAccount               ask an owner for a role on an ad account, or load the list of accounts
    ├── AccountBlocked            a human must settle it in Pinterest's business hub
    ├── NotFound                  go on without: it was deleted, or is not the token's to see
    ├── NoCatalog                 go on without: the account has no catalog
    ├── RequestRefused            fix the request: asking again gives the same answer
    │   └── WindowRefused         ask for fewer days back
    ├── ReportFailed              ask for less in one report: Pinterest could not make this one
    ├── ClockWrong                set this machine's clock: days that are not over would be taken for whole
    ├── InsecureConnection        fix the certificate or the address before any secret is sent
    ├── AnswerTooLarge            ask for less at a time
    ├── UnexpectedValue           give up on the answer: a field holds what its type does not allow
    ├── UnusableRows              give up on the answer: rows lack their key, or are not what was requested
    ├── RepeatedBookmark          give up: the pages go round in a circle
    └── TryAgain                  ask again later (the client already did, within its patience)
        ├── RateLimited           wait ``wait_seconds``
        │   └── BudgetSpent       go on tomorrow: the calls of the day are spent, ``spent`` of them
        ├── Unavailable           Pinterest or the network is down
        │   └── Unreachable       the same, and nothing was sent
        ├── TimedOut              the answer took too long: ask for less at a time
        │   └── ReportNotReady    run again: the report is still being made and will be picked up
        ├── ReportLost            run again: Pinterest no longer has the report, twice in a row
        ├── LinkRefused           run again: the store of files refuses fresh links to the report
        └── AnswerUnreadable      the answer was cut off, empty or not what was promised

Messages are one line and carry no token, secret, query or signed URL. Which answer becomes which
class is decided in ``refusals``; which are tried again, and how often, in ``patience``.
"""

# ruff: noqa: N818 - the names say what to do; "Error" at the end of each would say nothing more


class PinterestError(Exception):
    """The root. Attributes are None where they do not apply.

    ``status`` is the HTTP status, ``code`` Pinterest's own, ``request_id`` what Pinterest's support
    asks for, ``path`` the path below the base URL, without its query.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: int | None = None,
        request_id: str | None = None,
        path: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.request_id = request_id
        self.path = path

    def of_answer(self, request_id: str | None) -> "PinterestError":
        """The same error, which says what answer it is about unless it does already."""
        if request_id and self.request_id is None:
            self.request_id = request_id
            self.args = (f"{self}; request id {request_id}",)
        return self


class SettingError(PinterestError):
    """A setting is missing or impossible; ``variable`` is its environment variable."""

    def __init__(
        self,
        message: str,
        *,
        variable: str = "",
        status: int | None = None,
        code: int | None = None,
        request_id: str | None = None,
        path: str | None = None,
    ) -> None:
        super().__init__(message, status=status, code=code, request_id=request_id, path=path)
        self.variable = variable


class BeyondHorizon(PinterestError):
    """Days were requested that no endpoint serves; nothing was asked of Pinterest."""


class AuthenticationFailed(PinterestError):
    """Pinterest does not accept the token, and it could not be renewed."""


class TokenEnded(AuthenticationFailed):
    """The refresh token is refused, or several calls in a row were: it is not one call's fault alone."""


class RenewalFailed(PinterestError):
    """The access token could not be renewed now; the tries are spent, and nothing else was asked."""


class AccessDenied(PinterestError):
    """The token is good, but lacks a scope, or its user lacks a role."""


class BetaClosed(AccessDenied):
    """The endpoint is a beta that is not open to this app or account."""


class NoAdAccount(PinterestError):
    """The token sees no ad account, or none that is loaded is still there: nothing can be requested."""


class AccountBlocked(PinterestError):
    """Pinterest has disapproved the account (2625) or is reviewing it (2626)."""


class NotFound(PinterestError):
    """There is no such thing, or not for this token."""


class NoCatalog(PinterestError):
    """The account has no catalog, so there is nothing to list."""


class RequestRefused(PinterestError):
    """Pinterest says the request is wrong."""


class WindowRefused(RequestRefused):
    """Pinterest says that the days are too far back."""


class ReportFailed(PinterestError):
    """Pinterest tried to make a report and says that it failed; the same one would fail again."""


class ClockWrong(PinterestError):
    """This machine's clock is ahead of Pinterest's, and the last day asked for is not over there."""


class InsecureConnection(PinterestError):
    """The server could not prove who it is, or the address is not encrypted."""


class AnswerTooLarge(PinterestError):
    """The decoded answer exceeds the client's limit in bytes."""


class UnexpectedValue(PinterestError):
    """A field holds something its type does not allow; nothing is guessed and nothing stored."""


NOTHING_STORED = (
    "nothing of it was stored, and what the table has stays: run `pinterest-assets retry`, and update "
    "pinterest_assets if it comes again"
)
"""What a line says at its end that tells of rows which cannot be used."""


class UnusableRows(PinterestError):
    """Rows came that lack their key, are of another slice, or hold nothing that was requested; none is stored."""


class RepeatedBookmark(PinterestError):
    """A page named a bookmark that was already followed."""


class TryAgain(PinterestError):
    """The same request may succeed later."""


class RateLimited(TryAgain):
    """The budget is spent; ``wait_seconds`` is how long to wait, or None when nobody told."""

    def __init__(
        self,
        message: str,
        *,
        wait_seconds: float | None = None,
        status: int | None = None,
        code: int | None = None,
        request_id: str | None = None,
        path: str | None = None,
    ) -> None:
        super().__init__(message, status=status, code=code, request_id=request_id, path=path)
        self.wait_seconds = wait_seconds


class BudgetSpent(RateLimited):
    """The calls of a day are spent, or those left are kept for what is more valuable; nothing was asked."""

    spent: int | None = None


class Unavailable(TryAgain):
    """No usable answer: a 5xx, or the network, a proxy or the name service failed."""


class Unreachable(Unavailable):
    """No connection could be made, so Pinterest never saw the request."""


class TimedOut(TryAgain):
    """The answer did not come in time."""


class ReportNotReady(TimedOut):
    """A report was still being made when patience ended; its token is kept for the next run."""


class ReportLost(TryAgain):
    """A report expired, was cancelled or is unknown to Pinterest, and so was the one made instead."""


class LinkRefused(TryAgain):
    """The store of files does not honour the link to a report, neither the first nor fresh ones."""


class AnswerUnreadable(TryAgain):
    """The answer is cut off, empty, not JSON, or without what it must hold."""
