"""The page of coverage: complete, true to the catalog, and with a reason wherever there is no table."""

import csv
import re
from typing import Any

from docs.coverage import COVERAGE_PAGE, coverage_page, facts, nameless, place, post_place, row_place, served
from pinterest_assets.pinterest.catalog import STREAMS, EntityStream
from pinterest_assets_tests.contract.description import answer_schema, description, properties
from pinterest_assets_tests.contract.description import facts as shared


def test_the_page_is_the_catalog() -> None:
    assert COVERAGE_PAGE.read_text() == coverage_page(), "run `make docs`"


def test_every_endpoint_that_reads_is_on_the_page() -> None:
    with shared("get_endpoints.tsv").open() as file:
        known = [row["path"] for row in csv.DictReader(file, delimiter="\t")]
    assert len(known) == 138
    assert facts()["endpoints"] == known


def test_every_row_of_what_others_have_is_on_the_page() -> None:
    """Parts B, C and D; a row that names an endpoint is looked up by that endpoint."""
    text = shared("../requirements.md").read_text()
    rows = dict(re.findall(r"^\| ([BCD]\d+) \| (.*)", text, re.MULTILINE))
    assert list(facts()["rows"]) == list(rows)
    for row, asked in rows.items():
        said = facts()["rows"][row]
        named = re.search(r": GET (/[^; |]+)", asked)
        level = re.search(r"\(level=(\w+)\)", asked)
        assert not named or said in (named[1], said if "gone from the API" in said else None), row
        assert not level or said == f"level {level[1]}", row


def test_no_reason_stays_when_there_is_a_table_and_each_is_of_an_endpoint() -> None:
    known, tables = facts(), served()
    for part in ("single", "elsewhere", "left_out"):
        assert set(known[part]) <= set(known["endpoints"])
        assert [path for path in known[part] if nameless(path) in tables] == [], (
            f"{part}: these have tables now"
        )
    assert set(known["single"].values()) <= set(known["endpoints"])


def test_nothing_is_open() -> None:
    known, tables = facts(), served()
    open_ones = {path for path in known["endpoints"] if place(path, tables).is_open}
    open_ones |= {row for row, text in known["rows"].items() if row_place(text, tables).is_open}
    assert open_ones == set()


def test_every_post_that_only_reads_is_on_the_page() -> None:
    """By the scopes that are described, and those of later minors by name; each has a table or words, not both."""
    described = {
        path for path, methods in description()["paths"].items() if _only_reads(methods.get("post", {}))
    }
    text = shared("FACTS.md").read_text()
    (line,) = re.findall(r"^- Read-only POSTs \(.*?\): (.*)$", text, re.MULTILINE)
    told = [name.split()[-1].strip("./") for name in re.sub(r"\([^)]*\)", "", line).split(",")]
    assert len(told) == 14
    listed = facts()["posts"]
    of_name = {name: [p for p in listed if nameless(p).endswith("/" + nameless(name))] for name in told}
    assert all(of_name.values()), of_name
    assert set(listed) == described | {path for paths in of_name.values() for path in paths}
    tables = served(methods=("POST",))
    for path, words in listed.items():
        assert (nameless(path) in tables) != bool(words), path
        assert not post_place(path).is_open
    assert set(tables) <= {nameless(path) for path in listed}


def _only_reads(operation: dict[str, Any]) -> bool:
    scopes = {s for way in operation.get("security", ()) for named in way.values() for s in named}
    return bool(scopes) and all(":read" in scope for scope in scopes)


def test_every_row_says_what_it_asks_for() -> None:
    cells = [line.split(" | ")[1] for line in coverage_page().splitlines() if re.match(r"\| [BCD]\d+ ", line)]
    assert len(cells) == len(facts()["rows"])
    assert all(cell.strip() and cell.count("`") in (0, 2) for cell in cells)
    assert set(facts()["asks"]) <= set(facts()["rows"])


def test_one_object_of_a_list_has_no_field_that_the_list_lacks() -> None:
    """What the page calls the same is the same, by Pinterest's own description."""
    compared = 0
    for path, of in facts()["single"].items():
        tables = [STREAMS[name] for name in served().get(nameless(of), ())]
        if path not in description()["paths"]:
            continue
        for stream in tables:
            assert isinstance(stream, EntityStream)
            fields = set(properties(answer_schema(path)))
            columns = {column.source for column in stream.columns} | set(stream.never)
            assert fields <= columns, f"{path} tells {sorted(fields - columns)}, which {stream.name} lacks"
            compared += 1
    assert compared >= 9
