"""The calls a plan is made of: each knows its request, the streams it feeds and how it divides.

Pure: a call is made from names, ids and days and asks nothing by itself. Which calls there are is
decided in ``plan``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from pinterest_assets.pinterest.api.request import Request
from pinterest_assets.pinterest.catalog import AnalyticsStream, PinAnalyticsStream
from pinterest_assets.pinterest.extract.entity_calls import BulkCall, EntityCall


@dataclass(frozen=True, slots=True)
class Window:
    """An inclusive range of UTC days."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.start > self.end:
            raise ValueError(f"the window starts on {self.start}, after its end on {self.end}")

    @property
    def days(self) -> int:
        """How many days the window holds."""
        return (self.end - self.start).days + 1

    def split(self, longest: int) -> tuple["Window", ...]:
        """Windows of at most ``longest`` days that follow each other and fill this one."""
        windows, start = [], self.start
        while start <= self.end:
            end = min(self.end, start + timedelta(days=longest - 1))
            windows.append(Window(start, end))
            start = end + timedelta(days=1)
        return tuple(windows)


@dataclass(frozen=True, slots=True)
class Attribution:
    """The attribution setting of an analytics call; Pinterest's own default."""

    click_window_days: int = 30
    engagement_window_days: int = 30
    view_window_days: int = 1
    conversion_report_time: str = "TIME_OF_AD_ACTION"

    def as_columns(self) -> dict[str, int | str]:
        """The setting as it is kept on each row."""
        return {name: getattr(self, name) for name in self.__slots__}

    def as_params(self) -> tuple[tuple[str, str], ...]:
        """The setting as query parameters, which have the columns' names."""
        return tuple((name, str(value)) for name, value in self.as_columns().items())


DEFAULT_ATTRIBUTION = Attribution()


@dataclass(frozen=True, slots=True)
class AnalyticsCall:
    """Daily numbers of up to 250 ids of one account; with targeting types, all breakdowns at once.

    ``may_be_refused`` is of entities that are gone: whether Pinterest still has their numbers is
    written nowhere.
    """

    feeds: tuple[AnalyticsStream, ...]
    account: str
    ids: tuple[str, ...]
    window: Window
    columns: tuple[str, ...]
    attribution: Attribution = DEFAULT_ATTRIBUTION
    may_be_refused: bool = False

    @property
    def streams(self) -> tuple[str, ...]:
        """The tables the answer feeds."""
        return tuple(stream.name for stream in self.feeds)

    @property
    def targeting_types(self) -> tuple[str, ...]:
        """The breakdowns asked for; none for the plain numbers of a level."""
        return tuple(stream.targeting_type for stream in self.feeds if stream.targeting_type)

    @property
    def member(self) -> str | None:
        """Where the rows stand in the answer: breakdowns come in an object, plain numbers do not."""
        return "data" if self.targeting_types else None

    @property
    def request(self) -> Request:
        """What is asked. Lists of names go in one parameter, ids in one parameter each."""
        level = self.feeds[0].level
        path = (level.targeting_path if self.targeting_types else level.path) or ""
        ids = tuple((level.ids_param, id_) for id_ in self.ids) if level.ids_param else ()
        types = (("targeting_types", ",".join(self.targeting_types)),) if self.targeting_types else ()
        return Request(
            category=self.feeds[0].category,
            path=path.format(ad_account_id=self.account),
            params=(
                ("start_date", self.window.start.isoformat()),
                ("end_date", self.window.end.isoformat()),
                ("granularity", "DAY"),
                ("columns", ",".join(self.columns)),
                *types,
                *self.attribution.as_params(),
                *ids,
            ),
            window=(self.window.start, self.window.end),
        )

    def halves(self) -> "tuple[AnalyticsCall, ...]":
        """The same question in two: by days, then by ids; nothing when it cannot get smaller."""
        if self.window.days > 1:
            return tuple(
                replace(self, window=part) for part in self.window.split((self.window.days + 1) // 2)
            )
        if len(self.ids) > 1:
            middle = len(self.ids) // 2
            return replace(self, ids=self.ids[:middle]), replace(self, ids=self.ids[middle:])
        return ()


@dataclass(frozen=True, slots=True)
class PinAnalyticsCall:
    """Daily numbers of organic pins: up to 100 in one call where the beta is open, else a pin a call."""

    stream: PinAnalyticsStream
    account: str
    pins: tuple[str, ...]
    window: Window
    batch: bool

    @property
    def streams(self) -> tuple[str, ...]:
        """The table the answer feeds."""
        return (self.stream.name,)

    @property
    def request(self) -> Request:
        """What is asked, as the owner of the account."""
        pins = tuple(("pin_ids", pin) for pin in self.pins) if self.batch else ()
        return Request(
            category=self.stream.category,
            path=self.stream.batch_path if self.batch else self.stream.path.format(pin_id=self.pins[0]),
            params=(
                ("start_date", self.window.start.isoformat()),
                ("end_date", self.window.end.isoformat()),
                ("metric_types", ",".join(self.stream.metric_types)),
                ("ad_account_id", self.account),
                *pins,
            ),
            window=(self.window.start, self.window.end),
        )

    def singles(self) -> "tuple[PinAnalyticsCall, ...]":
        """The same question pin by pin."""
        return tuple(replace(self, pins=(pin,), batch=False) for pin in self.pins)

    def halves(self) -> "tuple[PinAnalyticsCall, ...]":
        """The same question in two windows; nothing when it is down to a day."""
        if self.window.days == 1:
            return ()
        return tuple(replace(self, window=part) for part in self.window.split((self.window.days + 1) // 2))


Call = EntityCall | BulkCall | AnalyticsCall | PinAnalyticsCall
Row = Mapping[str, object]
"""One row of a parent table: column to value."""
