"""Columns of boards, pins and who follows whom."""

from pinterest_assets.pinterest.catalog.columns import ACCOUNT_ID, READ_ON, columns
from pinterest_assets.pinterest.catalog.model import Column

BOARD = (
    ACCOUNT_ID,
    *columns(
        id=("VARCHAR", "Id of the board"),
        name=("VARCHAR", "Name of the board"),
        description=("VARCHAR", "Text that describes the board"),
        privacy=("VARCHAR", "Public, protected or secret"),
        owner=("JSON", "User account that owns the board"),
        media=("JSON", "Cover images"),
        pin_count=("BIGINT", "Pins on the board"),
        follower_count=("BIGINT", "Followers of the board"),
        collaborator_count=("BIGINT", "People who may add pins"),
        is_ads_only=("BOOLEAN", "Whether the board holds ads only"),
        created_at=("TIMESTAMP", "When the board was made"),
        board_pins_modified_at=("TIMESTAMP", "When pins were last put on the board"),
    ),
)

BOARD_SECTION = (
    ACCOUNT_ID,
    Column("board_id", "VARCHAR", "Board of the section"),
    *columns(
        id=("VARCHAR", "Id of the section"),
        name=("VARCHAR", "Name of the section"),
    ),
)

_PIN_FACTS = columns(
    title=("VARCHAR", "Title of the pin"),
    description=("VARCHAR", "Text of the pin"),
    alt_text=("VARCHAR", "Text for people who do not see the image"),
    link=("VARCHAR", "Where the pin leads"),
    note=("VARCHAR", "Private note on the pin"),
    creative_type=("VARCHAR", "Format of the pin"),
    media=("JSON", "Images or video of the pin"),
    dominant_color=("VARCHAR", "Main colour, as a hex code"),
    board_owner=("JSON", "User account that owns the board"),
    parent_pin_id=("VARCHAR", "Pin this one was saved from"),
    product_tags=("JSON", "Products tagged on the pin"),
    is_owner=("BOOLEAN", "Whether the account owns the pin"),
    is_standard=("BOOLEAN", "Whether it is a standard pin"),
    has_been_promoted=("BOOLEAN", "Whether the pin was ever an ad"),
    pin_metrics=("JSON", "Numbers of the last 90 days and of the pin's life"),
    created_at=("TIMESTAMP", "When the pin was made"),
)
_SECTION = Column("board_section_id", "VARCHAR", "Section of the board the pin is in")
_BOARD = Column("board_id", "VARCHAR", "Board the pin is on")
_PIN_ID = Column("pin_id", "VARCHAR", "Id of the pin", source="id")

PIN = (ACCOUNT_ID, Column("id", "VARCHAR", "Id of the pin"), _BOARD, _SECTION, *_PIN_FACTS)
PIN_ON_BOARD = (ACCOUNT_ID, _BOARD, _PIN_ID, _SECTION, *_PIN_FACTS)
PIN_ON_BOARD_SECTION = (ACCOUNT_ID, _BOARD, _SECTION, _PIN_ID, *_PIN_FACTS)

USER_ACCOUNT = (
    ACCOUNT_ID,
    *columns(
        id=("VARCHAR", "Id of the user account"),
        username=("VARCHAR", "Name in links"),
        account_type=("VARCHAR", "Pinner or business"),
        business_name=("VARCHAR", "Name of the business"),
        about=("VARCHAR", "Text on the profile"),
        website_url=("VARCHAR", "Site on the profile"),
        profile_image=("VARCHAR", "Picture of the profile"),
        board_count=("BIGINT", "Boards"),
        pin_count=("BIGINT", "Pins made and saved"),
        follower_count=("BIGINT", "Followers"),
        following_count=("BIGINT", "Accounts that are followed"),
        monthly_views=("BIGINT", "Views of the last 30 days"),
    ),
)

LINKED_BUSINESS = columns(
    username=("VARCHAR", "Name of the linked business account"),
    image_small_url=("VARCHAR", "Its picture, small"),
    image_medium_url=("VARCHAR", "Its picture, medium"),
    image_large_url=("VARCHAR", "Its picture, large"),
    image_xlarge_url=("VARCHAR", "Its picture, extra large"),
)

FOLLOWER = columns(
    username=("VARCHAR", "Account that follows the token's user"),
    type=("VARCHAR", "Kind of object, always user"),
)
FOLLOWING = (
    ACCOUNT_ID,
    *columns(
        username=("VARCHAR", "Account that the owner follows"),
        type=("VARCHAR", "Kind of object, always user"),
    ),
)
FOLLOWED_BOARD = BOARD

WEBSITE = columns(
    website=("VARCHAR", "Site that the token's user has claimed"),
    status=("VARCHAR", "How far the claim is"),
    verified_at=("TIMESTAMP", "When it was verified"),
)

MEDIA = columns(
    media_id=("VARCHAR", "Id of the upload"),
    media_type=("VARCHAR", "Kind of media, always video"),
    status=("VARCHAR", "How far it is"),
)

_TOP = (
    READ_ON,
    ACCOUNT_ID,
    Column("sort_by", "VARCHAR", "What the pins are best by"),
    Column("rank", "BIGINT", "Place in the list, from 1", "#"),
    Column("pin_id", "VARCHAR", "The pin; it may be another account's that leads to a claimed site"),
    Column("data_status", "JSON", "Whether each number is final"),
    Column(
        "latest_available_timestamp",
        "TIMESTAMP",
        "Until when the numbers reach",
        "/date_availability/latest_available_timestamp",
    ),
    Column(
        "is_realtime", "BOOLEAN", "Whether the numbers are of this moment", "/date_availability/is_realtime"
    ),
)


def _counts(**numbers: str) -> tuple[Column, ...]:
    return tuple(Column(name.lower(), "DOUBLE", text, name, additive=True) for name, text in numbers.items())


def _ratio(name: str, text: str) -> Column:
    return Column(name.lower(), "DOUBLE", text, name)


_SHOWN = _counts(IMPRESSION="Times shown", OUTBOUND_CLICK="Clicks that led away", SAVE="Saves")
_TOP_NUMBERS = (
    *_SHOWN,
    *_counts(ENGAGEMENT="Clicks and saves"),
    _ratio("ENGAGEMENT_RATE", "Engagement by impressions"),
    _ratio("OUTBOUND_CLICK_RATE", "Clicks that led away, by impressions"),
    *_counts(PIN_CLICK="Clicks on the pin"),
    _ratio("PIN_CLICK_RATE", "Clicks on the pin, by impressions"),
    _ratio("SAVE_RATE", "Saves by impressions"),
)
TOP_PIN = (*_TOP, *_TOP_NUMBERS)
TOP_VIDEO_PIN = (
    *_TOP,
    *_SHOWN,
    *_counts(
        QUARTILE_95_PERCENT_VIEW="Views to 95 percent of the video", VIDEO_10S_VIEW="Views of ten seconds"
    ),
    _ratio("VIDEO_AVG_WATCH_TIME", "Time watched, on average"),
    *_counts(
        VIDEO_MRC_VIEW="Views as the Media Rating Council counts them",
        VIDEO_START="Videos that began to play",
        VIDEO_V50_WATCH_TIME="Time watched with half of the video in sight",
    ),
)

USER_ACCOUNT_ANALYTICS = (
    Column("date", "DATE", "Day of the numbers, in UTC"),
    ACCOUNT_ID,
    Column("split_field", "VARCHAR", "What the numbers are split by; NO_SPLIT has all of the account"),
    Column("split_value", "VARCHAR", "The part of the split, all without one"),
    Column("data_status", "VARCHAR", "Whether the day is final: READY, or why not yet"),
    *_TOP_NUMBERS,
)
