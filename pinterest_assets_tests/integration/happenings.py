"""What may happen to an account, and to the readings of it, as Hypothesis draws it; and what Pinterest sends then."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from pinterest_assets_tests.project import last_days

NUMBERS = "campaign_analytics"
LISTS = ("ad_account", "campaign", "ad_group", "board", "pin_on_board")
WINDOW = last_days(4)
DAYS = tuple(WINDOW.start + timedelta(days=day) for day in range(WINDOW.days))

PATHS = {
    "ad_account": r"^/ad_accounts\?",
    "campaign": r"/{account}/campaigns\?",
    "ad_group": r"/{account}/ad_groups\?",
    "board": r"^/boards\?.*ad_account_id={account}",
    "pin_on_board": "/boards/{board}/pins",
    NUMBERS: "/{account}/campaigns/analytics",
}
REFUSED = {"status": 400, "json": {"code": 1, "message": "Invalid parameters."}}
FAULTS: dict[str, dict[str, Any]] = {
    "refused": REFUSED,
    "breaks off after a page": REFUSED,
    "not permitted": {"status": 403, "json": {"code": 29, "message": "You are not permitted to do that."}},
    "not found": {"status": 404},
    "not found after a page": {"status": 404},
    "pages in a circle": {"repeat_bookmark": True},
    "another answer, once": {"status": 200, "json": {"surprise": True}, "times": 1},
    "cut off, once": {"cut": True, "times": 1},
}


NOT_FOUND = ("pin_on_board", "not found")
"""What is said of a board tells that it is gone, and its pins with it; of anything else it is a failure."""


@dataclass(frozen=True)
class Drift:
    """What Pinterest's answers have become, and what is to be in the tables then."""

    added: bool = False
    vanished: bool = False
    turned: bool = False

    def campaigns(self, answer: Any) -> None:
        for item in answer["items"]:
            if self.added:
                item["surprise"] = 7
            if self.vanished:
                del item["objective_type"]
            if self.turned:
                item["daily_spend_cap"] = {"value": 5}

    def numbers(self, answer: Any) -> None:
        for row in answer:
            if self.turned and row.get("TOTAL_CLICKTHROUGH"):
                row["TOTAL_CLICKTHROUGH"] = "n/a"

    def row(self, stream: str, row: dict[str, Any]) -> dict[str, Any]:
        if stream == "campaign":
            added = {"surprise": 7} if self.added else {}
            vanished = {"objective_type": None} if self.vanished else {}
            aside = {"daily_spend_cap": None, "_unparsed": {"daily_spend_cap": {"value": 5}}}
            return {**row, **added, **vanished, **(aside if self.turned else {})}
        if stream == NUMBERS and self.turned and row["total_clickthrough"]:
            return {**row, "total_clickthrough": None, "_unparsed": {"total_clickthrough": "n/a"}}
        return row


Spoiled = tuple[tuple[str, int, str], ...]
"""What goes wrong in a run: of which stream, for which account or board (by position), and how."""


@dataclass(frozen=True)
class Reading:
    """A run: which streams, days and account (by position; all when None), and what goes wrong in it."""

    streams: tuple[str, ...]
    days: tuple[date, date] = (DAYS[0], DAYS[-1])
    account: int | None = None
    spoiled: Spoiled = ()


@dataclass(frozen=True)
class Retry:
    """What failed is read again, and nothing else."""

    spoiled: Spoiled = ()


@dataclass(frozen=True)
class Change:
    """Something that happens at Pinterest: what, to which (by position), and with which word or number."""

    what: str
    kind: str = "campaign"
    which: int = 0
    word: str = ""
    number: int = 1


POSITIONS = st.integers(0, 999)
KINDS = st.sampled_from(("campaign", "ad_group", "pin"))
CHANGES = st.one_of(
    st.builds(Change, st.just("restate"), which=POSITIONS, number=st.integers(1, 10**6)),
    st.builds(Change, st.just("rename"), KINDS | st.just("ad_account"), POSITIONS, st.text(max_size=9)),
    st.builds(Change, st.just("archive"), which=POSITIONS, word=st.sampled_from(("ARCHIVED", "PAUSED"))),
    st.builds(Change, st.sampled_from(("add", "remove")), KINDS, POSITIONS),
    st.builds(Drift, st.booleans(), st.booleans(), st.booleans()),
)


def spoiled(streams: tuple[str, ...], which: st.SearchStrategy[int]) -> st.SearchStrategy[Spoiled]:
    one = st.tuples(st.sampled_from(streams), which, st.sampled_from(sorted(FAULTS)))
    return st.lists(one, max_size=2).map(tuple)


@st.composite
def readings(draw: st.DrawFn, *choice: str) -> Reading:
    streams = tuple(sorted(draw(st.sets(st.sampled_from(choice), min_size=1, max_size=2))))
    first, last = sorted(draw(st.tuples(st.sampled_from(DAYS), st.sampled_from(DAYS))))
    account = draw(st.sampled_from((None, None, 0, 1)))
    which = POSITIONS if account is None or "pin_on_board" in streams else st.just(account)
    return Reading(streams, (first, last), account, draw(spoiled(streams, which)))


RUNS = st.one_of(
    readings(NUMBERS),
    readings(*LISTS),
    readings(*LISTS),
    st.builds(Retry, spoiled((*LISTS, NUMBERS), POSITIONS)),
)
TURNS = st.tuples(st.lists(CHANGES, max_size=3), RUNS)
