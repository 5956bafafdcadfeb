"""The matrix of faults: each met by real commands against the demo account, and written to docs/faults.md.

`make faults` runs it; it takes minutes, so the test suite only looks whether the page has every row.
"""
