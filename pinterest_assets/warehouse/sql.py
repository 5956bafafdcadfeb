"""Names and literals as SQL text. Every identifier of the warehouse passes through here.

Holds no statement; values travel as bound parameters wherever DuckDB takes them (it does not in
``COMMENT ON`` and ``ATTACH``).
"""

import json
import re
from collections.abc import Iterable

import duckdb


def quoted(*parts: str) -> str:
    """``a."b"`` as ``"a"."\"\"b\"\""``: one name, or a path of names, safe to put into SQL."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in parts)


def quoted_list(names: Iterable[str]) -> str:
    """Names separated by commas."""
    return ", ".join(quoted(name) for name in names)


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def scalar(connection: duckdb.DuckDBPyConnection, query: str, parameters: list[object] | None = None) -> int:
    """The one whole number a query answers (a count, or the number of rows a statement changed)."""
    # fetchall, because DuckDB 2 refuses other work on a connection with a half-fetched result
    rows = connection.execute(query, parameters or []).fetchall()
    return int(rows[0][0]) if rows else 0


def first_line(error: Exception) -> str:
    """The first line of a DuckDB error; the rest points into a statement nobody wrote by hand.

    Of an error that DuckDB wraps into another one as JSON, its message.
    """
    line = str(error).strip().partition("\n")[0]
    wrapped = re.search(r'"exception_message":("(?:[^"\\]|\\.)*")', line)
    return str(json.loads(wrapped[1])) if wrapped else line
