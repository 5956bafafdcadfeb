"""The page of coverage: complete, true to the catalog, and with a reason wherever there is no table."""

from docs.coverage import (
    COVERAGE_PAGE,
    coverage_page,
    facts,
    nameless,
    others_place,
    place,
    post_place,
    served,
)
from pinterest_assets.pinterest.catalog import STREAMS, EntityStream
from pinterest_assets_tests.contract.description import answer_schema, description, newer, properties


def test_the_page_is_the_catalog() -> None:
    assert COVERAGE_PAGE.read_text() == coverage_page(), "run `make docs`"


def test_every_endpoint_that_reads_is_on_the_page() -> None:
    known = {path for path, methods in newer()["paths"].items() if "get" in methods}
    assert len(known) == 138
    assert sorted(facts()["endpoints"]) == sorted(known)


def test_what_others_read_is_an_endpoint_of_the_page_or_gone() -> None:
    for streams in facts()["others"].values():
        for name, text in streams.items():
            path = text.removeprefix("gone ").partition(" ")[0]
            if path.startswith("/"):
                assert (path in facts()["endpoints"]) != text.startswith("gone "), name


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
    for streams in known["others"].values():
        open_ones |= {name for name, text in streams.items() if others_place(text, tables).is_open}
    assert open_ones == set()


def test_every_post_that_only_reads_is_on_the_page() -> None:
    """Each has a table or words, not both."""
    described = {
        path
        for of in (description(), newer())
        for path, methods in of["paths"].items()
        if "post" in methods and path != "/oauth/token"
    }
    listed = facts()["posts"]
    assert set(listed) == described
    tables = served(methods=("POST",))
    for path, words in listed.items():
        assert (nameless(path) in tables) != bool(words), path
        assert not post_place(path).is_open
    assert set(tables) <= {nameless(path) for path in listed}


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
