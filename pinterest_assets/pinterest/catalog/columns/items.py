"""Columns of the items of catalogs, retail, hotels and creative assets: what identifies one, its attributes, and why it could not be read."""

from pinterest_assets.pinterest.catalog.columns import ACCOUNT_ID, columns
from pinterest_assets.pinterest.catalog.model import Column, ColumnType

_WHERE = columns(
    catalog_id=("VARCHAR", "Catalog of the item"),
    country=("VARCHAR", "Country the item is sold in, ISO 3166 code"),
    locale=("VARCHAR", "Language of its texts"),
)
_WHOLE = columns(
    catalog_type=("VARCHAR", "Retail, hotel or creative assets"),
    attributes=("JSON", "Every attribute, those without a column as well"),
    errors=("JSON", "Why the item could not be read: code, attribute and message of each"),
)


def _attributes(**specs: tuple[ColumnType, str]) -> tuple[Column, ...]:
    return tuple(Column(name, kind, text, f"attributes/{name}") for name, (kind, text) in specs.items())


_LABELS = _attributes(
    custom_label_0=("VARCHAR", "First label of the merchant's own"),
    custom_label_1=("VARCHAR", "Second label of the merchant's own"),
    custom_label_2=("VARCHAR", "Third label of the merchant's own"),
    custom_label_3=("VARCHAR", "Fourth label of the merchant's own"),
    custom_label_4=("VARCHAR", "Fifth label of the merchant's own"),
)

CATALOG_ITEM = (
    ACCOUNT_ID,
    *_WHERE,
    *columns(item_id=("VARCHAR", "Id of the item, the merchant's own")),
    *_attributes(
        title=("VARCHAR", "Name of the item"),
        description=("VARCHAR", "Text that describes the item"),
        link=("VARCHAR", "Page of the item"),
        mobile_link=("VARCHAR", "Page of the item for phones"),
        ad_link=("VARCHAR", "Page of the item for visits from ads"),
        android_deep_link=("VARCHAR", "Link into the Android app"),
        ios_deep_link=("VARCHAR", "Link into the iOS app"),
        image_link=("JSON", "Main pictures"),
        additional_image_link=("JSON", "Further pictures"),
        video_link=("VARCHAR", "Video of the item"),
        price=("VARCHAR", "Price with its currency, such as 24.99USD"),
        sale_price=("VARCHAR", "Price while on sale, with its currency"),
        sale_price_effective_date=("VARCHAR", "From when to when the sale lasts"),
        min_ad_price=("VARCHAR", "Lowest price that ads show, with its currency"),
        installment_price=("VARCHAR", "Price of an instalment"),
        availability=("VARCHAR", "In stock, out of stock or preorder"),
        condition=("VARCHAR", "New, used or refurbished"),
        brand=("VARCHAR", "Brand of the item"),
        gtin=("VARCHAR", "Global trade item number"),
        mpn=("VARCHAR", "Number that the maker gave it"),
        item_group_id=("VARCHAR", "What variants of one product have in common"),
        variant_names=("JSON", "What variants differ in"),
        variant_values=("JSON", "How this variant differs"),
        google_product_category=("VARCHAR", "Category in Google's tree"),
        product_type=("VARCHAR", "Category in the merchant's own tree"),
        color=("VARCHAR", "Main colour"),
        material=("VARCHAR", "Main material"),
        pattern=("VARCHAR", "Pattern of the cloth or surface"),
        size=("VARCHAR", "Size of the item"),
        size_system=("VARCHAR", "Country whose sizes these are"),
        size_type=("VARCHAR", "Cut that the size is of"),
        age_group=("VARCHAR", "Ages the item is for"),
        gender=("VARCHAR", "Genders the item is for"),
        adult=("BOOLEAN", "Whether the item is for adults only"),
    ),
    *_LABELS,
    *_attributes(
        custom_number_0=("BIGINT", "First number of the merchant's own"),
        custom_number_1=("BIGINT", "Second number of the merchant's own"),
        custom_number_2=("BIGINT", "Third number of the merchant's own"),
        custom_number_3=("BIGINT", "Fourth number of the merchant's own"),
        custom_number_4=("BIGINT", "Fifth number of the merchant's own"),
        average_review_rating=("DOUBLE", "Mean of the reviews, 1 to 5"),
        number_of_ratings=("BIGINT", "How often it was rated"),
        number_of_reviews=("BIGINT", "How often it was reviewed"),
        promotion_id=("VARCHAR", "Promotion of the item, the merchant's own id"),
        free_shipping_label=("BOOLEAN", "Whether it is shipped for free"),
        free_shipping_limit=("VARCHAR", "Price from which it is shipped for free"),
        shipping=("VARCHAR", "What shipping costs, by place"),
        shipping_weight=("VARCHAR", "Weight when shipped"),
        shipping_width=("VARCHAR", "Width when shipped"),
        shipping_height=("VARCHAR", "Height when shipped"),
        tax=("VARCHAR", "Taxes, by place"),
        unit_pricing_measure=("VARCHAR", "How much of it there is"),
        unit_pricing_base_measure=("VARCHAR", "Amount that a unit price is of"),
        last_updated_time=("TIMESTAMP", "When the item was last changed"),
    ),
    *_WHOLE,
)

CATALOG_HOTEL = (
    ACCOUNT_ID,
    *_WHERE,
    *columns(hotel_id=("VARCHAR", "Id of the hotel, the merchant's own")),
    *_attributes(
        name=("VARCHAR", "Name of the hotel"),
        description=("VARCHAR", "Text that describes the hotel"),
        link=("VARCHAR", "Page of the hotel"),
        brand=("VARCHAR", "Brand of the hotel"),
        category=("VARCHAR", "Kind of property, in the merchant's words"),
        base_price=("VARCHAR", "Price of a night with its currency"),
        sale_price=("VARCHAR", "Price of a night while on sale, with its currency"),
        main_image=("JSON", "Main picture: link and tags"),
        additional_image_link=("JSON", "Further pictures"),
        address=("JSON", "Street, city, region, country and postal code"),
        neighborhood=("JSON", "Neighbourhoods the hotel is in"),
        latitude=("DOUBLE", "Latitude in degrees"),
        longitude=("DOUBLE", "Longitude in degrees"),
        guest_ratings=("JSON", "Score, highest score, number of reviews and who rates"),
    ),
    *_LABELS,
    *_WHOLE,
)

CATALOG_CREATIVE_ASSET = (
    ACCOUNT_ID,
    *_WHERE,
    *columns(creative_assets_id=("VARCHAR", "Id of the creative asset, the merchant's own")),
    *_attributes(
        title=("VARCHAR", "Name of the asset"),
        description=("VARCHAR", "Text that describes the asset"),
        link=("VARCHAR", "Page of the asset"),
        android_deep_link=("VARCHAR", "Link into the Android app"),
        ios_deep_link=("VARCHAR", "Link into the iOS app"),
        image_link=("VARCHAR", "Picture of the asset"),
        video_link=("VARCHAR", "Video of the asset"),
        google_product_category=("VARCHAR", "Category in Google's tree"),
        visibility=("VARCHAR", "Whether it is shown"),
    ),
    *_LABELS,
    *_WHOLE,
)
