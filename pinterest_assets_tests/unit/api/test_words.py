"""The small parts: scopes, redaction, addresses, requests, error classes."""

import base64
import json
import pickle
import re
import sys
import time
import unicodedata
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from urllib.parse import quote, quote_plus

import pytest

from pinterest_assets.pinterest.api import errors
from pinterest_assets.pinterest.api.addresses import checked_url
from pinterest_assets.pinterest.api.patience import is_served
from pinterest_assets.pinterest.api.redaction import on_one_line, plain, printable, shortened
from pinterest_assets.pinterest.api.request import Request
from pinterest_assets.pinterest.api.scopes import READ_SCOPES, roles_for, scopes_for
from pinterest_assets_tests.contract.description import description


def test_scopes_are_those_of_the_description() -> None:
    differences = []
    for path, operations in description()["paths"].items():
        for security in operations.get("get", {}).get("security", []):
            wanted = security.get("pinterest_oauth2")
            if wanted is not None and sorted(wanted) != sorted(scopes_for(re.sub(r"{\w+}", "1", path))):
                differences.append((path, wanted))
    assert differences == []


def test_consent_asks_for_every_scope_that_reads() -> None:
    scopes = description()["components"]["securitySchemes"]["pinterest_oauth2"]
    assert set(READ_SCOPES) == {name for name in scopes if name.partition(":")[2].startswith("read")}


def test_unknown_paths_have_no_scope() -> None:
    assert scopes_for("/pinsomething") == ()
    assert roles_for("/new") == ""


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("token pina_ABC-1.2_x== is bad", "token <token> is bad"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer <secret>"),
        ("Basic YTpi=", "Basic <secret>"),
        ("access_token=abc&x=1", "access_token=<secret>&x=1"),
        ("see https://a.com/b?X-Amz-Signature=1&c=2 now", "see https://a.com/b?... now"),
        ("via http://user:word@proxy:1/", "via http://proxy:1/"),
        ("the exact pepper", "the exact <secret>"),
        ("a\tb\n c\x1b[31m", "a b c [31m"),
        ("Pin not found.", "Pin not found."),
        ("x=1;access_token=abc", "x=1;access_token=<secret>"),
        ("http://a/http://user:word@b", "http://a/http://b"),
    ],
)
def test_redaction(text: str, shown: str) -> None:
    assert shortened(text, "pepper", "") == shown


OBEYED = [
    chr(at)
    for at in range(sys.maxunicode + 1)
    if unicodedata.category(chr(at)) in ("Cc", "Cf", "Cs", "Zl", "Zp")
]
"""Control characters, marks that turn or join, halves of characters, ends of lines."""


def test_nothing_that_a_terminal_or_a_log_obeys_is_in_a_plain_text() -> None:
    assert {"\x1b", "\x9b", "\r", "\u202e", "\u2066", "\u2028", "\x85"} <= set(OBEYED)
    text = "a".join(OBEYED)
    assert printable(text) == " a" * (len(OBEYED) - 1) + " "
    assert plain(text) == " ".join("a" * (len(OBEYED) - 1))
    assert shortened("".join(OBEYED)) == ""
    assert plain("Ünïcödé 👩 名前") == "Ünïcödé 👩 名前"


def test_long_texts_are_shortened() -> None:
    assert len(shortened("word " * 100)) == 200


SECRET = 'pe/p+per "ü"=='


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        quote(SECRET, safe=""),
        re.sub("%..", lambda escape: escape[0].lower(), quote(SECRET, safe="")),
        quote_plus(SECRET),
        json.dumps(SECRET)[1:-1],
        json.dumps(SECRET)[1:-1].replace("/", "\\/"),
        base64.b64encode(SECRET.encode()).decode(),
        base64.b64encode(SECRET.encode()).decode().rstrip("="),
        quote(base64.b64encode(SECRET.encode()).decode(), safe=""),
    ],
)
def test_a_known_secret_is_redacted_in_each_form_an_answer_may_repeat_it_in(form: str) -> None:
    assert shortened(f"rejected: [{form}]", SECRET) == "rejected: [<secret>]"


@pytest.mark.parametrize("before", range(4070, 4120))
def test_the_cut_of_a_long_text_leaves_no_half_of_a_secret(before: int) -> None:
    secret = "abcdefghijklmnopqrstuvwxyz"
    for start in ("https://a/?" + "x" * (before - 12) + " ", "Bearer " + "x" * (before - 8) + " "):
        for end in (secret, f"https://me:{secret}@host/", f"access_token={secret}", f"pina_{secret}"):
            known = (secret,) if end == secret else ()
            assert "abcd" not in shortened(start + end + "z" * 5000, *known)


HOSTILE = [
    "token", "http://", "http://a@", "https://a?", "Bearer ", "bearer\t\t", "=", "token=", "a=", "pina_", "pin", "\x1b[31m",
    " ", "\n", "<secret>", "retry after 1", "9", "%2F", "\\/", "ü",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.parametrize(
    ("take", "length"), [(on_one_line, 100_000), (lambda text: shortened(text, "pepper" * 10), 3_000_000)]
)
def test_redaction_takes_time_in_proportion_to_the_text(
    piece: str, take: Callable[[str], str], length: int
) -> None:
    """Twice the text takes at most three times as long; what takes next to no time is not compared."""
    once, twice = (piece * (size // len(piece)) for size in (length // 2, length))
    first, second = (min(_seconds(take, text) for _ in range(3)) for text in (once, twice))
    print(f"{piece!r}: {second * 1000:.1f} ms for {length:,} characters")  # noqa: T201
    assert second <= max(3 * first, 0.05)


def _seconds(take: Callable[[str], str], text: str) -> float:
    began = time.process_time()
    take(text)
    return time.process_time() - began


@pytest.mark.parametrize(
    "url",
    ["https://api.pinterest.com/v5/", "http://127.0.0.1:8080/v5", "http://localhost", "http://[::1]:1/v5"],
)
def test_good_addresses(url: str) -> None:
    assert checked_url(url, "PINTEREST_BASE_URL") == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    ["", "api.pinterest.com/v5", "ftp://a.com", "http://a.com", "https://", "https://[::1", "https://a/?b=c"],
)
def test_bad_addresses(url: str) -> None:
    with pytest.raises(errors.SettingError, match="PINTEREST_BASE_URL") as raised:
        checked_url(url, "PINTEREST_BASE_URL")
    assert raised.value.variable == "PINTEREST_BASE_URL"


@pytest.mark.parametrize("path", ["pins", "/pins?a=b", "/pins#a", "/pi ns", "/pins\nHost: b"])
def test_bad_paths(path: str) -> None:
    with pytest.raises(ValueError, match="is not a path"):
        Request("org_read", path)


def test_served_days() -> None:
    today = datetime.now(timezone.utc).date()
    assert is_served((today - timedelta(days=89), today))
    assert not is_served((today - timedelta(days=90), today))
    assert not is_served((today, today + timedelta(days=1)))
    assert not is_served(None)


def classes(of: type[errors.PinterestError]) -> list[type[errors.PinterestError]]:
    return [of, *(deeper for one in of.__subclasses__() for deeper in classes(one))]


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    lines = (errors.__doc__ or "").splitlines()
    drawn = {
        m[2]: len(m[1]) for line in lines if (m := re.match(r"^ {4}([│├└─ ]*)([A-Z]\w+)( {2,}|$)", line))
    }
    depth = {kind.__name__: 4 * (len(kind.__mro__) - 4) for kind in classes(errors.PinterestError)}
    assert drawn == depth


@pytest.mark.parametrize("kind", classes(errors.PinterestError), ids=lambda kind: kind.__name__)
def test_errors_survive_the_way_between_processes(kind: type[errors.PinterestError]) -> None:
    error = pickle.loads(pickle.dumps(kind("why", status=400, code=1, request_id="7", path="/pins")))  # noqa: S301
    assert (str(error), error.status, error.code, error.request_id, error.path) == (
        "why",
        400,
        1,
        "7",
        "/pins",
    )
