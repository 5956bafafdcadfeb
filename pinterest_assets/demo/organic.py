"""Boards, sections and pins of the owners.

The first boards of an owner are fixed cases: one with two sections, one with none, a protected one
and a secret one. Which pin is on which board and in which section is decided here once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from pinterest_assets.demo import dice, ids, pin_numbers, words
from pinterest_assets.demo.hierarchy import Owner
from pinterest_assets.demo.size import DemoSize

Row = dict[str, Any]

_PRIVACY = ("PUBLIC", "PUBLIC", "PROTECTED", "SECRET", "PUBLIC")
_SECTIONS_ON = {0: 2, 2: 1, 4: 1}
_CREATIVES = ("REGULAR", "VIDEO", "CAROUSEL", "QUIZ", "REGULAR", "COLLECTION", "IDEA", "REGULAR", "VIDEO")


@dataclass(slots=True)
class Profile:
    """What one owner shows: rows as the API spells them, and who is on what."""

    owner: Owner
    boards: list[Row] = field(default_factory=list)
    sections: dict[str, list[Row]] = field(default_factory=dict)
    pins: list[Row] = field(default_factory=list)
    on_board: dict[str, list[Row]] = field(default_factory=dict)
    in_section: dict[tuple[str, str], list[Row]] = field(default_factory=dict)
    born: dict[str, date] = field(default_factory=dict)

    def privacy(self, board_id: str) -> str:
        return next(str(board["privacy"]) for board in self.boards if board["id"] == board_id)


def build(owners: tuple[Owner, ...], size: DemoSize, seed: int, today: date) -> dict[str, Profile]:
    """The profile of every owner, by the owner's id. The first owner has two thirds of the pins."""
    profiles = {}
    for owner in owners:
        share = size.pins if len(owners) == 1 else size.pins * 2 // 3
        numbers = range(share) if owner.index == 0 else range(share, size.pins)
        profile = Profile(owner)
        for nth in range(len(_PRIVACY)):
            _add_board(profile, nth, seed, today)
        for nth, index in enumerate(numbers):
            _add_pin(profile, nth, index, seed, today)
        _add_repins(profile)
        for board in profile.boards:
            board["pin_count"] = len(profile.on_board[board["id"]])
        profiles[owner.id] = profile
    return profiles


def user_account(profile: Profile) -> Row:
    """The owner's user account."""
    return {
        "id": profile.owner.id,
        "username": profile.owner.username,
        "account_type": "BUSINESS",
        "business_name": "Demo “Home”",
        "about": "",
        "profile_image": "https://i.pinimg.example/u.jpg",
        "website_url": "https://shop.example.com",
        "board_count": len(profile.boards),
        "pin_count": len(profile.pins),
        "follower_count": 1_234,
        "following_count": 56,
        "monthly_views": 78_900,
    }


def _add_board(profile: Profile, nth: int, seed: int, today: date) -> None:
    index = profile.owner.index * len(_PRIVACY) + nth
    board_id = ids.make("board", seed, index)
    made = datetime.combine(today - timedelta(days=700 - 20 * nth), time(9, 37, 18))
    changed = datetime.combine(today - timedelta(days=30 + nth), time(11, 17, 56, 715_000))
    cover = f"https://i.pinimg.example/400x300/{index}.jpg"
    profile.boards.append(
        {
            "id": board_id,
            "name": words.BOARDS[nth],
            "description": words.PIN_TEXTS[nth],
            "privacy": _PRIVACY[nth],
            "owner": {"username": profile.owner.username},
            "media": {"image_cover_url": cover, "pin_thumbnail_urls": [cover] * nth},
            "pin_count": 0,
            "follower_count": 40 * nth,
            "collaborator_count": nth,
            "is_ads_only": False,
            "created_at": made.isoformat(),
            "board_pins_modified_at": changed.isoformat(),
        }
    )
    profile.on_board[board_id] = []
    profile.sections[board_id] = []
    for number in range(_SECTIONS_ON.get(nth, 0)):
        section_id = ids.make("board_section", seed, index * 4 + number)
        profile.sections[board_id].append({"id": section_id, "name": words.SECTIONS[nth // 2 + number]})
        profile.in_section[board_id, section_id] = []


def _add_pin(profile: Profile, nth: int, index: int, seed: int, today: date) -> None:
    board = profile.boards[(nth // 2) % len(profile.boards)]
    sections = profile.sections[board["id"]]
    section = sections[nth % 2 % len(sections)] if sections and nth % 4 != 3 else None
    born = today - timedelta(days=6 if nth == 4 else 120 + 17 * nth % 400)
    moment = datetime.combine(born, time(8, nth % 60, 5, 250_000 if nth % 3 == 1 else 0))
    pin = _pin(profile.owner, nth, index, ids.make("pin", seed, index), moment)
    pin["board_id"] = board["id"]
    pin["board_section_id"] = section and section["id"]
    pin["pin_metrics"] = _inline_metrics(pin, born, today)
    profile.born[pin["id"]] = born
    profile.pins.append(pin)
    profile.on_board[board["id"]].append(pin)
    if section is not None:
        profile.in_section[board["id"], section["id"]].append(pin)


def _pin(owner: Owner, nth: int, index: int, pin_id: str, moment: datetime) -> Row:
    image = {"width": 600, "height": 900, "url": f"https://i.pinimg.example/600x/{index}.jpg"}
    return {
        "id": pin_id,
        "title": f"{words.HOOKS[nth % len(words.HOOKS)]} {index + 1}"[:100],
        "description": words.PIN_TEXTS[nth % len(words.PIN_TEXTS)],
        "alt_text": None if nth % 2 else "A room with a window",
        "link": f"https://shop.example.com/ideas/{index + 1}",
        "note": "" if nth % 3 else "private: ask Zoë",
        "creative_type": _CREATIVES[nth % len(_CREATIVES)],
        "media": {"media_type": "image", "images": {"600x": image}},
        "dominant_color": f"#{dice.below(1 << 24, pin_id):06X}",
        "board_owner": {"username": owner.username},
        "parent_pin_id": ids.make("pin", 0, 10**6 + index) if nth == 6 else None,
        "product_tags": [{"pin_id": ids.make("pin", 0, 2 * 10**6 + index)}] if nth % 4 == 1 else [],
        "is_owner": True,
        "is_standard": nth % 5 != 4,
        "has_been_promoted": nth % 5 != 4,
        "created_at": moment.isoformat(),
    }


def _add_repins(profile: Profile) -> None:
    """The first pin is on a second board as well, in no section there."""
    pin, board_id = profile.pins[0], profile.boards[1]["id"]
    profile.on_board[board_id].append({**pin, "board_id": board_id, "board_section_id": None})


def _inline_metrics(pin: Row, born: date, today: date) -> Row:
    def total(days: int) -> Row:
        rows = pin_numbers.daily(pin, born, max(born, today - timedelta(days=days)), today)
        names = (("pin_click", "PIN_CLICK"), ("impression", "IMPRESSION"), ("clickthrough", "OUTBOUND_CLICK"))
        return {name: sum(row[metric] for row in rows) for name, metric in names}

    life = pin_numbers.lifetime(pin["id"])
    ever = {**total(2_000), "reaction": life["TOTAL_REACTIONS"], "comment": life["TOTAL_COMMENTS"]}
    return {"90d": total(89), "lifetime_metrics": ever}
