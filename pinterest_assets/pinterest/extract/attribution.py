"""The attribution that numbers are read with: what counts as a conversion of an ad."""

from dataclasses import dataclass

from pinterest_assets.pinterest.catalog.limits import PUBLISHED_WINDOWS


@dataclass(frozen=True, slots=True)
class Attribution:
    """The attribution setting of an analytics call; Pinterest's own default."""

    click_window_days: int = 30
    engagement_window_days: int = 30
    view_window_days: int = 1
    conversion_report_time: str = "TIME_OF_AD_ACTION"
    attribution_types: tuple[str, ...] = ()

    @property
    def windows(self) -> tuple[int, int, int]:
        """Days after a click, an engagement and a view."""
        return self.click_window_days, self.engagement_window_days, self.view_window_days

    @property
    def warning(self) -> str | None:
        """What is doubtful about the windows, if anything; Pinterest may serve them all the same."""
        if self.windows in PUBLISHED_WINDOWS:
            return None
        return (
            f"attribution windows of {'/'.join(map(str, self.windows))} days (click/engagement/view) are none of "
            f"the {len(PUBLISHED_WINDOWS)} combinations that are published: conversions may be refused or empty"
        )

    def as_columns(self) -> dict[str, int | str | None]:
        """The setting as it is kept on each row."""
        plain = {name: getattr(self, name) for name in self.__slots__}
        return {**plain, "attribution_types": ",".join(self.attribution_types) or None}

    def as_params(self) -> tuple[tuple[str, str], ...]:
        """The setting as query parameters, which have the columns' names; nothing for what is not set."""
        return tuple((name, str(value)) for name, value in self.as_columns().items() if value is not None)


DEFAULT_ATTRIBUTION = Attribution()
