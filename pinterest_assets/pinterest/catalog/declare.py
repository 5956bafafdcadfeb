"""Completes a stream's line: category, key, links and columns that follow from what was said."""

from collections.abc import Iterator, Mapping

from pinterest_assets.pinterest.catalog.columns import ACCOUNT_ID
from pinterest_assets.pinterest.catalog.lists import EntityStream, Pages
from pinterest_assets.pinterest.catalog.metrics import (
    ATTRIBUTION,
    CORE_METRICS,
    PIN_METRICS,
    PIN_VIDEO_METRICS,
    REPORTED_METRICS,
)
from pinterest_assets.pinterest.catalog.model import (
    AnalyticsStream,
    BulkType,
    Category,
    Column,
    ForeignKey,
    Group,
    Level,
    PinAnalyticsStream,
)
from pinterest_assets.pinterest.catalog.path import Path
from pinterest_assets.pinterest.catalog.place import PAGE, Place
from pinterest_assets.pinterest.catalog.report_levels import TARGETING_TYPE, TARGETING_VALUE, has_report

_CATEGORY: dict[Group, Category] = {
    "ads": "ads_read",
    "audiences": "ads_read",
    "catalogs": "catalogs_read",
    "organic": "org_read",
    "people": "org_read",
    "reports": "ads_read",
    "business": "ads_read",
    "billing": "ads_read",
    "leads": "ads_read",
    "conversions": "ads_read",
    "reference": "ads_read",
    "trends": "trends_read",
    "estimates": "ads_read",
}
_LIMITED: frozenset[Group] = frozenset({"business", "billing", "leads", "trends"})
"""Groups that many a token may not read: they need scopes, roles or betas of their own."""

_SELDOM: frozenset[Group] = _LIMITED | {"conversions", "reference", "reports", "estimates"}
"""Groups of lists that change seldom."""

_ENTITY_NAMES = frozenset(
    [
        *(
            "ad_account",
            "campaign",
            "ad_group",
            "ad",
            "catalog",
            "feed",
            "product_group",
            "board",
            "board_section",
        ),
        *("audience", "business", "conversion_tag", "feed_processing_result", "order_line"),
    ]
)


def entity(  # noqa: PLR0913 - one for each thing a line can say
    name: str,
    group: Group,
    columns: tuple[Column, ...],
    *paths: str | Path,
    about: str,
    within: tuple[str, ...] = (),
    id_column: str = "id",
    statuses: bool = False,
    per_owner: bool = False,
    never: tuple[str, ...] = (),
    links: Mapping[str, str] | None = None,
    bulk: BulkType | None = None,
    key: tuple[str, ...] = (),
    rows: str | tuple[str, ...] = PAGE.text,
    pages: Pages | None = None,
    limited: bool | None = None,
    where: Mapping[str, str] | None = None,
    latest: tuple[str, str] | None = None,
    carried: tuple[str, ...] = (),
    seldom: bool = False,
    step: str = "",
    category: Category | None = None,
) -> EntityStream:
    """A list of entities. ``within`` names what an id is unique in (nothing: everywhere).

    ``links`` adds foreign keys whose column is not simply ``<stream>_id``. ``key`` is for rows without an
    id, ``rows`` for those that do not stand in pages; a ``category`` is named where it is not the group's.
    """
    places = (rows,) if isinstance(rows, str) else rows
    return EntityStream(
        name=name,
        group=group,
        category=category or _CATEGORY[group],
        description=about,
        columns=columns,
        key=key or (*(f"{stream}_id" for stream in within), id_column),
        foreign_keys=tuple(_foreign_keys(columns, links or {})),
        paths=tuple(path if isinstance(path, Path) else Path(path) for path in paths),
        statuses=statuses,
        per_owner=per_owner,
        never=never,
        bulk=bulk,
        places=tuple(map(Place, places)),
        pages=pages or ("all" if all(place.startswith(PAGE.text) for place in places) else "none"),
        limited=group in _LIMITED if limited is None else limited,
        where=tuple((name, tuple(values.split("|"))) for name, values in (where or {}).items()),
        latest=latest,
        carried=carried,
        seldom=seldom or group in _SELDOM,
        step=step,
    )


def _foreign_keys(columns: tuple[Column, ...], links: Mapping[str, str]) -> Iterator[ForeignKey]:
    for column in columns:
        parent = links.get(column.name, column.name.removesuffix("_id"))
        if column.name.endswith("_id") and parent in (*_ENTITY_NAMES, *links.values()):
            yield ForeignKey(column.name, parent)


def analytics(level: Level) -> AnalyticsStream:
    """Daily numbers of one level; the key is the day and the level's entity."""
    return AnalyticsStream(
        name=f"{level.name}_analytics",
        group="analytics",
        category="ads_analytics",
        description=f"Daily numbers by {_words(level.name)}",
        columns=(*_dimensions(level), *CORE_METRICS, *REPORTED_METRICS, *ATTRIBUTION),
        key=("date", level.id_column),
        foreign_keys=_level_links(level),
        level=level,
        measures=(*CORE_METRICS, *REPORTED_METRICS),
        if_reported=frozenset(column.name for column in REPORTED_METRICS),
    )


def targeting(level: Level, *types: str) -> Iterator[AnalyticsStream]:
    """Daily numbers of one level broken by targeting types, a stream each; the value joins the key."""
    for kind in types:
        if kind not in level.targeting_types:
            raise ValueError(f"targeting type {kind} does not exist at level {level.name}")
        reported = REPORTED_METRICS if has_report(level.report_level, kind) else ()
        yield AnalyticsStream(
            name=f"{level.name}_targeting_analytics_{kind.lower()}",
            group="targeting",
            category="ads_analytics",
            description=f"Daily numbers by {_words(level.name)} and {_words(kind.lower())}",
            columns=(
                *_dimensions(level),
                Column("targeting_type", "VARCHAR", "What the numbers are broken by", TARGETING_TYPE),
                Column(
                    "targeting_value",
                    "VARCHAR",
                    f"The {_words(kind.lower())} the numbers are of",
                    TARGETING_VALUE,
                ),
                *CORE_METRICS,
                *reported,
                *ATTRIBUTION,
            ),
            key=("date", level.id_column, "targeting_value"),
            foreign_keys=_level_links(level),
            level=level,
            measures=(*CORE_METRICS, *reported),
            if_reported=frozenset(column.name for column in reported),
            targeting_type=kind,
        )


def pins(name: str, *, about: str, app_types: tuple[str, ...] = ()) -> PinAnalyticsStream:
    """Daily numbers of organic pins; with ``app_types`` a row for each of them, which joins the key."""
    measures = (*PIN_METRICS, *PIN_VIDEO_METRICS)
    app_type = Column("app_type", "VARCHAR", f"App or device the numbers are of: {', '.join(app_types)}")
    dimensions = (
        Column("date", "DATE", "Day of the numbers, in UTC"),
        Column("pin_id", "VARCHAR", "Pin the numbers are of"),
        *((app_type,) if app_types else ()),
    )
    status = Column("data_status", "VARCHAR", "Whether the day is final: READY, or why not yet")
    return PinAnalyticsStream(
        name=name,
        group="organic",
        category="org_analytics",
        description=about,
        columns=(*dimensions, ACCOUNT_ID, status, *measures),
        key=tuple(column.name for column in dimensions),
        foreign_keys=(ForeignKey(ACCOUNT_ID.name, "ad_account"), ForeignKey("pin_id", "pin")),
        path="/pins/{pin_id}/analytics",
        batch_path="/pins/analytics",
        metric_types=tuple(measure.source for measure in measures),
        app_types=app_types,
    )


def _dimensions(level: Level) -> tuple[Column, ...]:
    date = Column("date", "DATE", "Day of the numbers, in UTC", source="DATE")
    if level.id_column == ACCOUNT_ID.name:
        return (
            date,
            Column("ad_account_id", "VARCHAR", "Ad account the numbers are of", source=level.id_field),
        )
    of = Column(
        level.id_column, "VARCHAR", f"The {_words(level.name)} the numbers are of", source=level.id_field
    )
    return (date, of, ACCOUNT_ID)


def _level_links(level: Level) -> tuple[ForeignKey, ...]:
    links = {ACCOUNT_ID.name: "ad_account", level.id_column: level.entity}
    return tuple(ForeignKey(column, parent) for column, parent in links.items())


def _words(name: str) -> str:
    return name.replace("_", " ")
