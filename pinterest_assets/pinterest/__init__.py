"""The Pinterest library: what can be read (catalog), how (api), and in which calls (extract).

Knows nothing of Dagster or DuckDB.
"""
