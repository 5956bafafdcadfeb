"""Makes text that Pinterest, a library or an advertiser wrote fit to be shown or logged: one line, no secrets.

Our own messages are never built from secrets; this is for words that are not ours, such as an
error body that repeats the token it rejects, or the name of a campaign. The result is text, never markup:
who writes it where markup is read (Slack) escapes it there.
"""

import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from urllib.parse import quote, quote_plus

_LONGEST = 200
_READ = 4096
"""Characters of a text that are looked at: it may have megabytes, and ``_LONGEST`` of them are shown."""

_ESCAPE = re.compile("%[0-9A-F]{2}")
_UNFINISHED = re.compile(r"https?://[^\s/]*\Z")


def _without_query(match: re.Match[str]) -> str:
    address, question_mark, _ = match[0].partition("?")
    return f"{address}?..." if question_mark else address


# Each takes time in proportion to the text: none looks at a run of characters again from within it.
_PATTERNS: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"\bpin[a-z]_[\w.~+/=-]+"), "<token>"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=:-]+"), r"\1 <secret>"),
    (
        re.compile(r"(?i)\b(?=\w*?(?:token|secret|signature|password|code))(\w+=)[^\s&\"']+"),
        r"\1<secret>",
    ),
    (re.compile(r"(https?://)[^\s/@]+@"), r"\1"),
    (re.compile(r"https?://[^\s\"']+"), _without_query),
)


def printable(text: str) -> str:
    """``text`` with a space for each character that a terminal, a log or a page would obey.

    Those are control characters, line breaks, marks that turn the direction of writing, and halves of characters.
    """
    return text if text.isprintable() else "".join(sign if sign.isprintable() else " " for sign in text)


def plain(text: str) -> str:
    """``text`` on one line, printable, without spaces that show nothing."""
    return " ".join(printable(text).split())


def on_one_line(text: str) -> str:
    """``text`` without line breaks and control characters, and without what looks like a secret."""
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    return plain(text)


def shortened(text: str, *secrets: str) -> str:
    """``text`` on one line of at most 200 characters, without ``secrets`` or what looks like one.

    Secrets are known in each form that an answer may repeat them in (see ``forms``).
    """
    known = sorted({form for secret in secrets if secret for form in forms(secret)}, key=len, reverse=True)
    longest = len(known[0]) if known else 0
    is_cut = len(text) > _READ + longest
    text = text[: _READ + longest]
    for form in known:
        text = text.replace(form, "<secret>")
    if is_cut:
        # What is left of a secret at the cut is no longer than one, and of an address may be a password.
        text = _UNFINISHED.sub("", text[: len(text) - longest])
    text = on_one_line(text)
    return text if len(text) <= _LONGEST and not is_cut else text[: _LONGEST - 3] + "..."


def forms(secret: str) -> Iterator[str]:
    """A secret as it is, as JSON and addresses write it, and in base64."""
    in_json = json.dumps(secret)[1:-1]
    in_base64 = b64encode(secret.encode(errors="replace")).decode()
    for form in (secret, in_base64):
        quoted = quote(form, safe="", errors="replace")
        in_lower_case = _ESCAPE.sub(lambda escape: escape[0].lower(), quoted)
        yield from (form, quoted, in_lower_case, quote_plus(form, errors="replace"))
    yield from (in_json, in_json.replace("/", "\\/"), in_base64.replace("/", "\\/"), in_base64.rstrip("="))
