"""Answers as they go over the wire, spoiled in one place: status line, headers, encoding, length, chunks, or the body.

What is spoiled follows from a random generator alone, so that a case can be made again from its seed. Knows neither
streams nor the project.
"""

import gzip
import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from pinterest_assets_tests.mutations import KINDS, VALUES, Mutation, mutated

ESCAPE = "\x1b[31m<img src=x>"
NUMBERS = (
    "1e400",
    "-1e400",
    "9" * 5000,
    "1e-400",
    "NaN",
    "Infinity",
    "-0",
    "0x10",
    "1" * 40,
    "1.7976931348623157e308",
)
WAITS = (
    "999999999999",
    "-1",
    "1e9",
    "9" * 400,
    "31 Dec 9999 -2359",
    "Fri, 31 Dec 9999 23:59:59 GMT",
    "nan",
    "\x00",
)
LENGTHS = ("-5", "1" + "0" * 20, "abc", "", "5, 7", "+3", "0x10")


@dataclass(frozen=True, slots=True)
class Spoiled:
    """What goes over the wire before the connection ends, and what was done, in words.

    ``is_whole`` says that the same rows are in it, ``is_cut`` that some are not. With ``stalls``, the end does not come.
    """

    words: str
    wire: bytes
    is_whole: bool = False
    is_cut: bool = False
    stalls: bool = False


@dataclass(slots=True)
class _Message:
    """A complete answer, whose parts are spoiled one by one."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes
    interim: bytes = b""

    def wire(self, *, length: str | None = None, framed: bytes | None = None) -> bytes:
        headers = [*self.headers]
        if framed is None and length != "none":
            headers.append(("Content-Length", str(len(self.body)) if length is None else length))
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
        head = f"HTTP/1.1 {self.status}\r\n{lines}Connection: close\r\n\r\n".encode("latin-1", "replace")
        return self.interim + head + (self.body if framed is None else framed)


Spoil = Callable[[Random, _Message], Spoiled]


def spoiled(random: Random, status: int, headers: Mapping[str, str], body: bytes) -> Spoiled:
    """An answer that is spoiled in one way."""
    spoil = random.choice(SPOILS)
    done = spoil(random, _Message(f"{status} OK", list(headers.items()), body))
    return Spoiled(
        f"{spoil.__name__.strip('_')}: {done.words}", done.wire, done.is_whole, done.is_cut, done.stalls
    )


def _status(random: Random, message: _Message) -> Spoiled:
    message.status = random.choice(
        ["204 No", "205 No", "304 Not", "302 Found", "401 No", "403 No", "404 No", "408 Late", "418 Tea", "429 Wait", "500 Oops",
         "503 Later", "599 x", "999 x", "99 x", "-1 x", "200", "", "1" * 100, "2e2 OK", ESCAPE, "x" * 70_000]
    )  # fmt: skip
    if random.random() < 0.5:
        message.headers.append(("Location", "http://127.0.0.1:9/"))
    return Spoiled(message.status[:40], message.wire())


def _interim(random: Random, message: _Message) -> Spoiled:
    code, count = random.choice([100, 101, 102, 103]), random.choice([1, 3, 2000])
    message.interim = f"HTTP/1.1 {code} x\r\nX: y\r\n\r\n".encode() * count
    return Spoiled(f"{count} times {code}", message.wire(), is_whole=code == 100)


def _refusal(random: Random, message: _Message) -> Spoiled:
    text = random.choice(
        [
            "token" * 60_000,
            "http://" * 30_000,
            f"Retry after {'9' * 400} s",
            "retry after 5 s",
            ESCAPE,
            "{" * 1000,
            "beta",
            "",
        ]
    )
    words: object = random.choice([text, [text], {"x": text}, None, 5, True])
    code: object = random.choice([1, 3, 8, 12, 29, 283, 2625, 4182, -1, 10**30, "8", None, 1.5])
    message.status = f"{random.choice([200, 400, 401, 403, 404, 409, 429, 500])} x"
    message.body = json.dumps(
        {"status": "failure", "code": code, "message": words, "message_detail": words}
    ).encode()
    return Spoiled(f"{message.status}, code {code}, {str(words)[:20]}", message.wire())


def _header(random: Random, message: _Message) -> Spoiled:
    name, value = random.choice(
        [
            *(("Retry-After", wait) for wait in WAITS),
            *(("X-RateLimit-Reset", wait) for wait in WAITS),
            *(("Date", wait) for wait in WAITS),
            ("X-Long", "x" * 70_000),
            ("X-Pinterest-RID", ESCAPE + "x" * 60_000),
            ("Content-Type", "text/html; charset=" + "x" * 1000),
            ("Set-Cookie", "a=" + "b" * 10_000),
            ("No colon\r\nX", "y"),
            ("\x00", "\x00"),
            ("X", "y\r\n " + "z" * 30_000),
        ]
    )
    if random.random() < 0.3:
        message.status = "429 Wait"
    message.headers.append((name, value))
    return Spoiled(f"{name[:30]!r}: {value[:30]!r}", message.wire())


def _headers(random: Random, message: _Message) -> Spoiled:
    count = random.choice([90, 101, 10_000])
    message.headers += [(f"X-{number}", "y") for number in range(count)]
    return Spoiled(f"{count} headers", message.wire())


def _encoding(random: Random, message: _Message) -> Spoiled:
    packed = gzip.compress(message.body)
    said, body, is_whole = random.choice(
        [
            ("gzip", packed, True),
            ("gzip", gzip.compress(message.body[:7]) + gzip.compress(message.body[7:]), False),
            ("gzip", message.body, False),
            ("gzip", packed[: random.randrange(len(packed))], False),
            ("gzip", packed + b"rubbish", False),
            ("gzip", packed + gzip.compress(b"") * 5000, False),
            ("gzip", gzip.compress(b"0" * 50_000_000), False),
            ("gzip", gzip.compress(packed), False),
            ("gzip, gzip", gzip.compress(packed), False),
            (", ".join(["gzip"] * 200), packed, False),
            ("deflate", zlib.compress(message.body), False),
            ("deflate", packed, False),
            ("br", message.body, False),
            ("unheard-of", message.body, False),
        ]
    )
    message.headers.append(("Content-Encoding", said))
    message.body = body
    return Spoiled(f"{said[:20]}, {len(body)} bytes", message.wire(), is_whole=is_whole)


def _length(random: Random, message: _Message) -> Spoiled:
    size = len(message.body)
    less = random.randrange(size) if size else 0
    length = random.choice([*LENGTHS, str(size + random.randint(1, 1000)), str(less), "none"])
    return Spoiled(
        f"length {length[:30]}",
        message.wire(length=length),
        is_whole=length == "none",
        is_cut=length == str(less),
    )


def _chunks(random: Random, message: _Message) -> Spoiled:
    size = random.choice([1, 7, 1000, 100_000])
    body = message.body[:20_000] if size == 1 else message.body
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    framed = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts)
    end = random.choice(
        [
            b"0\r\n\r\n",
            b"0\r\nX-Trailer: y\r\n\r\n",
            b"0;x=y\r\n\r\n",
            b"",
            b"-1\r\n\r\n",
            b"zz\r\n",
            b"f" * 20,
            b"1;" + b"x" * 100_000,
        ]
    )
    message.headers.append(
        ("Transfer-Encoding", random.choice(["chunked", "chunked", "Chunked", "gzip, chunked"]))
    )
    whole = body == message.body and end.startswith(b"0") and message.headers[-1][1].lower() == "chunked"
    return Spoiled(f"chunks of {size}, end {end[:10]!r}", message.wire(framed=framed + end), is_whole=whole)


def _cut(random: Random, message: _Message) -> Spoiled:
    wire = message.wire()
    at = random.randrange(len(wire))
    return Spoiled(f"cut at {at} of {len(wire)}", wire[:at], is_cut=True, stalls=random.random() < 0.03)


def _bits(random: Random, message: _Message) -> Spoiled:
    wire = bytearray(message.wire())
    for _ in range(random.choice([1, 5, 50])):
        wire[random.randrange(len(wire))] = random.randrange(256)
    return Spoiled("bytes", bytes(wire))


def _rubbish(random: Random, message: _Message) -> Spoiled:
    return Spoiled(
        "rubbish",
        random.choice(
            [b"", b"\r\n", b"\x16\x03\x01" * 50, random.randbytes(2000), message.body, b"HTTP/1.1"]
        ),
    )


def _mutation(random: Random, message: _Message) -> Spoiled:
    """A change of one place, as ``mutations`` make them."""
    mutation = Mutation(random.choice(KINDS), random.randrange(100_000), random.randrange(len(VALUES)))
    try:
        change = mutated(message.body, mutation)
    except (UnicodeDecodeError, RecursionError):
        change = None
    if change is not None:
        message.body = change.body
    return Spoiled(f"{mutation}", message.wire())


def _in_place(random: Random, message: _Message) -> Spoiled:
    """Something that JSON or CSV need not have, in the place of a value or of a row."""
    keys = ", ".join(f'"k{number}": {number}' for number in range(random.choice([300, 8000])))
    piece = random.choice(
        [
            *NUMBERS,
            "[" * 100_000,
            '{"a":' * 100_000,
            "[" * 900 + "]" * 900,
            "{" + keys + "}",
            f'"{ESCAPE}"',
            '"\\ud83d"',
            '"\\u0000"',
            '"' + "x" * 1_000_000 + '"',
            '"99999-99-99"',
            '{"id": null}',
            '"' * 3,
            "\n" * 100,
            ",",
            "\x00",
        ]
    ).encode()
    body = message.body
    colons = [at for at, sign in enumerate(body[:100_000]) if sign in b":[,"] or [0]
    at = random.choice(colons) + 1
    end = next((stop for stop in range(at, len(body)) if body[stop] in b",}]\n"), len(body))
    message.body = body[:at] + piece + body[random.choice([at, end]) :]
    return Spoiled(f"{piece[:20]!r} at {at}", message.wire())


def _fields(random: Random, message: _Message) -> Spoiled:
    """Fields that nobody declared in the first object of a list."""
    name = random.choice(
        ["k", "k\x1b[31m", "x" * 5000, '"; drop table a; --', "K", "_unparsed", "_loaded_at", "\ud83d"]
    )
    count = random.choice([1, 300, 8000 if len(name) < 100 else 300])
    fields = b"".join(b"%b: 1," % json.dumps(f"{name}{number or ''}").encode() for number in range(count))
    at = message.body.find(b"[{") + 2
    if at > 1:
        message.body = message.body[:at] + fields + message.body[at:]
    return Spoiled(f"{count} fields {name[:20]!r}", message.wire())


def _text(random: Random, message: _Message) -> Spoiled:
    change: Callable[[bytes], bytes] = random.choice(
        [
            lambda body: b"\xef\xbb\xbf" + body,
            lambda body: body.decode("utf-8", "replace").encode("utf-16"),
            lambda body: body + b"\xff\xfe",
            lambda body: body + body,
            lambda body: body.replace(b"\n", b"\r"),
            lambda body: body.replace(b",", b";"),
            lambda body: body.replace(b'"', b"'"),
            lambda body: b" " * 1_000_000 + body,
            lambda _: b"",
            lambda _: b"[]",
            lambda _: b"{}",
            lambda _: b"null",
            lambda _: b'{"items": []}',
            lambda _: b'{"items": [' + b"[]," * 200_000 + b"[]]}",
            lambda _: b'{"items": [' + b'{"id": "1"},' * 20_000 + b'{"id": "1"}]}',
        ]
    )
    message.body = change(message.body)
    return Spoiled(f"{message.body[:20]!r}", message.wire())


SPOILS: Sequence[Spoil] = (
    _status, _interim, _refusal, _header, _headers, _encoding, _length, _chunks, _cut, _bits, _rubbish, _mutation, _in_place,
    _fields, _text,
)  # fmt: skip
