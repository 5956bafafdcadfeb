"""``make bench``: the project against dlt and against the least code that does the same."""
