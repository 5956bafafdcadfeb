"""A company's Pinterest Ads account as Dagster assets in DuckDB."""
