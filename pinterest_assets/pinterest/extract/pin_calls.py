"""The call for daily numbers of organic pins, and how it divides: pin by pin, by format, by days. Pure, as all calls."""

from dataclasses import dataclass, field, replace

from pinterest_assets.pinterest.api.request import Request
from pinterest_assets.pinterest.catalog import PinAnalyticsStream
from pinterest_assets.pinterest.catalog.columns import ACCOUNT_ID
from pinterest_assets.pinterest.extract.expected import Expected
from pinterest_assets.pinterest.extract.pin_formats import VIDEO_METRICS, PinFormats
from pinterest_assets.pinterest.extract.slices import Parent, Slice
from pinterest_assets.pinterest.extract.window import Window


@dataclass(frozen=True, slots=True)
class PinAnalyticsCall:
    """Daily numbers of organic pins: up to 100 in one call where the beta is open, else a pin a call.

    Numbers of many pins come of one app type a call, those of one pin split by all of them. ``formats`` are of
    all pins of the account; of ``metrics`` those of videos are left out once they were refused.
    """

    stream: PinAnalyticsStream
    account: str
    pins: tuple[str, ...]
    window: Window
    batch: bool
    app_type: str | None = None
    metrics: tuple[str, ...] = ()
    formats: PinFormats = field(default=PinFormats(), repr=False, compare=False)

    @property
    def streams(self) -> tuple[str, ...]:
        """The table the answer feeds."""
        return (self.stream.name,)

    @property
    def slice(self) -> Slice:
        """The rows the answer is of; asked alone, a pin fails alone."""
        alone = None if self.batch else Parent("pin", "pin_id", self.pins[0])
        return Slice(self.account, self.window, alone)

    @property
    def expected(self) -> Expected:
        """What the rows of the answer must be."""
        app_types = {"app_type": frozenset(self.stream.app_types)} if self.stream.app_types else {}
        values = {"pin_id": frozenset(self.pins), **app_types}
        return Expected(self.request.label, self.window, values, (ACCOUNT_ID.name,))

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
                ("metric_types", ",".join(self.metrics or self.stream.metric_types)),
                ("ad_account_id", self.account),
                *self._split,
                *pins,
            ),
            window=(self.window.start, self.window.end),
        )

    @property
    def _split(self) -> tuple[tuple[str, str], ...]:
        if not self.stream.app_types:
            return ()
        return (("app_types", self.app_type),) if self.app_type else (("split_field", "APP_TYPE"),)

    @property
    def asks_of_videos(self) -> bool:
        """Whether numbers are asked for that only videos have."""
        return not set(self.metrics or self.stream.metric_types).isdisjoint(VIDEO_METRICS)

    def without_videos(self) -> "PinAnalyticsCall":
        """The same question without the numbers that only videos have."""
        asked = (name for name in self.stream.metric_types if name not in VIDEO_METRICS)
        return replace(self, metrics=tuple(asked))

    def by_format(self) -> "tuple[PinAnalyticsCall, ...]":
        """The same question of videos and of other pins apart; nothing when they are all alike."""
        videos = tuple(pin for pin in self.pins if pin in self.formats.videos)
        others = tuple(pin for pin in self.pins if pin not in self.formats.videos)
        return (replace(self, pins=videos), replace(self, pins=others)) if videos and others else ()

    def singles(self) -> "tuple[PinAnalyticsCall, ...]":
        """The same question pin by pin; none where the call for the first app type asks for all of them."""
        if self.app_type and self.app_type != self.stream.app_types[0]:
            return ()
        return tuple(replace(self, pins=(pin,), batch=False, app_type=None) for pin in self.pins)

    def halves(self) -> "tuple[PinAnalyticsCall, ...]":
        """The same question in two windows; nothing when it is down to a day."""
        if self.window.days == 1:
            return ()
        return tuple(replace(self, window=part) for part in self.window.split((self.window.days + 1) // 2))
