"""The peer again, with daily numbers handed to dlt as Arrow tables: its fastest way in.

Run as ``python -m benchmarks.peer_dlt_arrow JOB``.
"""

from benchmarks.columns import arrow_table
from benchmarks.peer_dlt import load
from benchmarks.question import Job

if __name__ == "__main__":
    given = Job.given()
    given.tell_imported()
    load(given, arrow_table, typed=False)
