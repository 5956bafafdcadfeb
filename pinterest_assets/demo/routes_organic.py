"""The user account, boards, sections, pins, pin numbers, catalogs, feeds and product groups over HTTP."""

from __future__ import annotations

from typing import Any

from pinterest_assets.demo import organic, pin_numbers
from pinterest_assets.demo.call import Call, Route
from pinterest_assets.demo.organic import Profile
from pinterest_assets.demo.validation import ApiError, page, period
from pinterest_assets.pinterest.catalog.limits import MAX_PIN_IDS

Row = dict[str, Any]

_PRIVACY = ("ALL", "PUBLIC", "PROTECTED", "SECRET", "PUBLIC_AND_SECRET")
_METRICS = (*pin_numbers.DAILY_METRICS, *pin_numbers.LIFETIME_METRICS, *pin_numbers.VIDEO_METRICS)
_CREATIVES = [
    "REGULAR",
    "VIDEO",
    "SHOPPING",
    "CAROUSEL",
    "MAX_VIDEO",
    "SHOP_THE_PIN",
    "COLLECTION",
    "IDEA",
    "SHOWCASE",
    "QUIZ",
    "COLLAGE",
    "MAX_WIDTH_REGULAR_COLLECTION",
    "MAX_WIDTH_VIDEO_COLLECTION",
]


def _profile(call: Call) -> Profile:
    return call.world.profiles[call.owner.id]


def _user(call: Call) -> Row:
    return organic.user_account(_profile(call))


def _hidden(call: Call, kind: str) -> bool:
    return f"{kind}:read_secret" not in call.scopes


def _boards(call: Call) -> Row:
    wanted = call.query.choice("privacy", _PRIVACY, "ALL")
    allowed = set(_PRIVACY) if wanted == "ALL" else set(wanted.split("_AND_"))
    if _hidden(call, "boards"):
        allowed.discard("SECRET")
    return page(call.query, [board for board in _profile(call).boards if board["privacy"] in allowed])


def _board(call: Call) -> str:
    """The board of the path, if the owner has it and the token may see it."""
    profile, board = _profile(call), call.parts["board_id"]
    if board not in profile.on_board or (profile.privacy(board) == "SECRET" and _hidden(call, "boards")):
        raise ApiError(404, 40, "Board not found.")
    return board


def _sections(call: Call) -> Row:
    return page(call.query, _profile(call).sections[_board(call)])


def _pins(call: Call) -> Row:
    profile, protected = _profile(call), call.query.flag("include_protected_pins")
    chosen = call.query.choice(
        "pin_filter", ("", "exclude_native", "exclude_repins", "has_been_promoted"), ""
    )
    allowed = {"PUBLIC"} | ({"PROTECTED"} if protected else set())
    allowed |= set() if _hidden(call, "pins") else {"SECRET"}
    found = [pin for pin in profile.pins if profile.privacy(pin["board_id"]) in allowed]
    if chosen == "has_been_promoted":
        found = [pin for pin in found if pin["has_been_promoted"]]
    return _page_of_pins(call, found)


def _board_pins(call: Call) -> Row:
    return _page_of_pins(call, _profile(call).on_board[_board(call)])


def _section_pins(call: Call) -> Row:
    found = _profile(call).in_section.get((_board(call), call.parts["section_id"]))
    if found is None:
        raise ApiError(404, 2031, "Sorry! We couldn't find this board section.")
    return _page_of_pins(call, found)


def _page_of_pins(call: Call, pins: list[Row]) -> Row:
    kinds = call.query.choices("creative_types", _CREATIVES)
    found = [pin for pin in pins if not kinds or pin["creative_type"] in kinds]
    answer = page(call.query, found)
    if not call.query.flag("pin_metrics"):
        answer["items"] = [{**pin, "pin_metrics": None} for pin in answer["items"]]
    return answer


def _pin_analytics(call: Call) -> Row:
    is_split = call.query.choice("split_field", ("NO_SPLIT", "APP_TYPE"), "NO_SPLIT") == "APP_TYPE"
    return _measured(call, call.parts["pin_id"], is_split=is_split)


def _many_pins_analytics(call: Call) -> Row:
    if not call.beta:
        raise ApiError(403, 29, "Your app is not part of the beta of this endpoint.")
    ids = call.query.ids("pin_ids", MAX_PIN_IDS, need=True) or []
    return {pin_id: _measured(call, pin_id) for pin_id in ids}


def _measured(call: Call, pin_id: str, *, is_split: bool = False) -> Row:
    names = call.query.choices("metric_types", _METRICS, need=True)
    app_type = call.query.choice("app_types", ("ALL", *pin_numbers.APP_TYPES), "ALL")
    start, end = period(call.query, call.world.earliest())
    profile = _profile(call)
    if pin_id not in profile.born:
        raise ApiError(404, 50, "Pin not found.")
    pin = next(pin for pin in profile.pins if pin["id"] == pin_id)
    rows = pin_numbers.daily(pin, profile.born[pin_id], start, min(end, call.world.today))
    parts = [pin_numbers.by_app_type(row) for row in rows]
    if is_split:  # under which names is not in the description; these are those of the parameter
        return {part: _part(pin, [row[part] for row in parts], names) for part in pin_numbers.APP_TYPES}
    return {"all": _part(pin, rows if app_type == "ALL" else [row[app_type] for row in parts], names)}


def _part(pin: Row, rows: list[Row], names: list[str]) -> Row:
    return {
        "daily_metrics": [
            {"date": row["date"].isoformat(), "data_status": "READY", "metrics": _named(row, names)}
            for row in rows
        ],
        "lifetime_metrics": _named(pin_numbers.lifetime(pin["id"]), names),
        "summary_metrics": _named(pin_numbers.summed(rows), names),
    }


def _named(row: Row, names: list[str]) -> Row:
    return {name: row[name] for name in names if name in row}


def _catalogs(call: Call) -> Row:
    return page(call.query, call.world.shops[call.owner.id].catalogs)


def _feeds(call: Call) -> Row:
    catalog, feeds = call.query.one("catalog_id"), call.world.shops[call.owner.id].feeds
    return page(call.query, [feed for feed in feeds if catalog is None or feed.get("catalog_id") == catalog])


def _product_groups(call: Call) -> Row:
    shop, ids = call.world.shops[call.owner.id], call.query.ids("id", 1_000)
    if not shop.catalogs:
        raise ApiError(409, 4182, "Can't access this feature without an existing catalog.")
    found = [group for group in shop.product_groups if ids is None or group["id"] in ids]
    for name in ("feed_id", "catalog_id"):
        wanted = call.query.ids(name, 1)
        found = [group for group in found if wanted is None or group.get(name) in wanted]
    return page(call.query, found)


_BOTH = ("boards:read", "pins:read")

ROUTES = (
    Route("/user_account", "org_read", ("user_accounts:read",), _user),
    Route("/boards", "org_read", ("boards:read",), _boards),
    Route("/boards/{board_id}/sections", "org_read", ("boards:read",), _sections),
    Route("/boards/{board_id}/pins", "org_read", _BOTH, _board_pins),
    Route("/boards/{board_id}/sections/{section_id}/pins", "org_read", _BOTH, _section_pins),
    Route("/pins", "org_read", _BOTH, _pins),
    Route("/pins/analytics", "org_analytics", _BOTH, _many_pins_analytics),
    Route("/pins/{pin_id}/analytics", "org_analytics", _BOTH, _pin_analytics),
    Route("/catalogs", "catalogs_read", ("catalogs:read",), _catalogs),
    Route("/catalogs/feeds", "catalogs_read", ("catalogs:read",), _feeds),
    Route("/catalogs/product_groups", "catalogs_read", ("catalogs:read",), _product_groups),
)
