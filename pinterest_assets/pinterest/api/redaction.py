"""Makes text that Pinterest, a library or an advertiser wrote fit to be shown or logged: one line, no secrets.

Our own messages are never built from secrets; this is for words that are not ours, such as an
error body that repeats the token it rejects, or the name of a campaign. The result is text, never markup:
who writes it where markup is read (Slack) escapes it there.
"""

import re

_SECRETS = (
    (re.compile(r"\bpin[a-z]_[\w.~+/=-]+"), "<token>"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=:-]+"), r"\1 <secret>"),
    (re.compile(r"(?i)\b(\w*(?:token|secret|signature|password|code)\w*=)[^\s&\"']+"), r"\1<secret>"),
    (re.compile(r"(https?://)[^\s/@]+@"), r"\1"),
    (re.compile(r"(https?://[^\s?\"']+)\?[^\s\"']*"), r"\1?..."),
)
_LONGEST = 200


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
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return plain(text)


def shortened(text: str, *secrets: str) -> str:
    """``text`` on one line of at most 200 characters, without ``secrets`` or what looks like one."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, "<secret>")
    text = on_one_line(text)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
