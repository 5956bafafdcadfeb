"""Halves of characters in JSON become U+FFFD, whole ones stay, wherever a file is cut into parts."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinterest_assets.pinterest.api.surrogates import replace_halves, without_halves

PIECES = st.sampled_from(
    [
        r"\ud83d",
        r"\ude00",
        r"\ud83d\ude00",
        r"\\",
        r"\\ud83d",
        r"\n",
        r"\u00e9",
        "a",
        "é",
        r"\uD83D",
        r"\uDE00",
        r"\"",
    ]
)


def meant(text: str) -> str:
    """What JSON text means, with U+FFFD for each half."""
    return "".join("\ufffd" if "\ud800" <= sign <= "\udfff" else sign for sign in json.loads(f'"{text}"'))


def parts(text: bytes, size: int) -> list[bytes]:
    return [text[start : start + size] for start in range(0, len(text), size)]


@pytest.mark.parametrize(
    ("text", "lands", "count"),
    [
        (r"name \ud83d", "name \ufffd", 1),
        (r"\ude00\ud83d", "\ufffd\ufffd", 2),
        (r"\ud83d\ud83d\ude00", "\ufffd😀", 1),
        (r"\ud83d\ude00", "😀", 0),
        (r"\\ud83d", r"\ud83d", 0),
        (r"\\\ud83d", "\\\ufffd", 1),
        ("\\uD83Dx", "\ufffdx", 1),
    ],
)
def test_a_half_is_replaced_and_counted_and_a_whole_one_stays(text: str, lands: str, count: int) -> None:
    body = bytearray(f'"{text}"'.encode())
    assert replace_halves(body) == count
    assert json.loads(body) == lands


@given(st.lists(PIECES, max_size=30).map("".join), st.integers(1, 20))
def test_a_file_is_the_same_however_it_is_cut(text: str, size: int) -> None:
    told: list[int] = []
    document = f'{{"a": "{text}"}}'.encode()
    found = b"".join(without_halves(parts(document, size), told.append))
    assert len(found) == len(document)
    assert json.loads(found) == {"a": meant(text)}
    whole = bytearray(document)
    assert sum(told) == replace_halves(whole)
    assert bytes(whole) == found


def test_what_is_no_json_stays_as_it_is() -> None:
    told: list[int] = []
    text = b"\xef\xbb\xbfNAME,SPEND\r\n\\ud83d,1\r\n"
    assert b"".join(without_halves(parts(text, 3), told.append)) == text
    assert sum(told) == 0
    assert list(without_halves([], told.append)) == [b""]
