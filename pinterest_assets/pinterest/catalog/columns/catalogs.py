"""Columns of catalogs, feeds, product groups and what Pinterest says of them."""

from pinterest_assets.pinterest.catalog.columns import ACCOUNT_ID, columns
from pinterest_assets.pinterest.catalog.model import Column

CATALOG = (
    ACCOUNT_ID,
    *columns(
        id=("VARCHAR", "Id of the catalog"),
        name=("VARCHAR", "Name of the catalog"),
        catalog_type=("VARCHAR", "Retail, hotel or creative assets"),
        created_at=("TIMESTAMP", "When the catalog was made"),
        updated_at=("TIMESTAMP", "When the catalog was last changed"),
    ),
)

FEED = (
    ACCOUNT_ID,
    *columns(
        id=("VARCHAR", "Id of the feed"),
        catalog_id=("VARCHAR", "Catalog the feed fills"),
        catalog_type=("VARCHAR", "Retail, hotel or creative assets"),
        name=("VARCHAR", "Name of the feed"),
        status=("VARCHAR", "Whether the feed is processed"),
        format=("VARCHAR", "File format of the feed"),
        location=("VARCHAR", "Where the file is fetched from"),
        default_availability=("VARCHAR", "Availability of items that name none"),
        default_country=("VARCHAR", "Country of the feed"),
        default_currency=("VARCHAR", "Currency of items that name none"),
        default_locale=("VARCHAR", "Language of the feed"),
        preferred_processing_schedule=("JSON", "When the file is fetched each day"),
        created_at=("TIMESTAMP", "When the feed was made"),
        updated_at=("TIMESTAMP", "When the feed was last changed"),
    ),
)

PRODUCT_GROUP = (
    ACCOUNT_ID,
    *columns(
        id=("VARCHAR", "Id of the product group"),
        catalog_id=("VARCHAR", "Catalog of the group"),
        feed_id=("VARCHAR", "Feed of the group, on older retail groups"),
        catalog_type=("VARCHAR", "Retail, hotel or creative assets"),
        name=("VARCHAR", "Name of the product group"),
        description=("VARCHAR", "Text that describes the group"),
        filters=("JSON", "Filter that picks its items"),
        status=("VARCHAR", "Whether the group is in use"),
        type=("VARCHAR", "Whether the merchant made it or it holds every listing"),
        is_featured=("BOOLEAN", "Whether it is shown on the profile"),
        country=("VARCHAR", "Country of the group"),
        locale=("VARCHAR", "Language of the group"),
        created_at=("TIMESTAMP", "When the group was made"),
        updated_at=("TIMESTAMP", "When the group was last changed"),
    ),
)

FEED_PROCESSING_RESULT = (
    ACCOUNT_ID,
    Column("feed_id", "VARCHAR", "Feed that was processed"),
    *columns(
        id=("VARCHAR", "Id of the result"),
        status=("VARCHAR", "Completed, failed or processing"),
        product_counts=("JSON", "Items in the file, and those taken in"),
        video_counts=("JSON", "Videos in the file, and those taken in"),
        ingestion_details=("JSON", "Counts of what went wrong while taking items in, by code"),
        validation_details=("JSON", "Counts of what is wrong with items, by code"),
        created_at=("TIMESTAMP", "When processing began"),
        updated_at=("TIMESTAMP", "When it last moved"),
    ),
)

CATALOG_ITEM_ISSUE = (
    ACCOUNT_ID,
    Column("feed_processing_result_id", "VARCHAR", "Processing result the issue was found in"),
    *columns(
        item_number=("BIGINT", "Place of the item in the file, from 0"),
        item_id=("VARCHAR", "Id of the item, the merchant's own"),
        errors=("JSON", "What kept the item out, by code"),
        warnings=("JSON", "What is wrong with the item, by code"),
    ),
)

PRODUCT_GROUP_PRODUCT_COUNT = (
    ACCOUNT_ID,
    Column("product_group_id", "VARCHAR", "Product group that is counted"),
    *columns(
        catalog_type=("VARCHAR", "Retail, hotel or creative assets"),
        total=("BIGINT", "Items in the group"),
        in_stock=("BIGINT", "Items in stock"),
        out_of_stock=("BIGINT", "Items out of stock"),
        preorder=("BIGINT", "Items that can be ordered ahead"),
        videos=("BIGINT", "Items with a video"),
    ),
)

PRODUCT_GROUP_PRODUCT = (
    ACCOUNT_ID,
    Column("product_group_id", "VARCHAR", "Product group the product is in"),
    Column("catalog_id", "VARCHAR", "Catalog of the group"),
    Column("country", "VARCHAR", "Country of the group, where it has one"),
    Column("locale", "VARCHAR", "Language of the group, where it has one"),
    Column("pin_id", "VARCHAR", "Pin of the product", "pin/id"),
    Column("item_id", "VARCHAR", "Id of a retail item, the merchant's own", "metadata/item_id"),
    Column("hotel_id", "VARCHAR", "Id of a hotel, the merchant's own", "metadata/hotel_id"),
    Column(
        "creative_assets_id",
        "VARCHAR",
        "Id of a creative asset, the merchant's own",
        "metadata/creative_assets_id",
    ),
    *columns(
        catalog_type=("VARCHAR", "Retail, hotel or creative assets"),
        metadata=("JSON", "Price, availability and what else the catalog says"),
        pin=("JSON", "The pin as it is shown"),
    ),
)

CATALOG_FILTER_VALUE = (
    ACCOUNT_ID,
    Column("catalog_id", "VARCHAR", "Catalog the value is found in"),
    Column("filter", "VARCHAR", "What product groups can be filtered by"),
    Column("value", "VARCHAR", "A value of it"),
)

_ISSUE = columns(
    catalog_id=("VARCHAR", "Catalog of the items"),
    report_type=("VARCHAR", "Whether it is of taking items in, or of showing them"),
    code=("BIGINT", "Pinterest's number of the issue"),
    code_label=("VARCHAR", "Pinterest's word for the issue"),
    message=("VARCHAR", "What the issue is"),
    occurrences=("BIGINT", "Items that have it"),
)
CATALOG_DISTRIBUTION_ISSUE = (
    ACCOUNT_ID,
    *_ISSUE,
    *columns(
        ineligible_for_ads=("BOOLEAN", "Whether such items cannot be advertised"),
        ineligible_for_organic=("BOOLEAN", "Whether such items are not shown otherwise"),
    ),
)
FEED_INGESTION_ISSUE = (
    ACCOUNT_ID,
    Column("feed_id", "VARCHAR", "Feed of the items"),
    *_ISSUE,
    *columns(severity=("VARCHAR", "Error: items are left out; warning: they are not")),
)

LOCAL_STORE = (
    ACCOUNT_ID,
    Column("catalog_id", "VARCHAR", "Catalog of the store"),
    *columns(
        id=("VARCHAR", "Id of the store"),
        store_code=("VARCHAR", "Code of the store, the merchant's own"),
        name=("VARCHAR", "Name of the store"),
        address_primary=("VARCHAR", "Street and number"),
        address_secondary=("VARCHAR", "What else the address has"),
        city=("VARCHAR", "City of the store"),
        region=("VARCHAR", "State or region of the store"),
        postal_code=("VARCHAR", "Postal code of the store"),
        country=("VARCHAR", "Country of the store, ISO 3166 code"),
        latitude=("DOUBLE", "Latitude in degrees"),
        longitude=("DOUBLE", "Longitude in degrees"),
        created_at=("TIMESTAMP", "When the store was made"),
        updated_at=("TIMESTAMP", "When the store was last changed"),
    ),
)
