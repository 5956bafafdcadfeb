"""Columns of what people on Pinterest look for: keywords, topics, product categories, terms."""

from pinterest_assets.pinterest.catalog.columns import ACCOUNT_ID, READ_ON, columns
from pinterest_assets.pinterest.catalog.model import Column

_REGION = Column("region", "VARCHAR", "Countries that are looked at together")
_RANK = Column("rank", "BIGINT", "Place in the list, from 1", "#")

TRENDING_KEYWORD = (
    READ_ON,
    _REGION,
    Column("trend_type", "VARCHAR", "Growing, monthly, yearly or seasonal"),
    *columns(
        keyword=("VARCHAR", "What is searched for"),
        pct_growth_wow=("BIGINT", "Change of searches from a week ago, in percent"),
        pct_growth_mom=("BIGINT", "Change of searches from a month ago, in percent"),
        pct_growth_yoy=("BIGINT", "Change of searches from a year ago, in percent"),
        time_series=("JSON", "Searches each week of a year, 100 at the most"),
        has_prediction=("BOOLEAN", "Whether the next 90 days are predicted"),
        predicted_time_series=("JSON", "Predicted searches each week"),
        demographics=("JSON", "Shares of ages and genders"),
    ),
    _RANK,
)

FEATURED_TOPIC = (
    READ_ON,
    _REGION,
    Column("interest", "VARCHAR", "Interest the topics are of", "../interest"),
    Column("market", "VARCHAR", "Countries, as Pinterest repeats them", "../market"),
    *columns(
        title=("VARCHAR", "Title of the topic"),
        description=("VARCHAR", "Text that describes the topic"),
        percent_growth_mom=("BIGINT", "Change from a month ago, in percent"),
        related_interests=("JSON", "Interests near it"),
        related_searches=("JSON", "Searches near it"),
        pins=("JSON", "Pictures of a few pins"),
        time_series=("JSON", "Interest by day"),
    ),
    _RANK,
)

TRENDING_PRODUCT_CATEGORY = (
    READ_ON,
    _REGION,
    *columns(
        product_category=("VARCHAR", "Name of the product category"),
        engagement_type=("VARCHAR", "What is counted"),
        pct_change_mom=("BIGINT", "Change from a month ago, in percent"),
        percent_relative_volume=("BIGINT", "Volume against the other categories, in percent"),
        verticals=("JSON", "Verticals of the category"),
    ),
    _RANK,
)

PRODUCT_CATEGORY_DETAIL = (
    READ_ON,
    _REGION,
    *columns(
        product_category=("VARCHAR", "Name of the product category"),
        metrics_highlights=("JSON", "Changes of engagement, clicks and saves from a month ago"),
        demographics=("JSON", "Shares of ages and genders"),
        related_searches=("JSON", "Searches near it"),
        time_series=("JSON", "Volume over time, 100 at the most"),
        has_prediction=("BOOLEAN", "Whether the next 90 days are predicted"),
        predicted_time_series=("JSON", "Predicted volume each week"),
    ),
)

EDITORIAL_ARTICLE = (
    _REGION,
    *columns(
        board_url=("VARCHAR", "Link to the board of the article"),
        title=("VARCHAR", "Title of the article"),
        description=("VARCHAR", "Text that describes the article"),
        interests=("JSON", "Interests of the article"),
        related_keywords=("JSON", "Keywords of the article, with their growth"),
        pins_url=("JSON", "Links to its pins"),
    ),
)

KEYWORD_METRIC = (
    ACCOUNT_ID,
    Column("country_code", "VARCHAR", "Country the searches are counted in"),
    Column("keyword", "VARCHAR", "One of the ad account's keywords"),
    Column("keyword_query_volume", "VARCHAR", "Searches in words, such as 5M+"),
)

RELATED_TERM = (
    Column("term", "VARCHAR", "Term that was asked with", "../term"),
    Column("related_term", "VARCHAR", "Term near it"),
    Column("rank", "BIGINT", "Place in the list, from 1", "#"),
)

SUGGESTED_TERM = (
    Column("term", "VARCHAR", "Beginning that was asked with"),
    Column("suggested_term", "VARCHAR", "Term that begins so"),
    Column("rank", "BIGINT", "Place in the list, from 1", "#"),
)

PARTNER_PIN = (
    READ_ON,
    Column("term", "VARCHAR", "Term that was searched for"),
    Column("country_code", "VARCHAR", "Country that was searched in"),
    *columns(
        id=("VARCHAR", "Id of the pin"),
        title=("VARCHAR", "Title of the pin"),
        description=("VARCHAR", "Text of the pin"),
        alt_text=("VARCHAR", "Text for people who do not see the image"),
        link=("VARCHAR", "Where the pin leads"),
        media=("JSON", "Images or video of the pin"),
    ),
    _RANK,
)
