"""Columns of what is true of no ad account."""

from pinterest_assets.pinterest.catalog.columns import columns
from pinterest_assets.pinterest.catalog.model import Column

METRICS_READY_STATE = (
    Column("date", "DATE", "Day of the numbers, in UTC"),
    Column(
        "conversion_metrics_ready", "BOOLEAN", "Whether Pinterest says that conversions of the day are ready"
    ),
    Column(
        "non_conversion_metrics_ready", "BOOLEAN", "Whether Pinterest says that delivery of the day is ready"
    ),
    Column("conversion_ready_since", "TIMESTAMP", "When conversions were first seen to be ready"),
    Column("non_conversion_ready_since", "TIMESTAMP", "When delivery was first seen to be ready"),
    Column("is_final", "BOOLEAN", "Whether both are ready"),
)

AD_ACCOUNT_COUNTRY = columns(
    code=("VARCHAR", "Country an ad account can be of, ISO 3166 code"),
    name=("VARCHAR", "Name of the country"),
    currency=("VARCHAR", "Currency of the country, ISO 4217 code"),
    index=("BIGINT", "Pinterest's number of the country"),
)
