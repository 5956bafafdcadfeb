"""Columns of what is known before anything is spent: the lowest bids, bids for items, and how many people can be reached."""

from pinterest_assets.pinterest.catalog.columns import ACCOUNT_ID, READ_ON, columns

BID_FLOOR = (
    READ_ON,
    ACCOUNT_ID,
    *columns(
        country=("VARCHAR", "Country the ads are for, ISO 3166 code"),
        objective_type=("VARCHAR", "Objective of the campaign"),
        billable_event=("VARCHAR", "What is charged for"),
        currency=("VARCHAR", "Currency of the bid, the account's own, ISO 4217 code"),
        bid_floor=("BIGINT", "Lowest bid that is taken, in millionths of the currency"),
    ),
)

AD_GROUP_AUDIENCE_SIZE = (
    READ_ON,
    ACCOUNT_ID,
    *columns(
        ad_group_id=("VARCHAR", "Ad group whose targeting it is"),
        audience_size_lower_bound=("DOUBLE", "People that can be reached in a month, at least"),
        audience_size_upper_bound=("DOUBLE", "People that can be reached in a month, at most"),
    ),
)

ITEM_BID_OPTION = (
    ACCOUNT_ID,
    *columns(
        catalog_id=("VARCHAR", "Catalog of the item"),
        item_id=("VARCHAR", "Id of the item, the merchant's own"),
        country=("VARCHAR", "Country the item is sold in, ISO 3166 code"),
        language=("VARCHAR", "Language of the item, ISO 639 code"),
        bid_in_micro_currency=(
            "BIGINT",
            "Bid for the item, in millionths of the account's currency; 0: it is not shown",
        ),
        app_type_multipliers=("JSON", "Factors on the bid by device"),
        placement_multipliers=("JSON", "Factors on the bid by place"),
    ),
)
